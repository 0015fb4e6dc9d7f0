#include "gateway/api/admin/durations.hpp"

#include <algorithm>
#include <cstdint>

namespace admin {

namespace {

using namespace std::chrono;
using auth::TimePoint;

struct Duration {
  enum class Unit { second, minute, hour, day, week, month };
  std::int64_t count;
  Unit unit;
};

constexpr std::size_t digit_limit = 10;  // with the calendar check below no sum can overflow
constexpr sys_days last_day = year{9999} / December / 31;

std::optional<Duration> parse(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  if (end == 0 || end > digit_limit) return std::nullopt;
  std::int64_t count = 0;
  for (const char digit : text.substr(0, end)) count = count * 10 + (digit - '0');
  const std::string_view unit = text.substr(end);
  if (unit == "s") return Duration{count, Duration::Unit::second};
  if (unit == "m") return Duration{count, Duration::Unit::minute};
  if (unit == "h") return Duration{count, Duration::Unit::hour};
  if (unit == "d") return Duration{count, Duration::Unit::day};
  if (unit == "w") return Duration{count, Duration::Unit::week};
  if (unit == "mo") return Duration{count, Duration::Unit::month};
  return std::nullopt;
}

std::optional<TimePoint> in_range(TimePoint from, milliseconds length) {
  if (length > last_day - from) return std::nullopt;
  return from + length;
}

std::optional<TimePoint> months_later(TimePoint from, std::int64_t count) {
  if (count > 12 * 9999) return std::nullopt;
  const sys_days day = floor<days>(from);
  const year_month_day date{day};
  const year_month month = date.year() / date.month() + months(count);
  if (month.year() > year{9999} || !month.ok()) return std::nullopt;
  const auto last = (month / std::chrono::last).day();
  return sys_days(month / std::min(date.day(), last)) + (from - day);
}

}  // namespace

std::optional<TimePoint> after(TimePoint from, std::string_view text) {
  const auto duration = parse(text);
  if (!duration) return std::nullopt;
  switch (duration->unit) {
    case Duration::Unit::second: return in_range(from, seconds(duration->count));
    case Duration::Unit::minute: return in_range(from, minutes(duration->count));
    case Duration::Unit::hour: return in_range(from, seconds(duration->count * 3600));
    case Duration::Unit::day: return in_range(from, seconds(duration->count * 86'400));
    case Duration::Unit::week: return in_range(from, seconds(duration->count * 604'800));
    case Duration::Unit::month: return months_later(from, duration->count);
  }
  return std::nullopt;
}

std::optional<TimePoint> window_end(TimePoint now, std::string_view text) {
  const auto duration = parse(text);
  if (!duration || duration->count == 0) return std::nullopt;
  const sys_days today = floor<days>(now);
  const auto first_of_month = sys_days(year_month_day{today}.year() / year_month_day{today}.month() / day{1});

  std::int64_t count_days = 0;
  switch (duration->unit) {
    case Duration::Unit::month: return months_later(first_of_month, duration->count);
    case Duration::Unit::day: count_days = duration->count; break;
    case Duration::Unit::week: count_days = duration->count * 7; break;
    default: return after(now, text);
  }
  if (count_days == 7) return today + (days(7) - (weekday{today} - Monday));
  if (count_days == 30) return months_later(first_of_month, 1);
  return in_range(today, seconds(count_days * 86'400));
}

}  // namespace admin
