// The first stage of every request that needs a key: who is asking.
#pragma once

#include "auth/credential.hpp"
#include "gateway/api/context.hpp"

namespace api {

/// Judged on the head alone, before a byte of the body is read. An unknown key costs one look-up on the registry's thread.
net::Task<providers::Result<auth::Caller>> identify(Context& context, auth::DialectHeader dialect);

/// The header that clients of this path put their key into.
inline auth::DialectHeader dialect_of(std::string_view path) {
  return path.starts_with("/openai/deployments/") ? auth::DialectHeader::api_key : auth::DialectHeader::authorization;
}

}  // namespace api
