// Adds the chunks of a stream up to one JSON value, as the accumulators of OpenAI's clients do: texts are joined, choices and tool calls
// are matched by their index. Values are moved as JSON text, so that nothing in them changes. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "providers/json_members.hpp"

namespace providers {

/// A JSON value that grows. Objects have members, arrays elements; `text` is a string's inside, or any other scalar as it stands.
struct MergedValue {
  std::string name = {};  // as a member, as spelt; as an element that has an index, that index
  JsonKind kind = JsonKind::null;
  std::string text = {};
  std::vector<MergedValue> children = {};

  [[nodiscard]] const MergedValue* find(std::string_view member) const;
};

/// More members or elements than any honest reply has at one level; what is beyond is dropped, except in lists without an index.
inline constexpr std::size_t max_merged_children = 256;

/// Merges one chunk (a valid JSON object) into the value.
void merge_chunk(MergedValue& into, std::string_view chunk);

/// Appends the value as JSON.
void append_json(std::string& out, const MergedValue& value);

}  // namespace providers
