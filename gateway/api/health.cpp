// How the process is: for load balancers, operators and Prometheus.
#include <nlohmann/json.hpp>

#include "gateway/api/endpoints.hpp"
#include "gateway/api/identify.hpp"
#include "gateway/api/inference/upstream.hpp"
#include "gateway/api/query.hpp"

namespace api {
namespace {

using nlohmann::json;
using providers::Operation;
using providers::Result;

constexpr std::chrono::seconds probe_time{10};

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

/// The smallest call that makes a deployment show whether it works, as LiteLLM's health check sends it.
std::string probe_body(const config::Deployment& deployment) {
  if (deployment.mode == "embedding") return R"({"model":"probe","input":["test"]})";
  if (deployment.mode == "moderation") return R"({"model":"probe","input":"test"})";
  if (deployment.mode == "completion") return R"({"model":"probe","prompt":"What is 1 + 1?","max_tokens":16})";
  return R"({"model":"probe","messages":[{"role":"user","content":"What is 1 + 1?"}],"max_tokens":16})";
}

Operation probe_operation(const config::Deployment& deployment) {
  if (deployment.mode == "embedding") return Operation::embeddings;
  if (deployment.mode == "moderation") return Operation::moderations;
  if (deployment.mode == "completion") return Operation::completions;
  return Operation::chat;
}

/// "" when it works, else why not.
net::Task<std::string> probe(Context& context, const providers::Target& target) {
  const config::Deployment& deployment = *target.deployment;
  if (!deployment.unavailable.empty()) co_return deployment.unavailable;
  if (target.upstream_model.find('*') != std::string::npos) co_return "a wildcard deployment cannot be probed";

  gateway::Workspaces::Lease workspace = context.services.workspaces.take();
  const std::string body = probe_body(deployment);
  const Result<void> parsed = providers::parse_request(probe_operation(deployment), body, "", workspace->request);
  if (!parsed) co_return parsed.error().message;
  workspace->request.timeout_ms = std::chrono::milliseconds(probe_time).count();

  net::Deadline patience(context.services.loop.deadlines());
  Destination destination{.target = &target, .upstream_model = target.upstream_model};
  auto upstream = co_await send_upstream(context, destination, *workspace, patience);
  if (!upstream) co_return upstream.error().message;
  const auto limit = static_cast<std::size_t>(context.config().relay.buffered_reply_bytes);
  Result<std::string> reply = co_await read_whole(context, **upstream, limit, patience, context.exchange.cancelled());
  if (!reply) co_return reply.error().message;
  (*upstream)->finish(context.services);
  co_return "";
}

}  // namespace

net::Task<void> liveliness(Context& context) { co_await answer_json(context, 200, "\"I'm alive!\""); }

net::Task<void> readiness(Context& context) {
  const gateway::ProcessState& process = context.services.process;
  const bool ready = process.ready.load() && process.store_ok.load();
  const json body = {{"status", ready ? "healthy" : "unhealthy"}, {"db", process.store_ok.load() ? "connected" : "Not connected"}};
  co_await answer_json(context, ready ? 200 : 503, dump(body));
}

net::Task<void> readiness_details(Context& context) {
  auto caller = co_await identify(context, auth::DialectHeader::authorization);
  if (!caller) co_return co_await answer_error(context, caller.error());
  const gateway::ProcessState& process = context.services.process;
  const bool ready = process.ready.load() && process.store_ok.load();
  const json body = {{"status", ready ? "healthy" : "unhealthy"},
                     {"db", process.store_ok.load() ? "connected" : "Not connected"},
                     {"cache", nullptr},
                     {"litellm_version", PENSTOCK_VERSION},
                     {"success_callbacks", json::array()},
                     {"log_level", context.config().server.log_level},
                     {"is_detailed_debug", context.config().server.log_level == "trace"}};
  co_await answer_json(context, ready ? 200 : 503, dump(body));
}

net::Task<void> backlog(Context& context) {
  auto caller = co_await identify(context, auth::DialectHeader::authorization);
  if (!caller) co_return co_await answer_error(context, caller.error());
  std::int64_t in_flight = 0;
  for (const observe::Metrics* worker : context.services.process.metrics) in_flight += worker->requests_in_flight.value();
  const json body = {{"in_flight_requests", in_flight}};
  co_await answer_json(context, 200, dump(body));
}

/// Asks the upstreams for admins; other keys see what traffic last showed.
net::Task<void> health(Context& context) {
  auto caller = co_await identify(context, auth::DialectHeader::authorization);
  if (!caller) co_return co_await answer_error(context, caller.error());
  const bool ask = caller->role == auth::Role::proxy_admin;
  const std::string_view query = context.exchange.head().query;
  const std::string model = query_value(query, "model");
  const std::string model_id = query_value(query, "model_id");

  json healthy = json::array();
  json unhealthy = json::array();
  for (const providers::Target& target : context.live->table.targets()) {
    const config::Deployment& deployment = *target.deployment;
    if (!model.empty() && deployment.model_name != model) continue;
    if (!model_id.empty() && deployment.id != model_id) continue;
    if (!caller->may_use_model(deployment.model_name)) continue;
    std::string problem;
    if (ask) {
      problem = co_await probe(context, target);
      context.services.last_problem[deployment.id] = problem;
    } else if (const auto known = context.services.last_problem.find(deployment.id); known != context.services.last_problem.end()) {
      problem = known->second;
    }
    json entry = {{"model", deployment.model}, {"model_id", deployment.id}};
    if (problem.empty()) {
      healthy.push_back(std::move(entry));
    } else {
      if (ask) entry["error"] = problem;
      unhealthy.push_back(std::move(entry));
    }
  }
  const bool nothing_asked = (!model.empty() || !model_id.empty()) && healthy.empty() && unhealthy.empty();
  const json body = {{"healthy_endpoints", healthy}, {"unhealthy_endpoints", unhealthy}, {"healthy_count", healthy.size()}, {"unhealthy_count", unhealthy.size()}};
  co_await answer_json(context, nothing_asked ? 503 : 200, dump(body));
}

net::Task<void> metrics_page(Context& context) {
  if (context.config().server.metrics_require_key) {
    auto caller = co_await identify(context, auth::DialectHeader::authorization);
    if (!caller) co_return co_await answer_error(context, caller.error());
  }
  add_common_fields(context);
  const std::string page = observe::Metrics::page(context.services.process.metrics);
  co_await context.exchange.answer(200, "text/plain; version=0.0.4; charset=utf-8", page);
}

net::Task<void> welcome(Context& context) {
  co_await answer_json(context, 200, R"({"message":"Penstock is running. The API is under /v1, its state under /health/readiness."})");
}

net::Task<void> test(Context& context) { co_await answer_json(context, 200, R"({"route":"/test"})"); }

}  // namespace api
