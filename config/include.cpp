#include "config/include.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "config/keys.hpp"

namespace config {
namespace {

namespace fs = std::filesystem;

std::string same_form(const std::string& path) { return fs::path(path).lexically_normal().string(); }

/// One load's walk over its files. Bounds hold for all of them together.
class Inclusion {
 public:
  Inclusion(Reading& reading, const FileReader& reader) : reading_(reading), reader_(reader) {}

  NodePtr parse(std::string_view text, const std::string& file) {
    auto document = parse_yaml(text, file, limits_);
    reading_.add(std::move(document.problems));
    if (!document.root) return nullptr;
    limits_.nodes -= document.root->nodes;
    limits_.expanded_bytes -= document.root->bytes;
    const auto* include = document.root->find("include");
    if (include == nullptr) return document.root;
    open_files_.push_back(same_form(file));
    auto whole = std::make_shared<Node>(*document.root);
    std::erase_if(whole->members, [](const Member& member) { return member.key == "include"; });
    const Field field{"include", *include->value, include->place};
    for (const auto& [name, place] : files_of(field)) include_file(*whole, name, place, file);
    open_files_.pop_back();
    return whole;
  }

 private:
  std::vector<std::pair<std::string, Place>> files_of(const Field& field) {
    std::vector<std::pair<std::string, Place>> files;
    if (field.value.is_scalar()) {
      if (const auto name = reading_.text(field)) files.emplace_back(*name, field.value.place);
    } else if (reading_.is_sequence(field)) {
      for (std::size_t i = 0; i < field.value.items.size(); ++i) {
        const auto item = field.item(i);
        if (const auto name = reading_.text(item, Unset::stop)) files.emplace_back(*name, item.place);
      }
    }
    return files;
  }

  void include_file(Node& whole, const std::string& name, const Place& place, const std::string& from) {
    const auto path = same_form((fs::path(from).parent_path() / name).string());
    if (!reader_) return reading_.error(place, "include is only possible in a file");
    if (std::ranges::find(open_files_, path) != open_files_.end()) return reading_.error(place, "this file includes itself");
    if (std::ssize(open_files_) >= limits_.include_depth) {
      return reading_.error(place, "files included deeper than " + std::to_string(limits_.include_depth) + " levels");
    }
    if (++included_ > limits_.included_files) {
      if (included_ == limits_.included_files + 1) {
        reading_.error(place, "more than " + std::to_string(limits_.included_files) + " included files");
      }
      return;
    }
    const auto file = reader_(path);
    if (!file.failure.empty()) return reading_.error(place, "the included file cannot be read: " + file.failure);
    const auto root = parse(file.text, path);
    if (!root || root->is_null()) return;
    if (!root->is_mapping()) return reading_.error(root->place, "an included file must be a mapping of sections");
    merge_sections(whole, *root);
  }

  void merge_sections(Node& whole, const Node& included) {
    whole.kind = Node::Kind::mapping;
    for (const auto& section : included.members) {
      const auto found = std::ranges::find(whole.members, section.key, &Member::key);
      if (found == whole.members.end()) {
        whole.members.push_back(section);
      } else {
        found->value = merged(*found, section, section.key == "penstock");
      }
    }
  }

  NodePtr merged(const Member& main, const Member& added, bool is_ours) {
    const auto both = std::pair{main.value->kind, added.value->kind};
    if (both == std::pair{Node::Kind::sequence, Node::Kind::sequence}) {
      auto list = std::make_shared<Node>(*main.value);
      list->items.insert(list->items.end(), added.value->items.begin(), added.value->items.end());
      return list;
    }
    if (both == std::pair{Node::Kind::mapping, Node::Kind::mapping}) {
      auto section = std::make_shared<Node>(*main.value);
      for (const auto& member : added.value->members) {
        const auto found = std::ranges::find(section->members, member.key, &Member::key);
        if (found == section->members.end()) {
          section->members.push_back(member);
        } else {
          report_both(*found, member, is_ours);
          *found = member;
        }
      }
      return section;
    }
    if (!main.value->is_null()) report_both(main, added, is_ours);
    return added.value;
  }

  void report_both(const Member& main, const Member& added, bool is_ours) {
    auto message = "duplicate key \"" + shown(added.key) + "\", also in " + main.place.file + " at line " + std::to_string(main.place.line) +
                   ", column " + std::to_string(main.place.column);
    if (is_ours) {
      reading_.error(added.place, std::move(message));
    } else {
      reading_.warn(added.place, message + "; the included one counts");
    }
  }

  Reading& reading_;
  const FileReader& reader_;
  YamlLimits limits_;
  std::vector<std::string> open_files_;  // from the main file to the one being read
  int included_ = 0;
};

}  // namespace

NodePtr parse_with_includes(Reading& reading, std::string_view text, const std::string& file, const FileReader& reader) {
  return Inclusion(reading, reader).parse(text, file);
}

}  // namespace config
