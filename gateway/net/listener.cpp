#include "gateway/net/listener.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace net {
namespace {

constexpr int backlog = 4096;
constexpr std::chrono::milliseconds pause_without_descriptors{100};

int open_reserve() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

Endpoint endpoint_of(const sockaddr_storage& storage, socklen_t length) {
  Endpoint endpoint;
  std::memcpy(endpoint.data(), &storage, length);
  endpoint.resize(length);
  return endpoint;
}

}  // namespace

int listen_on(const Endpoint& endpoint) {
  const int fd = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "open a socket");
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (endpoint.address().is_v6()) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(fd, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 || ::listen(fd, backlog) != 0) {
    const int error = errno;
    ::close(fd);
    throw std::system_error(error, std::generic_category(),
                            "listen on " + endpoint.address().to_string() + " port " + std::to_string(endpoint.port()));
  }
  return fd;
}

Endpoint local_endpoint(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length);
  return endpoint_of(storage, length);
}

Listener::Listener(Loop& loop, int fd, Accepted accepted)
    : loop_(loop), descriptor_(loop, fd), accepted_(std::move(accepted)), reserve_(open_reserve()) {}

Task<void> Listener::accept_all() {
  while (!stopped_.fired()) {
    co_await any_of(descriptor_.readable(), stopped_);
    if (stopped_.fired()) break;
    descriptor_.readable_event().reset();
    accept_queued();
    if (reserve_ >= 0) continue;
    // no descriptor was left even to turn connections away: wait a little instead of spinning
    Deadline pause(loop_.deadlines());
    pause.set_in(pause_without_descriptors);
    co_await any_of(pause, stopped_);
    reserve_ = open_reserve();
    accept_queued();
  }
}

void Listener::accept_queued() {
  for (;;) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    const int fd = ::accept4(descriptor_.fd(), reinterpret_cast<sockaddr*>(&storage), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      accepted_(fd, endpoint_of(storage, length).address());
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno != EMFILE && errno != ENFILE) return;
    if (reserve_ < 0) return;
    spdlog::warn("out of file descriptors: a connection is turned away");
    ::close(reserve_);
    const int turned_away = ::accept4(descriptor_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
    if (turned_away >= 0) ::close(turned_away);
    reserve_ = open_reserve();
    if (turned_away < 0) return;
  }
}

void Listener::stop() {
  if (stopped_.fired()) return;
  accept_queued();
  if (reserve_ >= 0) ::close(reserve_);
  reserve_ = -1;
  descriptor_.close();
  stopped_.fire();
}

}  // namespace net
