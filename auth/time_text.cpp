#include "auth/time_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace auth {

namespace {

using namespace std::chrono;

std::string text(TimePoint time, char between, const char* zone) {
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::array<char, 64> out;
  const int length = std::snprintf(out.data(), out.size(), "%04d-%02u-%02u%c%02d:%02d:%02d.%03d000%s", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), between,
                                   static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                                   static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()), zone);
  return {out.data(), static_cast<std::size_t>(std::clamp(length, 0, static_cast<int>(out.size()) - 1))};
}

/// Takes exactly `count` digits off the front.
std::optional<int> digits(std::string_view& text, int count) {
  int value = 0;
  if (text.size() < static_cast<std::size_t>(count)) return std::nullopt;
  for (int i = 0; i < count; ++i) {
    const char digit = text[static_cast<std::size_t>(i)];
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  text.remove_prefix(static_cast<std::size_t>(count));
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<int> after(std::string_view& text, char mark, int count) { return take(text, mark) ? digits(text, count) : std::nullopt; }

milliseconds fraction(std::string_view& text) {
  int value = 0;
  int scale = 100;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    value += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
  }
  return milliseconds(value);
}

std::optional<milliseconds> clock_time(std::string_view& text) {
  const auto hour = digits(text, 2);
  const auto minute = after(text, ':', 2);
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  milliseconds time = hours(*hour) + minutes(*minute);
  if (!text.starts_with(':')) return time;
  const auto second = after(text, ':', 2);
  if (!second || *second > 60) return std::nullopt;
  time += seconds(*second);
  return take(text, '.') ? time + fraction(text) : time;
}

std::optional<minutes> zone_offset(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return minutes(0);
  const int sign = text.front() == '-' ? -1 : 1;
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hour = digits(text, 2);
  take(text, ':');
  const auto minute = digits(text, 2);
  if (!hour || !minute || *hour > 23 || *minute > 59 || !text.empty()) return std::nullopt;
  return sign * (hours(*hour) + minutes(*minute));
}

}  // namespace

std::string iso_time(TimePoint time) { return text(time, 'T', "Z"); }
std::string python_time(TimePoint time) { return text(time, ' ', "+00:00"); }

std::optional<TimePoint> parse_time(std::string_view text) {
  const auto in_year = digits(text, 4);
  const auto in_month = after(text, '-', 2);
  const auto in_day = after(text, '-', 2);
  if (!in_year || !in_month || !in_day) return std::nullopt;
  const year_month_day date{year(*in_year), month(static_cast<unsigned>(*in_month)), day(static_cast<unsigned>(*in_day))};
  if (!date.ok()) return std::nullopt;
  const TimePoint midnight = sys_days(date);
  if (text.empty()) return midnight;
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto clock = clock_time(text);
  const auto offset = zone_offset(text);
  if (!clock || !offset) return std::nullopt;
  return midnight + *clock - *offset;
}

}  // namespace auth
