// What one relayed event costs: bursts of content events through StreamRelay, as they come out of one read. Prints ns per event.
// usage: micro_stream [rounds]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "providers/stream_relay.hpp"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int events_per_reply = 200;

std::string event(std::string_view content, std::string_view tail) {
  return R"(data: {"id":"chatcmpl-af983fb4419977a3","object":"chat.completion.chunk","created":1795219862,"model":"gpt-tiny","choices":)"
         R"([{"index":0,"delta":{"content":")" +
         std::string(content) + R"("},"logprobs":null,"finish_reason":null}])" + std::string(tail) + "}\n\n";
}

std::string reply(bool padded, bool logprobs) {
  static constexpr const char* words[] = {" the", " gate", " is", " open", ",", " so", " the\\n", " water", " \\\"runs\\\"", " down"};
  std::string out;
  for (int count = 0; count < events_per_reply; ++count) {
    std::string tail = padded ? R"(,"usage":null,"obfuscation":")" + std::string(static_cast<std::size_t>(count % 12), 'x') + '"' : "";
    std::string one = event(words[count % 10], tail);
    if (logprobs) one.replace(one.find("\"logprobs\":null"), 15, R"("logprobs":{"content":[{"token":"a","logprob":-0.)" + std::to_string(count) + "}]}");
    out += one;
  }
  out += R"(data: {"id":"chatcmpl-af983fb4419977a3","model":"gpt-tiny","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})" "\n\n";
  return out + "data: [DONE]\n\n";
}

/// Fastest of several rounds: what the code costs when the machine does nothing else.
double nanoseconds_per_event(const std::string& stream, const providers::StreamOptions& options, std::size_t read_size, int rounds) {
  double best = 1e9;
  std::string out;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = Clock::now();
    providers::StreamRelay relay{options};
    out.clear();
    for (std::size_t at = 0; at < stream.size(); at += read_size) relay.feed(std::string_view(stream).substr(at, read_size), out);
    const std::chrono::duration<double, std::nano> spent = Clock::now() - begin;
    if (!relay.done() || relay.content_events() != events_per_reply) std::abort();
    best = std::min(best, spent.count() / events_per_reply);
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 2000;
  const providers::StreamOptions restamped{.client_model = "team/my-model", .hide_usage = true};
  struct Case {
    const char* name;
    std::string stream;
    providers::StreamOptions options;
    std::size_t read_size;
  };
  const Case cases[] = {
      {"one read, restamped", reply(false, false), restamped, std::string::npos},
      {"one read, as it came", reply(false, false), {}, std::string::npos},
      {"one read, padded (OpenAI), restamped", reply(true, false), restamped, std::string::npos},
      {"reads of 4 KiB, restamped", reply(false, false), restamped, 4096},
      {"reads of 100 bytes, restamped", reply(false, false), restamped, 100},
      {"one read, log probabilities (walked)", reply(false, true), restamped, std::string::npos},
  };
  for (const Case& one : cases) {
    std::printf("%-40s %7.1f ns/event  (%zu bytes/event)\n", one.name, nanoseconds_per_event(one.stream, one.options, one.read_size, rounds),
                one.stream.size() / events_per_reply);
  }
}
