#include "config/problem.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

namespace config {
namespace {

constexpr std::size_t longest_shown = 64;
constexpr std::size_t longest_compared = 48;  // no known name is longer; keeps the distance cheap for hostile keys

/// Optimal string alignment: insert, delete, replace, or swap two neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  using Row = std::array<std::size_t, longest_compared + 1>;
  Row before{};
  Row previous{};
  Row current{};
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    before = previous;
    previous = current;
  }
  return previous[b.size()];
}

bool contains_word(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

}  // namespace

std::string to_text(const Problem& problem) {
  std::string text = problem.place.file;
  if (problem.place.line > 0) {
    text += ':' + std::to_string(problem.place.line) + ':' + std::to_string(problem.place.column);
  }
  text += problem.severity == Severity::error ? ": error: " : ": warning: ";
  text += problem.message;
  if (!problem.suggestion.empty()) text += " (did you mean \"" + problem.suggestion + "\"?)";
  return text;
}

std::string to_json(std::span<const Problem> problems) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& problem : problems) {
    list.push_back({{"severity", problem.severity == Severity::error ? "error" : "warning"},
                    {"file", problem.place.file},
                    {"line", problem.place.line},
                    {"column", problem.place.column},
                    {"message", problem.message},
                    {"suggestion", problem.suggestion}});
  }
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool has_errors(std::span<const Problem> problems) {
  return std::ranges::any_of(problems, [](const Problem& problem) { return problem.severity == Severity::error; });
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  if (word.empty() || word.size() > longest_compared) return {};
  const std::size_t near_enough = std::clamp<std::size_t>(word.size() / 3, 1, 3);
  std::string_view best;
  std::size_t best_distance = near_enough + 1;
  for (const auto name : known) {
    const auto difference = std::max(name.size(), word.size()) - std::min(name.size(), word.size());
    if (name.size() > longest_compared || difference >= best_distance) continue;
    if (const auto distance = edit_distance(word, name); distance < best_distance) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

std::string shown(std::string_view name) {
  if (name.starts_with("sk-")) return "sk-***";
  std::string text(name.substr(0, longest_shown));
  for (char& byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) byte = '?';
  }
  if (name.size() <= longest_shown) return text;
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();  // no half code point
  if (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80) != 0) text.pop_back();
  return text + "...";
}

bool is_secret_path(std::string_view path) {
  std::string lower(path);
  std::ranges::transform(lower, lower.begin(), [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  static constexpr std::array<std::string_view, 11> words = {
      "key", "password", "secret", "token", "header", "credential", "auth", "url", "api_base", "environment_variables", "extra_body"};
  return std::ranges::any_of(words, [&](std::string_view word) { return contains_word(lower, word); });
}

}  // namespace config
