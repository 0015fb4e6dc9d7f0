// What `penstock` can be asked to do. Each returns the process's exit code.
#pragma once

#include <optional>
#include <string>

#include "config/command_line.hpp"

namespace commands {

struct ServeOptions {
  std::string config_file;      // empty: `model` is served alone
  std::string model;
  std::string api_base;
  config::CommandLine overrides;
};

int serve(const ServeOptions& options);

struct CheckOptions {
  std::string config_file;
  bool json = false;
  bool strict = false;          // warnings count
};

int check(const CheckOptions& options);

}  // namespace commands
