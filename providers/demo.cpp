#include "providers/demo.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "providers/demo_reply.hpp"
#include "providers/demo_schema.hpp"
#include "providers/demo_vectors.hpp"

namespace providers {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr auto story_pace = 25ms;                // about as fast as a small hosted model
constexpr std::size_t longest_echo = 80;
constexpr std::size_t most_choices = 128;        // prompts times n

constexpr std::string_view story =
    "High above the valley stood a gate of steel, and behind it a lake that had never learned patience. Every morning the keeper read the demand from the "
    "town below, turned the wheel a quarter, and let exactly that much water into the penstock: no drop lost, no drop too many. \"Why not open it all the "
    "way?\" asked a visitor. \"Because a turbine does not want a flood,\" said the keeper, \"it wants a promise.\" That night a storm came, the lake rose, and "
    "the lamps in the town burned on without a flicker.";
constexpr std::string_view farewell = "(This was the demo model: nothing left this machine. Name a real one in config.yaml whenever you like.)";

// What was asked.

/// A message's text: a string, or the texts of its parts.
std::string text_of_content(const json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string out;
  if (!content.is_array()) return out;
  for (const auto& part : content) {
    if (part.is_object() && part.contains("text") && part["text"].is_string()) out += part["text"].get_ref<const std::string&>() + " ";
  }
  return out;
}

struct Conversation {
  std::string last_words;      // of the user
  std::int64_t tokens = 0;
};

Conversation read_messages(const json& body) {
  Conversation out;
  const auto messages = body.find("messages");
  if (messages == body.end() || !messages->is_array()) return out;
  for (const auto& message : *messages) {
    if (!message.is_object() || !message.contains("content")) continue;
    const std::string text = text_of_content(message["content"]);
    out.tokens += demo_tokens(text);
    if (message.value("role", json()) == "user") out.last_words = text;
  }
  return out;
}

/// The prompts of a completions call; token lists are counted, not read.
std::vector<std::string> read_prompts(const json& body, std::int64_t& tokens) {
  std::vector<std::string> out;
  const auto prompt = body.find("prompt");
  if (prompt == body.end()) return {""};
  const bool list = prompt->is_array() && !prompt->empty() && !prompt->front().is_number();
  const auto take = [&](const json& one) {
    out.push_back(one.is_string() ? one.get<std::string>() : std::string());
    tokens += one.is_array() ? static_cast<std::int64_t>(one.size()) : demo_tokens(out.back());
  };
  if (!list) {
    take(*prompt);
    return out;
  }
  for (const auto& one : *prompt) {
    if (out.size() > most_choices) break;
    take(one);
  }
  return out;
}

// What is answered.

std::string echo_of(std::string_view words) {
  std::string out(cut_at_character(words, longest_echo));
  if (out.size() < words.size()) {
    if (const auto blank = out.rfind(' '); blank != std::string::npos && blank > 0) out.resize(blank);
    out += " ...";
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == '\n')) out.pop_back();
  return out;
}

std::string story_for(std::string_view words, std::size_t index) {
  std::string out = index == 0 ? "" : "Told another way (" + std::to_string(index + 1) + "): ";
  if (const std::string echo = echo_of(words); !echo.empty()) out += "You said: \"" + echo + "\". That reminds me of a story. ";
  return out + std::string(story) + " " + std::string(farewell);
}

/// The name of the function that must be called; "" when the model may answer in words.
std::string demanded_tool(const json& body) {
  const auto tools = body.find("tools"), choice = body.find("tool_choice");
  if (tools == body.end() || choice == body.end() || !tools->is_array() || tools->empty()) return {};
  const auto name_of = [](const json& holder) {
    const auto function = holder.is_object() ? holder.find("function") : holder.end();
    if (function == holder.end() || !function->is_object()) return std::string();
    const auto name = function->find("name");
    return name != function->end() && name->is_string() ? name->get<std::string>() : std::string();
  };
  if (choice->is_object()) return name_of(*choice);
  return *choice == "required" ? name_of(tools->front()) : std::string();
}

DemoToolCall call_tool(const json& body, const std::string& name) {
  for (const auto& tool : body["tools"]) {
    const auto function = tool.is_object() ? tool.find("function") : tool.end();
    if (function == tool.end() || !function->is_object() || function->value("name", json()) != name) continue;
    const auto parameters = function->find("parameters");
    if (parameters != function->end() && parameters->is_object()) return {name, instance_of_schema(parameters->dump())};
  }
  return {name, "{}"};
}

/// The content that response_format asks for; nothing for words.
std::optional<std::string> structured_text(const json& body, std::string_view words) {
  const auto format = body.find("response_format");
  if (format == body.end() || !format->is_object()) return std::nullopt;
  const json type = format->value("type", json());
  if (type == "json_object") return ordered_json{{"story", story}, {"asked", echo_of(words)}}.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  if (type != "json_schema") return std::nullopt;
  const auto holder = format->find("json_schema");
  const auto schema = holder != format->end() && holder->is_object() ? holder->find("schema") : format->end();
  return holder != format->end() && holder->is_object() && schema != holder->end() ? instance_of_schema(schema->dump()) : "{}";
}

void cut_at_stop(const json& body, DemoChoice& choice) {
  const auto stop = body.find("stop");
  if (stop == body.end()) return;
  const auto cut = [&choice](const json& one) {
    if (!one.is_string() || one.get_ref<const std::string&>().empty()) return;
    choice.text.resize(std::min(choice.text.size(), choice.text.find(one.get_ref<const std::string&>())));
  };
  if (stop->is_string()) cut(*stop);
  if (stop->is_array()) std::for_each(stop->begin(), stop->end(), cut);
}

void cut_at_cap(std::int64_t max_tokens, DemoChoice& choice) {
  if (max_tokens <= 0) return;
  std::string& produced = choice.call ? choice.call->arguments : choice.text;
  const auto limit = static_cast<std::uint64_t>(max_tokens) > produced.size() ? produced.size() : static_cast<std::size_t>(max_tokens) * 4;
  if (limit >= produced.size()) return;
  produced.resize(cut_at_character(produced, limit).size());
  choice.finish_reason = "length";
}

void say(DemoReply& reply, const json& body, DemoChoice choice) {
  if (!choice.call) cut_at_stop(body, choice);
  cut_at_cap(reply.request.max_tokens, choice);
  reply.usage.output += choice.call ? demo_tokens(choice.call->name + choice.call->arguments) : demo_tokens(choice.text);
  reply.choices.push_back(std::move(choice));
}

void answer_chat(DemoReply& reply, const json& body, const std::optional<std::string>& mock) {
  const Conversation asked = read_messages(body);
  reply.usage.input = asked.tokens;
  const std::string tool = mock ? "" : demanded_tool(body);
  for (std::size_t index = 0; index < static_cast<std::size_t>(reply.request.n); ++index) {
    if (!tool.empty()) {
      say(reply, body, {.text = {}, .call = call_tool(body, tool), .finish_reason = "tool_calls"});
    } else if (mock) {
      say(reply, body, {.text = *mock, .call = {}});
    } else {
      auto structured = structured_text(body, asked.last_words);
      say(reply, body, {.text = structured ? *std::move(structured) : story_for(asked.last_words, index), .call = {}});
    }
  }
}

void answer_prompts(DemoReply& reply, const std::vector<std::string>& prompts, const json& body, const std::optional<std::string>& mock) {
  for (const std::string& prompt : prompts) {
    for (std::size_t index = 0; index < static_cast<std::size_t>(reply.request.n); ++index) {
      say(reply, body, {.text = mock ? *mock : story_for(prompt, index), .call = {}});
    }
  }
}

LocalReply plain(std::string body, int status = 200) {
  LocalReply out{.status = status};
  out.portions.push_back(std::move(body));
  return out;
}

LocalReply refusal(const Error& error) {
  return plain(error_body(error, config::Compat::openai), http_status(error, config::Compat::openai));
}

/// LiteLLM's names of exceptions, which stand for the answers of an upstream that they are made of.
std::optional<LocalReply> mock_error(std::string_view mock) {
  struct MockError {
    std::string_view name;
    int status;
    std::string_view type, code, text;
  };
  static constexpr std::array<MockError, 12> errors = {{
      {"litellm.RateLimitError", 429, "requests", "rate_limit_exceeded", "This is a mock rate limit error."},
      {"litellm.InternalServerError", 500, "server_error", "", "This is a mock internal server error."},
      {"litellm.ContextWindowExceededError", 400, "invalid_request_error", "context_length_exceeded",
       "This model's maximum context length is exceeded: a mock context window error."},
      {"litellm.ContentPolicyViolationError", 400, "invalid_request_error", "content_policy_violation", "This is a mock content policy violation."},
      {"litellm.BadRequestError", 400, "invalid_request_error", "", "This is a mock bad request error."},
      {"litellm.AuthenticationError", 401, "invalid_request_error", "invalid_api_key", "This is a mock authentication error."},
      {"litellm.PermissionDeniedError", 403, "invalid_request_error", "", "This is a mock permission error."},
      {"litellm.NotFoundError", 404, "invalid_request_error", "model_not_found", "This is a mock not found error."},
      {"litellm.Timeout", 408, "server_error", "", "This is a mock timeout."},
      {"litellm.UnprocessableEntityError", 422, "invalid_request_error", "", "This is a mock unprocessable entity error."},
      {"litellm.BadGatewayError", 502, "server_error", "", "This is a mock bad gateway error."},
      {"litellm.ServiceUnavailableError", 503, "server_error", "", "This is a mock service unavailable error."},
  }};
  const auto found = std::find_if(errors.begin(), errors.end(), [mock](const MockError& error) { return error.name == mock; });
  if (found == errors.end()) return std::nullopt;
  const ordered_json code = found->code.empty() ? ordered_json(nullptr) : ordered_json(found->code);
  const ordered_json body = {{"error", {{"message", found->text}, {"type", found->type}, {"param", nullptr}, {"code", code}}}};
  return plain(body.dump(), found->status);
}

LocalReply finished(DemoReply& reply) {
  reply.usage.total = reply.usage.input + reply.usage.output;
  reply.usage.seen = true;
  return render(reply);
}

LocalReply answer_vectors(const ModelRequest& request) {
  Usage usage;
  auto body = demo_embeddings(request, usage);
  if (!body) return refusal(body.error());
  LocalReply out = plain(*std::move(body));
  out.usage = usage;
  return out;
}

}  // namespace

LocalReply answer_locally(const ModelRequest& request, const config::Deployment& deployment, std::int64_t created, std::string_view id) {
  std::optional<std::string> mock;
  if (deployment.has_mock_response) mock = deployment.mock_response;
  if (mock) {
    if (auto error = mock_error(*mock)) return *std::move(error);
  }
  if (request.operation == Operation::embeddings) return answer_vectors(request);
  if (request.operation == Operation::moderations) {
    auto verdicts = demo_moderations(request, id);
    return verdicts ? plain(*std::move(verdicts)) : refusal(verdicts.error());
  }

  // The body is JSON of bounded depth, but may hold bytes that are not UTF-8: then there is nothing to read in it.
  json body = json::parse(request.body, nullptr, false);
  if (body.is_discarded()) body = json::object();
  DemoReply reply{.request = request, .id = std::string(id), .created = created};
  reply.pace = mock ? 0ms : story_pace;
  if (request.operation == Operation::chat) {
    answer_chat(reply, body, mock);
    return finished(reply);
  }
  const auto prompts = read_prompts(body, reply.usage.input);
  if (prompts.size() * static_cast<std::size_t>(request.n) > most_choices) {
    return refusal({.kind = ErrorKind::invalid_request,
                    .message = "/completions: the demo model gives at most " + std::to_string(most_choices) + " choices: prompts times n.",
                    .param = "prompt"});
  }
  answer_prompts(reply, prompts, body, mock);
  return finished(reply);
}

}  // namespace providers
