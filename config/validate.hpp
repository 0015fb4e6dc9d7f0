// Rules that span fields. Pure: a Config in, problems out.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/problem.hpp"
#include "config/reading.hpp"

namespace config {

/// `places` tells where settings were written; what is not in it came from the environment or the command line.
[[nodiscard]] std::vector<Problem> validate(const Config& config, const Places& places);

/// Where the main port listens: as given, else every address with a master key and loopback without one.
[[nodiscard]] std::string listening_host(const Config& config);

/// Whether a master key can be guessed: too short, a well-known one, or hardly any different characters.
[[nodiscard]] bool is_weak_master_key(std::string_view key);

}  // namespace config
