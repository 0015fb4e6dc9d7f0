// links: config
// Any text gives problems or a snapshot: never both a snapshot and an error, never neither, never a secret shown, never an
// unbounded walk. Loading twice gives the same.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "config/litellm.hpp"
#include "config/yaml.hpp"

namespace {

#define MUST(condition)                                                              \
  do {                                                                               \
    if (!(condition)) {                                                              \
      std::fprintf(stderr, "%s:%d: violated: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                  \
    }                                                                                \
  } while (false)

constexpr std::string_view secret = "zQ7-hunter2-Zq7";

/// Walks as every reader does: aliases followed, keys counted.
struct Walk {
  std::int64_t nodes = 0;
  int deepest = 0;

  void visit(const config::Node& node, int depth) {
    nodes += 1;
    deepest = std::max(deepest, depth);
    for (const auto& item : node.items) visit(*item, depth + 1);
    for (const auto& member : node.members) {
      MUST(member.place.line > 0 && member.place.column > 0);
      nodes += 1;
      visit(*member.value, depth + 1);
    }
  }
};

void check_json(const std::string& text) {
  if (!text.empty()) MUST(nlohmann::json::accept(text));
}

void check_snapshot(const config::Config& snapshot) {
  for (const auto& deployment : snapshot.deployments) {
    MUST(!deployment.id.empty());
    MUST(!deployment.model_name.empty() && !deployment.model.empty());
    check_json(deployment.default_params);
    check_json(deployment.extra_body);
    check_json(deployment.model_info);
    for (const auto& [name, value] : deployment.extra_headers) {
      MUST(!name.empty() && value.reveal().find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
    }
  }
  for (const auto& [name, value] : snapshot.auth.default_key_params) check_json(value);
  for (const auto& [name, value] : snapshot.auth.upper_key_params) check_json(value);
  MUST(snapshot.http.field_bytes <= snapshot.http.head_bytes && snapshot.http.body_bytes > 0);
  MUST(snapshot.timers.connect.count() > 0 && snapshot.timers.timeout.count() > 0 && snapshot.timers.idle.count() > 0);
  MUST(snapshot.server.port >= 0 && snapshot.server.port <= 65'535);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const config::YamlLimits limits;

  const auto document = config::parse_yaml(text, "fuzz.yaml", limits);
  MUST(document.root != nullptr || config::has_errors(document.problems));
  if (document.root) {
    Walk walk;
    walk.visit(*document.root, 1);
    MUST(walk.nodes <= limits.nodes && walk.nodes <= document.root->nodes);
    MUST(walk.deepest <= limits.depth && walk.deepest <= document.root->height);
  }

  const config::Environment environment(config::Environment::Variables{{"S", std::string(secret)}, {"E", ""}});
  const auto result = config::load_text(text, "fuzz.yaml", environment);
  MUST((result.config == nullptr) == config::has_errors(result.problems));
  if (result.config) check_snapshot(*result.config);
  const auto shown = config::to_json(result.problems);
  check_json(shown);
  if (text.find(secret) == std::string_view::npos) MUST(shown.find(secret) == std::string::npos);
  for (const auto& problem : result.problems) MUST(!problem.message.empty() && !problem.place.file.empty());

  const auto again = config::load_text(text, "fuzz.yaml", environment);
  MUST(config::to_json(again.problems) == shown);
  return 0;
}
