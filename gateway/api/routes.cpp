#include "gateway/api/routes.hpp"

#include <array>
#include <optional>
#include <unordered_map>

#include "gateway/api/endpoints.hpp"

namespace api {
namespace {

constexpr std::array routes{
    Route{"POST", "/v1/chat/completions", Plane::inference, chat_completions},
    Route{"POST", "/chat/completions", Plane::inference, chat_completions},
    Route{"POST", "/v1/completions", Plane::inference, completions},
    Route{"POST", "/completions", Plane::inference, completions},
    Route{"POST", "/v1/embeddings", Plane::inference, embeddings},
    Route{"POST", "/embeddings", Plane::inference, embeddings},
    Route{"POST", "/v1/moderations", Plane::inference, moderations},
    Route{"POST", "/moderations", Plane::inference, moderations},
    Route{"POST", "/v1/engines/{model}/chat/completions", Plane::inference, chat_completions},
    Route{"POST", "/engines/{model}/chat/completions", Plane::inference, chat_completions},
    Route{"POST", "/v1/engines/{model}/completions", Plane::inference, completions},
    Route{"POST", "/engines/{model}/completions", Plane::inference, completions},
    Route{"POST", "/v1/engines/{model}/embeddings", Plane::inference, embeddings},
    Route{"POST", "/engines/{model}/embeddings", Plane::inference, embeddings},
    Route{"POST", "/openai/deployments/{model}/chat/completions", Plane::inference, chat_completions},
    Route{"POST", "/openai/deployments/{model}/completions", Plane::inference, completions},
    Route{"POST", "/openai/deployments/{model}/embeddings", Plane::inference, embeddings},
    Route{"GET", "/v1/models", Plane::inference, list_models},
    Route{"GET", "/models", Plane::inference, list_models},
    Route{"GET", "/v1/models/{model}", Plane::inference, show_model},
    Route{"GET", "/models/{model}", Plane::inference, show_model},
    Route{"GET", "/v1/model/info", Plane::inference, model_info},
    Route{"GET", "/model/info", Plane::inference, model_info},
    Route{"GET", "/health/liveliness", Plane::health, liveliness},
    Route{"GET", "/health/liveness", Plane::health, liveliness},
    Route{"GET", "/health/readiness", Plane::health, readiness},
    Route{"GET", "/health/readiness/details", Plane::health, readiness_details},
    Route{"GET", "/health/backlog", Plane::health, backlog},
    Route{"GET", "/health", Plane::health, health},
    Route{"GET", "/metrics", Plane::admin, metrics_page},
    Route{"GET", "/", Plane::health, welcome},
    Route{"GET", "/test", Plane::health, test},
    Route{"GET", "/routes", Plane::health, list_routes},
};

constexpr std::string_view variable = "{model}";

/// What "{model}" stands for, when the path fits the pattern. It may hold slashes: "/models/openai/gpt-4o".
std::optional<std::string_view> match(std::string_view pattern, std::string_view path) {
  const std::size_t at = pattern.find(variable);
  const std::string_view before = pattern.substr(0, at);
  const std::string_view behind = pattern.substr(at + variable.size());
  if (path.size() <= before.size() + behind.size() || !path.starts_with(before) || !path.ends_with(behind)) return std::nullopt;
  return path.substr(before.size(), path.size() - before.size() - behind.size());
}

using ByPath = std::unordered_multimap<std::string_view, const Route*>;

const ByPath& exact_routes() {
  static const ByPath table = [] {
    ByPath all;
    for (const Route& route : routes) {
      if (route.pattern.find(variable) == std::string_view::npos) all.emplace(route.pattern, &route);
    }
    return all;
  }();
  return table;
}

bool verb_fits(std::string_view wanted, std::string_view verb) { return wanted == verb || (wanted == "GET" && verb == "HEAD"); }

void allow(std::string& allowed, std::string_view verb) {
  if (!allowed.empty()) allowed += ", ";
  allowed += verb;
  if (verb == "GET") allowed += ", HEAD";
}

}  // namespace

RouteMatch find_route(std::string_view verb, std::string_view path) {
  RouteMatch result;
  const auto [first, last] = exact_routes().equal_range(path);
  for (auto entry = first; entry != last; ++entry) {
    if (verb_fits(entry->second->verb, verb)) return {.route = entry->second, .path_variable = {}, .allowed = {}};
    allow(result.allowed, entry->second->verb);
  }
  if (!result.allowed.empty()) return result;

  for (const Route& route : routes) {
    if (route.pattern.find(variable) == std::string_view::npos) continue;
    const std::optional<std::string_view> model = match(route.pattern, path);
    if (!model) continue;
    std::optional<std::string> decoded = http::percent_decode(*model);
    if (!decoded) continue;
    if (verb_fits(route.verb, verb)) return {.route = &route, .path_variable = std::move(*decoded), .allowed = {}};
    allow(result.allowed, route.verb);
  }
  return result;
}

std::optional<std::string> normalised_path(std::string_view path, std::string_view root_path) {
  if (!root_path.empty()) {
    if (!path.starts_with(root_path) || (path.size() > root_path.size() && path[root_path.size()] != '/')) return std::nullopt;
    path.remove_prefix(root_path.size());
  }
  std::string out;
  out.reserve(path.size() + 1);
  for (const char c : path) {
    if (c == '/' && !out.empty() && out.back() == '/') continue;
    out += c;
  }
  if (out.empty()) out = "/";
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

net::Task<void> list_routes(Context& context) {
  std::string body = "{\"routes\":[";
  for (const Route& route : routes) {
    if (body.back() != '[') body += ',';
    body += "{\"path\":\"" + std::string(route.pattern) + "\",\"methods\":[\"" + std::string(route.verb) + "\"]}";
  }
  body += "]}";
  co_await answer_json(context, 200, body);
}

}  // namespace api
