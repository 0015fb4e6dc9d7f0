// One accepted socket, plain or TLS: non-blocking reads and writes with one meaning for both. The load generator has it too.
#pragma once

#include <cerrno>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace upstream {

enum class Io { done, would_block, closed };

class Connection {
 public:
  enum class Side { server, client };

  Connection(int socket, SSL_CTX* tls, Side side) : socket_(socket) {
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (tls == nullptr) return;
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, socket_);
    if (side == Side::server) SSL_set_accept_state(ssl_);
    else SSL_set_connect_state(ssl_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    SSL_free(ssl_);
    ::close(socket_);
  }

  [[nodiscard]] int socket() const { return socket_; }

  /// Appends what has come to `input`; a short read means that no more is waiting.
  Io read(std::string& input) {
    char buffer[65'536];
    for (;;) {
      const auto count = ssl_ != nullptr ? SSL_read(ssl_, buffer, sizeof buffer) : static_cast<int>(::recv(socket_, buffer, sizeof buffer, 0));
      if (count > 0) {
        input.append(buffer, static_cast<std::size_t>(count));
        if (ssl_ == nullptr && count < static_cast<int>(sizeof buffer)) return Io::done;
        continue;
      }
      return would_block(count) ? Io::would_block : Io::closed;
    }
  }

  /// Takes what was written off the front of `bytes`.
  Io write(std::string_view& bytes) {
    while (!bytes.empty()) {
      const auto count = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                                         : static_cast<int>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
      if (count <= 0) return would_block(count) ? Io::would_block : Io::closed;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return Io::done;
  }

  /// The next close sends RST.
  void reset() {
    const linger abort{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  }

  void say_goodbye() {
    if (ssl_ != nullptr && SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
  }

 private:
  [[nodiscard]] bool would_block(int result) const {
    if (ssl_ == nullptr) return result < 0 && (errno == EAGAIN || errno == EINTR);
    const auto error = SSL_get_error(ssl_, result);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  }

  int socket_;
  SSL* ssl_ = nullptr;
};

}  // namespace upstream
