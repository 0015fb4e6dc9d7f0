#include "gateway/api/admin/replies.hpp"

#include <nlohmann/json.hpp>

namespace admin {

using nlohmann::json;

namespace {

// Positions in a list are numbers in `loc`, names are strings; no field of ours is called by digits only.
json location_part(const std::string& part) {
  if (part.empty() || part.size() > 9 || part.find_first_not_of("0123456789") != std::string::npos) return part;
  return std::stoi(part);
}

}  // namespace

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

AdminReply answer(const json& body) { return {.status = 200, .body = dump(body)}; }

AdminReply refusal(int status, std::string_view type, std::string_view param, std::string_view message) {
  const json error = {{"message", message}, {"type", type}, {"param", param.empty() ? json() : json(param)}, {"code", std::to_string(status)}};
  return {.status = status, .body = dump({{"error", error}})};
}

AdminReply handler_refusal(int status, std::string_view message) { return refusal(status, "internal_server_error", "", message); }

AdminReply detail(int status, std::string_view text) { return {.status = status, .body = dump({{"detail", text}})}; }

AdminReply unprocessable(const std::vector<Finding>& findings) {
  json list = json::array();
  for (const Finding& finding : findings) {
    json location = json::array();
    for (const std::string& part : finding.location) location.push_back(location_part(part));
    list.push_back({{"type", finding.type}, {"loc", location}, {"msg", finding.message}});
  }
  return {.status = 422, .body = dump({{"detail", list}})};
}

AdminReply missing(std::string_view field) {
  return unprocessable({{.type = "missing", .location = {"body", std::string(field)}, .message = "Field required"}});
}

}  // namespace admin
