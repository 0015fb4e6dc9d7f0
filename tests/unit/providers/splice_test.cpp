#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "providers/request.hpp"
#include "providers/vendor.hpp"

using namespace providers;
using nlohmann::json;

namespace {

const std::string hello = R"("messages":[{"role":"user","content":"hi"}])";

/// A deployment, the vendor that serves it, and what it sends for a client's body.
struct Splice {
  config::Deployment deployment = {};
  Operation operation = Operation::chat;
  std::string vendor = "openai";
  std::string path_model = {};
  std::size_t pieces = 0;

  std::string operator()(std::string_view body) {
    ModelRequest request;
    const auto result = parse_request(operation, body, path_model, request);
    EXPECT_TRUE(result) << body << " -> " << result.error().message;
    Target target{.deployment = &deployment, .vendor = find_vendor(vendor), .upstream_model = "up"};
    target.takes_include_usage = target.vendor->takes_include_usage;
    SplicedBody spliced;
    splice_body(request, target, spliced);
    std::string out;
    for (const auto piece : spliced.pieces) out += piece;
    EXPECT_EQ(out.size(), spliced.length);
    EXPECT_TRUE(json::accept(out)) << out;
    pieces = spliced.pieces.size();
    return out;
  }
};

TEST(SpliceBody, ReplacesOnlyTheModelOfAPlainCall) {
  Splice splice;
  EXPECT_EQ(splice("{ \"model\" : \"asked\" , " + hello + " ,\n\"x\":1.50 }\n"), "{ \"model\" : \"up\" , " + hello + " ,\n\"x\":1.50 }\n");
  EXPECT_EQ(splice.pieces, 3u);
}

TEST(SpliceBody, AsksForUsageOnStreams) {
  Splice splice;
  EXPECT_EQ(splice(R"({"model":"a",)" + hello + R"(,"stream":true})"), R"({"model":"up",)" + hello + R"(,"stream":true,"stream_options":{"include_usage":true}})");
  EXPECT_LE(splice.pieces, 5u) << "the hot path is a handful of pieces";
}

TEST(SpliceBody, KeepsOrCompletesTheClientsStreamOptions) {
  Splice splice;
  const auto with = [&](const std::string& options) { return splice(R"({"stream":true,"stream_options":)" + options + R"(,"model":"a",)" + hello + "}"); };
  const auto expected = [](const std::string& options) { return R"({"stream":true,"stream_options":)" + options + R"(,"model":"up",)" + hello + "}"; };
  EXPECT_EQ(with(R"({ "include_usage" : true })"), expected(R"({ "include_usage" : true })"));
  EXPECT_EQ(with(R"({"include_usage":false,"y":1})"), expected(R"({"include_usage":true,"y":1})"));
  EXPECT_EQ(with(R"({"include_usage":null})"), expected(R"({"include_usage":true})"));
  EXPECT_EQ(with("{}"), expected(R"({"include_usage":true})"));
  EXPECT_EQ(with(R"({ "y":1})"), expected(R"({"include_usage":true, "y":1})"));
  EXPECT_EQ(with("null"), expected(R"({"include_usage":true})"));
}

TEST(SpliceBody, DropsStreamOptionsWithoutAStream) {
  Splice splice;
  EXPECT_EQ(splice(R"({"stream_options":{"include_usage":true},"model":"a",)" + hello + "}"), R"({"model":"up",)" + hello + "}");
  EXPECT_EQ(splice(R"({"model":"a",)" + hello + R"(,"stream":false,"stream_options":{}})"), R"({"model":"up",)" + hello + R"(,"stream":false})");
}

TEST(SpliceBody, DropsStreamOptionsForVendorsThatLackThem) {
  Splice splice{.vendor = "mistral"};
  EXPECT_EQ(splice(R"({"model":"a",)" + hello + R"(,"stream":true,"stream_options":{"include_usage":true}})"), R"({"model":"up",)" + hello + R"(,"stream":true})");
  EXPECT_EQ(splice(R"({"model":"a",)" + hello + R"(,"stream":true})"), R"({"model":"up",)" + hello + R"(,"stream":true})");
}

TEST(SpliceBody, CutsLiteLlmsMembersWhereverTheyStand) {
  Splice splice;
  const std::string kept = R"({"model":"up",)" + hello + "}";
  for (const std::string member : {R"("tags":["a"])", R"("cache":{"no-cache":true})", R"("fallbacks":["b"])", R"("num_retries":3)", R"("timeout":5)",
                                   R"("guardrails":[])", R"("mock_response":"x")", R"("mock_testing_fallbacks":true)", R"("litellm_metadata":{})",
                                   R"("drop_params":true)", R"("disable_fallbacks":true)", R"("metadata":{"tags":["a"]})"}) {
    EXPECT_EQ(splice("{" + member + R"(,"model":"a",)" + hello + "}"), kept) << "first";
    EXPECT_EQ(splice(R"({"model":"a",)" + member + " , " + hello + "}"), kept) << "between";
    EXPECT_EQ(splice(R"({"model":"a",)" + hello + " , " + member + " }"), kept) << "last";
  }
  EXPECT_EQ(splice(R"({"tags":[],"cache":{},"model":"a","timeout":1,"num_retries":2,)" + hello + R"(,"mock_x":1,"litellm_y":2})"), kept) << "neighbours";
}

TEST(SpliceBody, SendsMetadataOnlyWhenItIsOpenAis) {
  Splice splice;
  const auto survives = [&](const std::string& metadata, const std::string& store) {
    return splice(R"({"model":"a",)" + hello + ",\"metadata\":" + metadata + store + "}").find("metadata") != std::string::npos;
  };
  EXPECT_TRUE(survives(R"({"a":"b"})", R"(,"store":true)"));
  EXPECT_FALSE(survives(R"({"a":"b"})", R"(,"store":false)"));
  EXPECT_FALSE(survives(R"({"a":"b"})", ""));
  EXPECT_FALSE(survives(R"({"a":["b"]})", R"(,"store":true)"));
  EXPECT_FALSE(survives("null", R"(,"store":true)"));
  splice.operation = Operation::embeddings;
  EXPECT_EQ(splice(R"({"model":"a","metadata":{"a":"b"},"input":"x","store":true})"), R"({"model":"up","input":"x","store":true})");
}

TEST(SpliceBody, InsertsTheModelThatOnlyThePathNamed) {
  Splice splice{.path_model = "deployed"};
  EXPECT_EQ(splice("{" + hello + "}"), "{" + hello + R"(,"model":"up"})");
  EXPECT_EQ(splice("{" + hello + R"(,"model":null})"), "{" + hello + R"(,"model":"up"})");
}

TEST(SpliceBody, QuotesTheUpstreamsModel) {
  config::Deployment deployment;
  const Target target{.deployment = &deployment, .vendor = find_vendor("openai"), .upstream_model = "x"};
  const std::string body = R"({"model":"a",)" + hello + "}";
  ModelRequest request;
  ASSERT_TRUE(parse_request(Operation::chat, body, "", request));
  SplicedBody spliced;
  splice_body(request, target, "a\"b\\", spliced);
  std::string out;
  for (const auto piece : spliced.pieces) out += piece;
  EXPECT_EQ(json::parse(out)["model"], "a\"b\\");
}

TEST(SpliceBody, RenamesTheOutputCapWhereTheVendorHasTheOldName) {
  Splice old{.vendor = "ollama"};
  EXPECT_EQ(old(R"({"model":"a","max_completion_tokens" : 7,)" + hello + "}"), R"({"model":"up","max_tokens" : 7,)" + hello + "}");
  EXPECT_EQ(old(R"({"max_tokens":9,"model":"a","max_completion_tokens":7,)" + hello + "}"), R"({"model":"up","max_tokens":7,)" + hello + "}");
  EXPECT_EQ(old(R"({"max_tokens":9,"max_completion_tokens":null,"model":"a",)" + hello + "}"), R"({"max_tokens":9,"model":"up",)" + hello + "}");
  EXPECT_EQ(old(R"({"max_completion_tokens":null,"model":"a",)" + hello + "}"), R"({"model":"up",)" + hello + "}");

  Splice openai;
  EXPECT_EQ(openai(R"({"max_tokens":9,"model":"a","max_completion_tokens":7,)" + hello + "}"), R"({"model":"up","max_completion_tokens":7,)" + hello + "}");
  EXPECT_EQ(openai(R"({"max_tokens":9,"model":"a",)" + hello + "}"), R"({"max_tokens":9,"model":"up",)" + hello + "}");
}

TEST(SpliceBody, FillsDefaultsThatTheClientLeftOpen) {
  Splice splice;
  splice.deployment.default_params = R"({"temperature":0.5,"max_tokens":20,"stream":true,"model":"no","timeout":3})";
  const auto sent = [&](const std::string& members) { return json::parse(splice("{" + hello + R"(,"model":"a")" + members + "}")); };
  json plain = sent("");
  EXPECT_EQ(plain["temperature"], 0.5);
  EXPECT_EQ(plain["max_tokens"], 20);
  EXPECT_EQ(plain["model"], "up");
  EXPECT_FALSE(plain.contains("stream")) << "how the reply is read is the client's to say";
  EXPECT_FALSE(plain.contains("timeout"));
  EXPECT_EQ(sent(R"(,"temperature":1)")["temperature"], 1);
  EXPECT_EQ(sent(R"(,"temperature":null)")["temperature"], 0.5);
  EXPECT_FALSE(sent(R"(,"max_completion_tokens":5)").contains("max_tokens")) << "the client's cap has another name";
  EXPECT_EQ(splice("{" + hello + R"(,"temperature":null,"model":"a"})"), "{" + hello + R"(,"model":"up","temperature":0.5,"max_tokens":20})");
}

TEST(SpliceBody, NeverSendsAParameterTwice) {
  for (const std::string vendor : {"openai", "ollama"}) {
    for (const std::string defaults : {R"({"max_tokens":1})", R"({"max_completion_tokens":2})", R"({"max_tokens":1,"max_completion_tokens":2})"}) {
      for (const std::string client : {"", R"(,"max_tokens":null)", R"(,"max_completion_tokens":null)", R"(,"max_tokens":null,"max_completion_tokens":null)",
                                       R"(,"max_tokens":3)", R"(,"max_completion_tokens":4)", R"(,"max_tokens":3,"max_completion_tokens":4)"}) {
        Splice splice{.vendor = vendor};
        splice.deployment.default_params = defaults;
        const std::string out = splice("{" + hello + R"(,"model":"a")" + client + "}");
        int caps = 0;
        MemberWalk walk{out};
        while (const auto member = walk.next()) caps += (member->name == "max_tokens" || member->name == "max_completion_tokens") && member->kind != JsonKind::null;
        EXPECT_EQ(caps, 1) << out;
      }
    }
  }
}

TEST(SpliceBody, LetsExtraBodyOverride) {
  Splice splice;
  splice.deployment.extra_body = R"({ "temperature" : 0, "provider":{"order":["x"]},"stream":false})";
  splice.deployment.default_params = R"({"temperature":9,"provider":1})";
  EXPECT_EQ(splice(R"({"temperature":1,"model":"a",)" + hello + R"(,"te\u006dp":2})"),
            R"({"model":"up",)" + hello + R"(,"te\u006dp":2,"temperature" : 0,"provider":{"order":["x"]}})");
  splice.deployment.extra_body = R"({"model":"pinned","stream_options":{"include_usage":true,"z":1}})";
  splice.deployment.default_params = "";
  EXPECT_EQ(json::parse(splice(R"({"model":"a","stream":true,)" + hello + "}")),
            json::parse(R"({"model":"pinned","stream":true,"stream_options":{"include_usage":true,"z":1},)" + hello + "}"));
}

TEST(SpliceBody, DropsWhatTheDeploymentDrops) {
  Splice splice;
  splice.deployment.drop_params = {"seed", "logprobs"};
  splice.deployment.default_params = R"({"seed":1})";
  EXPECT_EQ(splice(R"({"seed":7,"model":"a","s\u0065ed":8,)" + hello + R"(,"logprobs":true})"), R"({"model":"up",)" + hello + "}");
  splice.vendor = "ollama";
  splice.deployment.drop_params = {"max_completion_tokens"};
  splice.deployment.default_params = "";
  EXPECT_EQ(splice(R"({"max_tokens":3,"max_completion_tokens":4,"model":"a",)" + hello + "}"), R"({"max_tokens":3,"model":"up",)" + hello + "}");
}

TEST(SpliceBody, ReusesItsBuffers) {
  config::Deployment deployment;
  const Target target{.deployment = &deployment, .vendor = find_vendor("openai"), .upstream_model = "an-upstream-model-with-a-long-name"};
  const std::string body = R"({"model":"a",)" + hello + R"(,"stream":true})";
  ModelRequest request;
  ASSERT_TRUE(parse_request(Operation::chat, body, "", request));
  SplicedBody spliced;
  splice_body(request, target, spliced);
  const auto* pieces = spliced.pieces.data();
  const auto* storage = spliced.storage.data();
  const auto length = spliced.length;
  splice_body(request, target, spliced);
  EXPECT_EQ(spliced.pieces.data(), pieces);
  EXPECT_EQ(spliced.storage.data(), storage);
  EXPECT_EQ(spliced.length, length);
}

}  // namespace
