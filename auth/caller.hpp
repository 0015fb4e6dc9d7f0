// Who is asking, and which models and routes that opens. A plain value, cheap to copy; immutable once made.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "auth/key_record.hpp"
#include "providers/error.hpp"

namespace auth {

enum class CallerKind { master_key, virtual_key, open_server };

/// What a caller may do on the admin API. `key` is a virtual key that belongs to no user.
enum class Role { proxy_admin, proxy_admin_viewer, internal_user, internal_user_viewer, key };

std::string_view role_name(Role role);  // as LiteLLM writes it in messages

/// Whether the named access group holds the model that was asked for.
using InAccessGroup = std::function<bool(std::string_view group, std::string_view model)>;

struct Caller {
  CallerKind kind = CallerKind::virtual_key;
  Role role = Role::key;
  std::shared_ptr<const KeyRecord> key = {};  // virtual_key: its record, never null then

  static Caller master() { return {.kind = CallerKind::master_key, .role = Role::proxy_admin}; }
  static Caller open_server() { return {.kind = CallerKind::open_server, .role = Role::key}; }
  static Caller of(std::shared_ptr<const KeyRecord> record) { return {.key = std::move(record)}; }

  /// Who acts, for created_by and its kin: the key's user, `default_user_id` for the master key.
  [[nodiscard]] std::string_view user_id() const;

  /// Who acts, for logs and the ledger: the key's hash, `litellm_proxy_master_key` for the master key, empty on an open server.
  [[nodiscard]] std::string_view key_id() const;

  /// Allow-list of the key: exact names, `*` wildcards, access groups, `all-proxy-models`; an empty list opens all.
  [[nodiscard]] bool may_use_model(std::string_view model, const InAccessGroup& in_group = {}) const;

  /// Allowed routes of the key and its key_type: exact paths, prefixes, `/prefix/*`, route groups; none opens all.
  /// `path` is without the server's root path. Roles are judged elsewhere.
  [[nodiscard]] bool may_use_route(std::string_view path) const;

  /// The same as a refusal to answer with, or nothing.
  [[nodiscard]] std::optional<providers::Error> model_refusal(std::string_view model, const InAccessGroup& in_group = {}) const;
  [[nodiscard]] std::optional<providers::Error> route_refusal(std::string_view path) const;
};

/// `*` stands for any run of characters; everything else for itself.
bool matches_wildcard(std::string_view pattern, std::string_view text);

}  // namespace auth
