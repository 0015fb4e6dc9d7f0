// What the command line overrides. Plain values; parsing arguments is the gateway's.
#pragma once

#include <optional>
#include <string>

#include "config/config.hpp"

namespace config {

struct CommandLine {
  std::optional<std::string> host = {};
  std::optional<int> port = {};
  std::optional<int> workers = {};
  std::optional<std::string> data_dir = {};
  std::optional<LogFormat> log_format = {};
  std::optional<std::string> log_level = {};
  std::optional<std::string> certificate_file = {};
  std::optional<std::string> private_key_file = {};
};

}  // namespace config
