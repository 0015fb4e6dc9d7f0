// LiteLLM's durations ("30s", "30m", "24h", "7d", "1w", "1mo") and where its budget windows end. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "auth/key_record.hpp"

namespace admin {

/// `from` plus the duration; a month is one of the calendar. Nothing when the text is none, or leads beyond the year 9999.
std::optional<auth::TimePoint> after(auth::TimePoint from, std::string_view duration);

/// The end of a budget window that starts now. Days end at midnight UTC, 7d on Monday, 30d and months on the first.
std::optional<auth::TimePoint> window_end(auth::TimePoint now, std::string_view duration);

}  // namespace admin
