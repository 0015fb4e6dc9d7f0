// The handlers behind /key/...; which route leads to which, and who may use it, is the table in admin_api.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/registry.hpp"
#include "gateway/api/admin/admin_api.hpp"
#include "gateway/api/admin/replies.hpp"

namespace admin {

/// What a handler works with. Lives for one request.
struct Work {
  auth::Registry& registry;
  const config::Config& config;
  const AdminRequest& request;
  std::string key_in_path;  // of /key/{key}/...; decoded
  auth::TimePoint now;

  /// Who goes into created_by and its kin.
  [[nodiscard]] std::string actor() const;
};

AdminReply generate_key(Work& work);
AdminReply update_key(Work& work);
AdminReply delete_keys(Work& work);
AdminReply block_key(Work& work);
AdminReply unblock_key(Work& work);
AdminReply regenerate_key(Work& work);

AdminReply key_info(Work& work);
AdminReply keys_info(Work& work);
AdminReply list_keys(Work& work);
AdminReply list_aliases(Work& work);
AdminReply key_health(Work& work);

/// The live record meant by a secret or a hash; secrets that were regenerated count until their grace period ends.
std::optional<auth::KeyRecord> find_live(auth::Registry& registry, std::string_view secret_or_token, auth::TimePoint now);

}  // namespace admin
