// Recorded streams of real servers through the relay, whole and cut at every byte. The format is described in tests/golden/README.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "providers/stream_relay.hpp"

namespace {

using providers::StreamRelay;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>{file}, {}};
}

struct Golden {
  std::string name;
  std::int64_t input = 0;  // -1: the server reports no usage
  std::int64_t output = 0;
  std::string finish_reason;
};

void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.name; }

class GoldenStream : public testing::TestWithParam<Golden> {};

std::string relayed(StreamRelay& relay, std::initializer_list<std::string_view> pieces) {
  std::string out;
  for (const std::string_view piece : pieces) relay.feed(piece, out);
  relay.end_of_body(true, out);
  return out;
}

TEST_P(GoldenStream, ReachesTheClientAsRecordedHoweverItIsCut) {
  const std::string stem = std::string(GOLDEN_DIR) + "/" + GetParam().name;
  const std::string upstream = contents(stem + ".upstream");
  const std::string client = contents(stem + ".client");
  const providers::StreamOptions options{.client_model = "team/gate-model", .hide_usage = true};

  StreamRelay whole{options};
  ASSERT_EQ(relayed(whole, {upstream}), client);
  EXPECT_EQ(whole.done(), !client.empty());
  EXPECT_EQ(whole.failure().has_value(), client.empty());
  EXPECT_EQ(whole.finish_reason(), GetParam().finish_reason);
  EXPECT_EQ(whole.usage().seen, GetParam().input >= 0);
  EXPECT_EQ(whole.usage().input, std::max<std::int64_t>(GetParam().input, 0));
  EXPECT_EQ(whole.usage().output, GetParam().output);

  const std::string_view view = upstream;
  for (std::size_t at = 1; at < view.size(); ++at) {
    StreamRelay relay{options};
    ASSERT_EQ(relayed(relay, {view.substr(0, at), view.substr(at)}), client) << "cut at " << at;
    ASSERT_EQ(relay.usage(), whole.usage()) << "cut at " << at;
    ASSERT_EQ(relay.content_events(), whole.content_events()) << "cut at " << at;
  }
  StreamRelay dripped{options};
  std::string out;
  for (const char& byte : upstream) dripped.feed({&byte, 1}, out);
  dripped.end_of_body(true, out);
  ASSERT_EQ(out, client) << "byte by byte";
}

TEST_P(GoldenStream, StaysAsItCameWhenNothingHasToChange) {
  const std::string upstream = contents(std::string(GOLDEN_DIR) + "/" + GetParam().name + ".upstream");
  StreamRelay relay{{}};
  EXPECT_EQ(relayed(relay, {upstream}), upstream);
}

std::string test_name(const testing::TestParamInfo<Golden>& info) {
  std::string name = info.param.name;
  std::replace_if(name.begin(), name.end(), [](char byte) { return byte == '/' || byte == '-'; }, '_');
  return name;
}

// llama-server counts each of two choices in an event of its own; llama-cpp-python never reports; the empty stream is a failure.
INSTANTIATE_TEST_SUITE_P(
    Recorded, GoldenStream,
    testing::Values(
        Golden{"litellm-mock/stream-n2", 24, 8, "stop"},
        Golden{"litellm-mock/stream-usage", 24, 8, "stop"},
        Golden{"litellm/completion-stream", 2, 4, "length"},
        Golden{"litellm/stream-logprobs", -1, 0, "length"},
        Golden{"litellm/stream-n2", 45, 8, "length"},
        Golden{"litellm/stream-stop", 45, 29, "stop"},
        Golden{"litellm/stream-usage", 45, 8, "length"},
        Golden{"litellm/stream", -1, 0, "length"},
        Golden{"llama-cpp-python/completion-stream", -1, 0, "length"},
        Golden{"llama-cpp-python/err-context-stream", -1, 0, ""},
        Golden{"llama-cpp-python/stream-logprobs", -1, 0, "length"},
        Golden{"llama-cpp-python/stream-n2", -1, 0, "length"},
        Golden{"llama-cpp-python/stream-stop", -1, 0, "stop"},
        Golden{"llama-cpp-python/stream-usage", -1, 0, "length"},
        Golden{"llama-cpp-python/stream", -1, 0, "length"},
        Golden{"llama-server/completion-stream", 2, 4, "length"},
        Golden{"llama-server/stream-logprobs", -1, 0, "length"},
        Golden{"llama-server/stream-n2", 45, 8, "length"},
        Golden{"llama-server/stream-usage", 45, 8, "length"},
        Golden{"llama-server/stream", -1, 0, "length"},
        Golden{"ollama/completion-stream", 17, 4, "length"},
        Golden{"ollama/stream-logprobs", -1, 0, "length"},
        Golden{"ollama/stream-n2", 45, 4, "length"},
        Golden{"ollama/stream-tools-required", 127, 60, "length"},
        Golden{"ollama/stream-usage", 45, 8, "length"},
        Golden{"ollama/stream", -1, 0, "length"},
        Golden{"vllm/completion-stream", 2, 4, "length"},
        Golden{"vllm/stream-logprobs", -1, 0, "length"},
        Golden{"vllm/stream-n2", 45, 8, "length"},
        Golden{"vllm/stream-stop", 45, 29, "stop"},
        Golden{"vllm/stream-usage", 45, 8, "length"},
        Golden{"vllm/stream", -1, 0, "length"}),
    test_name);

}  // namespace
