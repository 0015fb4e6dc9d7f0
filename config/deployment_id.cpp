#include "config/deployment_id.hpp"

#include <algorithm>
#include <vector>

#include "config/reading.hpp"
#include "config/scalar.hpp"

namespace config {
namespace {

using Hash = unsigned __int128;

Hash fnv1a(std::string_view bytes) {
  Hash hash = (Hash{0x6c62272e07bb0142} << 64) | 0x62b821756295c58d;
  const Hash prime = (Hash{1} << 88) | 0x13b;
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= prime;
  }
  return hash;
}

bool names_credential(std::string_view key) {
  return key.ends_with("key") || key.ends_with("token") || key.find("secret") != std::string_view::npos ||
         key.find("password") != std::string_view::npos || key.find("credentials") != std::string_view::npos ||
         key.find("headers") != std::string_view::npos;
}

void append_canonical(const Node& node, std::string& out) {
  if (node.is_mapping()) {
    std::vector<const Member*> sorted;
    for (const auto& member : node.members) {
      const bool is_literal_credential = names_credential(member.key) && !environment_reference(*member.value);
      if (!is_literal_credential) sorted.push_back(&member);
    }
    std::ranges::sort(sorted, {}, &Member::key);
    out += '{';
    for (const auto* member : sorted) {
      out += json_string(member->key) + ':';
      append_canonical(*member->value, out);
      out += ',';
    }
    out += '}';
  } else if (node.is_sequence()) {
    out += '[';
    for (const auto& item : node.items) {
      append_canonical(*item, out);
      out += ',';
    }
    out += ']';
  } else {
    out += node.is_null() ? "null" : json_string(node.text);
  }
}

}  // namespace

std::string deployment_id(std::string_view model_name, const Node& litellm_params, std::string_view distinction) {
  std::string canonical = json_string(model_name) + json_string(distinction);
  append_canonical(litellm_params, canonical);
  auto hash = fnv1a(canonical);
  std::string digits(32, '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    *digit = "0123456789abcdef"[static_cast<unsigned>(hash & 0xf)];
    hash >>= 4;
  }
  return digits;
}

}  // namespace config
