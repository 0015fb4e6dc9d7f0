// One request on its way through an endpoint. Worker-owned; lives as long as the request.
#pragma once

#include <string_view>

#include "auth/caller.hpp"
#include "gateway/http/exchange.hpp"
#include "gateway/observe/request_record.hpp"
#include "gateway/services.hpp"
#include "providers/error.hpp"

namespace api {

struct Context {
  gateway::Services& services;
  http::Exchange& exchange;
  gateway::LiveSnapshot live;        // the configuration this request runs on, to its end
  std::string path;                  // without root path, '/v1' form kept, double slashes removed
  std::string path_variable;         // what "{model}" stood for in the route's pattern, decoded
  observe::RequestRecord record{};

  [[nodiscard]] const config::Config& config() const { return *live->config; }
};

/// Answers with the error in the client's dialect; notes it for the log. Once the answer has started it becomes a stream's last event.
net::Task<void> answer_error(Context& context, providers::Error error);

/// Fields that every answer carries: the call id under both names, the client's own id, CORS.
void add_common_fields(Context& context);

net::Task<void> answer_json(Context& context, int status, std::string_view body);

}  // namespace api
