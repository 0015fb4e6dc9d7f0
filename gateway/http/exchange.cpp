#include "gateway/http/exchange.hpp"

#include <array>
#include <random>

#include "gateway/http/chunks.hpp"
#include "gateway/http/session.hpp"

namespace http {

using net::IoResult;
using providers::Error;
using providers::ErrorKind;
using providers::Result;

namespace {

constexpr std::size_t max_pieces = 64;
constexpr std::string_view interim_continue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view interim_processing = "HTTP/1.1 102 Processing\r\n\r\n";
constexpr std::string_view last_chunk = "0\r\n\r\n";
constexpr std::string_view crlf = "\r\n";

/// A random (version 4) UUID. Not a secret: it names a request.
void write_uuid(char* out) {
  thread_local std::mt19937_64 random{std::random_device{}()};
  constexpr char digits[] = "0123456789abcdef";
  std::uint64_t bits = random();
  for (int i = 0, nibble = 0; i < 36; ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      out[i] = '-';
      continue;
    }
    if (nibble == 16) bits = random();
    out[i] = digits[(bits >> (4 * (nibble % 16))) & 15];
    ++nibble;
  }
  out[14] = '4';
  out[19] = digits[8 + (out[19] & 3)];
}

}  // namespace

Exchange::Exchange(Session& session) : session_(session), silence_(session.options_.loop.deadlines()) {}

bool Exchange::over_tls() const noexcept { return session_.options_.tls; }

void Exchange::begin(net::Instant now) {
  arrived_ = now;
  client_ = session_.peer_;
  write_uuid(call_id_);
  const bool bodyless = head_.framing == Framing::none || (head_.framing == Framing::length && head_.content_length == 0);
  body_read_ = bodyless;
  to_head_request_ = head_.method == "HEAD";
  close_after_ = !head_.keep_alive || session_.draining_;
}

void Exchange::reset() {
  release_body();
  request_bytes_ = 0;
  body_ = {};
  field_text_.clear();
  unsent_.clear();
  status_ = 0;
  chunked_ = head_sent_ = ended_ = close_after_ = broken_ = body_read_ = half_closed_ = false;
  body_bytes_sent_ = 0;
  cancelled_.reset();
  why_cancelled_ = Cancelled::no;
}

void Exchange::release_body() {
  body_storage_.release();
  session_.options_.counts.body_bytes.fetch_sub(std::exchange(accounted_bytes_, 0), std::memory_order_relaxed);
}

void Exchange::release_request() {
  release_body();
  Bytes behind;
  behind.append(session_.input_.view().substr(request_bytes_));
  session_.input_ = std::move(behind);
  request_bytes_ = 0;
  std::vector<Field>().swap(head_.fields);
  std::string().swap(field_text_);  // composed into the head by now
  body_ = {};
}

// --- the request's body ----------------------------------------------------------------------------------------------------------

bool Exchange::client_waits_for_continue() const {
  return head_.expects_continue && !body_read_ && session_.input_.size() == request_bytes_;
}

net::Task<Result<std::string_view>> Exchange::read_body(std::int64_t limit) {
  if (body_read_) co_return body_;
  if (head_.framing == Framing::length && head_.content_length > static_cast<std::uint64_t>(limit)) {
    close_after_ = true;
    co_return Error{.kind = ErrorKind::request_too_large,
                    .message = "Maximum content size limit (" + std::to_string(limit) + ") exceeded (" + std::to_string(head_.content_length) + " bytes)"};
  }
  // a body that came whole with its head is used where it stands
  const std::string_view behind_head = session_.input_.view().substr(request_bytes_);
  if (head_.framing == Framing::length && behind_head.size() >= head_.content_length) {
    body_ = behind_head.substr(0, head_.content_length);
    request_bytes_ += body_.size();
    body_read_ = true;
    co_return body_;
  }
  if (client_waits_for_continue()) {
    const iovec interim = net::piece(interim_continue);
    if (!send_now({&interim, 1})) co_await flush();
  }
  Result<void> filled;  // two statements: g++ 12.2 destroys the temporaries of `a ? co_await b : co_await c` twice
  if (head_.framing == Framing::length) {
    filled = co_await fill_body();
  } else {
    filled = co_await fill_chunked_body(limit);
  }
  if (!filled) {
    close_after_ = true;
    co_return filled.error();
  }
  body_ = body_storage_.view();
  body_read_ = true;
  co_return body_;
}

namespace {

Error body_broke_off() { return {.kind = ErrorKind::cancelled, .message = "the client closed the connection while sending its request"}; }
Error body_too_slow() {
  return {.kind = ErrorKind::timed_out, .message = "the request's body did not arrive in time", .type = "invalid_request_error", .code = "408"};
}
Error too_much_in_flight() {
  return {.kind = ErrorKind::overloaded, .message = "too many request bodies in flight, try again", .retry_after = std::chrono::milliseconds(1000)};
}

}  // namespace

net::Task<Result<void>> Exchange::fill_body() {
  const auto length = static_cast<std::size_t>(head_.content_length);
  std::atomic<std::int64_t>& in_flight = session_.options_.counts.body_bytes;
  accounted_bytes_ = static_cast<std::int64_t>(length);
  if (in_flight.fetch_add(accounted_bytes_, std::memory_order_relaxed) + accounted_bytes_ > session_.limits_.body_bytes_in_flight) {
    co_return too_much_in_flight();
  }
  // a large body grows with what really comes, so that a mere promise of bytes costs no memory
  constexpr std::size_t trusted_bytes = 1 << 20;
  body_storage_.reserve(std::min(length, trusted_bytes));
  body_storage_.append(session_.input_.view().substr(request_bytes_));
  request_bytes_ = session_.input_.size();

  net::Deadline& deadline = session_.deadline_;
  deadline.set_in(session_.limits_.body_idle_time);
  while (body_storage_.size() < length) {
    if (body_storage_.room().empty()) body_storage_.reserve(std::min(length, body_storage_.capacity() * 2));
    const std::span<char> room = body_storage_.room().first(std::min(body_storage_.room().size(), length - body_storage_.size()));
    const IoResult got = session_.stream_->read_now(room);
    if (got.state == IoResult::State::done) {
      body_storage_.grow(got.bytes);
      deadline.set_in(session_.limits_.body_idle_time);
      continue;
    }
    if (got.state != IoResult::State::would_block) co_return body_broke_off();
    co_await net::any_of(session_.stream_->readable(), deadline, cancelled_);
    if (cancelled_.fired()) co_return body_broke_off();
    if (deadline.fired()) co_return body_too_slow();
  }
  deadline.clear();
  co_return Result<void>{};
}

net::Task<Result<void>> Exchange::fill_chunked_body(std::int64_t limit) {
  ChunkDecoder decoder;
  std::atomic<std::int64_t>& in_flight = session_.options_.counts.body_bytes;
  net::Deadline& deadline = session_.deadline_;
  deadline.set_in(session_.limits_.body_idle_time);

  // what came with the head is decoded where it stands; what follows the body belongs to the next request
  char* const pending = session_.input_.data() + request_bytes_;
  const ChunkDecoder::Step first = decoder.decode(pending, session_.input_.size() - request_bytes_);
  body_storage_.append({pending, first.produced});
  request_bytes_ += first.consumed;

  while (!decoder.finished()) {
    if (decoder.failed()) co_return Error{.kind = ErrorKind::invalid_request, .message = std::string(decoder.fault())};
    if (body_storage_.size() > static_cast<std::size_t>(limit)) {
      co_return Error{.kind = ErrorKind::request_too_large, .message = "Maximum content size limit (" + std::to_string(limit) + ") exceeded"};
    }
    const std::span<char> scratch = session_.options_.loop.scratch();
    const IoResult got = session_.stream_->read_now(scratch);
    if (got.state == IoResult::State::would_block) {
      co_await net::any_of(session_.stream_->readable(), deadline, cancelled_);
      if (cancelled_.fired()) co_return body_broke_off();
      if (deadline.fired()) co_return body_too_slow();
      continue;
    }
    if (got.state != IoResult::State::done) co_return body_broke_off();
    deadline.set_in(session_.limits_.body_idle_time);
    const ChunkDecoder::Step step = decoder.decode(scratch.data(), got.bytes);
    body_storage_.append({scratch.data(), step.produced});
    accounted_bytes_ += static_cast<std::int64_t>(step.produced);
    const auto produced = static_cast<std::int64_t>(step.produced);
    if (in_flight.fetch_add(produced, std::memory_order_relaxed) + produced > session_.limits_.body_bytes_in_flight) {
      co_return too_much_in_flight();
    }
    if (decoder.finished() && step.consumed < got.bytes) {
      session_.pipelined_.append({scratch.data() + step.consumed, got.bytes - step.consumed});
    }
  }
  if (body_storage_.size() > static_cast<std::size_t>(limit)) {
    co_return Error{.kind = ErrorKind::request_too_large, .message = "Maximum content size limit (" + std::to_string(limit) + ") exceeded"};
  }
  deadline.clear();
  co_return Result<void>{};
}

// --- the answer ------------------------------------------------------------------------------------------------------------------

void Exchange::start(int status, std::string_view content_type, std::optional<std::uint64_t> length) {
  status_ = status;
  if (!body_read_) {
    // unread bytes that have already come are skipped; a body still under way ends the connection
    const std::size_t behind_head = session_.input_.size() - request_bytes_;
    if (head_.framing == Framing::length && !head_.expects_continue && behind_head >= head_.content_length) {
      request_bytes_ += static_cast<std::size_t>(head_.content_length);
      body_read_ = true;
    } else {
      close_after_ = true;
    }
  }
  const bool to_http10 = head_.minor_version == 0;
  const bool bodyless = status < 200 || status == 204 || status == 304;
  chunked_ = !length && !to_http10 && !bodyless;
  if (!length && to_http10) close_after_ = true;
  if (session_.draining_) close_after_ = true;

  head_text_.clear();
  HeadWriter head(head_text_);
  head.status_line(status);
  head.date();
  if (!content_type.empty()) head.field("content-type", content_type);
  if (chunked_) {
    head.field("transfer-encoding", "chunked");
  } else if (length && !bodyless) {
    head.field("content-length", *length);
  }
  if (close_after_) {
    head.field("connection", "close");
  } else if (to_http10) {
    head.field("connection", "keep-alive");
  }
  head_text_ += field_text_;
  head.end();
}

bool Exchange::write(std::span<const std::string_view> pieces, Last last) {
  std::array<iovec, max_pieces + 4> out;
  std::size_t count = 0;
  char chunk_head[24];

  std::size_t length = 0;
  for (const std::string_view part : pieces) length += part.size();
  body_bytes_sent_ += length;

  if (watch_.interval.count() > 0) silence_.set_in(watch_.interval);
  const bool with_head = !head_sent_;
  if (with_head) out[count++] = net::piece(head_text_);
  head_sent_ = true;
  const bool body_wanted = !to_head_request_ && length > 0;
  if (body_wanted) {
    if (chunked_) out[count++] = net::piece({chunk_head, write_chunk_head(chunk_head, length)});
    std::string joined;
    if (pieces.size() > max_pieces) {
      for (const std::string_view part : pieces) joined += part;
      out[count++] = net::piece(joined);
    } else {
      for (const std::string_view part : pieces) {
        if (!part.empty()) out[count++] = net::piece(part);
      }
    }
    if (chunked_) out[count++] = net::piece(crlf);
    if (last == Last::yes && chunked_) out[count++] = net::piece(last_chunk);
    if (last == Last::yes) ended_ = true;
    const bool all_sent = send_now({out.data(), count});
    if (with_head && last == Last::no) std::string().swap(head_text_);  // a long answer does not hold its head
    return all_sent;
  }
  if (last == Last::yes) {
    if (chunked_ && !to_head_request_) out[count++] = net::piece(last_chunk);
    ended_ = true;
  }
  return count == 0 || send_now({out.data(), count});
}

/// Sends what goes now and keeps the rest. A failed write is a client that went away.
bool Exchange::send_now(std::span<const iovec> pieces) {
  if (why_cancelled_ == Cancelled::client_gone) return true;  // nobody listens
  std::size_t sent = 0;
  if (unsent_.empty()) {
    const IoResult result = session_.stream_->write_now(pieces);
    if (result.state == IoResult::State::failed) {
      cancel(Cancelled::client_gone);
      return true;
    }
    if (result.state == IoResult::State::done) sent = result.bytes;
  }
  for (const iovec& part : pieces) {
    if (sent >= part.iov_len) {
      sent -= part.iov_len;
      continue;
    }
    unsent_.append(static_cast<const char*>(part.iov_base) + sent, part.iov_len - sent);
    sent = 0;
  }
  return unsent_.empty();
}

net::Task<void> Exchange::flush() {
  std::size_t offset = 0;
  net::Deadline& deadline = session_.write_deadline_;
  while (offset < unsent_.size()) {
    deadline.set_in(session_.limits_.write_idle_time);
    co_await net::any_of(session_.stream_->writable(), deadline, cancelled_);
    if (cancelled_.fired() || deadline.fired()) {
      cancel(Cancelled::client_gone);
      broken_ = true;
      break;
    }
    const iovec left = net::piece(std::string_view(unsent_).substr(offset));
    const IoResult result = session_.stream_->write_now({&left, 1});
    if (result.state == IoResult::State::failed) {
      cancel(Cancelled::client_gone);
      break;
    }
    if (result.state == IoResult::State::done) offset += result.bytes;
  }
  deadline.clear();
  unsent_.clear();
  if (unsent_.capacity() > Session::kept_input_bytes) unsent_.shrink_to_fit();
}

net::Task<void> Exchange::answer(int status, std::string_view content_type, std::string_view body) {
  start(status, content_type, body.size());
  if (!write(body, Last::yes)) co_await flush();
}

void Exchange::break_off() {
  broken_ = true;
  ended_ = true;
}

// --- the client's presence -------------------------------------------------------------------------------------------------------

void Exchange::cancel(Cancelled why) {
  if (why_cancelled_ != Cancelled::no) return;
  why_cancelled_ = why;
  if (why == Cancelled::client_gone) broken_ = true;
  cancelled_.fire();
}

namespace {

/// A coroutine that ends by itself and is owned by nobody; its exchange stops it before it goes.
struct Companion {
  struct promise_type {
    static void* operator new(std::size_t size) { return net::allocate_frame(size); }
    static void operator delete(void* frame, std::size_t size) noexcept { net::free_frame(frame, size); }
    Companion get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept {}
  };
};

Companion run(net::Task<void> task) { co_await std::move(task); }

}  // namespace

void Exchange::watch_client(Watch watch) {
  watch_ = std::move(watch);
  if (watch_.silence.count() > 0) silence_.set_in(watch_.silence);
  if (watching_) return;
  watching_ = true;
  watch_stop_.reset();
  run(this->watch());
}

void Exchange::stop_watching() {
  if (watching_) watch_stop_.fire();
  watch_ = {};
  silence_.clear();
}

net::Task<void> Exchange::watch() {
  // bytes that come now are pipelined requests: kept, up to a bound, and not read beyond it
  const auto bound = static_cast<std::size_t>(session_.limits_.head_bytes);
  while (!watch_stop_.fired() && !cancelled_.fired()) {
    if (session_.pipelined_.size() < bound) {
      co_await net::any_of(session_.stream_->readable(), watch_stop_, silence_);
    } else {
      co_await net::any_of(watch_stop_, silence_);
    }
    if (watch_stop_.fired()) break;
    if (silence_.fired()) {
      silence_.set_in(watch_.interval);
      show_life();
    } else {
      look_at_client();
    }
  }
  watching_ = false;
}

void Exchange::look_at_client() {
  const std::span<char> scratch = session_.options_.loop.scratch().first(Session::first_read_bytes);
  const IoResult got = session_.stream_->read_now(scratch);
  if (got.state == IoResult::State::would_block) return;
  if (got.state == IoResult::State::done) {
    session_.pipelined_.append({scratch.data(), got.bytes});
    return;
  }
  if (got.state == IoResult::State::end && !over_tls()) {
    if (half_closed_) return;
    half_closed_ = session_.ended_by_peer_ = true;
    return probe_client();
  }
  watching_ = false;  // cancel() may end the whole exchange before it returns
  cancel(Cancelled::client_gone);
}

/// A comment between two events: the stream is alive.
void Exchange::show_life() {
  if (!unsent_.empty() || ended_) return;
  if (!started() && watch_.open_early) watch_.open_early();
  if (!started() || !chunked_) return;
  const bool sent = write(": ping\n\n", Last::no);
  (void)sent;  // a rest waits in unsent_ for the next flush
}

/// Something is sent to a client that has sent its FIN: a closed one answers with a reset, silence means that it only half-closed.
void Exchange::probe_client() {
  if (!unsent_.empty() || ended_) return;  // what waits to be sent is the probe
  if (started() || watch_.open_early) return show_life();
  const iovec interim = net::piece(interim_processing);
  const bool sent = send_now({&interim, 1});
  (void)sent;
}

}  // namespace http
