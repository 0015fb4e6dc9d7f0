#include "gateway/api/inference/delivery.hpp"

namespace api {
namespace {

using providers::Error;
using providers::ErrorKind;
using providers::Result;
using Read = http::Call::Read;

constexpr std::size_t tail_bytes = 4096;  // of a long reply, where its usage stands

bool is_json(std::string_view content_type) { return content_type.empty() || content_type.find("json") != std::string_view::npos; }

/// Reads on for a client that has gone, because the vendor bills the call all the same (BEHAVIOUR 19). Bounded in time and number.
class Abandonment {
 public:
  explicit Abandonment(Delivery& delivery) : delivery_(delivery) {}
  ~Abandonment() {
    if (active_) --delivery_.context.services.abandoned_calls;
  }
  Abandonment(const Abandonment&) = delete;
  Abandonment& operator=(const Abandonment&) = delete;

  [[nodiscard]] bool active() const { return active_; }
  /// Whether to go on reading. Asked when the exchange was cancelled.
  bool begin(const Upstream& upstream) {
    Context& context = delivery_.context;
    const config::Config& config = context.config();
    if (context.exchange.why_cancelled() != http::Cancelled::client_gone) return false;
    if (config.cancel_on_disconnect_given ? config.cancel_on_disconnect : !upstream.target->vendor->bills_abandoned_calls) return false;
    if (context.services.abandoned_calls >= config.relay.abandoned_calls) return false;
    active_ = true;
    ++context.services.abandoned_calls;
    delivery_.patience.set_in(config.relay.abandoned_call_time);
    return true;
  }

 private:
  Delivery& delivery_;
  bool active_ = false;
};

/// Collects the body up to the bound. `complete` tells whether that was all.
struct Collected {
  std::string bytes;
  bool complete = false;
};

net::Task<Result<Collected>> collect(Delivery& delivery, Upstream& upstream, std::size_t bound) {
  Context& context = delivery.context;
  Abandonment abandonment(delivery);
  Collected body;
  for (;;) {
    const Read read = upstream.read_now();
    switch (read.state) {
      case Read::State::bytes:
        body.bytes.append(read.bytes);
        if (body.bytes.size() > bound) co_return body;
        break;
      case Read::State::end: body.complete = true; co_return body;
      case Read::State::failed: co_return trouble_error(read.trouble, upstream.target->vendor->name);
      case Read::State::would_block: {
        net::Event& cancelled = abandonment.active() ? delivery.never : context.exchange.cancelled();
        co_await net::any_of(upstream.readable(), delivery.patience, cancelled);
        if (cancelled.fired() && !abandonment.begin(upstream)) co_return trouble_error(http::Trouble::cancelled, "");
        if (delivery.patience.fired()) co_return trouble_error(http::Trouble::timed_out, upstream.target->vendor->name);
        break;
      }
    }
  }
}

/// A stream in answer to a plain request (streams.md S20), put together.
Result<std::string> joined(const Delivery& delivery, std::string_view events, std::size_t event_limit) {
  std::string normalised;
  providers::StreamRelay relay({.operation = delivery.request().operation, .client_model = delivery.client_model, .event_limit = event_limit});
  relay.feed(events, normalised);
  if (!relay.done() && !relay.failure()) relay.end_of_body(true, normalised);
  if (relay.failure()) return *relay.failure();
  return providers::plain_from_stream(delivery.request(), normalised);
}

/// Too long to be held: relayed as it comes. Nothing is spliced; a break is told by breaking the framing.
net::Task<Result<void>> relay_long(Delivery& delivery, Upstream& upstream, std::string head_part) {
  Context& context = delivery.context;
  http::Exchange& exchange = context.exchange;
  add_answer_fields(context, upstream, delivery.facts());
  exchange.start(200, "application/json", upstream.content_length());
  std::string tail = head_part.substr(head_part.size() > tail_bytes ? head_part.size() - tail_bytes : 0);
  if (!exchange.write(head_part, http::Last::no)) co_await exchange.flush();
  std::string().swap(head_part);

  for (;;) {
    const Read read = upstream.read_now();
    if (read.state == Read::State::would_block) {
      co_await net::any_of(upstream.readable(), delivery.patience, exchange.cancelled());
      if (!exchange.cancelled().fired() && !delivery.patience.fired()) continue;
    }
    const bool stopped = exchange.cancelled().fired() || delivery.patience.fired() || read.state == Read::State::failed;
    if (stopped) {
      context.record.outcome = "incomplete";
      upstream.abort();
      exchange.break_off();
      co_return Result<void>{};
    }
    if (read.state == Read::State::end) break;
    tail.append(read.bytes);
    if (tail.size() > 2 * tail_bytes) tail.erase(0, tail.size() - tail_bytes);
    if (!exchange.write(read.bytes, http::Last::no)) co_await exchange.flush();
  }
  if (!exchange.write(std::string_view{}, http::Last::yes)) co_await exchange.flush();
  context.record.usage = providers::usage_from_tail(tail);
  upstream.finish(context.services);
  co_return Result<void>{};
}

}  // namespace

net::Task<Result<void>> deliver_plain(Delivery& delivery, Upstream& upstream) {
  Context& context = delivery.context;
  const config::RelayLimits& limits = context.config().relay;
  const auto bound = static_cast<std::size_t>(limits.buffered_reply_bytes);
  if (!upstream.event_stream() && !is_json(upstream.content_type())) {
    Error error{.kind = ErrorKind::bad_upstream_response,
                .message = "the upstream (" + std::string(upstream.target->vendor->name) + ") answered with content type '" +
                           std::string(upstream.content_type()) + "' instead of JSON"};
    upstream.abort();
    co_return error;
  }

  Result<Collected> body = co_await collect(delivery, upstream, bound);
  if (!body) {
    upstream.abort();
    co_return body.error();
  }
  if (!body->complete && upstream.event_stream()) {
    upstream.abort();
    co_return Error{.kind = ErrorKind::bad_upstream_response, .message = "the upstream streamed a longer answer than can be put together"};
  }
  if (!body->complete) co_return co_await relay_long(delivery, upstream, std::move(body->bytes));

  if (upstream.event_stream()) {
    Result<std::string> whole = joined(delivery, body->bytes, static_cast<std::size_t>(limits.event_bytes));
    if (!whole) {
      upstream.abort();
      co_return whole.error();
    }
    body->bytes = std::move(*whole);
  }
  upstream.finish(context.services);

  providers::PlainReply& reply = delivery.workspace->plain_reply;
  const Result<void> read = providers::read_plain_reply(delivery.request(), delivery.client_model, body->bytes, reply);
  if (!read) co_return read.error();
  context.record.usage = reply.usage;
  context.record.finish_reason = reply.finish_reason;

  add_answer_fields(context, upstream, delivery.facts());
  context.exchange.start(200, "application/json", reply.body.length);
  if (!context.exchange.write(reply.body.pieces, http::Last::yes)) co_await context.exchange.flush();
  co_return Result<void>{};
}

}  // namespace api
