// What can go wrong with a request, as a course of action. Values, not exceptions: everything that a request can meet is a Result<T>.
// The three total functions below are the only places that switch over ErrorKind. Pure.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "config/config.hpp"

namespace providers {

enum class ErrorKind {
  // the caller's doing
  invalid_request,       // 400
  unauthenticated,       // 401 no key, unknown, expired, blocked, deleted
  forbidden,             // 403 route or object not for this caller
  model_not_allowed,     // 403 / 404 by profile
  unknown_model,         // 400 / 404 by profile
  not_found,             // 404 path or object
  method_not_allowed,    // 405
  conflict,              // 409
  request_too_large,     // 413
  unsupported_media,     // 415
  unprocessable,         // 422
  rate_limited,          // 429 our own limit
  budget_exceeded,       // 422 / 400 / 429 by profile
  // the upstream's doing
  upstream_refused,      // 400, 404, 409, 413, 415, 422 about the caller's request: passed on with its status
  upstream_quota,        // 402, insufficient quota -> 429 insufficient_quota
  upstream_auth,         // 401, 403 -> 502, never 401 to a client
  upstream_rate_limited, // 429
  upstream_failed,       // 500 ... 599: passed on
  upstream_unreachable,  // connect, TLS, DNS -> 502
  bad_upstream_response, // broken framing, wrong type, not JSON -> 502
  timed_out,             // one of our timers -> 408 / 504 by profile
  // ours
  all_cooling,           // every deployment cooling or full: 429 / 503 by profile
  unavailable_deployment,// 503 the deployment lacks what it needs (an unset variable)
  overloaded,            // 503 too much in flight, draining
  cancelled,             // the client went away: nobody reads this, 499 in logs
  internal,              // 500
};

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message = {};
  std::string type = {};     // LiteLLM's or the upstream's `type`; empty: the kind's own. Profile openai shows only an upstream's
  std::string param = {};    // empty: null in the body
  std::string code = {};     // OpenAI's word for profile openai, empty: the kind's own. LiteLLM profiles show the status as text
  int upstream_status = 0;   // 0: not from an upstream
  std::optional<std::chrono::milliseconds> retry_after = {};
  bool permanent = false;    // the same call cannot succeed later: a request larger than its whole bucket
};

/// Thrown only when a Result is unwrapped without looking: a bug, ends the one connection.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::logic_error("unchecked error: " + error.message);
}

template <class T>
using Result = boost::system::result<T, Error>;

/// The status a client sees: BEHAVIOUR.md's table "Profiles and status codes".
int http_status(const Error& error, config::Compat compat);

/// Whether the same request may be tried on another deployment.
bool is_retryable(const Error& error);

/// Whether the failure speaks against the deployment that was tried.
bool counts_against_deployment(const Error& error);

/// `x-should-retry: false` belongs on the answer: repeating the call cannot help.
bool is_permanent(const Error& error, config::Compat compat);

/// OpenAI's envelope: {"error":{"message","type","param","code"}}, code always a string or null.
std::string error_body(const Error& error, config::Compat compat);

/// The same as one SSE event, "data: {...}\n\n", for a stream whose head has gone.
std::string error_event(const Error& error, config::Compat compat);

/// Reads any upstream's error answer (forms in BEHAVIOUR.md's table and the vendors' pages): status, body, and the value of its
/// retry-after and retry-after-ms fields ("" when absent). A status of 2xx means an error object in a reply or event that began well:
/// the status is then taken from its words. Texts are cut to 2 KiB and cleaned of control bytes; the caller removes secrets and
/// addresses. A retry-after that is an HTTP date counts only where `now` is given.
Error explain_upstream_error(int status, std::string_view body, std::string_view retry_after, std::string_view retry_after_ms,
                             std::optional<std::chrono::sys_seconds> now = std::nullopt);

}  // namespace providers
