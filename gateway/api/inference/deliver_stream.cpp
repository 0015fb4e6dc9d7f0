#include "gateway/api/inference/delivery.hpp"

namespace api {
namespace {

using providers::Error;
using providers::ErrorKind;
using providers::Result;
using Read = http::Call::Read;

constexpr std::string_view event_stream_type = "text/event-stream; charset=utf-8";

void start_stream(Delivery& delivery, const Upstream* upstream) {
  Context& context = delivery.context;
  if (context.exchange.started()) return;
  if (upstream != nullptr) {
    add_answer_fields(context, *upstream, delivery.facts());
  } else {
    add_common_fields(context);
  }
  context.exchange.add_field("cache-control", "no-cache");
  context.exchange.add_field("x-accel-buffering", "no");
  context.exchange.start(200, event_stream_type, std::nullopt);
}

/// Upstreams that answer a stream request with plain JSON (streams.md S19) are replayed as a stream.
net::Task<Result<void>> replay_plain(Delivery& delivery, Upstream& upstream) {
  Context& context = delivery.context;
  const auto limit = static_cast<std::size_t>(context.config().relay.buffered_reply_bytes);
  Result<std::string> body = co_await read_whole(context, upstream, limit, delivery.patience, context.exchange.cancelled());
  if (!body) {
    upstream.abort();
    co_return body.error();
  }
  upstream.finish(context.services);
  Result<std::string> events = providers::stream_from_plain(delivery.request(), delivery.client_model, *body, context.record.usage);
  if (!events) co_return events.error();
  start_stream(delivery, &upstream);
  if (!context.exchange.write(*events, http::Last::yes)) co_await context.exchange.flush();
  co_return Result<void>{};
}

Error cut_by_drain() { return {.kind = ErrorKind::overloaded, .message = "the gateway is shutting down"}; }

}  // namespace

void open_stream_early(Delivery& delivery) { start_stream(delivery, nullptr); }

net::Task<Result<void>> deliver_stream(Delivery& delivery, Upstream& upstream) {
  Context& context = delivery.context;
  http::Exchange& exchange = context.exchange;
  if (!upstream.event_stream()) co_return co_await replay_plain(delivery, upstream);

  const config::Config& config = context.config();
  const std::chrono::milliseconds idle = attempt_times(context, delivery.request(), *upstream.target->deployment).idle;
  providers::StreamRelay relay({.operation = delivery.request().operation,
                                .client_model = delivery.client_model,
                                .hide_usage = !delivery.request().include_usage,
                                .event_limit = static_cast<std::size_t>(config.relay.event_bytes)});
  const bool heed_client = config.cancel_on_disconnect || !config.cancel_on_disconnect_given;
  net::Event& cancelled = heed_client ? exchange.cancelled() : delivery.never;
  std::string held;        // what comes before the first content waits for it
  bool committed = false;

  for (;;) {
    const Read read = upstream.read_now();
    if (read.state == Read::State::would_block) {
      co_await net::any_of(upstream.readable(), delivery.patience, cancelled);
      if (!cancelled.fired() && !delivery.patience.fired()) continue;
    }
    std::string& out = committed ? context.services.loop.output() : held;
    std::optional<Error> failure;
    if (cancelled.fired()) {
      if (exchange.why_cancelled() == http::Cancelled::client_gone) break;
      failure = cut_by_drain();
    } else if (delivery.patience.fired()) {
      failure = trouble_error(http::Trouble::timed_out, upstream.target->vendor->name);
    } else {
      if (read.state == Read::State::bytes) {
        relay.feed(read.bytes, out);
      } else {
        relay.end_of_body(read.state == Read::State::end, out);
      }
      failure = relay.failure();
    }

    if (failure && !relay.committed()) {
      upstream.abort();
      co_return std::move(*failure);  // nothing but signs of life has gone to the client
    }
    if (!committed && relay.committed()) {
      committed = true;
      context.record.first_content = net::Clock::now() - exchange.arrived();
      start_stream(delivery, &upstream);
      delivery.workspace.reset();  // a long stream holds neither the request nor its buffers
      exchange.release_request();
      upstream.release_head();
    }
    if (committed) {
      if (failure) {
        out += providers::error_event(*failure, config.compat);
        context.record.outcome = "incomplete";
        context.record.error = failure->message;
      }
      const bool over = failure || relay.done();
      if (over || !out.empty()) {
        if (!exchange.write(out, over ? http::Last::yes : http::Last::no)) co_await exchange.flush();
      }
      if (&out == &held) std::string().swap(held);
      if (over) break;
    }
    if (committed) delivery.patience.set_in(idle);
  }

  context.record.usage = relay.usage();
  context.record.finish_reason = relay.finish_reason();
  if (relay.done() && !relay.surplus()) {
    upstream.finish(context.services);
  } else {
    upstream.abort();
  }
  if (!relay.done() && context.record.outcome == "ok") context.record.outcome = "client_gone";
  co_return Result<void>{};
}

}  // namespace api
