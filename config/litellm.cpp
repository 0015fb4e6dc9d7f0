#include "config/litellm.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <tuple>

#include "config/include.hpp"
#include "config/keys.hpp"
#include "config/scalar.hpp"
#include "config/sections.hpp"
#include "config/validate.hpp"

namespace config {
namespace {

using enum Standing;

/// Top-level keys. Acted ones are read in read_sections, in an order of their own.
constexpr Key<Config> sections[] = {
    {"model_list"},
    {"litellm_settings"},
    {"router_settings"},
    {"general_settings"},
    {"environment_variables"},
    {"credential_list"},
    {"include"},
    {"penstock"},

    {"guardrails", protection},

    {"callback_settings", later},
    {"mcp_servers", later},
    {"mcp_aliases", later},
    {"mcp_tools", later},
    {"search_tools", later},
    {"prompts", later},
    {"vector_store_registry", later},
    {"policies", later},
    {"files_settings", later},
    {"finetune_settings", later},
    {"assistant_settings", later},
};

void note_sections(Reading& reading, const Field& file) {
  for (const auto& member : file.value.members) {
    const auto field = file.member(member);
    if (const auto* section = find_key<Config>(sections, member.key)) {
      note_standing(reading, field, section->name, section->standing);
    } else {
      note_unknown(reading, Severity::warning, field, member.key, names_of<Config>(sections));
    }
  }
}

void read_sections(Reading& reading, const Node& root, Config& config) {
  const Field file{"", root, root.place};
  const auto section = [&](std::string_view name) {
    const auto* member = root.find(name);
    return member == nullptr ? std::nullopt : std::optional<Field>(file.member(*member));
  };
  const auto read = [&](std::string_view name, void (*reader)(Reading&, const Field&, Config&)) {
    if (const auto field = section(name)) reader(reading, *field, config);
  };
  if (const auto ours = section("penstock")) read_accepted_unsupported(reading, *ours);
  note_sections(reading, file);
  read("environment_variables", read_environment_variables);
  apply_environment(reading, config);
  read("litellm_settings", read_litellm_settings);
  read("router_settings", read_router_settings);
  read("general_settings", read_general_settings);
  if (const auto list = section("model_list")) {
    const auto credentials = section("credential_list");
    read_model_list(reading, *list, credentials ? &*credentials : nullptr, config);
  }
  read("penstock", read_penstock);
  const auto* models = root.find("model_list");
  const bool has_models = models != nullptr && !models->value->is_null() && !(models->value->is_sequence() && models->value->items.empty());
  if (!has_models) reading.warn(root.place, "model_list is empty: there is nothing to serve");
}

void in_order_of_places(std::vector<Problem>& problems, const std::string& main_file) {
  const auto key = [&main_file](const Problem& problem) {
    const auto& place = problem.place;
    return std::tuple(place.file != main_file, std::string_view(place.file), place.line, place.column);
  };
  std::ranges::stable_sort(problems, {}, key);
}

}  // namespace

FileText read_file(const std::string& path) {
  const auto failure = [] { return FileText{.text = {}, .failure = std::strerror(errno == 0 ? EIO : errno)}; };
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return failure();
  FileText file;
  file.text.resize(static_cast<std::size_t>(YamlLimits{}.bytes) + 1);
  stream.read(file.text.data(), std::ssize(file.text));
  if (stream.bad() || (stream.gcount() == 0 && errno != 0)) return failure();
  file.text.resize(static_cast<std::size_t>(stream.gcount()));
  return file;
}

LoadResult load_text(std::string_view text, const std::string& file, const Environment& environment, const CommandLine& command_line,
                     const FileReader& reader) {
  Reading reading(environment);
  Config config;
  if (const auto root = parse_with_includes(reading, text, file, reader)) {
    if (root->is_mapping() || root->is_null()) {
      read_sections(reading, *root, config);
    } else {
      reading.error(root->place, "the file must be a mapping of sections such as model_list");
    }
    apply_command_line(command_line, config);
    reading.add(validate(config, reading.places()));
  }
  LoadResult result{.config = nullptr, .problems = reading.take_problems()};
  in_order_of_places(result.problems, file);
  if (!has_errors(result.problems)) result.config = std::make_shared<const Config>(std::move(config));
  return result;
}

LoadResult load_file(const std::string& path, const Environment& environment, const CommandLine& command_line) {
  const auto file = read_file(path);
  if (file.failure.empty()) return load_text(file.text, path, environment, command_line, read_file);
  return {.config = nullptr,
          .problems = {{.severity = Severity::error,
                        .place = {.file = path, .line = 0, .column = 0},
                        .message = "cannot be read: " + file.failure,
                        .suggestion = {}}}};
}

LoadResult without_file(std::string_view model, std::string_view api_base, const Environment& environment, const CommandLine& command_line) {
  // JSON is YAML: the one reader builds this deployment too, so that both ways obey the same rules.
  auto params = "\"model\": " + json_string(model);
  if (!api_base.empty()) params += ", \"api_base\": " + json_string(api_base);
  const auto text = "{\"model_list\": [{\"model_name\": " + json_string(model) + ", \"litellm_params\": {" + params + "}}]}";
  auto result = load_text(text, "command line", environment, command_line);
  for (auto& problem : result.problems) {
    if (problem.place.file == "command line") problem.place = {.file = "command line", .line = 0, .column = 0};
  }
  return result;
}

}  // namespace config
