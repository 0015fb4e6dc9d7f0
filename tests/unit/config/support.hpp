// What the tests of this folder share: loading a text, and reading its problems.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "config/litellm.hpp"

namespace config::test {

inline LoadResult load(std::string_view text, Environment::Variables variables = {}) {
  return load_text(text, "c.yaml", Environment(std::move(variables)));
}

inline std::vector<std::string> lines_of(const std::vector<Problem>& problems) {
  std::vector<std::string> lines;
  for (const auto& problem : problems) lines.push_back(to_text(problem));
  return lines;
}

inline std::string text_of(const std::vector<Problem>& problems) {
  std::string text;
  for (const auto& line : lines_of(problems)) text += line + '\n';
  return text;
}

/// A model_list with one deployment of `gpt`, followed by `rest`.
inline std::string with_model(std::string_view rest) {
  return "model_list: [{model_name: gpt, litellm_params: {model: openai/gpt-4o}}]\n" + std::string(rest);
}

}  // namespace config::test
