// Instants as LiteLLM writes them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/key_record.hpp"

namespace auth {

std::string iso_time(TimePoint time);     // 2026-11-21T00:19:50.307000Z, in JSON
std::string python_time(TimePoint time);  // 2026-11-21 00:19:50.307000+00:00, in messages

/// ISO 8601 with `Z`, an offset or nothing (UTC); a blank may stand for the T, fractions and the clock may be missing.
std::optional<TimePoint> parse_time(std::string_view text);

}  // namespace auth
