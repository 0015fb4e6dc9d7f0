// The endpoints that the route table names.
#pragma once

#include "gateway/api/context.hpp"
#include "gateway/net/task.hpp"

namespace api {

// inference/serve_model.cpp
net::Task<void> chat_completions(Context& context);
net::Task<void> completions(Context& context);
net::Task<void> embeddings(Context& context);
net::Task<void> moderations(Context& context);

// models.cpp
net::Task<void> list_models(Context& context);
net::Task<void> show_model(Context& context);
net::Task<void> model_info(Context& context);

// health.cpp
net::Task<void> liveliness(Context& context);
net::Task<void> readiness(Context& context);
net::Task<void> readiness_details(Context& context);
net::Task<void> backlog(Context& context);
net::Task<void> health(Context& context);
net::Task<void> metrics_page(Context& context);
net::Task<void> welcome(Context& context);
net::Task<void> test(Context& context);

// routes.cpp
net::Task<void> list_routes(Context& context);

// manage_keys.cpp: everything that the admin API's own table knows
net::Task<void> manage_keys(Context& context);

}  // namespace api
