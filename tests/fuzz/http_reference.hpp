// A second opinion on HTTP heads for the fuzz targets: slow, plain, and sharing no code with the parsers. It splits lines first and gathers
// every fault it finds, so a parser that stops at the first one must name one of them.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#define REQUIRE(condition)                                                                     \
  do {                                                                                         \
    if (!(condition)) {                                                                        \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);      \
      std::abort();                                                                            \
    }                                                                                          \
  } while (false)

namespace reference {

inline bool is_token(const std::string& text) {
  static const std::string marks = "!#$%&'*+-.^_`|~";
  for (const char c : text) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!alphanumeric && (c == '\0' || marks.find(c) == std::string::npos)) return false;
  }
  return !text.empty();
}

inline bool has_control(const std::string& text) {  // but tab
  for (const char c : text)
    if ((c >= 0 && c < ' ' && c != '\t') || c == '\x7f') return true;
  return false;
}

inline std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

inline std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string::npos ? std::string{} : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

inline std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  for (auto next = text.find(separator); next != std::string::npos; next = text.find(separator, at)) {
    parts.push_back(text.substr(at, next - at));
    at = next + separator.size();
  }
  parts.push_back(text.substr(at));
  return parts;
}

struct Field {
  std::string name;  // in lower case
  std::string raw;   // everything behind the colon
};

/// What is wrong with a head, by status; and its fields as far as they can be read.
struct Judgement {
  std::set<int> faults;
  std::vector<Field> fields;

  [[nodiscard]] std::vector<std::string> values(const std::string& name) const {
    std::vector<std::string> found;
    for (const auto& field : fields)
      if (field.name == name) found.push_back(trimmed(field.raw));
    return found;
  }
  [[nodiscard]] bool any_tab(const std::string& name) const {
    for (const auto& field : fields)
      if (field.name == name && field.raw.find('\t') != std::string::npos) return true;
    return false;
  }
};

inline void judge_field_line(const std::string& line, Judgement& judgement) {
  const auto colon = line.find(':');
  if (colon == std::string::npos || !is_token(line.substr(0, colon)) || has_control(line.substr(colon + 1))) {
    judgement.faults.insert(400);
    return;
  }
  judgement.fields.push_back({lower(line.substr(0, colon)), line.substr(colon + 1)});
}

inline bool is_length(const std::string& value) {
  if (value.empty() || value.size() > 19 || value.find_first_not_of("0123456789") != std::string::npos) return false;
  return std::string(19 - value.size(), '0') + value <= "9223372036854775807";
}

/// Content-Length, Transfer-Encoding and names that look like them.
inline void judge_framing(bool version_1_0, Judgement& judgement) {
  const auto lengths = judgement.values("content-length");
  const auto codings = judgement.values("transfer-encoding");
  if (lengths.size() + codings.size() > 1) judgement.faults.insert(400);
  if (!codings.empty() && version_1_0) judgement.faults.insert(400);
  for (const auto& length : lengths)
    if (!is_length(length)) judgement.faults.insert(400);
  for (const auto& coding : codings)
    if (lower(coding) != "chunked") judgement.faults.insert({400, 501});
  if (judgement.any_tab("content-length") || judgement.any_tab("transfer-encoding")) judgement.faults.insert(400);
  for (const auto& field : judgement.fields) {
    std::string dashed = field.name;
    for (char& c : dashed)
      if (c == '_') c = '-';
    if (dashed != field.name && (dashed == "content-length" || dashed == "transfer-encoding")) judgement.faults.insert(400);
  }
}

/// The options of all Connection fields, in lower case.
inline std::set<std::string> connection_options(const Judgement& judgement) {
  std::set<std::string> options;
  for (const auto& value : judgement.values("connection"))
    for (const auto& option : split(value, ",")) options.insert(lower(trimmed(option)));
  return options;
}

}  // namespace reference
