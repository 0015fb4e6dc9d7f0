// TLS 1.2 and 1.3 by OpenSSL, over a non-blocking socket. Contexts are immutable and shared; a stream is worker-owned.
#pragma once

#include <memory>
#include <string>

#include "gateway/net/byte_stream.hpp"
#include "gateway/net/descriptor.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace net {

class TlsContext {
 public:
  /// For listeners: a PEM chain and its key. Throws std::runtime_error that names the file.
  static std::shared_ptr<const TlsContext> server(const std::string& certificate_file, const std::string& private_key_file);
  /// For upstreams: chain and host name are verified against the system's authorities (SSL_CERT_FILE and SSL_CERT_DIR are obeyed).
  static std::shared_ptr<const TlsContext> client();

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  [[nodiscard]] ssl_ctx_st* get() const noexcept { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

/// OpenSSL reads and writes the socket itself and gives its record buffers back while the connection is idle (SSL_MODE_RELEASE_BUFFERS).
class TlsStream final : public ByteStream {
 public:
  /// Takes over a connected, non-blocking socket.
  TlsStream(Loop& loop, int fd, std::shared_ptr<const TlsContext> context);
  ~TlsStream() override;

  /// As server, or as client towards `host` (verified, and sent as SNI unless it is an address). "" or why it failed.
  Task<std::string> accept(Deadline& deadline);
  Task<std::string> connect(const std::string& host, Deadline& deadline);

  IoResult read_now(std::span<char> into) override;
  IoResult write_now(std::span<const iovec> pieces) override;
  Event& readable() override;
  Event& writable() override;
  void finish_writing() override;
  void abort() override;

 private:
  Task<std::string> handshake(Deadline& deadline);
  IoResult outcome(int result);

  std::shared_ptr<const TlsContext> context_;
  Descriptor descriptor_;
  ssl_st* ssl_;
  Event ready_;
  bool drained_ = true;
};

}  // namespace net
