// What the process environment and `environment_variables` say, and what the command line overrides.
#include <string>

#include "config/keys.hpp"
#include "config/sections.hpp"
#include "config/syntax.hpp"

namespace config {
namespace {

const Place environment_place = {.file = "environment", .line = 0, .column = 0};

/// A variable as a value of the file, so that the same typed reads judge it.
class Variable {
 public:
  Variable(const Environment& environment, std::string name) : name_(std::move(name)) {
    const auto value = environment.find_filled(name_);
    node_.kind = value ? Node::Kind::scalar : Node::Kind::null;
    node_.text = value.value_or("");
    node_.place = environment_place;
  }

  [[nodiscard]] bool is_set() const { return node_.is_scalar(); }
  [[nodiscard]] const std::string& text() const { return node_.text; }
  [[nodiscard]] Field field() const { return {name_, node_, environment_place}; }

 private:
  std::string name_;
  Node node_;
};

/// Keys and shared state: starting without what was named for them would be another server than the one meant.
bool is_vital(std::string_view name) {
  return name == "LITELLM_MASTER_KEY" || name == "LITELLM_SALT_KEY" || name == "DATABASE_URL" || name.starts_with("REDIS_");
}

void read_database(Reading& reading) {
  const Variable url(reading.environment(), "DATABASE_URL");
  if (url.is_set()) return note_database_url(reading, url.field(), url.text());
  // LiteLLM builds the address from its parts when all of them are there.
  const Variable host(reading.environment(), "DATABASE_HOST");
  for (const auto* part : {"DATABASE_USERNAME", "DATABASE_PASSWORD", "DATABASE_NAME"}) {
    if (!reading.environment().find_filled(part)) return;
  }
  if (host.is_set()) note_database_url(reading, host.field(), "postgresql://");
}

void read_log_level(Reading& reading, ServerConfig& server) {
  static constexpr std::pair<std::string_view, std::string_view> levels[] = {
      {"DEBUG", "debug"}, {"INFO", "info"}, {"WARNING", "warn"}, {"ERROR", "error"}, {"CRITICAL", "error"}};
  const Variable variable(reading.environment(), "LITELLM_LOG");
  if (!variable.is_set()) return;
  for (const auto& [name, level] : levels) {
    if (variable.text() == name) {
      server.log_level = level;
      return;
    }
  }
  reading.warn(environment_place, "LITELLM_LOG must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL; info is used");
}

void read_root_path(Reading& reading, ServerConfig& server) {
  const Variable variable(reading.environment(), "SERVER_ROOT_PATH");
  auto path = variable.text();
  while (path.ends_with('/')) path.pop_back();
  if (path.empty()) return;
  const bool is_path = path.starts_with('/') && !path.starts_with("//") && is_field_value(path) &&
                       path.find_first_of(" \t?#%\\") == std::string::npos;
  if (!is_path) return reading.error(environment_place, "SERVER_ROOT_PATH must be a path as /prefix");
  server.root_path = std::move(path);
}

}  // namespace

void read_environment_variables(Reading& reading, const Field& section, Config& config) {
  if (!reading.is_mapping(section)) return;
  for (const auto& member : section.value.members) {
    const auto field = section.member(member);
    if (member.key.empty() || member.key.find_first_of(std::string_view("=\0", 2)) != std::string::npos) {
      reading.error(field.place, field.path + " is not the name of a variable");
      continue;
    }
    auto value = reading.text(field, is_vital(member.key) ? Unset::stop : Unset::warn);
    if (!value) continue;
    config.environment.insert_or_assign(member.key, *value);
    reading.environment().set(member.key, std::move(*value));
  }
}

void note_database_url(Reading& reading, const Field& field, std::string_view url) {
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    note_standing(reading, field, "database_url", Standing::protection);
  } else {
    reading.warn(field.place, field.path + " is not a PostgreSQL address and has no effect; state is kept in the data directory");
  }
}

void apply_environment(Reading& reading, Config& config) {
  const auto& environment = reading.environment();
  config.auth.master_key = Secret(std::string(environment.find_filled("LITELLM_MASTER_KEY").value_or("")));
  config.auth.salt_key = Secret(std::string(environment.find_filled("LITELLM_SALT_KEY").value_or("")));
  if (const auto port = reading.integer(Variable(environment, "PORT").field(), {0, 65'535})) config.server.port = static_cast<int>(*port);
  if (const auto workers = reading.integer(Variable(environment, "NUM_WORKERS").field(), {0, 1'024})) {
    config.server.workers = static_cast<int>(*workers);
  }
  const Variable grace(environment, "GRACEFUL_SHUTDOWN_TIMEOUT");
  config.server.drain_time = reading.lapse(grace.field()).value_or(config.server.drain_time);
  read_root_path(reading, config.server);
  read_log_level(reading, config.server);
  read_database(reading);
  for (const auto* name : {"REDIS_URL", "REDIS_HOST", "REDIS_CLUSTER_NODES", "REDIS_SENTINEL_NODES"}) {
    const Variable redis(environment, name);
    if (redis.is_set()) note_standing(reading, redis.field(), name, Standing::later);
  }
}

void apply_command_line(const CommandLine& command_line, Config& config) {
  auto& server = config.server;
  if (command_line.host) {
    server.host = *command_line.host;
    server.host_given = true;
  }
  server.port = command_line.port.value_or(server.port);
  server.workers = command_line.workers.value_or(server.workers);
  server.log_format = command_line.log_format.value_or(server.log_format);
  server.log_level = command_line.log_level.value_or(server.log_level);
  server.tls.certificate_file = command_line.certificate_file.value_or(server.tls.certificate_file);
  server.tls.private_key_file = command_line.private_key_file.value_or(server.tls.private_key_file);
  config.store.data_dir = command_line.data_dir.value_or(config.store.data_dir);
}

}  // namespace config
