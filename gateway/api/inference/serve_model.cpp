// Every inference request, from its head to its last byte, one stage a line.
#include "gateway/api/endpoints.hpp"
#include "gateway/api/identify.hpp"
#include "gateway/api/inference/delivery.hpp"

namespace api {
namespace {

using providers::Error;
using providers::ErrorKind;
using providers::Operation;
using providers::Result;

Error unknown_model(const Context& context, std::string_view model) {
  std::string route = context.path.starts_with("/v1/") ? context.path.substr(3) : context.path;
  return {.kind = ErrorKind::unknown_model,
          .message = std::move(route) + ": Invalid model name passed in model=" + std::string(model) +
                     ". Call `/v1/models` to view available models for your key.",
          .type = "invalid_request_error"};
}

Result<auth::Caller> may_use(Context& context, auth::Caller caller, std::string_view model) {
  const auto in_group = [&context](std::string_view group, std::string_view name) { return context.live->table.in_access_group(group, name); };
  if (std::optional<Error> refusal = caller.model_refusal(model, in_group)) return std::move(*refusal);
  return caller;
}

/// Where a target is called under which name; nothing for a wildcard deployment that the name does not fit.
Destination destination_of(const providers::Target& target, const routing::Group& group, std::string_view model) {
  Destination destination{.target = &target, .upstream_model = target.upstream_model};
  if (group.wildcard) destination.upstream_model = providers::match_wildcard(group.name, model, target.upstream_model).value_or(std::string(model));
  return destination;
}

/// One deployment: its answer is delivered, or the error says why another may be tried.
net::Task<Result<void>> try_deployment(Delivery& delivery, Destination destination) {
  Context& context = delivery.context;
  context.record.attempts = ++delivery.attempts;
  context.record.deployment_id = destination.target->deployment->id;
  if (destination.target->vendor != nullptr) context.record.provider = destination.target->vendor->name;

  const net::Instant sent = net::Clock::now();
  auto upstream = co_await send_upstream(context, destination, *delivery.workspace, delivery.patience);
  delivery.upstream_time += net::Clock::now() - sent;
  context.record.upstream = delivery.upstream_time;
  context.services.last_problem[destination.target->deployment->id] = upstream ? std::string{} : upstream.error().message;
  if (!upstream) co_return upstream.error();

  if (delivery.request().stream) co_return co_await deliver_stream(delivery, **upstream);
  co_return co_await deliver_plain(delivery, **upstream);
}

net::Task<Result<void>> try_deployments(Delivery& delivery, const routing::Match& match) {
  routing::Plan plan(*match.group, delivery.context.services.random);
  Result<void> outcome = plan.nothing_to_try();
  while (const providers::Target* target = plan.next()) {
    Destination destination = destination_of(*target, *match.group, match.name);
    outcome = co_await try_deployment(delivery, std::move(destination));
    if (outcome || !providers::is_retryable(outcome.error())) break;
  }
  co_return outcome;
}

net::Task<void> serve_model(Context& context, Operation operation) {
  http::Exchange& exchange = context.exchange;

  auto caller = co_await identify(context, dialect_of(context.path));
  if (!caller) co_return co_await answer_error(context, caller.error());

  if (const auto refusal = caller->route_refusal(context.path)) co_return co_await answer_error(context, *refusal);

  auto body = co_await exchange.read_body(context.config().http.body_bytes);
  if (!body) co_return co_await answer_error(context, body.error());
  context.record.bytes_in = body->size();

  gateway::Workspaces::Lease workspace = context.services.workspaces.take();
  auto parsed = providers::parse_request(operation, *body, context.path_variable, workspace->request);
  if (!parsed) co_return co_await answer_error(context, parsed.error());
  const providers::ModelRequest& request = workspace->request;
  context.record.model = request.model;
  context.record.stream = request.stream;

  auto allowed = may_use(context, std::move(*caller), request.model);
  if (!allowed) co_return co_await answer_error(context, allowed.error());

  const std::optional<routing::Match> match = context.live->table.find(request.model);
  if (!match) co_return co_await answer_error(context, unknown_model(context, request.model));

  const bool restamped = context.config().relay_model_name == config::ModelName::client;
  Delivery delivery{.context = context,
                    .workspace = std::move(workspace),
                    .caller = std::move(*allowed),
                    .client_model = restamped ? request.model : std::string{},
                    .group = std::string(match->name),
                    .patience = net::Deadline(context.services.loop.deadlines()),
                    .never = {}};
  const config::RelayLimits& limits = context.config().relay;
  http::Exchange::Watch watch;
  if (request.stream) {
    watch = {.open_early = [&delivery] { open_stream_early(delivery); }, .silence = limits.silence_before_head, .interval = limits.comment_interval};
  }
  exchange.watch_client(std::move(watch));

  auto delivered = co_await try_deployments(delivery, *match);
  exchange.stop_watching();
  if (!delivered) co_await answer_error(context, delivered.error());
}

}  // namespace

AnswerFacts Delivery::facts() const {
  return {.caller = &caller, .group = group, .retries = attempts - 1, .upstream_time = upstream_time};
}

net::Task<void> chat_completions(Context& context) { return serve_model(context, Operation::chat); }
net::Task<void> completions(Context& context) { return serve_model(context, Operation::completions); }
net::Task<void> embeddings(Context& context) { return serve_model(context, Operation::embeddings); }
net::Task<void> moderations(Context& context) { return serve_model(context, Operation::moderations); }

}  // namespace api
