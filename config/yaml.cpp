#include "config/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "config/scalar.hpp"

namespace config {
namespace {

/// Ends the parse; caught in parse_yaml.
struct Refused {
  Problem problem;
};

/// Turns parser events into nodes. Lives for one parse.
class Composer : public YAML::EventHandler {
 public:
  Composer(const std::string& file, const YamlLimits& limits, std::vector<Problem>& problems)
      : file_(file), limits_(limits), problems_(problems) {}

  [[nodiscard]] NodePtr root() const { return root_; }

  /// The innermost list or mapping whose end has not been seen, or null.
  [[nodiscard]] const Node* unfinished() const { return open_.empty() ? nullptr : open_.back().node.get(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_) refuse(place_of(mark), "only one YAML document is allowed in a file");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto node = fresh(Node::Kind::null, mark);
    // The place of a value that is not there is where the next token starts, maybe lines below: its key says more.
    if (const auto* key = pending_key(); key != nullptr && key->place.line != node->place.line) node->place = key->place;
    add(std::move(node), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    auto node = fresh(Node::Kind::scalar, mark);
    node->quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    const bool is_core_tag = tag == "tag:yaml.org,2002:int" || tag == "tag:yaml.org,2002:float" || tag == "tag:yaml.org,2002:bool" ||
                             tag == "tag:yaml.org,2002:null";
    if (!node->quoted && !is_core_tag && !tag.empty() && tag != "?") refuse_tag(node->place);
    if (!node->quoted && scalar_type(value) == ScalarType::null) node->kind = Node::Kind::null;  // `Null`, which yaml-cpp leaves text
    node->text = value;
    node->bytes = static_cast<std::int64_t>(value.size());
    add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(place_of(mark), "the alias stands inside the value that it names");
    accept(found->second, place_of(mark));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    if (!tag.empty() && tag != "?" && tag != "!" && tag != "tag:yaml.org,2002:seq") refuse_tag(place_of(mark));
    open(Node::Kind::sequence, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    if (!tag.empty() && tag != "?" && tag != "!" && tag != "tag:yaml.org,2002:map") refuse_tag(place_of(mark));
    open(Node::Kind::mapping, mark, anchor);
  }
  void OnMapEnd() override {
    merge_inherited();
    close();
  }

 private:
  struct Key {
    std::string text;
    Place place;
    bool is_merge = false;
  };
  /// A sequence or mapping whose end has not been seen.
  struct Open {
    std::shared_ptr<Node> node;
    YAML::anchor_t anchor = 0;
    std::optional<Key> key;                              // of a mapping: seen, its value not yet
    std::unordered_map<std::string, std::size_t> index;  // key -> position in node->members
    std::vector<NodePtr> inherited;                      // values of `<<`
  };

  [[noreturn]] static void refuse(Place place, std::string message) {
    throw Refused{{.severity = Severity::error, .place = std::move(place), .message = std::move(message), .suggestion = {}}};
  }
  [[noreturn]] static void refuse_tag(Place place) {
    refuse(std::move(place), "YAML tags other than !!str, !!int, !!float, !!bool and !!null are not read");
  }

  [[nodiscard]] Place place_of(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }
  [[nodiscard]] const Key* pending_key() const { return open_.empty() || !open_.back().key ? nullptr : &*open_.back().key; }

  [[nodiscard]] std::shared_ptr<Node> fresh(Node::Kind kind, const YAML::Mark& mark) const {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->place = place_of(mark);
    return node;
  }

  void add(std::shared_ptr<Node> node, YAML::anchor_t anchor) {
    NodePtr done = std::move(node);
    if (anchor != 0) anchors_[anchor] = done;
    accept(done, done->place);
  }

  void open(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (std::ssize(open_) >= limits_.depth) refuse(place_of(mark), "nested deeper than " + std::to_string(limits_.depth) + " levels");
    open_.push_back({.node = fresh(kind, mark), .anchor = anchor, .key = {}, .index = {}, .inherited = {}});
  }

  void close() {
    auto done = std::move(open_.back());
    open_.pop_back();
    if (done.anchor != 0) anchors_[done.anchor] = done.node;
    charged_nodes_ -= done.node->nodes - 1;  // its children were charged as they came
    charged_bytes_ -= done.node->bytes;
    const auto place = done.node->place;
    accept(std::move(done.node), place);
  }

  /// Counts what a walk over this value would visit, before it becomes part of the tree.
  void charge(const Node& node, const Place& place) {
    charged_nodes_ += node.nodes;
    charged_bytes_ += node.bytes;
    if (charged_nodes_ > limits_.nodes) {
      refuse(place, "more than " + std::to_string(limits_.nodes) + " values, aliases counted as copies");
    }
    if (charged_bytes_ > limits_.expanded_bytes) {
      refuse(place, "more than " + size_text(limits_.expanded_bytes) + " of text, aliases counted as copies");
    }
  }

  void accept(NodePtr node, const Place& place) {
    charge(*node, place);
    if (std::ssize(open_) + node->height - 1 > limits_.depth) {
      refuse(place, "nested deeper than " + std::to_string(limits_.depth) + " levels, aliases counted as copies");
    }
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().node->is_sequence()) {
      absorb(*open_.back().node, *node);
      open_.back().node->items.push_back(std::move(node));
    } else if (!open_.back().key) {
      take_key(*node, place);
    } else {
      take_value(std::move(node));
    }
  }

  static void absorb(Node& parent, const Node& child) {
    parent.nodes += child.nodes;
    parent.bytes += child.bytes;
    parent.height = std::max(parent.height, child.height + 1);
  }

  void take_key(const Node& node, const Place& place) {
    if (!node.is_scalar() && !node.is_null()) refuse(place, "a key must be a plain text");
    absorb(*open_.back().node, node);
    open_.back().key = Key{.text = node.text, .place = place, .is_merge = !node.quoted && node.text == "<<"};
  }

  void take_value(NodePtr node) {
    auto& mapping = open_.back();
    const Key key = std::move(*mapping.key);
    mapping.key.reset();
    absorb(*mapping.node, *node);
    if (key.is_merge) return inherit(mapping, node);
    const auto [position, is_new] = mapping.index.try_emplace(key.text, mapping.node->members.size());
    if (is_new) {
      mapping.node->members.push_back({.key = key.text, .place = key.place, .value = std::move(node)});
      return;
    }
    auto& first = mapping.node->members[position->second];
    report_duplicate(key, first.place);
    first = {.key = key.text, .place = key.place, .value = std::move(node)};
  }

  void report_duplicate(const Key& key, const Place& first) {
    if (std::ssize(problems_) >= most_duplicates) return;
    const bool is_ours = open_.size() == 1 ? key.text == "penstock" : open_.front().key && open_.front().key->text == "penstock";
    problems_.push_back({.severity = is_ours ? Severity::error : Severity::warning,
                         .place = key.place,
                         .message = "duplicate key \"" + shown(key.text) + "\", first at line " + std::to_string(first.line) + ", column " +
                                    std::to_string(first.column) + (is_ours ? "" : "; the last one counts"),
                         .suggestion = {}});
  }

  static void inherit(Open& mapping, const NodePtr& value) {
    if (value->is_mapping()) {
      mapping.inherited.push_back(value);
      return;
    }
    if (!value->is_sequence()) refuse(value->place, "<< needs a mapping or a list of mappings");
    for (const auto& item : value->items) {
      if (!item->is_mapping()) refuse(item->place, "<< needs a mapping or a list of mappings");
      mapping.inherited.push_back(item);
    }
  }

  /// What was written wins over what is merged, and the first merged mapping over the later ones.
  void merge_inherited() {
    auto& mapping = open_.back();
    for (const auto& source : mapping.inherited) {
      for (const auto& member : source->members) {
        if (!mapping.index.try_emplace(member.key, mapping.node->members.size()).second) continue;
        mapping.node->members.push_back(member);
      }
    }
  }

  static constexpr std::ptrdiff_t most_duplicates = 1'000;

  const std::string& file_;
  const YamlLimits& limits_;
  std::vector<Problem>& problems_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, NodePtr> anchors_;
  NodePtr root_;
  std::int64_t charged_nodes_ = 0;
  std::int64_t charged_bytes_ = 0;
};

Place place_of_byte(std::string_view text, std::size_t offset, const std::string& file) {
  const auto before = text.substr(0, offset);
  const auto line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {file, static_cast<int>(std::ranges::count(before, '\n')) + 1, static_cast<int>(offset - line_start) + 1};
}

/// The place of a tab that indents this line, if one does.
std::optional<Place> indenting_tab(std::string_view text, const Place& place) {
  std::size_t start = 0;
  for (int line = 1; line < place.line && start < text.size(); ++line) start = std::min(text.find('\n', start), text.size() - 1) + 1;
  const auto tab = text.find_first_not_of(' ', start);
  if (tab == std::string_view::npos || text[tab] != '\t') return std::nullopt;
  return Place{place.file, place.line, static_cast<int>(tab - start) + 1};
}

/// What yaml-cpp says, in words of ours where its own quote the file (a password may begin with `*`) or point nowhere.
Problem syntax_problem(const YAML::Exception& failure, std::string_view text, const std::string& file, const Composer& composer) {
  const bool has_place = !failure.mark.is_null();
  Problem problem{.severity = Severity::error,
                  .place = {file, has_place ? failure.mark.line + 1 : 1, has_place ? failure.mark.column + 1 : 1},
                  .message = {},
                  .suggestion = {}};
  const std::string_view words = failure.msg;
  if (words.starts_with("the referenced anchor")) {
    problem.message = "an alias names no anchor above it; quote a text that begins with *";
  } else if (const auto tab = indenting_tab(text, problem.place)) {
    problem.place = *tab;
    problem.message = "a tab indents this line; YAML wants spaces";
  } else if (words.ends_with("flow not found") && composer.unfinished() != nullptr) {
    problem.place = composer.unfinished()->place;
    problem.message = composer.unfinished()->is_sequence() ? "this list has no closing ]" : "this mapping has no closing }";
  } else {
    problem.message = "not valid YAML: " + std::string(words.substr(0, words.find(':')));
  }
  return problem;
}

}  // namespace

const Member* Node::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &Member::key);
  return found == members.end() ? nullptr : &*found;
}

YamlDocument parse_yaml(std::string_view text, const std::string& file, const YamlLimits& limits) {
  YamlDocument document;
  const auto fail = [&document](Place place, std::string message) {
    document.problems.push_back(
        {.severity = Severity::error, .place = std::move(place), .message = std::move(message), .suggestion = {}});
  };
  if (std::ssize(text) > limits.bytes) {
    fail({file, 1, 1}, "larger than " + size_text(limits.bytes));
    return document;
  }
  if (const auto bad = first_bad_byte(text); bad != std::string_view::npos) {
    fail(place_of_byte(text, bad, file), "not UTF-8 text");
    return document;
  }
  Composer composer(file, limits, document.problems);
  try {
    std::istringstream input{std::string(text)};
    YAML::Parser parser(input);
    while (parser.HandleNextDocument(composer)) {
    }
    document.root = composer.root();
    if (!document.root) {
      auto empty = std::make_shared<Node>();
      empty->place = {file, 1, 1};
      document.root = std::move(empty);
    }
  } catch (const Refused& refused) {
    document.problems.push_back(refused.problem);
  } catch (const YAML::Exception& failure) {
    document.problems.push_back(syntax_problem(failure, text, file, composer));
  }
  return document;
}

}  // namespace config
