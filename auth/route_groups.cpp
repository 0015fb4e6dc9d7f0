#include "auth/route_groups.hpp"

#include <algorithm>
#include <span>

namespace auth {

namespace {

// A row covers its path and everything below it. Inference rows hold with and without a leading /v1.
constexpr std::string_view llm_api[] = {
    "/chat/completions", "/completions", "/embeddings", "/models",     "/moderations",   "/responses",   "/messages", "/images",
    "/audio",            "/rerank",      "/engines",    "/openai",     "/files",         "/batches",     "/realtime", "/fine_tuning",
    "/assistants",       "/threads",     "/v2/rerank",  "/v1beta",     "/vector_stores", "/anthropic",   "/azure",    "/bedrock",
    "/cohere",           "/gemini",      "/mistral",    "/vertex_ai",  "/vllm",          "/interactions", "/utils/token_counter",
};

constexpr std::string_view management[] = {
    "/key",      "/v2/key",  "/user",   "/v2/user", "/team",  "/v2/team",        "/organization", "/project",     "/customer", "/end_user",
    "/budget",   "/tag",     "/model",  "/spend",   "/global", "/access_group",  "/credentials",  "/fallback",    "/config",   "/cache",
    "/cost",     "/provider",
};

constexpr std::string_view info[] = {
    "/key/info",   "/v2/key/info",       "/key/list",       "/key/health",       "/team/info",     "/team/list", "/v2/team/list",
    "/user/info",  "/v2/user/info",      "/organization/list", "/organization/info", "/model/info", "/v1/model/info", "/v2/model/info",
    "/model_group/info", "/models",      "/v1/models",      "/health",
};

bool covers(std::string_view prefix, std::string_view path) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

bool any_covers(std::span<const std::string_view> rows, std::string_view path) {
  return std::any_of(rows.begin(), rows.end(), [path](std::string_view row) { return covers(row, path); });
}

}  // namespace

bool is_route_group(std::string_view name) { return name == llm_api_routes || name == management_routes || name == info_routes; }

bool in_route_group(std::string_view group, std::string_view path) {
  if (group == llm_api_routes) return any_covers(llm_api, path) || (path.starts_with("/v1/") && any_covers(llm_api, path.substr(3)));
  if (group == management_routes) return any_covers(management, path);
  return group == info_routes && std::find(std::begin(info), std::end(info), path) != std::end(info);
}

std::string_view route_group_of_key_type(std::string_view key_type) {
  if (key_type == "llm_api") return llm_api_routes;
  if (key_type == "management") return management_routes;
  if (key_type == "read_only") return info_routes;
  return {};
}

}  // namespace auth
