// One deployment on its way from the file into Config.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/reading.hpp"

namespace config {

struct DeploymentDraft {
  Deployment deployment;
  std::vector<std::string> organizations;  // more than one: that many deployments
  std::optional<double> weight;            // as written; groups with fractions are scaled to whole numbers
  bool is_id_given = false;
};

/// Members of litellm_params: what a deployment is made of, and every other member as a default parameter.
/// `credential` holds values that count where litellm_params has none; null when it names no credential.
void read_litellm_params(Reading& reading, const Field& params, const Field* credential, DeploymentDraft& draft);

/// rpm, tpm and weight may also stand one level up, and are read the same way there.
void read_rpm(Reading& reading, const Field& field, DeploymentDraft& draft);
void read_tpm(Reading& reading, const Field& field, DeploymentDraft& draft);
void read_weight(Reading& reading, const Field& field, DeploymentDraft& draft);

}  // namespace config
