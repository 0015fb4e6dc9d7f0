// The process's log: one line an event on stderr, as text or JSON. Set up once, before threads start; spdlog's default logger is thread-safe.
#pragma once

#include <string>

#include "config/config.hpp"

namespace observe {

void set_up_log(config::LogFormat format, const std::string& level);

}  // namespace observe
