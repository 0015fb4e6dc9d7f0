#include "providers/sse.hpp"

#include <algorithm>
#include <cstring>

namespace providers {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr auto npos = std::string_view::npos;

/// The first LF or CR from `from` on. Two memchr beat one loop: upstreams hardly ever send a CR, and the second search ends at the LF.
std::size_t find_line_end(std::string_view text, std::size_t from) {
  const std::size_t feed = text.find('\n', from);
  const std::size_t carriage = text.substr(0, feed).find('\r', from);
  return carriage != npos ? carriage : feed;
}

bool is_line_end(char byte) { return byte == '\n' || byte == '\r'; }

/// The next line without its end; `text` is moved behind it.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(find_line_end(text, 0), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end);
  if (text.starts_with("\r\n")) {
    text.remove_prefix(2);
  } else if (!text.empty()) {
    text.remove_prefix(1);
  }
  return line;
}

}  // namespace

SseCut SseFraming::cut(std::size_t consumed, std::size_t length, std::string_view lines) {
  restart();
  return {.consumed = consumed, .length = length, .lines = lines};
}

SseCut SseFraming::next(std::string_view input) {
  if (!begun_) {
    if (input.size() < byte_order_mark.size() && byte_order_mark.starts_with(input)) return {};
    begun_ = true;
    if (input.starts_with(byte_order_mark)) return cut(byte_order_mark.size(), 0);
  }
  if (is_line_end(input.front())) {
    const auto* other = std::find_if_not(input.begin(), input.end(), is_line_end);
    return cut(static_cast<std::size_t>(other - input.begin()), 0);
  }
  for (;;) {
    const std::size_t end = find_line_end(input, std::max(line_, searched_));
    if (end == npos) {
      searched_ = input.size();
      return {.length = input.size()};
    }
    // A comment between events is dropped line by line: a server that sends nothing else for an hour fills no buffer.
    if (input.front() == ':') return cut(end + 1, end);

    const bool carriage = input[end] == '\r';
    const bool at_end = end + 1 == input.size();
    const std::size_t next_line = carriage && !at_end && input[end + 1] == '\n' ? end + 2 : end + 1;
    if (end == line_) return cut(next_line, line_, input.substr(0, line_));
    if (carriage && at_end) {  // whether a line feed belongs to this line end, the next byte tells
      searched_ = end;
      return {.length = input.size()};
    }
    line_ = next_line;
  }
}

SseEvent read_sse_event(std::string_view lines, std::string& scratch) {
  SseEvent event;
  int data_lines = 0;
  while (!lines.empty()) {
    const std::string_view line = take_line(lines);
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view field = line.substr(0, colon);
    std::string_view value = line.substr(std::min(colon + 1, line.size()));
    if (value.starts_with(' ')) value.remove_prefix(1);

    if (field == "data") {
      if (++data_lines == 1) {
        event.data = value;
        continue;
      }
      if (data_lines == 2) scratch = event.data;
      scratch.append("\n").append(value);
      event.data = scratch;
    } else if (field == "event") {
      event.name = value;
    } else if (field == "error") {
      event.error = value;
    }
  }
  return event;
}

}  // namespace providers
