#include "gateway/net/tcp_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "gateway/net/loop.hpp"

namespace net {
namespace {

IoResult failure(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR) return {.state = IoResult::State::would_block};
  return {.state = IoResult::State::failed, .error = error};
}

}  // namespace

TcpStream::TcpStream(Loop& loop, int fd) : descriptor_(loop, fd), probe_(loop.deadlines(), descriptor_.readable_event()) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ready_.fire();
}

IoResult TcpStream::read_now(std::span<char> into) {
  descriptor_.readable_event().reset();
  probe_.clear();
  const ssize_t got = ::recv(descriptor_.fd(), into.data(), into.size(), 0);
  if (got > 0) {
    drained_ = static_cast<std::size_t>(got) < into.size();
    probed_ = !drained_;
    return {.bytes = static_cast<std::size_t>(got)};
  }
  drained_ = probed_ = true;
  if (got == 0) return {.state = IoResult::State::end};
  return failure(errno);
}

IoResult TcpStream::write_now(std::span<const iovec> pieces) {
  descriptor_.writable_event().reset();
  const msghdr message{.msg_name = nullptr,
                       .msg_namelen = 0,
                       .msg_iov = const_cast<iovec*>(pieces.data()),
                       .msg_iovlen = pieces.size(),
                       .msg_control = nullptr,
                       .msg_controllen = 0,
                       .msg_flags = 0};
  const ssize_t sent = ::sendmsg(descriptor_.fd(), &message, MSG_NOSIGNAL);
  if (sent >= 0) return {.bytes = static_cast<std::size_t>(sent)};
  return failure(errno);
}

Event& TcpStream::readable() {
  if (!drained_) return ready_;
  if (!probed_) probe_.set_in(quiet_before_probe);
  return descriptor_.readable();
}

Event& TcpStream::writable() { return descriptor_.writable(); }

void TcpStream::finish_writing() { ::shutdown(descriptor_.fd(), SHUT_WR); }

void TcpStream::abort() {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

}  // namespace net
