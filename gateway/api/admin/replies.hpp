// The three error forms of LiteLLM's admin API, and what carries them out of a handler. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/api/admin/admin_api.hpp"

namespace admin {

/// A value, or the reply that ends the request. (Not boost's result: nlohmann's json converts to anything, also to an error.)
/// What has no value returns std::optional<AdminReply>, empty when all is well.
template <class T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : either_(std::in_place_index<0>, std::move(value)) {}
  Outcome(AdminReply refusal) : either_(std::in_place_index<1>, std::move(refusal)) {}

  explicit operator bool() const { return either_.index() == 0; }
  T& operator*() { return std::get<0>(either_); }
  const T& operator*() const { return std::get<0>(either_); }
  T* operator->() { return &std::get<0>(either_); }
  const T* operator->() const { return &std::get<0>(either_); }
  const AdminReply& error() const { return std::get<1>(either_); }

 private:
  std::variant<T, AdminReply> either_;
};

AdminReply answer(const nlohmann::json& body);  // 200

/// Form A. An empty `param` is null.
AdminReply refusal(int status, std::string_view type, std::string_view param, std::string_view message);

/// Form A as LiteLLM words what its handlers raise themselves.
AdminReply handler_refusal(int status, std::string_view message);

/// Form B: {"detail": text}.
AdminReply detail(int status, std::string_view text);

/// One finding of form C: where, which of pydantic's types, and its text.
struct Finding {
  std::string type;
  std::vector<std::string> location;  // "body", field, index, ...
  std::string message;
};

/// Form C, status 422.
AdminReply unprocessable(const std::vector<Finding>& findings);
AdminReply missing(std::string_view field);  // a required body member

std::string dump(const nlohmann::json& value);  // what is not UTF-8 becomes U+FFFD

}  // namespace admin
