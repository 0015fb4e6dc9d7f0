#include "gateway/api/inference/upstream.hpp"

#include <array>
#include <charconv>

#include "gateway/api/inference/upstream_head.hpp"

namespace api {

using http::FieldId;
using http::Trouble;
using providers::Error;
using providers::ErrorKind;
using providers::Result;
using providers::Target;
using Read = http::Call::Read;

namespace {

constexpr std::string_view event_stream_type = "text/event-stream";

std::optional<std::chrono::milliseconds> header_seconds(const http::RequestHead& head, std::string_view name) {
  const auto text = head.find(name);
  if (!text) return std::nullopt;
  double value = 0;
  const auto [stop, fault] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (fault != std::errc{} || stop != text->data() + text->size() || !(value > 0) || value > 86'400) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(value * 1000));
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

/// Removes what only we may know: credentials of the deployment, and where it lives.
void scrub(std::string& text, const Target& target) {
  const auto remove = [&text](std::string_view secret) {
    if (secret.size() < 4) return;
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) text.replace(at, secret.size(), "***");
  };
  for (const std::string& secret : target.secrets) remove(secret);
  remove(target.host_field);
  remove(target.origin.host);
}

}  // namespace

AttemptTimes attempt_times(const Context& context, const providers::ModelRequest& request, const config::Deployment& deployment) {
  const config::UpstreamTimers& timers = context.config().timers;
  const http::RequestHead& head = context.exchange.head();
  std::chrono::milliseconds first = deployment.timeout.value_or(timers.timeout);
  if (request.stream) {
    if (timers.stream_timeout) first = *timers.stream_timeout;
    if (deployment.stream_timeout) first = *deployment.stream_timeout;
  }
  if (request.timeout_ms > 0) first = std::chrono::milliseconds(request.timeout_ms);
  if (const auto asked = header_seconds(head, "x-litellm-timeout")) first = *asked;
  if (request.stream) {
    if (const auto asked = header_seconds(head, "x-litellm-stream-timeout")) first = *asked;
  }
  return {.connect = std::min(timers.connect, first), .first = first, .idle = timers.idle};
}

Error trouble_error(Trouble trouble, std::string_view provider) {
  const std::string who = "the upstream (" + std::string(provider) + ")";
  switch (trouble) {
    case Trouble::none: break;
    case Trouble::timed_out: return {.kind = ErrorKind::timed_out, .message = who + " did not answer in time"};
    case Trouble::cancelled: return {.kind = ErrorKind::cancelled, .message = "the request was cancelled"};
    case Trouble::closed: return {.kind = ErrorKind::bad_upstream_response, .message = who + " closed the connection before its answer was complete"};
    case Trouble::malformed: return {.kind = ErrorKind::bad_upstream_response, .message = who + " sent an answer that is not valid HTTP"};
  }
  return {.kind = ErrorKind::internal, .message = "no trouble"};
}

// --- reading ---------------------------------------------------------------------------------------------------------------------

std::string_view Upstream::content_type() const {
  if (local_) return local_->event_stream ? event_stream_type : "application/json";
  return call_->head().find(FieldId::content_type).value_or("");
}

bool Upstream::event_stream() const { return starts_with_ignoring_case(content_type(), event_stream_type); }

std::optional<std::uint64_t> Upstream::content_length() const {
  if (call_ && call_->head().framing == http::Framing::length) return call_->head().content_length;
  return std::nullopt;
}

Read Upstream::read_now() {
  if (call_) return call_->read_now();
  if (portion_ >= local_->portions.size()) return {.state = Read::State::end};
  if (portion_ > 0 && local_->pace.count() > 0 && !paused_) {
    pause_.set_in(local_->pace);
    paused_ = true;
    return {.state = Read::State::would_block};
  }
  if (paused_ && !pause_.fired()) return {.state = Read::State::would_block};
  paused_ = false;
  pause_.clear();
  return {.bytes = local_->portions[portion_++]};
}

net::Event& Upstream::readable() {
  if (call_) return call_->readable();
  return paused_ ? static_cast<net::Event&>(pause_) : ready_;
}

namespace {

constexpr std::chrono::seconds tail_time{2};

/// What follows a complete reply: the last chunk, usually in the next segment. Then the connection can serve again.
net::Task<void> read_tail(net::Loop& loop, http::Pool& pool, providers::Origin origin, std::unique_ptr<http::Call> call) {
  net::Deadline deadline(loop.deadlines());
  deadline.set_in(tail_time);
  for (;;) {
    co_await net::any_of(call->readable(), deadline);
    if (deadline.fired()) co_return;
    const Read read = call->read_now();
    if (read.state == Read::State::failed || (read.state == Read::State::bytes && !read.bytes.empty())) co_return;
    if (read.state == Read::State::end) break;
  }
  if (auto connection = call->take_reusable()) pool.put(origin, std::move(connection));
}

}  // namespace

void Upstream::finish(gateway::Services& services) {
  if (!call_) return;
  if (auto connection = call_->take_reusable()) {
    services.pool.put(target->origin, std::move(connection));
  } else if (call_->may_end_soon()) {
    services.background.spawn(read_tail(services.loop, services.pool, target->origin, std::move(call_)));
  }
  call_.reset();
}

void Upstream::abort() {
  if (call_) call_->abort();
  call_.reset();
  if (local_) portion_ = local_->portions.size();
}

net::Task<Result<std::string>> read_whole(Context&, Upstream& upstream, std::size_t limit, net::Deadline& patience, net::Event& cancelled) {
  std::string body;
  for (;;) {
    const Read read = upstream.read_now();
    switch (read.state) {
      case Read::State::bytes:
        if (body.size() + read.bytes.size() > limit) {
          co_return Error{.kind = ErrorKind::bad_upstream_response, .message = "the upstream's answer is longer than " + std::to_string(limit) + " bytes"};
        }
        body.append(read.bytes);
        break;
      case Read::State::would_block:
        co_await net::any_of(upstream.readable(), patience, cancelled);
        if (cancelled.fired()) co_return trouble_error(Trouble::cancelled, "");
        if (patience.fired()) co_return trouble_error(Trouble::timed_out, upstream.target->vendor->name);
        break;
      case Read::State::end: co_return body;
      case Read::State::failed: co_return trouble_error(read.trouble, upstream.target->vendor->name);
    }
  }
}

// --- sending ---------------------------------------------------------------------------------------------------------------------

namespace {

struct Connecting {
  std::unique_ptr<http::Connection> connection;
  std::optional<Error> error;
};

net::Task<Connecting> connect(Context& context, const Target& target, std::chrono::milliseconds timeout) {
  net::Connected connected = co_await context.services.connector.connect(target.origin, net::NamedBy::operator_, timeout);
  context.services.metrics.upstream_connections.add(1);
  if (!connected.stream) {
    Error error{.kind = connected.timed_out ? ErrorKind::timed_out : ErrorKind::upstream_unreachable,
                .message = "the upstream (" + std::string(target.vendor->name) + ") cannot be reached: " + connected.error};
    if (connected.timed_out) error.kind = ErrorKind::upstream_unreachable;
    scrub(error.message, target);
    co_return Connecting{.connection = nullptr, .error = std::move(error)};
  }
  auto connection = std::make_unique<http::Connection>();
  connection->stream = std::move(connected.stream);
  connection->target_prefix = std::move(connected.target_prefix);
  connection->proxy_authorization = std::move(connected.proxy_authorization);
  co_return Connecting{.connection = std::move(connection), .error = std::nullopt};
}

/// The upstream refused: its words, as an Error.
net::Task<Error> refusal(Context& context, Upstream& upstream, net::Deadline& patience) {
  const http::ResponseHead& head = *upstream.head();
  const int status = head.status;
  const std::string retry_after(head.find(FieldId::retry_after).value_or(""));
  const std::string retry_after_ms(head.find("retry-after-ms").value_or(""));
  const auto limit = static_cast<std::size_t>(context.config().relay.error_body_bytes);
  Result<std::string> body = co_await read_whole(context, upstream, limit, patience, context.exchange.cancelled());
  if (body) {
    upstream.finish(context.services);
  } else {
    upstream.abort();
    if (body.error().kind == ErrorKind::cancelled) co_return body.error();
  }
  Error error = providers::explain_upstream_error(status, body ? *body : std::string{}, retry_after, retry_after_ms);
  scrub(error.message, *upstream.target);
  co_return error;
}

}  // namespace

net::Task<Result<std::unique_ptr<Upstream>>> send_upstream(Context& context, const Destination& destination, gateway::Workspace& workspace,
                                                           net::Deadline& patience) {
  gateway::Services& services = context.services;
  const Target& target = *destination.target;
  const providers::ModelRequest& request = workspace.request;

  if (target.deployment->has_mock_response || target.vendor->paths == providers::PathStyle::demo) {
    const auto created = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    providers::LocalReply reply = providers::answer_locally(request, *target.deployment, created, context.exchange.call_id());
    if (reply.status != 200) co_return providers::explain_upstream_error(reply.status, reply.portions.empty() ? "" : reply.portions.front(), "", "");
    auto upstream = std::make_unique<Upstream>(services.loop, std::move(reply));
    upstream->target = &target;
    co_return std::move(upstream);
  }

  const AttemptTimes times = attempt_times(context, request, *target.deployment);
  patience.set(net::Clock::now() + times.first);
  providers::splice_body(request, target, workspace.upstream_body);

  std::unique_ptr<http::Connection> connection = services.pool.take(target.origin);
  for (bool second_try = false;; second_try = true) {
    if (!connection) {
      Connecting made = co_await connect(context, target, times.connect);
      if (made.error) co_return *made.error;
      connection = std::move(made.connection);
    }
    if (!write_upstream_head(workspace.upstream_head, context, destination, request, workspace.upstream_body.length, *connection)) {
      co_return Error{.kind = ErrorKind::internal, .message = "the deployment's settings hold bytes that a request head cannot carry"};
    }
    workspace.pieces.assign({workspace.upstream_head});
    workspace.pieces.insert(workspace.pieces.end(), workspace.upstream_body.pieces.begin(), workspace.upstream_body.pieces.end());

    auto call = std::make_unique<http::Call>(std::move(connection), services.loop, context.live->config->relay);
    const Trouble trouble = co_await call->exchange(workspace.pieces, {patience, context.exchange.cancelled()});
    if (trouble == Trouble::closed && call->stale() && !second_try && !request.store) {
      connection = nullptr;  // it was closed while idle: no byte came back, so one new connection is right (BEHAVIOUR 21)
      continue;
    }
    if (trouble != Trouble::none) {
      call->abort();
      co_return trouble_error(trouble, target.vendor->name);
    }
    context.record.first_byte = net::Clock::now() - context.exchange.arrived();

    auto upstream = std::make_unique<Upstream>(services.loop, std::move(call));
    upstream->target = &target;
    const http::ResponseHead& head = *upstream->head();
    if (head.status < 200 || head.status > 299) co_return co_await refusal(context, *upstream, patience);
    const std::string_view coding = head.find(FieldId::content_encoding).value_or("identity");
    if (!coding.empty() && !starts_with_ignoring_case(coding, "identity")) {
      upstream->abort();
      co_return Error{.kind = ErrorKind::bad_upstream_response,
                      .message = "the upstream (" + std::string(target.vendor->name) + ") compressed its answer although it was asked not to"};
    }
    co_return std::move(upstream);
  }
}

}  // namespace api
