#include "providers/event_shape.hpp"

#include <algorithm>
#include <cstring>

#include "providers/string_scan.hpp"

namespace providers {
namespace {

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

}  // namespace

void append_restamped(std::string& out, std::string_view range, const std::vector<std::string_view>& models, std::string_view model) {
  const char* at = range.data();
  const char* const end = at + range.size();
  if (!model.empty()) {
    for (const std::string_view value : models) {
      if (value.data() < at || value.data() >= end) continue;
      out.append(between(at, value.data())).append(model);
      at = value.data() + value.size();
    }
  }
  out.append(between(at, end));
}

bool EventShape::learn(std::string_view wire, std::string_view json, const Chunk& chunk, std::string_view model) {
  if (chunk.content_parts != 1 || chunk.text.empty() || chunk.finished.any() || !chunk.usage.empty()) return false;
  // An event that ends in CR may or may not be followed by a line feed; it is not worth learning.
  if (!wire.ends_with('\n')) return false;

  holes_ = 0;
  strings_[holes_++] = chunk.text;
  if (chunk.padding.data() != nullptr) strings_[holes_++] = chunk.padding;
  text_hole_ = 0;
  if (holes_ == 2 && strings_[1].data() < strings_[0].data()) {
    std::swap(strings_[0], strings_[1]);
    text_hole_ = 1;
  }

  const char* wire_at = wire.data();
  const char* json_at = json.data();
  verbatim_ = true;
  for (std::size_t index = 0; index <= holes_; ++index) {
    const bool last = index == holes_;
    const char* const wire_end = last ? wire.data() + wire.size() : strings_[index].data();
    const char* const json_end = last ? json.data() + json.size() : strings_[index].data();
    Literal& literal = literals_[index];
    literal.wire = between(wire_at, wire_end);
    literal.client = index == 0 ? "data: " : "";
    append_restamped(literal.client, between(json_at, json_end), chunk.models, model);
    if (last) {
      literal.client += "\n\n";
    } else {
      wire_at = json_at = strings_[index].data() + strings_[index].size();
    }
    verbatim_ = verbatim_ && literal.wire == literal.client;
  }
  return true;
}

ShapeMatch EventShape::match(std::string_view input) {
  const char* at = input.data();
  const char* const end = at + input.size();
  for (std::size_t index = 0; index <= holes_; ++index) {
    const std::string& literal = literals_[index].wire;
    if (static_cast<std::size_t>(end - at) < literal.size() || std::memcmp(at, literal.data(), literal.size()) != 0) return {};
    at += literal.size();
    if (index == holes_) break;
    const std::size_t length = string_length(between(at, end));
    if (length == std::string_view::npos) return {};
    strings_[index] = between(at, at + length);
    at += length;
  }
  const std::size_t text_bytes = strings_[text_hole_].size();
  // Without text it is not a content event, and is read in full.
  if (holes_ == 0 || text_bytes == 0) return {};
  return {.length = static_cast<std::size_t>(at - input.data()), .text_bytes = text_bytes};
}

void EventShape::append(std::string& out) const {
  for (std::size_t index = 0; index < holes_; ++index) out.append(literals_[index].client).append(strings_[index]);
  out.append(literals_[holes_].client);
}

}  // namespace providers
