#include "gateway/http/chunks.hpp"

#include <algorithm>
#include <cstring>

#include "gateway/http/grammar.hpp"

namespace http {

namespace {

constexpr int max_size_digits = 16;
constexpr std::uint64_t max_chunk_size = 0x7fff'ffff'ffff'ffff;  // sizes are added to signed counters

}  // namespace

ChunkDecoder::Step ChunkDecoder::decode(char* data, std::size_t size) {
  Step step;
  while (step.consumed < size && state_ != State::finished && state_ != State::failed) {
    if (state_ != State::payload) {
      take_framing(data[step.consumed]);
      if (state_ != State::failed) ++step.consumed;
      continue;
    }
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, size - step.consumed));
    if (step.produced != step.consumed) std::memmove(data + step.produced, data + step.consumed, piece);
    step.consumed += piece;
    step.produced += piece;
    remaining_ -= piece;
    if (remaining_ == 0) state_ = State::payload_cr;
  }
  return step;
}

void ChunkDecoder::take_framing(char byte) {
  switch (state_) {
    case State::size_first:
    case State::size:
      return take_size(byte);
    case State::size_lf:
      if (byte != '\n') return fail("A chunk line does not end in CRLF.");
      return begin_chunk();
    case State::payload_cr:
      if (byte != '\r') return fail("A chunk is longer than its size.");
      state_ = State::payload_lf;
      return;
    case State::payload_lf:
      return take_lf(byte, State::size_first);
    case State::trailer_start:
    case State::trailer_name:
    case State::trailer_value:
      return take_trailer(byte);
    case State::trailer_lf:
      return take_lf(byte, State::trailer_start);
    case State::end_lf:
      return take_lf(byte, State::finished);
    default:
      return take_extension(byte);
  }
}

void ChunkDecoder::take_size(char byte) {
  if (const int digit = grammar::hex_digit(byte); digit >= 0) {
    if (state_ == State::size_first) begin_line();
    if (++size_digits_ > max_size_digits) return fail("A chunk size has too many digits.");
    remaining_ = remaining_ << 4 | static_cast<std::uint64_t>(digit);
    ++line_bytes_;
    state_ = State::size;
    return;
  }
  if (state_ == State::size_first) return fail("A chunk line does not begin with a hexadecimal size.");
  if (remaining_ > max_chunk_size) return fail("A chunk size is too large a number.");
  if (byte == '\r') state_ = State::size_lf;
  else if (byte == ';') take_extension(byte);
  else fail("A chunk size is followed by a forbidden byte.");
}

// ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ], again after BWS; entered at the first ";", which must follow the size at once.
void ChunkDecoder::take_extension(char byte) {
  if (byte == '\r') {
    const bool complete = state_ == State::extension_name || state_ == State::extension_token || state_ == State::extension_end;
    if (!complete) return fail("A chunk extension is not complete.");
    state_ = State::size_lf;
    return;
  }
  if (!grammar::is_value_byte(byte)) return fail("A chunk extension holds a forbidden byte.");
  if (++line_bytes_ > max_chunk_line_bytes) return fail("A chunk line is too long.");
  if (++extension_bytes_ > max_chunk_extension_bytes) return fail("There are too many chunk extensions.");

  const bool blank = grammar::is_blank(byte);
  const bool token = grammar::is_token_byte(byte);
  const auto go = [this](State next) { state_ = next; };
  switch (state_) {
    case State::size:
      return go(State::extension_start);
    case State::extension_start:
      if (blank) return;
      if (token) return go(State::extension_name);
      break;
    case State::extension_name:
      if (token) return;
      if (blank) return go(State::extension_name_end);
      if (byte == '=') return go(State::extension_value);
      if (byte == ';') return go(State::extension_start);
      break;
    case State::extension_name_end:
      if (blank) return;
      if (byte == '=') return go(State::extension_value);
      if (byte == ';') return go(State::extension_start);
      break;
    case State::extension_value:
      if (blank) return;
      if (byte == '"') return go(State::extension_quoted);
      if (token) return go(State::extension_token);
      break;
    case State::extension_quoted:
      if (byte == '"') go(State::extension_end);
      if (byte == '\\') go(State::extension_escape);
      return;
    case State::extension_escape:
      return go(State::extension_quoted);
    case State::extension_token:
      if (token) return;
      if (blank) return go(State::extension_gap);
      if (byte == ';') return go(State::extension_start);
      break;
    case State::extension_end:
    case State::extension_gap:
      if (blank) return go(State::extension_gap);
      if (byte == ';') return go(State::extension_start);
      break;
    default:
      break;
  }
  fail("A chunk extension is malformed.");
}

// Trailers are checked like any field and dropped, also those that name framing or credentials: nobody here acts on what comes after a body.
void ChunkDecoder::take_trailer(char byte) {
  if (byte == '\r' && state_ != State::trailer_name) {
    state_ = state_ == State::trailer_start ? State::end_lf : State::trailer_lf;
    return;
  }
  if (++trailer_bytes_ > max_trailer_bytes) return fail("The trailers are too large.");
  switch (state_) {
    case State::trailer_start:
      if (!grammar::is_token_byte(byte)) return fail("A trailer does not begin with a name.");
      if (++trailer_fields_ > max_trailer_fields) return fail("There are too many trailers.");
      state_ = State::trailer_name;
      return;
    case State::trailer_name:
      if (byte == ':') state_ = State::trailer_value;
      else if (!grammar::is_token_byte(byte)) fail("A trailer's name is malformed.");
      return;
    default:
      if (!grammar::is_value_byte(byte)) fail("A trailer holds a forbidden byte.");
      return;
  }
}

void ChunkDecoder::take_lf(char byte, State next) {
  if (byte != '\n') return fail("A line of the chunked coding does not end in CRLF.");
  state_ = next;
}

void ChunkDecoder::begin_line() {
  remaining_ = 0;
  size_digits_ = 0;
  line_bytes_ = 0;
}

void ChunkDecoder::begin_chunk() {
  state_ = remaining_ == 0 ? State::trailer_start : State::payload;
}

void ChunkDecoder::fail(std::string_view fault) {
  state_ = State::failed;
  fault_ = fault;
}

std::size_t write_chunk_head(char* out, std::uint64_t size) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::size_t length = 1;
  for (auto rest = size >> 4; rest != 0; rest >>= 4) ++length;
  for (std::size_t at = length; at > 0; size >>= 4) out[--at] = digits[size & 0xf];
  out[length] = '\r';
  out[length + 1] = '\n';
  return length + 2;
}

}  // namespace http
