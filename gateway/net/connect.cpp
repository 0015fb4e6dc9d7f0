#include "gateway/net/connect.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "gateway/http/head.hpp"
#include "gateway/http/serializer.hpp"
#include "gateway/net/tcp_stream.hpp"

namespace net {
namespace {

constexpr std::size_t tunnel_head_bytes = 16 * 1024;

std::string authority(const providers::Origin& origin) {
  const bool v6 = origin.host.find(':') != std::string::npos;
  return (v6 ? "[" + origin.host + "]" : origin.host) + ":" + std::to_string(origin.port);
}

}  // namespace

Task<Connected> Connector::connect(providers::Origin origin, NamedBy named_by, std::chrono::milliseconds timeout) {
  Deadline deadline(loop_.deadlines());
  deadline.set(Clock::now() + timeout);
  Connected result;

  const ProxySettings::Proxy* proxy = proxies_.choose(origin.tls, origin.host, origin.port);
  const std::string& host = proxy != nullptr ? proxy->host : origin.host;
  const std::uint16_t port = proxy != nullptr ? proxy->port : origin.port;
  const Socket socket = co_await open_socket(host, port, named_by, deadline);
  if (socket.fd < 0) {
    result.error = socket.error;
    result.timed_out = deadline.fired();
    co_return result;
  }

  if (proxy != nullptr && !origin.tls) {
    result.target_prefix = "http://" + authority(origin);
    result.proxy_authorization = proxy->authorization;
  } else if (proxy != nullptr) {
    result.error = co_await open_tunnel(socket.fd, *proxy, origin, deadline);
    if (!result.error.empty()) {
      ::close(socket.fd);
      result.timed_out = deadline.fired();
      co_return result;
    }
  }

  if (!origin.tls) {
    result.stream = std::make_unique<TcpStream>(loop_, socket.fd);
    co_return result;
  }
  auto stream = std::make_unique<TlsStream>(loop_, socket.fd, tls_);
  result.error = co_await stream->connect(origin.host, deadline);
  result.timed_out = deadline.fired();
  if (result.error.empty()) result.stream = std::move(stream);
  co_return result;
}

Task<Connector::Socket> Connector::open_socket(std::string host, std::uint16_t port, NamedBy named_by, Deadline& deadline) {
  const ResolverPool::Answer answer = co_await resolver_.resolve(host, keep_names_, deadline);
  if (!answer.error.empty()) co_return Socket{.fd = -1, .error = "the name could not be resolved: " + answer.error};

  std::string error = "no address";
  for (const Address& address : answer.addresses) {
    if (!may_connect(address, named_by)) {
      error = "the egress gate is closed for its address";
      continue;
    }
    const Endpoint endpoint(address, port);
    const int fd = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) co_return Socket{.fd = -1, .error = std::strerror(errno)};
    if (::connect(fd, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) co_return Socket{.fd = fd, .error = {}};
    if (errno != EINPROGRESS) {
      error = std::strerror(errno);
      ::close(fd);
      continue;
    }
    // watched through a duplicate, so that the descriptor itself goes on to whoever gets the connection
    Descriptor watch(loop_, ::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    int fault = EINPROGRESS;
    while (fault == EINPROGRESS && !deadline.fired()) {
      co_await any_of(watch.writable(), deadline);
      watch.writable_event().reset();
      socklen_t length = sizeof fault;
      ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &length);
      sockaddr_storage peer{};
      socklen_t peer_length = sizeof peer;
      if (fault == 0 && ::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_length) != 0) fault = EINPROGRESS;
    }
    if (fault == 0) co_return Socket{.fd = fd, .error = {}};
    ::close(fd);
    error = deadline.fired() ? "the connection timed out" : std::strerror(fault);
    if (deadline.fired()) break;
  }
  co_return Socket{.fd = -1, .error = error};
}

Task<std::string> Connector::open_tunnel(int fd, const ProxySettings::Proxy& proxy, const providers::Origin& origin, Deadline& deadline) {
  const std::string destination = authority(origin);
  std::string request;
  http::HeadWriter head(request);
  head.request_line("CONNECT", destination);
  head.field("Host", destination);
  if (!proxy.authorization.empty()) head.field("Proxy-Authorization", proxy.authorization);
  head.end();
  if (!head.ok()) co_return "the proxy's settings hold bytes that a head cannot carry";

  TcpStream stream(loop_, ::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  const iovec out = piece(request);
  const IoResult written = stream.write_now({&out, 1});
  if (written.state != IoResult::State::done || written.bytes != request.size()) co_return "the proxy did not take the request";

  std::string reply;
  while (!deadline.fired()) {
    co_await any_of(stream.readable(), deadline);
    // byte by byte: what follows the head belongs to TLS and must stay in the socket
    char byte = 0;
    for (;;) {
      const IoResult got = stream.read_now({&byte, 1});
      if (got.state == IoResult::State::would_block) break;
      if (got.state != IoResult::State::done) co_return "the proxy closed the connection";
      reply.push_back(byte);
      if (reply.size() > tunnel_head_bytes) co_return "the proxy's answer is too long";
      if (!reply.ends_with("\r\n\r\n")) continue;
      http::ResponseHead answer;
      const http::HeadResult parsed = http::parse_response_head(reply, tunnel_head_bytes, 100, true, answer);
      if (parsed.state != http::HeadResult::State::complete) co_return "the proxy's answer is not HTTP";
      if (answer.status / 100 != 2) co_return "the proxy refused the tunnel with status " + std::to_string(answer.status);
      co_return "";
    }
  }
  co_return "the proxy did not answer in time";
}

}  // namespace net
