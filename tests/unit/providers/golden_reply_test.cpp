// Recorded whole replies of real servers: passed on, and turned into streams and back. The format is described in tests/golden/README.md.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "providers/plain_reply.hpp"
#include "providers/stream_relay.hpp"

namespace {

using nlohmann::json;
using providers::ModelRequest;
using providers::Operation;

ModelRequest request_for(const std::filesystem::path& recording) {
  const std::string name = recording.stem();
  ModelRequest request;
  request.include_usage = true;
  if (name.starts_with("completion")) request.operation = Operation::completions;
  if (name.starts_with("embeddings")) request.operation = Operation::embeddings;
  return request;
}

std::vector<std::filesystem::path> recordings() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(GOLDEN_DIR)) {
    if (entry.path().extension() == ".reply") found.push_back(entry.path());
  }
  return found;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// What a stream does not tell apart: absent and null, no calls and an empty list.
json without_blanks(const json& value) {
  if (!value.is_structured()) return value;
  json kept = value.is_array() ? json::array() : json::object();
  for (const auto& [name, member] : value.items()) {
    const json inner = without_blanks(member);
    if (value.is_array()) {
      kept.push_back(inner);
    } else if (!inner.is_null() && inner != "" && inner != json::array() && inner != json::object()) {
      kept[name] = inner;
    }
  }
  return kept;
}

TEST(GoldenReply, ThereAreRecordings) { EXPECT_GE(recordings().size(), 20U); }

TEST(GoldenReply, DiffersInTheModelOnly) {
  for (const auto& path : recordings()) {
    const std::string body = contents(path);
    providers::PlainReply reply;
    ASSERT_TRUE(read_plain_reply(request_for(path), "team/gate-model", body, reply)) << path;
    std::string out;
    for (const std::string_view piece : reply.body.pieces) out += piece;

    json wanted = json::parse(body);
    if (wanted.contains("model")) wanted["model"] = "team/gate-model";
    EXPECT_EQ(json::parse(out), wanted) << path;
    ASSERT_EQ(reply.usage.seen, wanted.contains("usage")) << path;
    if (reply.usage.seen) {
      EXPECT_EQ(reply.usage.input, wanted["usage"]["prompt_tokens"].get<std::int64_t>()) << path;
      EXPECT_EQ(reply.usage.total, wanted["usage"]["total_tokens"].get<std::int64_t>()) << path;
    }
    if (wanted.contains("choices")) {
      EXPECT_EQ(reply.finish_reason, wanted["choices"][0]["finish_reason"].get<std::string>()) << path;
    }
  }
}

TEST(GoldenReply, ComesBackFromAStreamAsItWas) {
  for (const auto& path : recordings()) {
    const ModelRequest request = request_for(path);
    if (request.operation == Operation::embeddings) continue;
    const std::string body = contents(path);
    providers::Usage usage;
    const auto stream = stream_from_plain(request, "", body, usage);
    ASSERT_TRUE(stream) << path;
    providers::StreamRelay relay{{}};
    std::string relayed;
    relay.feed(*stream, relayed);
    ASSERT_TRUE(relay.done()) << path;
    EXPECT_EQ(relayed, *stream) << path;
    const auto back = plain_from_stream(request, relayed);
    ASSERT_TRUE(back) << path;
    EXPECT_EQ(without_blanks(json::parse(*back)), without_blanks(json::parse(body))) << path;
  }
}

}  // namespace
