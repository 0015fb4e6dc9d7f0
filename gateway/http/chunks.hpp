// HTTP/1.1 chunked coding, decoded strictly and in place (RFC 9112 section 7.1): CRLF only, sizes of at most 16 hex digits, chunk lines of
// at most 256 bytes, extensions and trailers bounded, checked and dropped. Both directions use it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace http {

/// What a peer may send beside payload, over one message. Nobody needs more, so an operator has nothing to choose here.
inline constexpr std::size_t max_chunk_line_bytes = 256;
inline constexpr std::size_t max_chunk_extension_bytes = 16 * 1024;
inline constexpr std::size_t max_trailer_bytes = 8 * 1024;
inline constexpr std::size_t max_trailer_fields = 32;

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
  /// Payload that the chunk in hand has announced and not yet brought: a body limit can be enforced before the bytes are there.
  [[nodiscard]] std::uint64_t announced() const { return state_ == State::payload ? remaining_ : 0; }
  void reset() { *this = ChunkDecoder{}; }

 private:
  enum class State : std::uint8_t {
    size_first, size, size_lf,
    extension_start, extension_name, extension_name_end, extension_value, extension_token, extension_quoted, extension_escape, extension_end,
    extension_gap,
    payload, payload_cr, payload_lf,
    trailer_start, trailer_name, trailer_value, trailer_lf, end_lf,
    finished, failed
  };

  void take_framing(char byte);
  void take_size(char byte);
  void take_extension(char byte);
  void take_trailer(char byte);
  void take_lf(char byte, State next);
  void begin_line();
  void begin_chunk();
  void fail(std::string_view fault);

  State state_ = State::size_first;
  std::uint8_t size_digits_ = 0;
  std::uint8_t trailer_fields_ = 0;
  std::uint16_t line_bytes_ = 0;
  std::uint16_t extension_bytes_ = 0;
  std::uint16_t trailer_bytes_ = 0;
  std::uint64_t remaining_ = 0;  // of the chunk's size while its line is read, of its payload then
  std::string_view fault_;
};

/// Writes "<hex size>\r\n" to `out` (room for 18 bytes) and returns its length.
std::size_t write_chunk_head(char* out, std::uint64_t size);

}  // namespace http
