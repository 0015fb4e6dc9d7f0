// The sections of the file, one reader each. Later ones win where two set the same: environment, litellm_settings,
// router_settings, general_settings, penstock, command line.
#pragma once

#include "config/command_line.hpp"
#include "config/reading.hpp"

namespace config {

/// Sets the variables for all later reads, and keeps them in Config.environment.
void read_environment_variables(Reading& reading, const Field& section, Config& config);

/// What LiteLLM takes from the environment: ports, keys, database, Redis.
void apply_environment(Reading& reading, Config& config);

void read_litellm_settings(Reading& reading, const Field& section, Config& config);
void read_router_settings(Reading& reading, const Field& section, Config& config);
void read_general_settings(Reading& reading, const Field& section, Config& config);

/// `credentials` is the credential_list, or null when there is none.
void read_model_list(Reading& reading, const Field& section, const Field* credentials, Config& config);

/// Only penstock.accept_unsupported, which the other sections ask for; `section` is `penstock`.
void read_accepted_unsupported(Reading& reading, const Field& section);
void read_penstock(Reading& reading, const Field& section, Config& config);

void apply_command_line(const CommandLine& command_line, Config& config);

/// A database address, from the file or from the environment: PostgreSQL promises that state is shared and kept there.
void note_database_url(Reading& reading, const Field& field, std::string_view url);

}  // namespace config
