#include "gateway/net/byte_stream.hpp"

#include <string>

namespace net {

Task<IoResult> write_all(ByteStream& stream, std::span<const iovec> pieces, Deadline& idle_deadline, std::chrono::milliseconds idle) {
  IoResult result = stream.write_now(pieces);
  if (result.state == IoResult::State::failed) co_return result;

  std::size_t total = 0;
  for (const iovec& part : pieces) total += part.iov_len;
  std::size_t sent = result.state == IoResult::State::done ? result.bytes : 0;
  if (sent == total) co_return IoResult{.bytes = total};

  // The peer reads slowly. What is left is copied: the pieces may stand in buffers that are only valid until the first wait.
  std::string rest;
  rest.reserve(total - sent);
  std::size_t skip = sent;
  for (const iovec& part : pieces) {
    if (skip >= part.iov_len) {
      skip -= part.iov_len;
      continue;
    }
    rest.append(static_cast<const char*>(part.iov_base) + skip, part.iov_len - skip);
    skip = 0;
  }

  std::size_t offset = 0;
  while (offset < rest.size()) {
    idle_deadline.set_in(idle);
    co_await any_of(stream.writable(), idle_deadline);
    if (idle_deadline.fired()) co_return IoResult{.state = IoResult::State::end, .bytes = sent + offset};
    const iovec left = piece(std::string_view(rest).substr(offset));
    result = stream.write_now({&left, 1});
    if (result.state == IoResult::State::failed) co_return result;
    if (result.state == IoResult::State::done) offset += result.bytes;
  }
  idle_deadline.clear();
  co_return IoResult{.bytes = total};
}

}  // namespace net
