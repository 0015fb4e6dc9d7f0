#include "providers/vendor.hpp"

#include <algorithm>
#include <array>

#include "providers/base_url.hpp"

namespace providers {
namespace {

constexpr std::string_view default_azure_version = "2024-10-21";          // the last dated GA version
constexpr std::string_view azure_version_with_usage = "2024-09-01";       // the first that knows stream_options

Error refuse(std::string text) { return Error{.kind = ErrorKind::unavailable_deployment, .message = std::move(text)}; }

/// Providers that LiteLLM has under these prefixes and that speak a dialect of their own.
bool speaks_another_dialect(std::string_view provider) {
  static constexpr std::array<std::string_view, 28> names = {
      "bedrock",    "bedrock_converse", "sagemaker", "sagemaker_chat", "vertex_ai", "vertex_ai_beta", "palm",       "cohere",  "cohere_chat", "replicate",
      "watsonx",    "watsonx_text",     "cloudflare", "nlp_cloud",     "aleph_alpha", "petals",       "triton",     "oobabooga", "predibase", "clarifai",
      "voyage",     "jina_ai",          "infinity",  "snowflake",      "oci",       "deepgram",       "assemblyai", "elevenlabs"};
  return std::find(names.begin(), names.end(), provider) != names.end();
}

/// The vendor of a model that is written without a prefix, by the names that OpenAI and Anthropic give theirs.
std::string_view provider_by_model_name(std::string_view model) {
  static constexpr std::array<std::string_view, 16> openai = {"gpt-",        "chatgpt",  "text-embedding-", "omni-moderation", "text-moderation", "dall-e",
                                                              "whisper",     "tts",      "ft:",             "davinci-002",     "babbage-002",     "codex-",
                                                              "computer-use", "gpt4",    "sora-",           "o1"};
  const auto starts = [model](std::string_view prefix) { return model.starts_with(prefix); };
  if (std::any_of(openai.begin(), openai.end(), starts)) return "openai";
  if (model.size() >= 2 && model[0] == 'o' && model[1] >= '1' && model[1] <= '9') return "openai";
  if (model.starts_with("claude-")) return "anthropic";
  return {};
}

struct Choice {
  const Vendor* vendor = nullptr;
  std::string_view model;  // into the deployment's text
};

Result<Choice> choose_vendor(const config::Deployment& deployment) {
  const std::string_view written = deployment.model;
  const auto slash = written.find('/');
  const std::string_view prefix = slash == std::string_view::npos ? std::string_view() : written.substr(0, slash);
  const std::string_view behind = slash == std::string_view::npos ? written : written.substr(slash + 1);

  const auto unsupported = [&](std::string_view provider) {
    return refuse("litellm_params.model '" + deployment.model + "': the provider '" + std::string(provider) +
                  "' speaks a dialect of its own and is not supported yet");
  };
  if (!deployment.provider.empty()) {
    if (const Vendor* vendor = find_vendor(deployment.provider)) return Choice{vendor, prefix == deployment.provider ? behind : written};
    if (speaks_another_dialect(deployment.provider)) return unsupported(deployment.provider);
    if (deployment.api_base.empty()) {
      return refuse("custom_llm_provider '" + deployment.provider + "' is not known: name an api_base to treat it as OpenAI-compatible");
    }
    return Choice{find_vendor("openai_like"), prefix == deployment.provider ? behind : written};
  }
  if (const Vendor* vendor = find_vendor(prefix)) return Choice{vendor, behind};
  if (speaks_another_dialect(prefix)) return unsupported(prefix);
  if (const Vendor* vendor = find_vendor(provider_by_model_name(written))) return Choice{vendor, written};
  if (!deployment.api_base.empty()) return Choice{find_vendor("openai_like"), written};
  return refuse("litellm_params.model '" + deployment.model +
                "' names no known provider: write it as PROVIDER/MODEL (openai/gpt-4o, hosted_vllm/llama), or name an api_base of an OpenAI-compatible server");
}

std::string first_of(std::span<const std::string_view> variables, const Environment& environment) {
  for (const std::string_view name : variables) {
    if (auto value = environment(name); value && !value->empty()) return *std::move(value);
  }
  return {};
}

std::string join_names(std::span<const std::string_view> names) {
  std::string out;
  for (const std::string_view name : names) out += (out.empty() ? "" : " or ") + std::string(name);
  return out;
}

std::string_view trim(std::string_view text) {
  const auto blank = [](char byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Keys come from files and variables that end in a line feed more often than not; inside, a control byte is a mistake.
Result<std::string> read_key(const config::Deployment& deployment, const Vendor& vendor, const Environment& environment) {
  const std::string written = deployment.api_key.empty() ? first_of(vendor.key_variables, environment) : std::string(deployment.api_key.reveal());
  const std::string key{trim(written)};
  const bool clean = std::all_of(key.begin(), key.end(), [](char byte) { return byte > ' ' && byte < 0x7f; });
  if (!clean) return refuse("api_key of '" + deployment.model_name + "' holds a blank, a control byte or a byte outside ASCII");
  return key;
}

void remove_suffix(std::string& text, std::string_view suffix) {
  if (text.ends_with(suffix)) text.resize(text.size() - suffix.size());
}

bool is_azure_v1(std::string_view base_path) { return base_path.ends_with("/openai/v1"); }
bool names_deployment(std::string_view base_path) { return base_path.find("/openai/deployments/") != std::string_view::npos; }

void add_query(std::string& query, std::string_view pair) {
  if (!query.empty()) query += '&';
  query += pair;
}

/// The v1 form needs no version, the classic one always has one (azure-openai.md 1.2).
Result<void> resolve_azure(const config::Deployment& deployment, const Environment& environment, Target& target) {
  static constexpr std::array<std::string_view, 2> variables = {"AZURE_API_VERSION", "OPENAI_API_VERSION"};
  std::string version = deployment.api_version.empty() ? first_of(variables, environment) : deployment.api_version;
  const bool plain = std::all_of(version.begin(), version.end(), [](char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '.';
  });
  if (!plain) return refuse("api_version '" + version + "' is no Azure version such as 2024-10-21 or preview");

  for (const std::string_view marker : {"o_series/", "gpt5_series/"}) {
    if (target.upstream_model.starts_with(marker)) target.upstream_model.erase(0, marker.size());
  }
  const bool v1 = is_azure_v1(target.base_path) || version == "v1" || version == "latest" || version == "preview";
  if (v1 && !names_deployment(target.base_path)) {
    if (!is_azure_v1(target.base_path)) {
      remove_suffix(target.base_path, "/openai");
      target.base_path += "/openai/v1";
    }
    if (version == "preview" || version == "latest") add_query(target.query, "api-version=preview");
    return {};
  }
  if (!names_deployment(target.base_path)) {
    remove_suffix(target.base_path, "/openai");
    target.base_path += "/openai/deployments/";
  }
  if (target.query.find("api-version=") != std::string::npos) return {};
  if (version.empty()) version = default_azure_version;
  target.takes_include_usage = version >= azure_version_with_usage;
  add_query(target.query, "api-version=" + version);
  return {};
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    const bool plain = (value >= '0' && value <= '9') || ((value | 0x20) >= 'a' && (value | 0x20) <= 'z') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
    if (plain) {
      out += byte;
    } else {
      out += {'%', hex[value >> 4], hex[value & 15]};
    }
  }
  return out;
}

}  // namespace

Result<Target> resolve(const config::Deployment& deployment, const Environment& environment) {
  const auto choice = choose_vendor(deployment);
  if (!choice) return choice.error();
  const Vendor& vendor = *choice->vendor;
  if (choice->model.empty()) return refuse("litellm_params.model '" + deployment.model + "' names no model behind the provider");
  if (choice->model.size() > max_model_bytes) return refuse("litellm_params.model is longer than " + std::to_string(max_model_bytes) + " bytes");

  Target target{.deployment = &deployment, .vendor = &vendor, .upstream_model = std::string(choice->model), .takes_include_usage = vendor.takes_include_usage};
  if (vendor.paths == PathStyle::demo || deployment.has_mock_response) return target;  // never connected

  if (!vendor.model_prefix.empty() && choice->model.find('/') == std::string_view::npos && choice->model.find('*') == std::string_view::npos) {
    target.upstream_model.insert(0, vendor.model_prefix);
  }
  std::string base = deployment.api_base.empty() ? first_of(vendor.base_url_variables, environment) : deployment.api_base;
  if (base.empty()) base = vendor.base_url;
  if (base.empty()) {
    return refuse("'" + deployment.model_name + "' needs an api_base: the provider '" + std::string(vendor.name) + "' has no address of its own (or set " +
                  join_names(vendor.base_url_variables) + ")");
  }
  auto url = parse_base_url(trim(base), "api_base of '" + deployment.model_name + "'");
  if (!url) return url.error();
  target.origin = std::move(url->origin);
  target.host_field = std::move(url->host_field);
  target.base_path = std::move(url->path);
  target.query = std::move(url->query);
  for (const Operation operation : {Operation::chat, Operation::completions, Operation::embeddings, Operation::moderations}) {
    if (vendor.paths == PathStyle::openai || names_deployment(target.base_path)) {
      if (target.base_path.ends_with(operation_path(operation))) {  // the whole address of one operation: the others stand beside it
        remove_suffix(target.base_path, operation_path(operation));
        break;
      }
    }
  }
  if (target.base_path.empty()) target.base_path = vendor.path_of_bare_base;
  if (vendor.paths == PathStyle::azure) {
    if (auto resolved = resolve_azure(deployment, environment, target); !resolved) return resolved.error();
  }

  auto key = read_key(deployment, vendor, environment);
  if (!key) return key.error();
  if (!key->empty() && vendor.authentication != Authentication::none) {
    target.credential = vendor.authentication == Authentication::bearer ? "Bearer " + *key : *key;
    target.secrets.push_back(*std::move(key));
  }
  for (const auto& [name, value] : deployment.extra_headers) {
    if (!value.empty()) target.secrets.emplace_back(value.reveal());
  }
  return target;
}

std::string request_path(const Target& target, Operation operation, std::string_view upstream_model) {
  std::string out = target.base_path;
  if (out.ends_with("/openai/deployments/")) out += percent_encoded(upstream_model);
  out += operation_path(operation);
  if (!target.query.empty()) out.append("?").append(target.query);
  return out;
}

std::optional<std::string> match_wildcard(std::string_view pattern, std::string_view name, std::string_view upstream_model) {
  const auto first = pattern.find('*'), last = pattern.rfind('*');
  if (first == std::string_view::npos) return pattern == name ? std::optional<std::string>(upstream_model) : std::nullopt;
  const std::string_view head = pattern.substr(0, first), tail = pattern.substr(last + 1);
  if (name.size() < head.size() + tail.size() || !name.starts_with(head) || !name.ends_with(tail)) return std::nullopt;

  // As LiteLLM's regular expression (.*) does, each star takes as much as it can: so the literals between are placed from the right.
  std::vector<std::string_view> segments;  // what the stars stand for, last first
  std::string_view rest = name.substr(head.size(), name.size() - head.size() - tail.size());
  for (std::string_view between = pattern.substr(first, last - first); !between.empty();) {
    const auto star = between.rfind('*');
    const std::string_view literal = between.substr(star + 1);
    const auto at = rest.rfind(literal);
    if (at == std::string_view::npos) return std::nullopt;
    segments.push_back(rest.substr(at + literal.size()));
    rest = rest.substr(0, at);
    between = between.substr(0, star);
  }
  segments.push_back(rest);

  const auto stars = static_cast<std::size_t>(std::count(upstream_model.begin(), upstream_model.end(), '*'));
  if (stars == 0) return std::string(upstream_model);
  if (stars < segments.size()) return std::string(name);  // there is no saying which segment goes where: the name as asked
  std::string out;
  for (const char byte : upstream_model) {
    if (byte != '*' || segments.empty()) {
      out += byte;
      continue;
    }
    out += segments.back();
    segments.pop_back();
  }
  return out;
}

std::string with_wildcard(const Target& target, std::string_view asked) {
  if (target.upstream_model.find('*') == std::string::npos) return target.upstream_model;
  const std::string_view pattern = target.deployment->model_name;
  auto model = match_wildcard(pattern, asked, target.upstream_model);
  if (!model) return std::string(asked);
  // "*" stands for a whole name, which may carry the provider's prefix that the deployment's own model already gave.
  const std::string own_prefix = std::string(target.vendor->name) + "/";
  if (pattern == "*" && target.upstream_model == "*" && model->starts_with(own_prefix)) model->erase(0, own_prefix.size());
  return *std::move(model);
}

}  // namespace providers
