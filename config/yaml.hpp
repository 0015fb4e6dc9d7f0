// A bounded reader over yaml-cpp: a file becomes a tree of values that know their place. Pure: takes text, returns values.
//
// yaml-cpp parses, but its own tree hangs on alias bombs, keeps both of two duplicate keys, has no merge keys and reads
// `010` as 8. So only its events are used: aliases share nodes and are counted as if they were copies, the last of two
// duplicate keys counts, `<<` merges, and scalars stay text.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/problem.hpp"

namespace config {

/// Bounds of one configuration, its included files counted in.
struct YamlLimits {
  std::int64_t bytes = 4 * mib;            // of one file
  std::int64_t nodes = 100'000;            // visited by a walk that follows every alias
  std::int64_t expanded_bytes = 16 * mib;  // of text, every alias counted as a copy
  int depth = 64;
  int included_files = 64;
  int include_depth = 8;
};

struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct Member {
  std::string key;
  Place place;
  NodePtr value;
};

/// One YAML value; immutable once parsed, and shared by its aliases.
struct Node {
  enum class Kind { null, scalar, sequence, mapping };

  Kind kind = Kind::null;
  bool quoted = false;           // a scalar that is text whatever it looks like
  Place place;
  std::string text;              // of a scalar
  std::vector<NodePtr> items;    // of a sequence
  std::vector<Member> members;   // of a mapping, keys unique, in file order; merged ones follow the written ones
  std::int64_t nodes = 1;        // in this subtree, aliases followed
  std::int64_t bytes = 0;        // of text in this subtree, aliases followed
  int height = 1;

  [[nodiscard]] bool is_null() const { return kind == Kind::null; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
  [[nodiscard]] bool is_sequence() const { return kind == Kind::sequence; }
  [[nodiscard]] bool is_mapping() const { return kind == Kind::mapping; }

  /// The member with this key, or null. Linear: for mappings of a known, small set of keys.
  [[nodiscard]] const Member* find(std::string_view key) const;
};

struct YamlDocument {
  NodePtr root;                   // null when there are errors; a null node for an empty file
  std::vector<Problem> problems;  // at most one error (it ends the parse), and duplicate keys
};

[[nodiscard]] YamlDocument parse_yaml(std::string_view text, const std::string& file, const YamlLimits& limits = {});

}  // namespace config
