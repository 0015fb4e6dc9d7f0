#include "config/reading.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "config/scalar.hpp"

namespace config {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view reference_prefix = "os.environ/";

std::string kind_text(const Node& node) {
  if (node.is_mapping()) return "a mapping";
  if (node.is_sequence()) return "a list";
  return "a text";
}

std::string range_text(Range range, std::string (*unit)(std::int64_t)) { return "from " + unit(range.least) + " to " + unit(range.most); }
std::string count_text(std::int64_t count) { return std::to_string(count); }
std::string milliseconds_text(std::int64_t count) { return duration_text(milliseconds{count}); }
bool is_within(std::int64_t value, Range range) { return value >= range.least && value <= range.most; }

}  // namespace

std::optional<std::string_view> environment_reference(const Node& node) {
  if (!node.is_scalar() || !node.text.starts_with(reference_prefix)) return std::nullopt;
  return std::string_view(node.text).substr(reference_prefix.size());
}

Field Field::member(const Member& child) const {
  return {path.empty() ? shown(child.key) : path + '.' + shown(child.key), *child.value, child.place};
}

Field Field::item(std::size_t index) const {
  return {path + '[' + std::to_string(index) + ']', *value.items[index], value.items[index]->place};
}

void Reading::error(const Place& place, std::string message, std::string_view suggestion) {
  report(Severity::error, place, std::move(message), suggestion);
}

void Reading::warn(const Place& place, std::string message, std::string_view suggestion) {
  report(Severity::warning, place, std::move(message), suggestion);
}

void Reading::report(Severity severity, const Place& place, std::string message, std::string_view suggestion) {
  if (!has_room()) {
    left_out_ += 1;
    left_out_error_ = left_out_error_ || severity == Severity::error;
    return;
  }
  problems_.push_back({.severity = severity, .place = place, .message = std::move(message), .suggestion = std::string(suggestion)});
}

void Reading::add(std::vector<Problem> problems) {
  for (auto& problem : problems) report(problem.severity, problem.place, std::move(problem.message), problem.suggestion);
}

std::vector<Problem> Reading::take_problems() {
  if (left_out_ > 0) {
    problems_.push_back({.severity = left_out_error_ ? Severity::error : Severity::warning,
                         .place = problems_.back().place,
                         .message = std::to_string(left_out_) + " further problems are not listed",
                         .suggestion = {}});
  }
  return std::exchange(problems_, {});
}

void Reading::note_unset(const Field& field, std::string_view name, Unset unset) {
  const auto message = shown(name) + " is not set (" + field.path + ")";
  if (unavailable_ != nullptr) {
    warn(field.value.place, message + "; this deployment answers 503");
    if (unavailable_->empty()) *unavailable_ = message;
  } else if (unset == Unset::stop) {
    error(field.value.place, message);
  } else {
    warn(field.value.place, message);
  }
}

std::optional<Reading::Scalar> Reading::scalar(const Field& field, std::string_view expected, Unset unset) {
  if (field.value.is_null()) return std::nullopt;
  if (!field.value.is_scalar()) {
    error(field.value.place, field.path + " must be " + std::string(expected) + ", not " + kind_text(field.value));
    return std::nullopt;
  }
  const auto name = environment_reference(field.value);
  if (!name) return Scalar{.text = field.value.text};
  const auto value = unset == Unset::stop ? environment_.find_filled(*name) : environment_.find(*name);
  if (!value) {
    note_unset(field, *name, unset);
    return std::nullopt;
  }
  return Scalar{.text = std::string(*value), .from_environment = true};
}

void Reading::wrong(const Field& field, const Scalar& scalar, const std::string& expected, std::string_view suggestion) {
  auto message = field.path + " must be " + expected;
  if (!scalar.from_environment && !is_secret_path(field.path)) message += ", not \"" + shown(scalar.text) + '"';
  error(field.value.place, std::move(message), suggestion);
}

std::optional<std::string> Reading::text(const Field& field, Unset unset) {
  auto found = scalar(field, "a text", unset);
  if (!found) return std::nullopt;
  if (found->text.find('\0') != std::string::npos) {
    error(field.value.place, field.path + " must not hold a NUL byte");
    return std::nullopt;
  }
  return std::move(found->text);
}

std::optional<bool> Reading::boolean(const Field& field) {
  const auto found = scalar(field, "true or false");
  if (!found) return std::nullopt;
  const auto value = parse_boolean(found->text);
  if (!value) wrong(field, *found, "true or false");
  return value;
}

std::optional<std::int64_t> Reading::integer(const Field& field, Range range) {
  const auto expected = "a whole number " + range_text(range, count_text);
  const auto found = scalar(field, expected);
  if (!found) return std::nullopt;
  const auto value = parse_integer(found->text);
  if (value && is_within(*value, range)) return value;
  wrong(field, *found, expected);
  return std::nullopt;
}

std::optional<double> Reading::number(const Field& field, double least, double most) {
  const auto plain = [](double value) {
    char digits[32];
    return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  };
  const auto expected = "a number from " + plain(least) + " to " + plain(most);
  const auto found = scalar(field, expected);
  if (!found) return std::nullopt;
  const auto value = parse_number(found->text);
  if (value && *value >= least && *value <= most) return value;
  wrong(field, *found, expected);
  return std::nullopt;
}

std::optional<milliseconds> Reading::duration(const Field& field, Range range) {
  const auto expected = "a duration " + range_text(range, milliseconds_text) + ", as 250ms, 5s, 10m or seconds";
  const auto found = scalar(field, expected);
  if (!found) return std::nullopt;
  const auto value = parse_duration(found->text);
  if (value && is_within(value->count(), range)) return value;
  wrong(field, *found, expected);
  return std::nullopt;
}

std::optional<milliseconds> Reading::lapse(const Field& field) {
  constexpr double week = 604'800;
  const auto seconds_count = number(field, 0, week);
  if (!seconds_count || *seconds_count == 0) return std::nullopt;
  return std::max(milliseconds{1}, milliseconds{std::llround(*seconds_count * 1000)});
}

std::optional<std::int64_t> Reading::size(const Field& field, Range range) {
  const auto expected = "a size " + range_text(range, size_text) + ", as 64MiB, 32KiB or bytes";
  const auto found = scalar(field, expected);
  if (!found) return std::nullopt;
  const auto value = parse_size(found->text);
  if (value && is_within(*value, range)) return value;
  wrong(field, *found, expected);
  return std::nullopt;
}

std::optional<std::string> Reading::choice(const Field& field, std::span<const std::string_view> names) {
  std::string expected = "one of";
  for (const auto name : names) expected += (name == names.front() ? " " : ", ") + std::string(name);
  const auto found = scalar(field, expected);
  if (!found) return std::nullopt;
  if (std::ranges::find(names, found->text) != names.end()) return found->text;
  wrong(field, *found, expected, found->from_environment ? std::string_view{} : nearest(found->text, names));
  return std::nullopt;
}

std::vector<std::string> Reading::texts(const Field& field) {
  std::vector<std::string> list;
  if (field.value.is_scalar()) {
    if (auto only = text(field)) list.push_back(std::move(*only));
    return list;
  }
  if (!is_sequence(field)) return list;
  for (std::size_t i = 0; i < field.value.items.size(); ++i) {
    const auto item = field.item(i);
    remember(item);
    if (item.value.is_null()) {
      error(item.value.place, item.path + " must be a text, not null");
    } else if (auto entry = text(item)) {
      list.push_back(std::move(*entry));
    }
  }
  return list;
}

bool Reading::is_mapping(const Field& field) {
  if (field.value.is_mapping()) return true;
  if (!field.value.is_null()) error(field.value.place, field.path + " must be a mapping, not " + kind_text(field.value));
  return false;
}

bool Reading::is_sequence(const Field& field) {
  if (field.value.is_sequence()) return true;
  if (!field.value.is_null()) error(field.value.place, field.path + " must be a list, not " + kind_text(field.value));
  return false;
}

std::string Reading::json(const Field& field) {
  std::string out;
  append_json(field, out);
  return out;
}

void Reading::append_json(const Field& field, std::string& out) {
  const auto& node = field.value;
  if (node.is_null()) {
    out += "null";
  } else if (node.is_sequence()) {
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      out += i == 0 ? '[' : ',';
      append_json(field.item(i), out);
    }
    out += node.items.empty() ? "[]" : "]";
  } else if (node.is_mapping()) {
    for (std::size_t i = 0; i < node.members.size(); ++i) {
      out += i == 0 ? '{' : ',';
      out += json_string(node.members[i].key) + ':';
      append_json(field.member(node.members[i]), out);
    }
    out += node.members.empty() ? "{}" : "}";
  } else if (environment_reference(node)) {
    const auto resolved = scalar(field, "a text");
    out += resolved ? json_string(resolved->text) : "null";
  } else if (node.quoted) {
    out += json_string(node.text);
  } else {
    const auto type = scalar_type(node.text);
    if (type == ScalarType::boolean) out += *parse_boolean(node.text) ? "true" : "false";
    else if (type == ScalarType::integer || type == ScalarType::number) out += json_number(node.text, type);
    else out += json_string(node.text);
  }
}

void Reading::require_environment(const Field& field) {
  if (const auto name = environment_reference(field.value); name && !environment_.find_filled(*name)) note_unset(field, *name, Unset::stop);
  for (std::size_t i = 0; i < field.value.items.size(); ++i) require_environment(field.item(i));
  for (const auto& member : field.value.members) require_environment(field.member(member));
}

}  // namespace config
