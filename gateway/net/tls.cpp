#include "gateway/net/tls.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "gateway/net/address.hpp"
#include "gateway/net/loop.hpp"

namespace net {
namespace {

constexpr std::size_t record_bytes = 16 * 1024;
constexpr std::array<unsigned char, 9> alpn_http11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

/// The oldest queued OpenSSL error as text; the queue is emptied.
std::string take_error(const char* otherwise) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return otherwise;
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : otherwise;
}

int select_http11(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* offered, unsigned int offered_length, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, alpn_http11.data(), alpn_http11.size(), offered, offered_length) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

SSL_CTX* make_context(const SSL_METHOD* method) {
  SSL_CTX* context = SSL_CTX_new(method);
  if (context == nullptr) throw std::runtime_error("TLS: " + take_error("no context"));
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

}  // namespace

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

std::shared_ptr<const TlsContext> TlsContext::server(const std::string& certificate_file, const std::string& private_key_file) {
  std::shared_ptr<const TlsContext> holder(new TlsContext(make_context(TLS_server_method())));
  SSL_CTX* context = holder->get();
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    throw std::runtime_error("TLS certificate " + certificate_file + ": " + take_error("cannot be read"));
  }
  if (SSL_CTX_use_PrivateKey_file(context, private_key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("TLS private key " + private_key_file + ": " + take_error("cannot be read"));
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    throw std::runtime_error("TLS private key " + private_key_file + " does not belong to certificate " + certificate_file);
  }
  SSL_CTX_set_alpn_select_cb(context, select_http11, nullptr);
  const unsigned char session_scope[] = "penstock";
  SSL_CTX_set_session_id_context(context, session_scope, sizeof session_scope - 1);
  return holder;
}

std::shared_ptr<const TlsContext> TlsContext::client() {
  std::shared_ptr<const TlsContext> holder(new TlsContext(make_context(TLS_client_method())));
  SSL_CTX* context = holder->get();
  SSL_CTX_set_default_verify_paths(context);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_alpn_protos(context, alpn_http11.data(), alpn_http11.size());
  return holder;
}

TlsStream::TlsStream(Loop& loop, int fd, std::shared_ptr<const TlsContext> context)
    : context_(std::move(context)), descriptor_(loop, fd), ssl_(SSL_new(context_->get())) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (ssl_ == nullptr || SSL_set_fd(ssl_, fd) != 1) {
    SSL_free(ssl_);
    throw std::runtime_error("TLS: " + take_error("no session"));
  }
  ready_.fire();
}

TlsStream::~TlsStream() { SSL_free(ssl_); }

Task<std::string> TlsStream::accept(Deadline& deadline) {
  SSL_set_accept_state(ssl_);
  co_return co_await handshake(deadline);
}

Task<std::string> TlsStream::connect(const std::string& host, Deadline& deadline) {
  SSL_set_connect_state(ssl_);
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  if (not_an_address) {
    SSL_set_tlsext_host_name(ssl_, host.c_str());
    SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl_, host.c_str());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host.c_str());
  }
  co_return co_await handshake(deadline);
}

Task<std::string> TlsStream::handshake(Deadline& deadline) {
  for (;;) {
    descriptor_.readable_event().reset();
    descriptor_.writable_event().reset();
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    if (result == 1) {
      drained_ = false;  // what came behind the handshake made no edge of its own
      co_return "";
    }
    const int problem = SSL_get_error(ssl_, result);
    if (problem == SSL_ERROR_WANT_READ) {
      co_await any_of(descriptor_.readable(), deadline);
    } else if (problem == SSL_ERROR_WANT_WRITE) {
      co_await any_of(descriptor_.writable(), deadline);
    } else {
      const long verdict = SSL_get_verify_result(ssl_);
      if (verdict != X509_V_OK) co_return std::string("certificate: ") + X509_verify_cert_error_string(verdict);
      co_return take_error("the peer closed the connection during the TLS handshake");
    }
    if (deadline.fired()) co_return "the TLS handshake timed out";
  }
}

IoResult TlsStream::outcome(int result) {
  const int error = errno;
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return {.state = IoResult::State::would_block};
    case SSL_ERROR_ZERO_RETURN: return {.state = IoResult::State::end};
    case SSL_ERROR_SYSCALL: ERR_clear_error(); return {.state = IoResult::State::failed, .error = error};
    default: ERR_clear_error(); return {.state = IoResult::State::failed};
  }
}

IoResult TlsStream::read_now(std::span<char> into) {
  descriptor_.readable_event().reset();
  std::size_t total = 0;
  while (total < into.size()) {
    ERR_clear_error();
    std::size_t got = 0;
    const int result = SSL_read_ex(ssl_, into.data() + total, into.size() - total, &got);
    if (result == 1) {
      total += got;
      continue;
    }
    const IoResult end = outcome(result);
    drained_ = end.state == IoResult::State::would_block;  // an end or a fault is reported by the next read
    if (total > 0) return {.bytes = total};
    return end;
  }
  drained_ = false;
  return {.bytes = total};
}

IoResult TlsStream::write_now(std::span<const iovec> pieces) {
  descriptor_.writable_event().reset();
  thread_local std::array<char, record_bytes> record;
  std::size_t total = 0;
  std::size_t index = 0;
  std::size_t offset = 0;
  while (index < pieces.size()) {
    // small pieces share a record; what a partial write left out is gathered again, with at least the bytes of the first try
    std::size_t filled = 0;
    std::size_t next_index = index;
    std::size_t next_offset = offset;
    while (next_index < pieces.size() && filled < record.size()) {
      const iovec& part = pieces[next_index];
      const std::size_t take = std::min(part.iov_len - next_offset, record.size() - filled);
      std::memcpy(record.data() + filled, static_cast<const char*>(part.iov_base) + next_offset, take);
      filled += take;
      next_offset += take;
      if (next_offset == part.iov_len) {
        ++next_index;
        next_offset = 0;
      }
    }
    if (filled == 0) break;
    ERR_clear_error();
    std::size_t sent = 0;
    const int result = SSL_write_ex(ssl_, record.data(), filled, &sent);
    if (result != 1) {
      const IoResult end = outcome(result);
      if (end.state == IoResult::State::would_block && total > 0) return {.bytes = total};
      return end;
    }
    total += sent;
    if (sent < filled) return {.bytes = total};
    index = next_index;
    offset = next_offset;
  }
  return {.bytes = total};
}

Event& TlsStream::readable() { return drained_ ? descriptor_.readable() : ready_; }
Event& TlsStream::writable() { return descriptor_.writable(); }

void TlsStream::finish_writing() {
  ERR_clear_error();
  SSL_shutdown(ssl_);
  ERR_clear_error();
  ::shutdown(descriptor_.fd(), SHUT_WR);
}

void TlsStream::abort() {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

}  // namespace net
