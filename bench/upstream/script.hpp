// What the fake upstream does with one request, said in the request's model name, so that it passes through any proxy:
//
//   MODEL?key=value&flag&key=value            e.g.  fake?events=200&pace=5   fake?reset=3   fake?status=429&retry_after=7
//
// The same text given as --default applies to every request, before its own. Unknown keys answer 400, so that a
// misspelt test fails. Times are milliseconds, sizes bytes; events are counted from 1, without the role event.
//
//   form      form=plain|stream (whatever the request asked), n=N, created=N
//   size      events=N, size=BYTES of content per event, reply=BYTES of content of a plain reply, dimensions=N
//   time      delay=MS before the head, slow_head=MS per byte of the head, pace=MS between events (0: one write), stamp
//             (each event's content carries CLOCK_MONOTONIC nanoseconds: "@" and 20 digits)
//   status    status=CODE with an error body, error=openai|numeric|null|detail|text|html|empty, retry_after=S, should_retry=true|false
//   content   bad_json[=EVENT], error_event=N (after event N), error_null, no_done, no_finish, no_usage, always_usage, usage_null,
//             usage_per_choice, usage_choice, two_done, after_done, content_null, role_always, tool, json, floats
//   SSE form  sse=crlf|cr|mixed|nospace|multiline|bom|comments|ids|names|no_blank (of the last event)
//   head      content_type=TYPE, html, gzip, huge_head=BYTES, informational=N, location=URL,
//             head=two_lengths|length_and_chunked|status_099|bare_lf|obs_fold|nul|space_colon|http10|http2|negative_length|garbage
//   chunks    chunk_bytes=N (cut anywhere), events_per_chunk=N, chunk_extension=BYTES, trailers=BYTES,
//             chunk=bad_size|huge_size|no_crlf|bare_lf (the chunk of event 1), close_delimited, drip (a write per byte)
//   end       cut=N (FIN inside the event after N), end=N (a clean end after N), reset=N|head|request, reset_bytes=N, stall=N|head,
//             extra=BYTES after the body, close (and say so), close_after=N requests without saying so,
//             drop_after=N (the next request of the connection is answered by RST), early (answers before the body is read)
#pragma once

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace upstream {

class Script {
 public:
  /// The model name up to `?`, and what follows it, on top of `defaults`.
  static Script parse(std::string_view model, const Script& defaults) {
    Script script = defaults;
    const auto question = model.find('?');
    script.model_ = model.substr(0, question);
    if (question != std::string_view::npos) script.add(model.substr(question + 1));
    return script;
  }

  void add(std::string_view pairs) {
    while (!pairs.empty()) {
      const auto end = pairs.find('&');
      const auto pair = pairs.substr(0, end);
      const auto equals = pair.find('=');
      const auto key = pair.substr(0, equals);
      if (known(key)) values_[std::string(key)] = equals == std::string_view::npos ? "" : std::string(pair.substr(equals + 1));
      else if (unknown_.empty()) unknown_ = key;
      pairs = end == std::string_view::npos ? std::string_view{} : pairs.substr(end + 1);
    }
  }

  [[nodiscard]] const std::string& model() const { return model_; }
  [[nodiscard]] const std::string& unknown() const { return unknown_; }
  [[nodiscard]] bool has(std::string_view key) const { return values_.contains(key); }
  [[nodiscard]] bool is(std::string_view key, std::string_view value) const { return text(key) == value; }

  [[nodiscard]] std::string_view text(std::string_view key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? std::string_view{} : std::string_view{found->second};
  }

  /// A number, when the key is there and holds one.
  [[nodiscard]] std::optional<long> number(std::string_view key) const {
    const auto value = text(key);
    long parsed = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), parsed);
    if (value.empty() || error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
    return parsed;
  }

  [[nodiscard]] long number(std::string_view key, long otherwise) const { return number(key).value_or(otherwise); }
  [[nodiscard]] std::size_t bytes(std::string_view key, std::size_t otherwise = 0) const {
    const auto value = number(key);
    return value && *value >= 0 ? static_cast<std::size_t>(*value) : otherwise;
  }

 private:
  static bool known(std::string_view key) {
    static constexpr std::string_view keys =
        " form n created events size reply dimensions delay slow_head pace stamp status error retry_after should_retry bad_json"
        " error_event error_null no_done no_finish no_usage always_usage usage_null usage_per_choice usage_choice two_done after_done"
        " content_null role_always tool json floats sse content_type html gzip huge_head informational location head chunk_bytes"
        " events_per_chunk chunk_extension trailers chunk close_delimited drip cut end reset reset_bytes stall extra close close_after"
        " drop_after early ";
    return !key.empty() && key.find(' ') == std::string_view::npos && keys.find(" " + std::string(key) + " ") != std::string_view::npos;
  }

  std::string model_;
  std::string unknown_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace upstream
