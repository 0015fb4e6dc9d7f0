#include "providers/reply_error.hpp"

#include <string>

namespace providers {

Error embedded_error(std::string_view error) { return explain_upstream_error(200, error, "", ""); }

Error bad_reply(std::string_view what) {
  return {.kind = ErrorKind::bad_upstream_response, .message = "The upstream's reply cannot be read: " + std::string(what) + "."};
}

Error incomplete_stream() {
  return {.kind = ErrorKind::bad_upstream_response,
          .message = "The upstream's stream ended before the reply was complete. What came before is only a part of it.",
          .code = "upstream_stream_incomplete"};
}

}  // namespace providers
