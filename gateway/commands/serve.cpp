#include <spdlog/spdlog.h>

#include <cstdio>

#include "config/litellm.hpp"
#include "gateway/app.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/observe/log.hpp"

namespace commands {
namespace {

config::LoadResult load(const ServeOptions& options) {
  const config::Environment environment = config::Environment::of_process();
  if (options.config_file.empty()) return config::without_file(options.model, options.api_base, environment, options.overrides);
  return config::load_file(options.config_file, environment, options.overrides);
}

void log_problems(const config::LoadResult& loaded) {
  for (const config::Problem& problem : loaded.problems) {
    const auto level = problem.severity == config::Severity::error ? spdlog::level::err : spdlog::level::warn;
    spdlog::log(level, "{}", config::to_text(problem));
  }
}

void warn_if_open(const config::Config& config) {
  if (!config.auth.master_key.empty()) return;
  spdlog::warn("NO MASTER KEY: everybody who can connect may use the models, and the admin API is closed. Set general_settings.master_key or LITELLM_MASTER_KEY.");
}

}  // namespace

int serve(const ServeOptions& options) {
  const config::LoadResult first = load(options);
  if (first.config) {
    observe::set_up_log(first.config->server.log_format, first.config->server.log_level);
  } else {
    observe::set_up_log(options.overrides.log_format.value_or(config::LogFormat::text), options.overrides.log_level.value_or("info"));
  }
  log_problems(first);
  if (!first.config) return 1;
  warn_if_open(*first.config);

  gateway::App::Reload reload;
  if (!options.config_file.empty()) {
    reload = [options] {
      const config::LoadResult again = load(options);
      log_problems(again);
      return again.config;
    };
  }
  try {
    gateway::App app(first.config, std::move(reload));
    return app.run();
  } catch (const std::exception& fault) {
    spdlog::error("{}", fault.what());
    return 1;
  }
}

}  // namespace commands
