// One request in flight and the answer to it. Lives in its Session and is reused for every request of a connection. Worker-owned.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/http/bytes.hpp"
#include "gateway/http/head.hpp"
#include "gateway/http/serializer.hpp"
#include "gateway/net/address.hpp"
#include "gateway/net/byte_stream.hpp"
#include "providers/error.hpp"

namespace http {

class Session;

/// Why a request need not be answered any more, or not to its end.
enum class Cancelled { no, client_gone, draining };

/// How the end of an answer is told to the client.
enum class Last : bool { no, yes };

class Exchange {
 public:
  explicit Exchange(Session& session);

  // --- the request -----------------------------------------------------------------------------------------------------------
  [[nodiscard]] const RequestHead& head() const noexcept { return head_; }
  [[nodiscard]] std::string_view call_id() const noexcept { return {call_id_, sizeof call_id_}; }
  [[nodiscard]] net::Instant arrived() const noexcept { return arrived_; }
  [[nodiscard]] const net::Address& client() const noexcept { return client_; }
  [[nodiscard]] bool over_tls() const noexcept;

  /// Reads the whole body (sending 100 Continue first when the client waits for it). The view is valid until release_request() or the end
  /// of the exchange. Fails with what the client shall see: 400, 408, 413, 503.
  net::Task<providers::Result<std::string_view>> read_body(std::int64_t limit);
  /// Head and body are not needed any more: a long stream does not hold them. Their views become invalid.
  void release_request();

  // --- the answer ------------------------------------------------------------------------------------------------------------
  /// Adds a field to the answer's head. Only before start().
  void add_field(std::string_view name, std::string_view value) { HeadWriter(field_text_).field(name, value); }

  /// Composes the head; it leaves with the first write. A length makes a plain body, none a chunked one (or one ended by the close, for
  /// HTTP/1.0). `content_type` may be empty.
  void start(int status, std::string_view content_type, std::optional<std::uint64_t> length);
  [[nodiscard]] bool started() const noexcept { return status_ != 0; }
  [[nodiscard]] int status() const noexcept { return status_; }

  /// Sends body bytes at once, as one chunk. False when a part is left because the client reads slowly: then co_await flush() before
  /// anything else is written. The pieces may stand in buffers of the loop.
  [[nodiscard]] bool write(std::span<const std::string_view> pieces, Last last);
  [[nodiscard]] bool write(std::string_view bytes, Last last) { return write({&bytes, 1}, last); }
  net::Task<void> flush();

  /// A whole answer: start, body, end.
  net::Task<void> answer(int status, std::string_view content_type, std::string_view body);
  /// The answer breaks off: the connection is closed in a way that the client cannot take for an end.
  void break_off();
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  [[nodiscard]] std::uint64_t body_bytes_sent() const noexcept { return body_bytes_sent_; }
  [[nodiscard]] std::size_t request_body_bytes() const noexcept { return body_.size(); }

  // --- the client's presence -------------------------------------------------------------------------------------------------
  /// From now on the client's side is watched: cancelled() fires when it goes away. A plain FIN is probed (BEHAVIOUR 19), and a stream shows
  /// signs of life while it has nothing to say.
  struct Watch {
    std::function<void()> open_early = {};    // streams: puts the head out, for a probe or after `silence`; without one a 102 probes
    std::chrono::milliseconds silence{0};     // before the first sign of life; 0: none are shown
    std::chrono::milliseconds interval{0};    // between comments afterwards
  };
  void watch_client(Watch watch);
  void stop_watching();
  net::Event& cancelled() noexcept { return cancelled_; }
  [[nodiscard]] Cancelled why_cancelled() const noexcept { return why_cancelled_; }
  void cancel(Cancelled why);

 private:
  friend class Session;

  void begin(net::Instant now);
  void reset();
  void release_body();
  net::Task<void> watch();
  void look_at_client();
  void show_life();
  void probe_client();
  [[nodiscard]] bool client_waits_for_continue() const;
  bool send_now(std::span<const iovec> pieces);
  net::Task<providers::Result<void>> fill_body();
  net::Task<providers::Result<void>> fill_chunked_body(std::int64_t limit);

  Session& session_;
  RequestHead head_;
  char call_id_[36]{};
  net::Instant arrived_{};
  net::Address client_;

  Bytes body_storage_;              // only when the body is not wholly in the session's input
  std::string_view body_;
  std::size_t request_bytes_ = 0;   // of the session's input that belong to this request
  bool body_read_ = false;          // to its end
  bool to_head_request_ = false;    // HEAD: an answer without a body
  std::int64_t accounted_bytes_ = 0;

  std::string field_text_;
  std::string head_text_;
  std::string unsent_;
  int status_ = 0;
  bool chunked_ = false;
  bool head_sent_ = false;
  bool ended_ = false;
  bool close_after_ = false;
  bool broken_ = false;
  std::uint64_t body_bytes_sent_ = 0;

  net::Event cancelled_;
  Cancelled why_cancelled_ = Cancelled::no;
  bool watching_ = false;
  bool half_closed_ = false;
  net::Event watch_stop_;
  Watch watch_;
  net::Deadline silence_;
};

}  // namespace http
