// One load of a configuration: what has been found wrong so far, and typed reads of YAML values that resolve
// os.environ/NAME. A read that fails notes its problem and returns nothing; the caller keeps its default and goes on, so
// that all problems are reported together.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/environment.hpp"
#include "config/problem.hpp"
#include "config/yaml.hpp"

namespace config {

/// Where settings stand, by dotted path ("router_settings.model_group_alias.fast"): for rules that span fields.
using Places = std::map<std::string, Place, std::less<>>;

/// One value on its way into Config.
struct Field {
  std::string path;  // dotted, as messages name it
  const Node& value;
  Place place;       // of the key, or of the value in a list

  [[nodiscard]] Field member(const Member& child) const;
  [[nodiscard]] Field item(std::size_t index) const;
};

/// Allowed values, both ends included. Of bytes, milliseconds or a plain count, as the reader says.
struct Range {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

/// What an unset os.environ/NAME means where it is read (BEHAVIOUR 12).
enum class Unset { warn, stop };

/// Lives for one load, on one thread.
class Reading {
 public:
  explicit Reading(Environment environment) : environment_(std::move(environment)) {}

  void error(const Place& place, std::string message, std::string_view suggestion = {});
  void warn(const Place& place, std::string message, std::string_view suggestion = {});
  void add(std::vector<Problem> problems);

  /// False once so many problems are known that one more is not kept; saves the search for suggestions.
  [[nodiscard]] bool has_room() const { return problems_.size() < most_problems; }

  // Typed reads. YAML null means "not written" everywhere.
  std::optional<std::string> text(const Field& field, Unset unset = Unset::warn);
  std::optional<bool> boolean(const Field& field);
  std::optional<std::int64_t> integer(const Field& field, Range range);
  std::optional<double> number(const Field& field, double least, double most);
  std::optional<std::chrono::milliseconds> duration(const Field& field, Range range);  // `5s`; range in milliseconds
  std::optional<std::chrono::milliseconds> lapse(const Field& field);                  // LiteLLM's seconds; 0 means "not set"
  std::optional<std::int64_t> size(const Field& field, Range range);                   // `64MiB`
  std::optional<std::string> choice(const Field& field, std::span<const std::string_view> names);
  std::vector<std::string> texts(const Field& field);                                  // a list, or one text

  bool is_mapping(const Field& field);   // else notes the problem, unless it is null
  bool is_sequence(const Field& field);

  /// The value as JSON, YAML types kept, environment references resolved.
  std::string json(const Field& field);

  /// Notes every environment reference below that is not set.
  void require_environment(const Field& field);

  /// While one lives, an unset environment variable makes `unavailable` say so: the deployment being read cannot serve.
  class DeploymentScope {
   public:
    DeploymentScope(Reading& reading, std::string& unavailable) : reading_(reading) { reading_.unavailable_ = &unavailable; }
    ~DeploymentScope() { reading_.unavailable_ = nullptr; }
    DeploymentScope(const DeploymentScope&) = delete;
    DeploymentScope& operator=(const DeploymentScope&) = delete;

   private:
    Reading& reading_;
  };

  void remember(const Field& field) { places_.insert_or_assign(field.path, field.place); }

  [[nodiscard]] Environment& environment() { return environment_; }
  [[nodiscard]] std::set<std::string, std::less<>>& accepted_unsupported() { return accepted_unsupported_; }
  [[nodiscard]] const Places& places() const { return places_; }
  [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }
  [[nodiscard]] std::vector<Problem> take_problems();

 private:
  static constexpr std::size_t most_problems = 1'000;

  struct Scalar {
    std::string text;
    bool from_environment = false;
  };

  void report(Severity severity, const Place& place, std::string message, std::string_view suggestion);
  std::optional<Scalar> scalar(const Field& field, std::string_view expected, Unset unset = Unset::warn);
  void wrong(const Field& field, const Scalar& scalar, const std::string& expected, std::string_view suggestion = {});
  void note_unset(const Field& field, std::string_view name, Unset unset);
  void append_json(const Field& field, std::string& out);

  Environment environment_;
  std::set<std::string, std::less<>> accepted_unsupported_;
  Places places_;
  std::vector<Problem> problems_;
  std::size_t left_out_ = 0;
  bool left_out_error_ = false;
  std::string* unavailable_ = nullptr;  // of the deployment being read
};

/// NAME of an `os.environ/NAME`, or nothing.
[[nodiscard]] std::optional<std::string_view> environment_reference(const Node& node);

}  // namespace config
