// model_list: the deployments, with their credentials and ids.
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "config/deployment_id.hpp"
#include "config/keys.hpp"
#include "config/litellm_params.hpp"
#include "config/sections.hpp"

namespace config {
namespace {

using enum Standing;

/// credential_name -> credential_values.
using Credentials = std::map<std::string, Field, std::less<>>;

/// One entry while its members are found; they are read in our order, not in the file's.
struct Entry {
  DeploymentDraft draft;
  std::optional<Field> litellm_params;
  std::optional<Field> model_info;
  bool has_model_name = false;
};

void read_model_name(Reading& reading, const Field& field, Entry& entry) {
  auto name = reading.text(field);
  if (!name && environment_reference(field.value)) name = field.value.text;
  entry.has_model_name = !field.value.is_null() && name != "";
  entry.draft.deployment.model_name = std::move(name).value_or("");
}

constexpr Key<Entry> entry_keys[] = {
    {"model_name", acted, read_model_name},
    {"litellm_params", acted, [](Reading&, const Field& field, Entry& entry) { entry.litellm_params.emplace(field); }},
    {"model_info", acted, [](Reading&, const Field& field, Entry& entry) { entry.model_info.emplace(field); }},
    {"rpm", acted, [](Reading& reading, const Field& field, Entry& entry) { read_rpm(reading, field, entry.draft); }},
    {"tpm", acted, [](Reading& reading, const Field& field, Entry& entry) { read_tpm(reading, field, entry.draft); }},
    {"weight", acted, [](Reading& reading, const Field& field, Entry& entry) { read_weight(reading, field, entry.draft); }},
};

void read_id(Reading& reading, const Field& field, DeploymentDraft& draft) {
  auto id = reading.text(field);
  draft.is_id_given = id && !id->empty();
  if (draft.is_id_given) draft.deployment.id = std::move(*id);
}

void shown_only(Reading&, const Field&, DeploymentDraft&) {}

constexpr Key<DeploymentDraft> info_keys[] = {
    {"id", acted, read_id},
    {"mode", acted, [](Reading& r, const Field& f, DeploymentDraft& d) { d.deployment.mode = r.text(f).value_or(d.deployment.mode); }},
    {"access_groups", acted, [](Reading& r, const Field& f, DeploymentDraft& d) { d.deployment.access_groups = r.texts(f); }},
    {"blocked", acted, [](Reading& r, const Field& f, DeploymentDraft& d) { d.deployment.blocked = r.boolean(f).value_or(false); }},
    {"max_tokens", acted, shown_only},  // /model/info shows these as written
    {"max_input_tokens", acted, shown_only},
    {"max_output_tokens", acted, shown_only},
    {"description", acted, shown_only},
    {"tier", acted, shown_only},
    {"team_id", unlimited},
    {"team_public_model_name", unlimited},
    {"base_model", later},
    {"supported_environments", later},
    {"health_check_model", later},
    {"health_check_timeout", later},
    {"health_check_max_tokens", later},
    {"disable_background_health_check", later},
};

/// Members that we do not know are the operator's own and shown in /model/info; only what looks like a slip is said.
void read_model_info(Reading& reading, const Field& section, DeploymentDraft& draft) {
  if (!reading.is_mapping(section)) return;
  draft.deployment.model_info = reading.json(section);
  const auto known = names_of<DeploymentDraft>(info_keys);
  for (const auto& member : section.value.members) {
    const auto field = section.member(member);
    if (const auto* key = find_key<DeploymentDraft>(info_keys, member.key)) {
      read_key(reading, field, *key, draft);
    } else if (member.key.find("cost_per_") != std::string::npos) {
      note_standing(reading, field, member.key, later);
    } else if (reading.has_room() && !nearest(member.key, known).empty()) {
      note_unknown(reading, Severity::warning, field, member.key, known);
    }
  }
}

Credentials read_credentials(Reading& reading, const Field* list) {
  Credentials credentials;
  if (list == nullptr || !reading.is_sequence(*list)) return credentials;
  for (std::size_t i = 0; i < list->value.items.size(); ++i) {
    const auto item = list->item(i);
    if (!reading.is_mapping(item)) continue;
    const auto* name = item.value.find("credential_name");
    const auto* values = item.value.find("credential_values");
    if (name == nullptr || values == nullptr || !name->value->is_scalar() || !values->value->is_mapping()) {
      reading.error(item.place, item.path + " needs credential_name and a mapping credential_values");
      continue;
    }
    credentials.erase(name->value->text);  // as for keys, the last one counts
    credentials.emplace(name->value->text, item.member(*values));
  }
  return credentials;
}

const Field* credential_of(Reading& reading, const Field& params, const Credentials& credentials, Deployment& deployment) {
  const auto* member = params.value.find("litellm_credential_name");
  if (member == nullptr) return nullptr;
  const auto field = params.member(*member);
  const auto name = reading.text(field);
  if (!name) return nullptr;
  if (const auto found = credentials.find(*name); found != credentials.end()) return &found->second;
  std::vector<std::string_view> known;
  for (const auto& [known_name, values] : credentials) known.push_back(known_name);
  const auto message = field.path + " is not in credential_list";
  reading.warn(field.value.place, message + "; this deployment answers 503", nearest(*name, known));
  if (deployment.unavailable.empty()) deployment.unavailable = message;
  return nullptr;
}

std::optional<Entry> read_entry(Reading& reading, const Field& field, const Credentials& credentials) {
  if (!field.value.is_mapping()) {
    reading.error(field.value.place, field.path + " must be a mapping with model_name and litellm_params");
    return std::nullopt;
  }
  Entry entry;
  auto& deployment = entry.draft.deployment;
  deployment.place = field.place;
  const Reading::DeploymentScope scope(reading, deployment.unavailable);
  read_section<Entry>(reading, field, entry_keys, entry);
  if (!entry.has_model_name) reading.error(field.place, field.path + " has no model_name");
  if (!entry.litellm_params) {
    reading.error(field.place, field.path + " has no litellm_params");
    return std::nullopt;
  }
  const auto& params = *entry.litellm_params;
  if (!params.value.is_mapping()) {
    reading.error(params.value.place, params.path + " must be a mapping with at least model");
    return std::nullopt;
  }
  const auto* credential = credential_of(reading, params, credentials, deployment);
  read_litellm_params(reading, params, credential, entry.draft);
  if (entry.model_info) read_model_info(reading, *entry.model_info, entry.draft);
  const auto* model = params.value.find("model");
  const bool is_model_missing = model == nullptr || model->value->is_null() || (model->value->is_scalar() && model->value->text.empty());
  if (is_model_missing) reading.error(params.place, params.path + " has no model");
  return entry;
}

/// Gives each deployment an id of its own: as written, else a hash; later twins and organizations get a suffix.
class Ids {
 public:
  explicit Ids(Reading& reading) : reading_(reading) {}

  void claim_written(const Field& entry, const Entry& read) {
    if (!read.draft.is_id_given) return;
    const auto* id = read.model_info->value.find("id");
    const auto [first, is_new] = written_.try_emplace(read.draft.deployment.id, id->value->place);
    if (is_new) return;
    reading_.error(id->value->place, entry.path + ".model_info.id is also that of the deployment at line " + std::to_string(first->second.line) +
                                         ", column " + std::to_string(first->second.column));
  }

  [[nodiscard]] std::string of(const Entry& entry, std::string_view organization, std::size_t ordinal) {
    const auto& draft = entry.draft;
    if (draft.is_id_given) {
      auto id = ordinal == 0 ? draft.deployment.id : draft.deployment.id + '-' + std::to_string(ordinal + 1);
      if (ordinal == 0 || (!written_.contains(id) && taken_.insert(id).second)) return id;
    }
    const auto named = [&](std::size_t twin) {
      const auto distinction = std::string(organization) + (twin == 0 ? "" : '\n' + std::to_string(twin));
      return deployment_id(draft.deployment.model_name, entry.litellm_params->value, distinction);
    };
    const auto first = named(0);
    for (auto& twins = twins_[first];;) {
      auto id = named(twins++);
      if (!written_.contains(id) && taken_.insert(id).second) return id;
    }
  }

 private:
  Reading& reading_;
  std::map<std::string, Place> written_;
  std::set<std::string> taken_;
  std::map<std::string, std::size_t> twins_;  // how many share a hash so far
};

/// Weights are whole numbers in Config: a group with a fraction is scaled by a thousand.
void settle_weights(std::vector<Entry>& entries) {
  std::set<std::string> fractional;
  for (const auto& entry : entries) {
    const auto weight = entry.draft.weight.value_or(0);
    if (weight != std::floor(weight)) fractional.insert(entry.draft.deployment.model_name);
  }
  for (auto& entry : entries) {
    if (!entry.draft.weight) continue;
    auto& deployment = entry.draft.deployment;
    const double scale = fractional.contains(deployment.model_name) ? 1'000 : 1;
    deployment.weight = std::llround(*entry.draft.weight * scale);
    if (deployment.weight == 0 && *entry.draft.weight > 0) deployment.weight = 1;
    deployment.weight_given = true;
  }
}

}  // namespace

void read_model_list(Reading& reading, const Field& section, const Field* credentials, Config& config) {
  const auto known_credentials = read_credentials(reading, credentials);
  if (!reading.is_sequence(section)) return;
  std::vector<Entry> entries;
  Ids ids(reading);
  for (std::size_t i = 0; i < section.value.items.size(); ++i) {
    const auto field = section.item(i);
    auto entry = read_entry(reading, field, known_credentials);
    if (!entry) continue;
    ids.claim_written(field, *entry);
    entries.push_back(std::move(*entry));
  }
  settle_weights(entries);
  for (auto& entry : entries) {
    auto organizations = entry.draft.organizations;
    if (organizations.empty()) organizations.emplace_back();
    for (std::size_t i = 0; i < organizations.size(); ++i) {
      auto deployment = entry.draft.deployment;
      deployment.id = ids.of(entry, organizations[i], i);
      deployment.organization = organizations[i];
      config.deployments.push_back(std::move(deployment));
    }
  }
}

}  // namespace config
