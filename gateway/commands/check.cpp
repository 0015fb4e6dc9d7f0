#include <cstdio>

#include "config/litellm.hpp"
#include "gateway/commands/commands.hpp"

namespace commands {

int check(const CheckOptions& options) {
  const config::LoadResult loaded = config::load_file(options.config_file, config::Environment::of_process());
  if (options.json) {
    std::printf("%s\n", config::to_json(loaded.problems).c_str());
  } else {
    for (const config::Problem& problem : loaded.problems) std::printf("%s\n", config::to_text(problem).c_str());
    if (loaded.problems.empty()) std::printf("%s: no problems\n", options.config_file.c_str());
  }
  const bool fails = !loaded.config || (options.strict && !loaded.problems.empty());
  return fails ? 1 : 0;
}

}  // namespace commands
