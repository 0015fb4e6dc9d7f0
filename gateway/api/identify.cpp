#include "gateway/api/identify.hpp"

#include "gateway/store/key_desk.hpp"

namespace api {
namespace {

auth::TimePoint wall_clock() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

}  // namespace

net::Task<providers::Result<auth::Caller>> identify(Context& context, auth::DialectHeader dialect) {
  auth::CredentialFields fields;
  const std::string_view custom_name = context.config().auth.key_header_name;
  for (const http::Field& field : context.exchange.head().fields) fields.take(field.name, field.value, custom_name);

  auth::Authenticator& authenticator = context.services.authenticator;
  auth::Lookup lookup = authenticator.identify(fields, dialect, wall_clock());
  if (const auto* missing = std::get_if<auth::NeedsFetch>(&lookup)) {
    const std::string token = missing->token;
    const bool fetched = co_await context.services.keys.fetch(token);
    if (!fetched) {
      co_return providers::Error{.kind = providers::ErrorKind::overloaded,
                                 .message = "the key cannot be looked up at the moment, try again",
                                 .retry_after = std::chrono::milliseconds(1000)};
    }
    lookup = authenticator.identify(fields, dialect, wall_clock());
  }
  if (const auto* refusal = std::get_if<providers::Error>(&lookup)) co_return *refusal;
  if (std::holds_alternative<auth::NeedsFetch>(lookup)) {
    co_return providers::Error{.kind = providers::ErrorKind::overloaded, .message = "the key was changed while it was looked up, try again"};
  }
  auth::Caller& caller = std::get<auth::Caller>(lookup);
  context.record.key_id = caller.key_id();
  co_return std::move(caller);
}

}  // namespace api
