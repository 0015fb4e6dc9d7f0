#include "providers/reply_error.hpp"

#include <string>

namespace providers {

Error embedded_error(std::string_view error) { return explain_upstream_error(200, error, "", ""); }

Error bad_reply(std::string_view what) {
  return {.kind = ErrorKind::bad_upstream_response, .message = "The upstream's reply cannot be read: " + std::string(what) + "."};
}

Error unreadable_reply(std::string_view body) {
  const std::size_t begin = body.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return bad_reply("it is empty");
  if (body[begin] == '<') return bad_reply("it is a page of HTML, not JSON; the deployment's api_base may point at the wrong place");
  return bad_reply(body[begin] == '{' ? "its JSON is broken" : "it is not a JSON object");
}

Error incomplete_stream() {
  return {.kind = ErrorKind::bad_upstream_response,
          .message = "The upstream's stream ended before the reply was complete. What came before is only a part of it.",
          .code = "upstream_stream_incomplete"};
}

}  // namespace providers
