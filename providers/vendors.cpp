// The table of vendors. A row for each server that speaks OpenAI's dialect; names are LiteLLM's provider prefixes, variables LiteLLM's.
#include <algorithm>
#include <array>

#include "providers/vendor.hpp"

namespace providers {
namespace {

/// Names of environment variables as a constant span: `variables<"A", "B">`.
template <std::size_t N>
struct Name {
  char text[N];
  constexpr Name(const char (&from)[N]) { std::copy_n(from, N, text); }  // NOLINT: a literal is meant
};
template <Name... names>
constexpr std::array<std::string_view, sizeof...(names)> list = {std::string_view(names.text)...};
template <Name... names>
constexpr std::span<const std::string_view> variables{list<names...>};
constexpr std::span<const std::string_view> none{};

constexpr auto api_key_header = Authentication::api_key_header;

constexpr Vendor table[] = {
    {.name = "openai", .base_url = "https://api.openai.com/v1", .base_url_variables = variables<"OPENAI_BASE_URL", "OPENAI_API_BASE">,
     .key_variables = variables<"OPENAI_API_KEY">},
    {.name = "text-completion-openai", .base_url = "https://api.openai.com/v1", .base_url_variables = variables<"OPENAI_BASE_URL", "OPENAI_API_BASE">,
     .key_variables = variables<"OPENAI_API_KEY">},
    {.name = "azure", .base_url = "", .base_url_variables = variables<"AZURE_API_BASE", "AZURE_OPENAI_ENDPOINT">,
     .key_variables = variables<"AZURE_API_KEY", "AZURE_OPENAI_API_KEY">, .authentication = api_key_header, .paths = PathStyle::azure},
    {.name = "azure_text", .base_url = "", .base_url_variables = variables<"AZURE_API_BASE", "AZURE_OPENAI_ENDPOINT">,
     .key_variables = variables<"AZURE_API_KEY", "AZURE_OPENAI_API_KEY">, .authentication = api_key_header, .paths = PathStyle::azure},
    {.name = "azure_ai", .base_url = "", .base_url_variables = variables<"AZURE_AI_API_BASE">, .key_variables = variables<"AZURE_AI_API_KEY">,
     .authentication = api_key_header, .takes_max_completion_tokens = false, .path_of_bare_base = "/models"},

    // Servers that people run themselves.
    {.name = "hosted_vllm", .base_url = "", .base_url_variables = variables<"HOSTED_VLLM_API_BASE">, .key_variables = variables<"HOSTED_VLLM_API_KEY">,
     .bills_abandoned_calls = false},
    {.name = "vllm", .base_url = "", .base_url_variables = variables<"VLLM_API_BASE", "HOSTED_VLLM_API_BASE">,
     .key_variables = variables<"VLLM_API_KEY", "HOSTED_VLLM_API_KEY">, .bills_abandoned_calls = false},
    {.name = "ollama", .base_url = "http://localhost:11434/v1", .base_url_variables = variables<"OLLAMA_API_BASE">,
     .key_variables = variables<"OLLAMA_API_KEY">, .takes_max_completion_tokens = false, .bills_abandoned_calls = false, .path_of_bare_base = "/v1"},
    {.name = "ollama_chat", .base_url = "http://localhost:11434/v1", .base_url_variables = variables<"OLLAMA_API_BASE">,
     .key_variables = variables<"OLLAMA_API_KEY">, .takes_max_completion_tokens = false, .bills_abandoned_calls = false, .path_of_bare_base = "/v1"},
    {.name = "llamafile", .base_url = "http://127.0.0.1:8080/v1", .base_url_variables = variables<"LLAMAFILE_API_BASE">,
     .key_variables = variables<"LLAMAFILE_API_KEY">, .takes_max_completion_tokens = false, .bills_abandoned_calls = false},
    {.name = "llama_cpp", .base_url = "http://127.0.0.1:8080/v1", .base_url_variables = variables<"LLAMA_CPP_API_BASE">,
     .key_variables = variables<"LLAMA_CPP_API_KEY">, .takes_max_completion_tokens = false, .bills_abandoned_calls = false, .path_of_bare_base = "/v1"},
    {.name = "huggingface", .base_url = "https://router.huggingface.co/v1", .base_url_variables = variables<"HF_API_BASE", "HUGGINGFACE_API_BASE">,
     .key_variables = variables<"HF_TOKEN", "HUGGINGFACE_API_KEY">, .takes_max_completion_tokens = false, .path_of_bare_base = "/v1"},
    {.name = "tgi", .base_url = "", .base_url_variables = variables<"TGI_API_BASE">, .key_variables = variables<"TGI_API_KEY">,
     .takes_max_completion_tokens = false, .bills_abandoned_calls = false, .path_of_bare_base = "/v1"},
    {.name = "lm_studio", .base_url = "http://localhost:1234/v1", .base_url_variables = variables<"LM_STUDIO_API_BASE">,
     .key_variables = variables<"LM_STUDIO_API_KEY">, .bills_abandoned_calls = false, .path_of_bare_base = "/v1"},
    {.name = "sglang", .base_url = "", .base_url_variables = variables<"SGLANG_API_BASE">, .key_variables = variables<"SGLANG_API_KEY">,
     .bills_abandoned_calls = false, .path_of_bare_base = "/v1"},
    {.name = "xinference", .base_url = "http://127.0.0.1:9997/v1", .base_url_variables = variables<"XINFERENCE_API_BASE">,
     .key_variables = variables<"XINFERENCE_API_KEY">, .takes_max_completion_tokens = false, .bills_abandoned_calls = false},
    {.name = "litellm_proxy", .base_url = "", .base_url_variables = variables<"LITELLM_PROXY_API_BASE">, .key_variables = variables<"LITELLM_PROXY_API_KEY">},
    {.name = "docker_model_runner", .base_url = "http://localhost:12434/engines/v1", .base_url_variables = variables<"DOCKER_MODEL_RUNNER_API_BASE">,
     .key_variables = variables<"DOCKER_MODEL_RUNNER_API_KEY">, .takes_max_completion_tokens = false, .bills_abandoned_calls = false},

    // Services.
    {.name = "groq", .base_url = "https://api.groq.com/openai/v1", .base_url_variables = variables<"GROQ_API_BASE">, .key_variables = variables<"GROQ_API_KEY">},
    {.name = "openrouter", .base_url = "https://openrouter.ai/api/v1", .base_url_variables = variables<"OPENROUTER_API_BASE">,
     .key_variables = variables<"OPENROUTER_API_KEY", "OR_API_KEY">},
    {.name = "together_ai", .base_url = "https://api.together.xyz/v1", .base_url_variables = variables<"TOGETHER_AI_API_BASE">,
     .key_variables = variables<"TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_TOKEN">, .takes_max_completion_tokens = false},
    {.name = "fireworks_ai", .base_url = "https://api.fireworks.ai/inference/v1", .base_url_variables = variables<"FIREWORKS_API_BASE">,
     .key_variables = variables<"FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN">,
     .model_prefix = "accounts/fireworks/models/"},
    {.name = "vercel_ai_gateway", .base_url = "https://ai-gateway.vercel.sh/v1", .base_url_variables = variables<"VERCEL_AI_GATEWAY_API_BASE">,
     .key_variables = variables<"VERCEL_AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN">},
    {.name = "deepseek", .base_url = "https://api.deepseek.com/v1", .base_url_variables = variables<"DEEPSEEK_API_BASE">,
     .key_variables = variables<"DEEPSEEK_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "mistral", .base_url = "https://api.mistral.ai/v1", .base_url_variables = variables<"MISTRAL_API_BASE">,
     .key_variables = variables<"MISTRAL_API_KEY">, .takes_include_usage = false, .takes_max_completion_tokens = false},
    {.name = "codestral", .base_url = "https://codestral.mistral.ai/v1", .base_url_variables = none, .key_variables = variables<"CODESTRAL_API_KEY">,
     .takes_include_usage = false, .takes_max_completion_tokens = false},
    {.name = "xai", .base_url = "https://api.x.ai/v1", .base_url_variables = variables<"XAI_API_BASE">, .key_variables = variables<"XAI_API_KEY">},
    {.name = "perplexity", .base_url = "https://api.perplexity.ai", .base_url_variables = variables<"PERPLEXITY_API_BASE">,
     .key_variables = variables<"PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY">, .takes_include_usage = false, .takes_max_completion_tokens = false},
    {.name = "nvidia_nim", .base_url = "https://integrate.api.nvidia.com/v1", .base_url_variables = variables<"NVIDIA_NIM_API_BASE">,
     .key_variables = variables<"NVIDIA_NIM_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "cerebras", .base_url = "https://api.cerebras.ai/v1", .base_url_variables = variables<"CEREBRAS_API_BASE">,
     .key_variables = variables<"CEREBRAS_API_KEY">},
    {.name = "anthropic", .base_url = "https://api.anthropic.com/v1", .base_url_variables = variables<"ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL">,
     .key_variables = variables<"ANTHROPIC_API_KEY">, .path_of_bare_base = "/v1"},
    {.name = "gemini", .base_url = "https://generativelanguage.googleapis.com/v1beta/openai", .base_url_variables = variables<"GEMINI_API_BASE">,
     .key_variables = variables<"GEMINI_API_KEY", "GOOGLE_API_KEY">, .path_of_bare_base = "/v1beta/openai"},
    {.name = "moonshot", .base_url = "https://api.moonshot.ai/v1", .base_url_variables = variables<"MOONSHOT_API_BASE">,
     .key_variables = variables<"MOONSHOT_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "dashscope", .base_url = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", .base_url_variables = variables<"DASHSCOPE_API_BASE">,
     .key_variables = variables<"DASHSCOPE_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "deepinfra", .base_url = "https://api.deepinfra.com/v1/openai", .base_url_variables = variables<"DEEPINFRA_API_BASE">,
     .key_variables = variables<"DEEPINFRA_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "sambanova", .base_url = "https://api.sambanova.ai/v1", .base_url_variables = variables<"SAMBANOVA_API_BASE">,
     .key_variables = variables<"SAMBANOVA_API_KEY">},
    {.name = "github", .base_url = "https://models.inference.ai.azure.com", .base_url_variables = variables<"GITHUB_API_BASE">,
     .key_variables = variables<"GITHUB_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "databricks", .base_url = "", .base_url_variables = variables<"DATABRICKS_API_BASE">, .key_variables = variables<"DATABRICKS_API_KEY">,
     .takes_max_completion_tokens = false, .path_of_bare_base = "/serving-endpoints"},
    {.name = "volcengine", .base_url = "https://ark.cn-beijing.volces.com/api/v3", .base_url_variables = variables<"VOLCENGINE_API_BASE">,
     .key_variables = variables<"VOLCENGINE_API_KEY", "ARK_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "zai", .base_url = "https://api.z.ai/api/paas/v4", .base_url_variables = variables<"ZAI_API_BASE">, .key_variables = variables<"ZAI_API_KEY">,
     .takes_max_completion_tokens = false},
    {.name = "minimax", .base_url = "https://api.minimax.io/v1", .base_url_variables = variables<"MINIMAX_API_BASE">,
     .key_variables = variables<"MINIMAX_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "novita", .base_url = "https://api.novita.ai/v3/openai", .base_url_variables = variables<"NOVITA_API_BASE">,
     .key_variables = variables<"NOVITA_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "hyperbolic", .base_url = "https://api.hyperbolic.xyz/v1", .base_url_variables = variables<"HYPERBOLIC_API_BASE">,
     .key_variables = variables<"HYPERBOLIC_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "nebius", .base_url = "https://api.studio.nebius.ai/v1", .base_url_variables = variables<"NEBIUS_API_BASE">,
     .key_variables = variables<"NEBIUS_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "lambda_ai", .base_url = "https://api.lambda.ai/v1", .base_url_variables = variables<"LAMBDA_API_BASE">,
     .key_variables = variables<"LAMBDA_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "meta_llama", .base_url = "https://api.llama.com/compat/v1", .base_url_variables = variables<"LLAMA_API_BASE">,
     .key_variables = variables<"LLAMA_API_KEY">},
    {.name = "featherless_ai", .base_url = "https://api.featherless.ai/v1", .base_url_variables = variables<"FEATHERLESS_AI_API_BASE">,
     .key_variables = variables<"FEATHERLESS_AI_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "friendliai", .base_url = "https://api.friendli.ai/serverless/v1", .base_url_variables = variables<"FRIENDLI_API_BASE">,
     .key_variables = variables<"FRIENDLIAI_API_KEY", "FRIENDLI_TOKEN">, .takes_max_completion_tokens = false},
    {.name = "baseten", .base_url = "https://inference.baseten.co/v1", .base_url_variables = variables<"BASETEN_API_BASE">,
     .key_variables = variables<"BASETEN_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "wandb", .base_url = "https://api.inference.wandb.ai/v1", .base_url_variables = variables<"WANDB_API_BASE">,
     .key_variables = variables<"WANDB_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "nscale", .base_url = "https://inference.api.nscale.com/v1", .base_url_variables = variables<"NSCALE_API_BASE">,
     .key_variables = variables<"NSCALE_API_KEY">, .takes_max_completion_tokens = false},
    {.name = "ai21", .base_url = "https://api.ai21.com/studio/v1", .base_url_variables = variables<"AI21_API_BASE">,
     .key_variables = variables<"AI21_API_KEY">, .takes_include_usage = false, .takes_max_completion_tokens = false},
    {.name = "aiml", .base_url = "https://api.aimlapi.com/v2", .base_url_variables = variables<"AIML_API_BASE">, .key_variables = variables<"AIML_API_KEY">},

    // Anything else that speaks the dialect, by api_base.
    {.name = "openai_like", .base_url = "", .base_url_variables = variables<"OPENAI_LIKE_API_BASE">, .key_variables = variables<"OPENAI_LIKE_API_KEY">},
    {.name = "custom_openai", .base_url = "", .base_url_variables = variables<"OPENAI_LIKE_API_BASE">, .key_variables = variables<"OPENAI_LIKE_API_KEY">},

    {.name = "demo", .base_url = "", .base_url_variables = none, .key_variables = none, .authentication = Authentication::none, .paths = PathStyle::demo,
     .bills_abandoned_calls = false},
};

}  // namespace

std::span<const Vendor> vendors() { return table; }

const Vendor* find_vendor(std::string_view name) {
  const auto found = std::find_if(std::begin(table), std::end(table), [name](const Vendor& vendor) { return vendor.name == name; });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace providers
