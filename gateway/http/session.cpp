#include "gateway/http/session.hpp"

#include <spdlog/spdlog.h>

namespace http {

using net::IoResult;

Session::Session(std::unique_ptr<net::ByteStream> stream, const net::Address& peer, Options options)
    : options_(std::move(options)),
      limits_(options_.config->http),
      stream_(std::move(stream)),
      peer_(peer),
      deadline_(options_.loop.deadlines()),
      write_deadline_(options_.loop.deadlines()),
      exchange_(*this) {}

// Not `while (co_await next_head())`: g++ 12.2 leaves the frame of such a loop with breaks uninitialised.
net::Task<void> Session::run() {
  for (bool open = true; open;) {
    open = co_await next_head();
    if (!open) break;
    busy_ = true;
    co_await serve();
    busy_ = false;
    if (exchange_.close_after_ && !exchange_.broken_) co_await linger();
    if (exchange_.broken_) stream_->abort();
    if (exchange_.broken_ || exchange_.close_after_) break;
    input_.drop_front(exchange_.request_bytes_);
    input_.append(pipelined_.view());
    pipelined_.release();
    open = !input_.empty() || (!ended_by_peer_ && !draining_);
  }
}

net::Task<bool> Session::next_head() {
  exchange_.reset();
  bool timed_by_head = false;
  if (input_.empty()) {
    if (input_.capacity() > kept_input_bytes) input_.release();
    deadline_.set_in(limits_.idle_time);
  }
  bool waiting_for_first_byte = input_.empty();
  for (;;) {
    if (!input_.empty()) {
      if (waiting_for_first_byte || !timed_by_head) {
        deadline_.set_in(limits_.header_time);
        timed_by_head = true;
        waiting_for_first_byte = false;
      }
      const HeadResult result = parse_request_head(input_.view(), limits_, exchange_.head_);
      if (result.state == HeadResult::State::complete) {
        deadline_.clear();
        exchange_.request_bytes_ = result.consumed;
        exchange_.begin(net::Clock::now());
        co_return true;
      }
      if (result.state == HeadResult::State::refused) {
        co_await finish_refused(result.status, result.reason);
        co_return false;
      }
    }
    if (ended_by_peer_) co_return false;
    const bool received = co_await receive_head_bytes(waiting_for_first_byte);
    if (!received) co_return false;
  }
}

/// Waits for bytes of a head. A time-out before its first byte is the end of an idle connection, afterwards a 408.
net::Task<bool> Session::receive_head_bytes(bool first) {
  for (;;) {
    if (draining_ && input_.empty()) co_return false;
    co_await net::any_of(stream_->readable(), deadline_, wake_);
    if (wake_.fired()) {
      wake_.reset();
      if (draining_ && input_.empty()) co_return false;
    }
    if (deadline_.fired()) {
      if (!first) co_await finish_refused(408, "the request's head did not arrive in time");
      co_return false;
    }
    const std::span<char> scratch = options_.loop.scratch().first(first_read_bytes);
    const IoResult got = stream_->read_now(scratch);
    if (got.state == IoResult::State::would_block) continue;
    if (got.state != IoResult::State::done) co_return false;
    input_.append({scratch.data(), got.bytes});
    co_return true;
  }
}

net::Task<void> Session::serve() {
  std::string fault;
  try {
    if (options_.refuse_all) {
      co_await options_.handler.refuse(exchange_, 503, "too many connections");
    } else {
      co_await options_.handler.handle(exchange_);
    }
  } catch (const std::exception& exception) {
    fault = exception.what();
    if (fault.empty()) fault = "exception";
  }
  exchange_.stop_watching();
  if (!fault.empty()) {
    spdlog::error("request {} failed: {}", exchange_.call_id(), fault);
    if (exchange_.started()) {
      exchange_.break_off();
    } else {
      co_await options_.handler.refuse(exchange_, 500, "internal error");
    }
  }
  if (!exchange_.unsent_.empty()) co_await exchange_.flush();
  if (!exchange_.ended_) exchange_.broken_ = true;
}

net::Task<void> Session::finish_refused(int status, std::string_view reason) {
  exchange_.begin(net::Clock::now());
  exchange_.close_after_ = true;
  co_await options_.handler.refuse(exchange_, status, reason);
  if (!exchange_.unsent_.empty()) co_await exchange_.flush();
  co_await linger();
}

net::Task<void> Session::linger() {
  stream_->finish_writing();
  if (ended_by_peer_) co_return;
  deadline_.set_in(limits_.linger_time);
  std::int64_t left = limits_.linger_bytes;
  while (left > 0) {
    co_await net::any_of(stream_->readable(), deadline_);
    if (deadline_.fired()) co_return;
    const IoResult got = stream_->read_now(options_.loop.scratch());
    if (got.state == IoResult::State::would_block) continue;
    if (got.state != IoResult::State::done) co_return;
    left -= static_cast<std::int64_t>(got.bytes);
  }
}

void Session::drain() {
  draining_ = true;
  wake_.fire();
}

void Session::abort() {
  draining_ = true;
  if (busy_) {
    exchange_.cancel(Cancelled::draining);
  } else {
    wake_.fire();
  }
}

}  // namespace http
