#include "providers/vendor.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

using namespace providers;

namespace {

Environment variables(std::map<std::string, std::string, std::less<>> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

config::Deployment deployment(std::string model, std::string api_base = "", std::string api_key = "") {
  config::Deployment out;
  out.model_name = "group";
  out.model = std::move(model);
  out.api_base = std::move(api_base);
  out.api_key = config::Secret(std::move(api_key));
  return out;
}

/// The deployment must resolve.
Target resolved(const config::Deployment& from, const Environment& environment = variables({})) {
  auto target = resolve(from, environment);
  EXPECT_TRUE(target) << from.model << ": " << target.error().message;
  return target ? *target : Target{.vendor = find_vendor("demo")};
}

std::string refusal(const config::Deployment& from, const Environment& environment = variables({})) {
  const auto target = resolve(from, environment);
  EXPECT_FALSE(target) << from.model;
  return target ? "" : target.error().message;
}

/// scheme://host/path?query of the chat route.
std::string chat_url(const Target& target) {
  return (target.origin.tls ? "https://" : "http://") + target.host_field + request_path(target, Operation::chat, target.upstream_model);
}

TEST(Vendors, NamesAreUniqueAndRowsComplete) {
  std::set<std::string_view> names;
  for (const Vendor& vendor : vendors()) {
    EXPECT_TRUE(names.insert(vendor.name).second) << vendor.name;
    EXPECT_EQ(find_vendor(vendor.name), &vendor);
    if (vendor.paths == PathStyle::demo) continue;
    EXPECT_FALSE(vendor.key_variables.empty()) << vendor.name;
    EXPECT_TRUE(!vendor.base_url.empty() || !vendor.base_url_variables.empty()) << vendor.name;
    config::Deployment row = deployment(std::string(vendor.name) + "/m", vendor.base_url.empty() ? "https://h.example/v1" : "", "k");
    EXPECT_EQ(resolved(row).vendor, &vendor);
  }
  for (const char* name : {"openai", "azure", "hosted_vllm", "ollama", "ollama_chat", "llamafile", "huggingface", "litellm_proxy", "groq", "openrouter", "together_ai",
                           "fireworks_ai", "vercel_ai_gateway", "deepseek", "mistral", "xai", "perplexity", "nvidia_nim", "cerebras", "anthropic", "gemini", "demo"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(Resolve, BuildsTheAddressOfEveryChatRoute) {
  const std::map<std::string, std::string> urls = {
      {"openai/gpt-4o", "https://api.openai.com/v1/chat/completions"},
      {"groq/llama", "https://api.groq.com/openai/v1/chat/completions"},
      {"openrouter/openai/gpt-4o", "https://openrouter.ai/api/v1/chat/completions"},
      {"perplexity/sonar", "https://api.perplexity.ai/chat/completions"},
      {"anthropic/claude-x", "https://api.anthropic.com/v1/chat/completions"},
      {"gemini/gemini-x", "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions"},
      {"ollama/llama3", "http://localhost:11434/v1/chat/completions"},
      {"lm_studio/x", "http://localhost:1234/v1/chat/completions"}};
  for (const auto& [model, url] : urls) EXPECT_EQ(chat_url(resolved(deployment(model))), url);
}

TEST(Resolve, ChoosesTheVendorByPrefixNameOrBase) {
  const auto vendor_and_model = [](const config::Deployment& from) {
    const Target target = resolved(from);
    return std::string(target.vendor->name) + " " + target.upstream_model;
  };
  EXPECT_EQ(vendor_and_model(deployment("openai/gpt-4o")), "openai gpt-4o");
  EXPECT_EQ(vendor_and_model(deployment("openrouter/openai/gpt-4o")), "openrouter openai/gpt-4o");
  for (const char* model : {"gpt-4o", "o1", "o3-mini", "text-embedding-3-small", "omni-moderation-latest", "dall-e-3", "whisper-1", "tts-1", "chatgpt-4o-latest", "ft:gpt-4o:org::id"}) {
    EXPECT_EQ(vendor_and_model(deployment(model)), std::string("openai ") + model);
  }
  EXPECT_EQ(vendor_and_model(deployment("meta-llama/Llama-3", "http://h:1/v1")), "openai_like meta-llama/Llama-3");
  EXPECT_EQ(vendor_and_model(deployment("my-model", "http://h:1/v1")), "openai_like my-model");
  config::Deployment custom = deployment("acme/x", "http://h:1/v1");
  custom.provider = "openai";
  EXPECT_EQ(vendor_and_model(custom), "openai acme/x");
  custom.model = "openai/acme/x";
  EXPECT_EQ(vendor_and_model(custom), "openai acme/x");
  custom.provider = "someone_else";
  EXPECT_EQ(vendor_and_model(custom), "openai_like openai/acme/x");
  EXPECT_EQ(vendor_and_model(deployment("fireworks_ai/llama-v3")), "fireworks_ai accounts/fireworks/models/llama-v3");
  EXPECT_EQ(vendor_and_model(deployment("fireworks_ai/accounts/me/models/x")), "fireworks_ai accounts/me/models/x");
}

TEST(Resolve, SaysWhatIsWrongWithADeployment) {
  EXPECT_NE(refusal(deployment("bedrock/anthropic.claude")).find("not supported yet"), std::string::npos);
  EXPECT_NE(refusal(deployment("vertex_ai/gemini")).find("not supported yet"), std::string::npos);
  EXPECT_NE(refusal(deployment("nobody/x")).find("names no known provider"), std::string::npos);
  EXPECT_NE(refusal(deployment("x")).find("names no known provider"), std::string::npos);
  EXPECT_NE(refusal(deployment("openai/")).find("names no model"), std::string::npos);
  EXPECT_NE(refusal(deployment("hosted_vllm/m")).find("HOSTED_VLLM_API_BASE"), std::string::npos);
  EXPECT_NE(refusal(deployment("openai/m", "", "key with\nline")).find("api_key"), std::string::npos);
}

TEST(Resolve, TakesBaseAndKeyFromTheEnvironment) {
  const auto environment = variables({{"HOSTED_VLLM_API_BASE", "http://gpu:8000/v1/"}, {"OPENAI_API_KEY", "sk-env\n"}, {"OPENAI_API_BASE", "https://proxy.example/v1"}});
  EXPECT_EQ(chat_url(resolved(deployment("hosted_vllm/m"), environment)), "http://gpu:8000/v1/chat/completions");
  const Target openai = resolved(deployment("openai/m"), environment);
  EXPECT_EQ(openai.credential, "Bearer sk-env");
  EXPECT_EQ(openai.host_field, "proxy.example");
  const Target written = resolved(deployment("openai/m", "http://own/v1", "sk-own"), environment);
  EXPECT_EQ(written.credential, "Bearer sk-own");
  EXPECT_EQ(written.host_field, "own");
}

TEST(Resolve, NamesEverySecret) {
  config::Deployment from = deployment("openai/m", "", "sk-own");
  from.extra_headers = {{"X-Token", config::Secret("hush")}};
  EXPECT_EQ(resolved(from).secrets, (std::vector<std::string>{"sk-own", "hush"}));
  EXPECT_EQ(resolved(deployment("ollama/m")).credential, "");
}

TEST(Resolve, ReadsApiBaseStrictly) {
  struct Case {
    const char* base;
    const char* host;
    int port;
    bool tls;
    const char* host_field;
    const char* chat;
  };
  const Case good[] = {
      {"http://h", "h", 80, false, "h", "/chat/completions"},
      {"HTTPS://H.Example/V1//", "h.example", 443, true, "h.example", "/V1/chat/completions"},
      {"https://h:443/v1", "h", 443, true, "h", "/v1/chat/completions"},
      {"https://h:80/v1", "h", 80, true, "h:80", "/v1/chat/completions"},
      {"http://[::1]:8000/v1", "::1", 8000, false, "[::1]:8000", "/v1/chat/completions"},
      {"http://10.0.0.1:65535", "10.0.0.1", 65535, false, "10.0.0.1:65535", "/chat/completions"},
      {"http://h/v1?a=b&c=d", "h", 80, false, "h", "/v1/chat/completions?a=b&c=d"},
      {"http://h/v1/chat/completions", "h", 80, false, "h", "/v1/chat/completions"},
      {"http://h/v1/chat/completions/", "h", 80, false, "h", "/v1/chat/completions"},
      {"http://h/a%20b/v1", "h", 80, false, "h", "/a%20b/v1/chat/completions"},
      {" http://h/v1\n", "h", 80, false, "h", "/v1/chat/completions"}};
  for (const Case& c : good) {
    const Target target = resolved(deployment("openai_like/m", c.base));
    EXPECT_EQ(target.origin, (Origin{c.tls, c.host, static_cast<std::uint16_t>(c.port)})) << c.base;
    EXPECT_EQ(target.host_field, c.host_field);
    EXPECT_EQ(request_path(target, Operation::chat, "m"), c.chat);
  }
  for (const char* bad : {"h/v1", "ftp://h", "http://", "http:///v1", "http://h:0", "http://h:", "http://h:65536", "http://h:8x", "http://h#f", "http://h/v1#f", "http://a b/",
                          "http://[::1", "http://[::g]", "http://[::1]x", "http://h..x", "http://.h", "http://h\r\nX: y", "http://h\x01", "http://\xc3\xa9", "http://h/<v1>",
                          "http://fe80::1/", "http://h_\\x"}) {
    EXPECT_NE(refusal(deployment("openai_like/m", bad)).find("api_base of 'group'"), std::string::npos) << bad;
  }
  const std::string user = refusal(deployment("openai_like/m", "https://me:hush@h/v1"));
  EXPECT_NE(user.find("user or password"), std::string::npos);
  EXPECT_EQ(user.find("hush"), std::string::npos);
}

TEST(Resolve, CompletesABareBaseAsLiteLlmsUsersWriteIt) {
  EXPECT_EQ(chat_url(resolved(deployment("ollama/m", "http://localhost:11434"))), "http://localhost:11434/v1/chat/completions");
  EXPECT_EQ(chat_url(resolved(deployment("ollama_chat/m", "http://gpu/prefix/v1"))), "http://gpu/prefix/v1/chat/completions");
  EXPECT_EQ(chat_url(resolved(deployment("anthropic/m", "https://api.anthropic.com/"))), "https://api.anthropic.com/v1/chat/completions");
  EXPECT_EQ(chat_url(resolved(deployment("hosted_vllm/m", "http://gpu:8000"))), "http://gpu:8000/chat/completions");
}

TEST(RequestPath, FollowsTheOperation) {
  const Target target = resolved(deployment("openai/m"));
  EXPECT_EQ(request_path(target, Operation::completions, "m"), "/v1/completions");
  EXPECT_EQ(request_path(target, Operation::embeddings, "m"), "/v1/embeddings");
  EXPECT_EQ(request_path(target, Operation::moderations, "m"), "/v1/moderations");
}

TEST(Azure, ChoosesTheFormByBaseAndVersion) {
  const auto url = [](std::string base, std::string version, std::string model = "azure/dep") {
    config::Deployment from = deployment(std::move(model), std::move(base), "k");
    from.api_version = std::move(version);
    return chat_url(resolved(from));
  };
  const std::string host = "https://r.openai.azure.com";
  const std::string classic = host + "/openai/deployments/dep/chat/completions?api-version=";
  EXPECT_EQ(url(host + "/", "2024-06-01"), classic + "2024-06-01");
  EXPECT_EQ(url(host, ""), classic + "2024-10-21");
  EXPECT_EQ(url(host + "/openai", "2024-06-01"), classic + "2024-06-01");
  EXPECT_EQ(url(host + "/openai/deployments/other", "2024-06-01"), host + "/openai/deployments/other/chat/completions?api-version=2024-06-01");
  EXPECT_EQ(url(host + "/openai/deployments/other/chat/completions?api-version=2024-02-01", ""), host + "/openai/deployments/other/chat/completions?api-version=2024-02-01");
  EXPECT_EQ(url(host + "?x=1", "2024-06-01"), host + "/openai/deployments/dep/chat/completions?x=1&api-version=2024-06-01");
  EXPECT_EQ(url(host + "/openai/v1/", ""), host + "/openai/v1/chat/completions");
  EXPECT_EQ(url(host, "v1"), host + "/openai/v1/chat/completions");
  EXPECT_EQ(url(host, "preview"), host + "/openai/v1/chat/completions?api-version=preview");
  EXPECT_EQ(url(host, "2024-06-01", "azure/o_series/my dep"), host + "/openai/deployments/my%20dep/chat/completions?api-version=2024-06-01");
}

TEST(Azure, SendsTheKeyBareAndKnowsOldVersions) {
  config::Deployment from = deployment("azure/dep", "https://r.openai.azure.com", "k1");
  from.api_version = "2024-06-01";
  const Target old = resolved(from);
  EXPECT_EQ(old.credential, "k1");
  EXPECT_EQ(old.vendor->authentication, Authentication::api_key_header);
  EXPECT_FALSE(old.takes_include_usage);
  from.api_version = "2024-09-01-preview";
  EXPECT_TRUE(resolved(from).takes_include_usage);
  from.api_version = "2024&x=";
  EXPECT_NE(refusal(from).find("api_version"), std::string::npos);
}

TEST(Demo, NeedsNothing) {
  EXPECT_EQ(resolved(deployment("demo/story")).vendor->paths, PathStyle::demo);
  config::Deployment mock = deployment("hosted_vllm/m");
  mock.has_mock_response = true;
  EXPECT_EQ(resolved(mock).upstream_model, "m");
}

TEST(MatchWildcard, PutsTheMatchedTailForTheStar) {
  const auto match = [](std::string_view pattern, std::string_view name, std::string_view upstream) { return match_wildcard(pattern, name, upstream); };
  EXPECT_EQ(match("openai/*", "openai/gpt-4o", "*"), "gpt-4o");
  EXPECT_EQ(match("openai/*", "openai/", "*"), "");
  EXPECT_EQ(match("openai/*", "anthropic/x", "*"), std::nullopt);
  EXPECT_EQ(match("openai/*", "openai", "*"), std::nullopt);
  EXPECT_EQ(match("*", "anything/at/all", "*"), "anything/at/all");
  EXPECT_EQ(match("*", "anything", "gpt-4o"), "gpt-4o");
  EXPECT_EQ(match("gpt-4o", "gpt-4o", "x"), "x");
  EXPECT_EQ(match("gpt-4o", "gpt-4", "x"), std::nullopt);
  EXPECT_EQ(match("*-mini", "o3-mini", "*-large"), "o3-large");
  EXPECT_EQ(match("a*a", "a", "*"), std::nullopt) << "head and tail may not share bytes";
}

TEST(MatchWildcard, MapsSegmentsInOrderLikeARegularExpression) {
  EXPECT_EQ(match_wildcard("fo::*:static::*", "fo::hi:static::hello", "*-*"), "hi-hello");
  EXPECT_EQ(match_wildcard("fo::*:static::*", "fo::hi::static::hello", "fo::*:static::*"), "fo::hi::static::hello");
  EXPECT_EQ(match_wildcard("*-*", "a-b-c", "*|*"), "a-b|c") << "the first star is greedy";
  EXPECT_EQ(match_wildcard("*a*b*", "xaayabbz", "*|*|*"), "xaay|b|z");
  EXPECT_EQ(match_wildcard("a**b", "axb", "*|*"), "x|");
  EXPECT_EQ(match_wildcard("*-*", "a-b", "one-*"), "a-b") << "fewer stars than segments: the name as asked";
  EXPECT_EQ(match_wildcard("x-*", "x-a", "*-*"), "a-*");
}

TEST(WithWildcard, SendsWhatTheDeploymentsPatternMatched) {
  config::Deployment from = deployment("openai/*");
  from.model_name = "openai/*";
  EXPECT_EQ(with_wildcard(resolved(from), "openai/gpt-4o"), "gpt-4o");
  from.model_name = "*";
  EXPECT_EQ(with_wildcard(resolved(from), "gpt-4o"), "gpt-4o");
  EXPECT_EQ(with_wildcard(resolved(from), "openai/gpt-4o"), "gpt-4o");
  from.model = "openai/fixed";
  EXPECT_EQ(with_wildcard(resolved(from), "whatever"), "fixed");
}

}  // namespace
