#include "providers/usage_reader.hpp"

#include <algorithm>
#include <optional>

#include "providers/json_members.hpp"

namespace providers {
namespace {

/// More tokens than any one call can mean. Below it, sums and prices stay far from overflow.
constexpr std::int64_t plausible_tokens = 10'000'000'000;

/// Reads counts and remembers whether one of them was nonsense.
class Counts {
 public:
  /// Null and other kinds are no report, which is fine; a number must be a plausible whole one.
  void take(const Member& member, std::int64_t& into) {
    if (member.kind != JsonKind::number) return;
    const auto count = decode_integer(member.value);
    if (!count || *count < 0 || *count > plausible_tokens) {
      sane_ = false;
      return;
    }
    into = *count;
    any_ = true;
  }

  [[nodiscard]] bool sane() const { return sane_ && any_; }

 private:
  bool sane_ = true;
  bool any_ = false;
};

void read_input_details(std::string_view object, Counts& counts, Usage& usage) {
  MemberWalk walk{object};
  while (const auto member = walk.next()) {
    if (member->name == "cached_tokens") counts.take(*member, usage.cached);
    if (member->name == "cache_write_tokens" || member->name == "cache_creation_tokens") counts.take(*member, usage.cache_write);
    if (member->name == "audio_tokens") counts.take(*member, usage.audio_input);
  }
}

void read_output_details(std::string_view object, Counts& counts, Usage& usage) {
  MemberWalk walk{object};
  while (const auto member = walk.next()) {
    if (member->name == "reasoning_tokens") counts.take(*member, usage.reasoning);
    if (member->name == "audio_tokens") counts.take(*member, usage.audio_output);
  }
}

}  // namespace

Usage read_usage(std::string_view object) {
  Usage usage;
  Counts counts;
  std::int64_t cached = 0;  // DeepSeek and Moonshot say it outside of the details
  MemberWalk walk{object};
  while (const auto member = walk.next()) {
    if (member->name == "prompt_tokens") counts.take(*member, usage.input);
    if (member->name == "completion_tokens") counts.take(*member, usage.output);
    if (member->name == "total_tokens") counts.take(*member, usage.total);
    if (member->name == "prompt_cache_hit_tokens" || member->name == "cached_tokens") counts.take(*member, cached);
    if (member->kind != JsonKind::object) continue;
    if (member->name == "prompt_tokens_details") read_input_details(member->value, counts, usage);
    if (member->name == "completion_tokens_details") read_output_details(member->value, counts, usage);
  }
  if (walk.failed() || !counts.sane()) return {};

  // xAI's completion_tokens leave out the reasoning, its total has it.
  if (usage.reasoning > 0 && usage.total == usage.input + usage.output + usage.reasoning) usage.output += usage.reasoning;
  usage.total = std::max(usage.total, usage.input + usage.output);
  usage.cached = std::min(std::max(usage.cached, cached), usage.input);
  usage.cache_write = std::min(usage.cache_write, usage.input - usage.cached);
  usage.audio_input = std::min(usage.audio_input, usage.input);
  usage.reasoning = std::min(usage.reasoning, usage.output);
  usage.audio_output = std::min(usage.audio_output, usage.output);
  usage.seen = true;
  return usage;
}

}  // namespace providers
