// LiteLLM's config.yaml, plus our own section `penstock`, becomes a Config. Every problem is reported, with its place;
// what LiteLLM knows and we do not act on is one warning each, never fatal, unless it promises protection.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/command_line.hpp"
#include "config/config.hpp"
#include "config/environment.hpp"
#include "config/problem.hpp"

namespace config {

struct LoadResult {
  Snapshot config;                // null when there is an error among the problems
  std::vector<Problem> problems;  // the main file's first, in order of their places
};

/// The text of a file, or why it cannot be read.
struct FileText {
  std::string text;
  std::string failure;  // empty: it was read
};

/// Reads files named by `include`.
using FileReader = std::function<FileText(const std::string& path)>;

/// Reads at most one byte more than a configuration may have.
[[nodiscard]] FileText read_file(const std::string& path);

[[nodiscard]] LoadResult load_file(const std::string& path, const Environment& environment, const CommandLine& command_line = {});

/// Without a reader, `include` is an error: a text has no neighbours.
[[nodiscard]] LoadResult load_text(std::string_view text, const std::string& file, const Environment& environment,
                                   const CommandLine& command_line = {}, const FileReader& reader = {});

/// `penstock --model gpt-4o [--api_base URL]`: one deployment, no file.
[[nodiscard]] LoadResult without_file(std::string_view model, std::string_view api_base, const Environment& environment,
                                      const CommandLine& command_line = {});

}  // namespace config
