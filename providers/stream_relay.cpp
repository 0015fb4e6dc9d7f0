#include "providers/stream_relay.hpp"

#include <algorithm>

#include "providers/json_members.hpp"
#include "providers/reply_error.hpp"
#include "providers/usage_reader.hpp"

namespace providers {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view terminal = "[DONE]";

/// A held event is completed with this much of the new bytes at first, so that the rest of a large read is relayed from where it is.
constexpr std::size_t smallest_slice = 512;

/// A held event up to this size is compared with the learnt shapes again with each read. A longer one only waits for its end: comparing
/// starts over each time, and an event that drips in must not cost the square of its size.
constexpr std::size_t longest_rematched = 4 * 1024;

/// What a stream keeps for the next incomplete event; one large event must not cost that memory until the stream ends.
constexpr std::size_t retained_partial = 16 * 1024;

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool is_object(std::string_view json) {
  MemberWalk walk{json};
  while (walk.next()) {
  }
  return !walk.failed();
}

}  // namespace

StreamRelay::StreamRelay(const StreamOptions& options) : options_(options) {
  if (!options_.client_model.empty()) append_quoted(model_, options_.client_model);
}

void StreamRelay::feed(std::string_view bytes, std::string& out) {
  if (!partial_.empty() && !over()) bytes = complete_partial(bytes, out);
  if (bytes.empty()) return;
  if (!over()) {
    bytes.remove_prefix(take_whole_events(bytes, out));
    if (!over()) partial_.assign(bytes);
  }
  // Line ends behind the terminal event are only its own.
  if (done_ && bytes.find_first_not_of("\r\n") != std::string_view::npos) surplus_ = true;
}

/// Ends the held event with the first of the new bytes; returns those behind it. Takes them in growing slices: the event may end soon.
std::string_view StreamRelay::complete_partial(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    const std::size_t held = partial_.size();
    const std::string_view slice = bytes.substr(0, std::max(smallest_slice, held));
    partial_.append(slice);
    std::size_t consumed = held <= longest_rematched ? take_learnt_events(partial_, out) : 0;
    if (consumed != 0) {
      framing_.restart();
    } else {
      consumed = take_next(partial_, out);
    }
    if (consumed != 0 || over()) {
      partial_.clear();
      if (partial_.capacity() > retained_partial) partial_ = {};
      return bytes.substr(consumed > held ? consumed - held : 0);
    }
    bytes.remove_prefix(slice.size());
  }
  return bytes;
}

/// Relays all events that end in `input`; returns how many bytes they took.
std::size_t StreamRelay::take_whole_events(std::string_view input, std::string& out) {
  std::size_t taken = 0;
  while (taken < input.size() && !over()) {
    taken += take_learnt_events(input.substr(taken), out);
    if (taken == input.size()) break;
    const std::size_t consumed = take_next(input.substr(taken), out);
    if (consumed == 0) break;
    taken += consumed;
  }
  return taken;
}

/// The hot loop: events of a learnt shape, as long as they last. Those that need no change are copied in runs.
std::size_t StreamRelay::take_learnt_events(std::string_view input, std::string& out) {
  std::size_t taken = 0;
  std::size_t run = 0;  // where the bytes begin that are still to be copied as they are
  for (std::size_t tried = 0; tried < learnt_shapes;) {
    EventShape& shape = shapes_[recent_shape_];
    const ShapeMatch match = shape.match(input.substr(taken));
    if (match.length == 0 || match.length > options_.event_limit) {
      recent_shape_ = (recent_shape_ + 1) % learnt_shapes;
      ++tried;
      continue;
    }
    tried = 0;
    ++content_events_;
    content_bytes_ += match.text_bytes;
    if (!shape.is_verbatim()) {
      out.append(input.substr(run, taken - run));
      shape.append(out);
      run = taken + match.length;
    }
    taken += match.length;
  }
  out.append(input.substr(run, taken - run));
  return taken;
}

/// Takes one event (or comment, or blank lines) off the front of `input`; 0: its end has not come yet, or it is too large.
std::size_t StreamRelay::take_next(std::string_view input, std::string& out) {
  const SseCut cut = framing_.next(input);
  if (cut.length > options_.event_limit) {
    failure_ = bad_reply("an event is larger than " + std::to_string(options_.event_limit) + " bytes");
    return 0;
  }
  if (!cut.lines.empty()) take_event(cut.lines, input.substr(0, cut.consumed), out);
  return cut.consumed;
}

void StreamRelay::take_event(std::string_view lines, std::string_view wire, std::string& out) {
  const SseEvent event = read_sse_event(lines, joined_);
  const std::string_view data = trimmed(event.data);
  if (!event.error.empty()) {
    failure_ = embedded_error(trimmed(event.error));
  } else if (event.name == "error") {
    failure_ = embedded_error(data);
  } else if (data.starts_with(terminal)) {
    if (finished_.any()) {
      finish(out);
    } else {
      failure_ = incomplete_stream();
    }
  } else if (!data.empty()) {
    take_chunk(data, wire, out);
  }
}

void StreamRelay::take_chunk(std::string_view json, std::string_view wire, std::string& out) {
  if (!scan_chunk(json, chunk_)) {
    failure_ = bad_reply("an event of its stream is not a JSON object");
    return;
  }
  const bool hidden = is_hidden(chunk_);
  meter(chunk_);
  if (!chunk_.error.empty()) {
    failure_ = embedded_error(chunk_.error);
    return;
  }
  if (hidden) return;

  const auto begin = static_cast<std::ptrdiff_t>(out.size());
  out.append("data: ");
  append_restamped(out, json, chunk_.models, model_);
  // Several data lines were joined by LF. In valid JSON it stands between tokens only, where a space says the same in one line.
  if (json.find('\n') != std::string_view::npos) std::replace(out.begin() + begin, out.end(), '\n', ' ');
  out.append("\n\n");

  if (chunk_.content_parts != 0) ++content_events_;
  content_bytes_ += chunk_.text_bytes;
  committed_ = committed_ || chunk_.content_parts != 0 || chunk_.finished.any();
  learn(wire, json);
}

void StreamRelay::meter(const Chunk& chunk) {
  choices_ |= chunk.choices;
  finished_ |= chunk.finished;
  if (!chunk.finish_reason.empty()) finish_reason_ = chunk.finish_reason;
  if (!chunk.usage.empty()) meter_usage(chunk);
}

/// The last report wins: servers that repeat `usage` send running totals. llama-server instead sends, when n > 1, one event of mere usage
/// (choices: []) behind the end of each choice, which counts that choice only. So: reports of mere usage between which more choices
/// finished are parts, and their outputs are added; the input is common to all choices.
void StreamRelay::meter_usage(const Chunk& chunk) {
  Usage report = read_usage(chunk.usage);
  if (!report.seen) return;
  if (chunk.empty_choices) {
    const std::size_t finished = finished_.count();
    if (reported_choices_ != 0 && finished > reported_choices_) {
      report.output += usage_.output;
      report.reasoning += usage_.reasoning;
      report.audio_output += usage_.audio_output;
      report.total = report.input + report.output;
    }
    reported_choices_ = finished;
  }
  usage_ = report;
}

/// BEHAVIOUR 18. An event that opens a choice stays, whatever usage it carries: its role is told only once.
bool StreamRelay::is_hidden(const Chunk& chunk) const {
  const bool opens_choice = (chunk.choices & ~choices_).any();
  return options_.hide_usage && !chunk.usage.empty() && chunk.content_parts == 0 && chunk.finished.none() && !opens_choice;
}

/// Only an event whose wire bytes are one data line around the JSON can be a pattern.
void StreamRelay::learn(std::string_view wire, std::string_view json) {
  constexpr std::size_t most_around = std::string_view("data: \r\n\r\n").size();
  if (wire.empty() || json.data() == joined_.data() || wire.size() > json.size() + most_around) return;
  if (!shapes_[oldest_shape_].learn(wire, json, chunk_, model_)) return;
  recent_shape_ = oldest_shape_;
  oldest_shape_ = (oldest_shape_ + 1) % learnt_shapes;
}

void StreamRelay::finish(std::string& out) {
  out.append("data: [DONE]\n\n");
  committed_ = done_ = true;
}

void StreamRelay::end_of_body(bool clean, std::string& out) {
  if (over()) return;
  bool whole = true;
  if (!partial_.empty() && !partial_.starts_with(':')) {
    // The last event may lack its blank line, and often it is the finish or the usage: taken when it is complete in itself.
    const SseEvent event = read_sse_event(partial_, joined_);
    const std::string_view data = trimmed(event.data);
    whole = data.starts_with(terminal) || !event.error.empty() || is_object(data);
    if (whole) take_event(partial_, {}, out);
  }
  partial_.clear();
  if (over()) return;

  const bool all_finished = finished_.any() && (choices_ & ~finished_).none();
  if (clean && whole ? finished_.any() : all_finished) {
    finish(out);
  } else {
    failure_ = incomplete_stream();
  }
}

}  // namespace providers
