// `include`: other files merged into the main one.
#pragma once

#include <string>

#include "config/litellm.hpp"
#include "config/reading.hpp"
#include "config/yaml.hpp"

namespace config {

/// Parses `text`, and merges what it includes: lists grow, sections gain members, and where both set the same the
/// included file wins, as in LiteLLM, with a warning. Null when the main file cannot be parsed; problems go to `reading`.
[[nodiscard]] NodePtr parse_with_includes(Reading& reading, std::string_view text, const std::string& file, const FileReader& reader);

}  // namespace config
