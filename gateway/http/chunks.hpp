// HTTP/1.1 chunked coding, decoded strictly and in place (RFC 9112 section 7.1): CRLF only, sizes of at most 16 hex digits, chunk lines of
// at most 256 bytes, extensions and trailers bounded and dropped. Both directions use it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace http {

class ChunkDecoder {
 public:
  struct Step {
    std::size_t consumed = 0;   // bytes of the input that belong to this body (all of it unless finished or failed)
    std::size_t produced = 0;   // payload bytes, moved to the front of the input
  };

  /// Decodes what is there. Payload is compacted towards data[0]; framing is dropped. A fault ends it for good.
  Step decode(char* data, std::size_t size);

  [[nodiscard]] bool finished() const { return state_ == State::finished; }
  [[nodiscard]] bool failed() const { return state_ == State::failed; }
  [[nodiscard]] std::string_view fault() const { return fault_; }
  void reset() { *this = ChunkDecoder{}; }

 private:
  enum class State : std::uint8_t {
    size_first, size, extension, size_lf, payload, payload_cr, payload_lf, trailer_start, trailer_name, trailer_value, trailer_lf,
    end_lf, finished, failed
  };
  State state_ = State::size_first;
  std::uint8_t size_digits_ = 0;
  std::uint16_t line_bytes_ = 0;
  std::uint16_t extension_bytes_ = 0;
  std::uint16_t trailer_bytes_ = 0;
  std::uint8_t trailer_fields_ = 0;
  std::uint64_t remaining_ = 0;
  std::string_view fault_;
};

/// Writes "<hex size>\r\n" to `out` (room for 18 bytes) and returns its length.
std::size_t write_chunk_head(char* out, std::uint64_t size);

}  // namespace http
