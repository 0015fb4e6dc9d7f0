#include "providers/json_merge.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "providers/embedding_vectors.hpp"

namespace providers {
namespace {

std::string_view inside(std::string_view bracketed) { return bracketed.substr(1, bracketed.size() - 2); }

/// Texts that come in pieces. Every other string (ids, names, types, roles) is told whole, by some servers again and again.
bool is_joined(std::string_view name) {
  static constexpr std::string_view joined[] = {"content",    "reasoning_content", "reasoning", "refusal", "text",
                                                "arguments",  "transcript",        "thinking",  "summary", "input"};
  return std::find(std::begin(joined), std::end(joined), name) != std::end(joined);
}

void reset(MergedValue& value, JsonKind kind) {
  if (value.kind == kind) return;
  value.kind = kind;
  value.text.clear();
  value.children.clear();
}

/// Base64 pieces may each be padded: then only their bytes can be joined.
void join_base64(std::string& text, std::string_view piece) {
  std::string bytes;
  if (text.ends_with('=') && decode_base64(bytes, text) && decode_base64(bytes, piece)) {
    text.clear();
    append_base64(text, bytes);
  } else {
    text += piece;
  }
}

void merge_string(MergedValue& into, std::string_view piece, bool in_choice) {
  reset(into, JsonKind::string);
  if (in_choice && is_joined(into.name)) {
    into.text += piece;
  } else if (in_choice && into.name == "data") {
    join_base64(into.text, piece);
  } else if (!piece.empty()) {
    into.text = piece;
  }
}

MergedValue* child(MergedValue& parent, std::string_view name) {
  const auto found = std::find_if(parent.children.begin(), parent.children.end(), [name](const MergedValue& one) { return one.name == name; });
  if (found != parent.children.end()) return &*found;
  if (parent.children.size() >= max_merged_children) return nullptr;
  return &parent.children.emplace_back(MergedValue{.name = std::string(name)});
}

void merge_object(MergedValue& into, std::string_view object, bool in_choice);

/// Elements with an index are parts of one; others are appended (log probabilities, annotations).
void merge_array(MergedValue& into, std::string_view array, bool in_choice) {
  if (!in_choice && into.name != "choices") into.children.clear();  // told whole with each chunk (Perplexity's citations)
  reset(into, JsonKind::array);
  ElementWalk walk{array};
  while (const auto element = walk.next()) {
    const auto index = element->kind == JsonKind::object ? find_member(element->value, "index") : std::nullopt;
    if (index && index->kind == JsonKind::number) {
      if (MergedValue* const place = child(into, index->value)) merge_object(*place, element->value, in_choice || into.name == "choices");
    } else {
      // Moved as it stands: its kind does not matter any more.
      into.children.push_back({.kind = JsonKind::number, .text = std::string(element->value)});
    }
  }
}

void merge_value(MergedValue& into, const Member& member, bool in_choice) {
  switch (member.kind) {
    case JsonKind::null:
      if (into.text.empty() && into.children.empty()) reset(into, JsonKind::null);
      break;
    case JsonKind::string:
      merge_string(into, inside(member.value), in_choice);
      break;
    case JsonKind::array:
      merge_array(into, member.value, in_choice);
      break;
    case JsonKind::object:
      merge_object(into, member.value, in_choice);
      break;
    default:
      reset(into, member.kind);
      into.text = member.value;
  }
}

void merge_object(MergedValue& into, std::string_view object, bool in_choice) {
  reset(into, JsonKind::object);
  MemberWalk walk{object};
  while (const auto member = walk.next()) {
    if (MergedValue* const place = child(into, member->name)) merge_value(*place, *member, in_choice);
  }
}

}  // namespace

const MergedValue* MergedValue::find(std::string_view member) const {
  const auto found = std::find_if(children.begin(), children.end(), [member](const MergedValue& one) { return one.name == member; });
  return found == children.end() ? nullptr : &*found;
}

void merge_chunk(MergedValue& into, std::string_view chunk) { merge_object(into, chunk, false); }

void append_json(std::string& out, const MergedValue& value) {
  switch (value.kind) {
    case JsonKind::null:
      out += "null";
      return;
    case JsonKind::string:
      out.append("\"").append(value.text).append("\"");
      return;
    case JsonKind::object:
    case JsonKind::array: {
      const bool object = value.kind == JsonKind::object;
      out += object ? '{' : '[';
      for (const MergedValue& one : value.children) {
        if (&one != &value.children.front()) out += ',';
        if (object) out.append("\"").append(one.name).append("\":");
        append_json(out, one);
      }
      out += object ? '}' : ']';
      return;
    }
    default:
      out += value.text;
  }
}

}  // namespace providers
