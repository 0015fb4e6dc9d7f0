// A connected TCP socket. Worker-owned.
#pragma once

#include "gateway/net/byte_stream.hpp"
#include "gateway/net/descriptor.hpp"

namespace net {

class TcpStream final : public ByteStream {
 public:
  /// Takes over a connected, non-blocking socket and turns Nagle's delay off.
  TcpStream(Loop& loop, int fd);

  IoResult read_now(std::span<char> into) override;
  IoResult write_now(std::span<const iovec> pieces) override;
  Event& readable() override;
  Event& writable() override;
  void finish_writing() override;
  void abort() override;

  [[nodiscard]] int fd() const noexcept { return descriptor_.fd(); }
  Loop& loop() noexcept { return descriptor_.loop(); }

 private:
  /// A short read means that the socket is empty, so no second read is tried; but a FIN that came together with the data made no edge of
  /// its own. When nothing has come for this long, one read makes sure.
  static constexpr std::chrono::milliseconds quiet_before_probe{100};

  Descriptor descriptor_;
  Event ready_;         // always fired: returned while more may be there to read
  bool drained_ = true; // the last read took all there was
  bool probed_ = true;  // ... and that is certain
  Deadline probe_;
};

}  // namespace net
