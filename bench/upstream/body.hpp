// The bodies of the fake upstream's replies: JSON documents and stream events in OpenAI's form, with the script's flaws.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "bench/upstream/request.hpp"
#include "bench/upstream/script.hpp"

namespace upstream {

inline constexpr std::size_t stamp_digits = 20;

/// One event of a stream, framed (`data: ...` and its empty line).
struct Event {
  std::string text;
  bool content = false;   // counted by events=, cut=, reset=, ...
};

inline std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
    else out += c == '\n' ? "\\n" : " ";
  }
  return out += '"';
}

inline std::string words(std::size_t bytes) {
  static constexpr std::string_view text = " the water falls and the wheel turns, and what it gives is counted drop by drop;";
  std::string out;
  while (out.size() < bytes) out += text.substr(0, bytes - out.size());
  return out;
}

inline constexpr std::string_view json_content = R"({"city":"Paris","temperature":21})";

class Body {
 public:
  Body(const Question& question, const Script& script) : question_(question), script_(script) {
    choices_ = static_cast<int>(script.number("n", question.choices));
    events_ = script.number("events", 20);
    prompt_tokens_ = 240;
    completion_tokens_ = events_ * choices_;
    tool_ = !question.tool.empty() ? question.tool : script.has("tool") ? "get_weather" : "";
    json_ = question.json || script.has("json");
  }

  [[nodiscard]] std::string plain() const {
    auto document = plain_document();
    if (script_.has("bad_json")) document.resize(document.size() * 2 / 3);
    return document;
  }

  [[nodiscard]] std::string error(int status) const {
    const auto form = script_.text("error");
    const auto code = std::to_string(status);
    if (form == "text") return "Service says no (" + code + ")\n";
    if (form == "html") return "<html><head><title>" + code + "</title></head><body><h1>Gateway</h1></body></html>\n";
    if (form == "empty") return "";
    if (form == "detail") return R"({"detail":"Refused with )" + code + "\"}";
    const std::string type = status == 429 ? "rate_limit_error" : status >= 500 ? "server_error" : "invalid_request_error";
    const std::string word = status == 429 ? "rate_limit_exceeded" : status == 404 ? "model_not_found" : status >= 500 ? "server_error" : "invalid_value";
    return R"({"error":{"message":"The fake upstream was told to answer )" + code + R"(.","type":")" + type + R"(","param":null,"code":)" +
           (form == "numeric" ? code : form == "null" ? "null" : quoted(word)) + "}}";
  }

  [[nodiscard]] std::vector<Event> stream() const {
    std::vector<Event> events;
    auto add = [&](std::string_view json, bool content = false) { events.push_back({framed(json, events.empty()), content}); };
    if (question_.route == Route::chat)
      for (int choice = 0; choice < choices_; ++choice) add(chunk(choice, first_delta(), "null"));
    const auto pieces = content_pieces();
    const auto broken = script_.has("bad_json") ? script_.number("bad_json", 1) : 0;
    const auto error_after = script_.number("error_event");
    long counted = 0;
    if (error_after && *error_after == 0) add(error(500));
    for (const auto& piece : pieces) {
      for (int choice = 0; choice < choices_; ++choice) {
        auto json = chunk(choice, piece, "null");
        if (++counted == broken) json.resize(json.size() / 2);
        add(json, true);
        if (error_after && *error_after == counted) add(error(500));
      }
    }
    if (!script_.has("no_finish"))
      for (int choice = 0; choice < choices_; ++choice) add(chunk(choice, question_.route == Route::chat ? "{}" : "", finish_reason()));
    add_usage_events(events);
    if (!script_.has("no_done")) {
      const auto done = framed("[DONE]", false);
      events.push_back({done, false});
      if (script_.has("two_done")) events.push_back({done, false});
    }
    if (script_.has("after_done")) add(chunk(0, content_pieces().front(), "null"));
    if (script_.is("sse", "no_blank") && !events.empty()) events.back().text.pop_back();
    return events;
  }

 private:
  static std::string id() { return "chatcmpl-BfakeUpstream0123456789"; }
  std::string created() const { return std::to_string(script_.number("created", 1700000000)); }
  bool chat() const { return question_.route == Route::chat; }

  std::string usage(long completion) const {
    return R"({"prompt_tokens":)" + std::to_string(prompt_tokens_) + R"(,"completion_tokens":)" + std::to_string(completion) + R"(,"total_tokens":)" +
           std::to_string(prompt_tokens_ + completion) +
           R"(,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}})";
  }

  std::string finish_reason() const { return tool_.empty() || !chat() ? "\"stop\"" : "\"tool_calls\""; }

  /// Chat: a delta object; completions: the text.
  std::vector<std::string> content_pieces() const {
    std::vector<std::string> pieces;
    if (!tool_.empty() && chat()) {
      const auto call = R"({"tool_calls":[{"index":0,"id":"call_fake0001","type":"function","function":{"name":)" + quoted(tool_) + R"(,"arguments":""}}]})";
      pieces.push_back(call);
      for (std::size_t at = 0; at < json_content.size(); at += 7)
        pieces.push_back(R"({"tool_calls":[{"index":0,"function":{"arguments":)" + quoted(json_content.substr(at, 7)) + "}}]}");
      return pieces;
    }
    std::vector<std::string> texts;
    if (json_)
      for (std::size_t at = 0; at < json_content.size(); at += 7) texts.emplace_back(json_content.substr(at, 7));
    else
      texts.assign(static_cast<std::size_t>(std::max(0L, events_)), script_.has("stamp") ? "@" + std::string(stamp_digits, '0') : words(script_.bytes("size", 6)));
    for (const auto& text : texts) {
      const std::string role = script_.has("role_always") ? R"("role":"assistant",)" : "";
      pieces.push_back(chat() ? "{" + role + R"("content":)" + quoted(text) + "}" : quoted(text));
    }
    return pieces;
  }

  std::string first_delta() const {
    if (!tool_.empty() || script_.has("content_null")) return R"({"role":"assistant","content":null})";
    return R"({"role":"assistant","content":"","refusal":null})";
  }

  std::string chunk(int choice, std::string_view piece, std::string_view finish) const {
    std::string json = R"({"id":")" + id() + R"(","object":")" + (chat() ? "chat.completion.chunk" : "text_completion") + R"(","created":)" + created() +
                       R"(,"model":)" + quoted(script_.model()) + R"(,"system_fingerprint":"fp_44709d6fcb","choices":[{"index":)" + std::to_string(choice);
    if (chat()) json += R"(,"delta":)" + std::string(piece);
    else json += R"(,"text":)" + std::string(piece.empty() ? "\"\"" : piece);
    json += R"(,"logprobs":null,"finish_reason":)" + std::string(finish) + "}]";
    if (script_.has("error_null")) json += R"(,"error":null)";
    if (script_.has("usage_null")) json += R"(,"usage":null)";
    return json + "}";
  }

  void add_usage_events(std::vector<Event>& events) const {
    if (script_.has("no_usage") || !(question_.include_usage || script_.has("always_usage"))) return;
    const bool per_choice = script_.has("usage_per_choice");
    for (int choice = 0; choice < (per_choice ? choices_ : 1); ++choice) {
      const std::string choices = script_.has("usage_choice") ? R"([{"index":0,"delta":{}}])" : "[]";
      events.push_back({framed(R"({"id":")" + id() + R"(","object":")" + (chat() ? "chat.completion.chunk" : "text_completion") + R"(","created":)" +
                                   created() + R"(,"model":)" + quoted(script_.model()) + R"(,"system_fingerprint":"fp_44709d6fcb","choices":)" + choices +
                                   R"(,"usage":)" + usage(per_choice ? events_ : completion_tokens_) + "}",
                               false),
                        false});
    }
  }

  std::string framed(std::string_view json, bool first) const {
    const auto form = script_.text("sse");
    const std::string end = form == "crlf" ? "\r\n" : form == "cr" ? "\r" : "\n";
    std::string text = first && form == "bom" ? "\xEF\xBB\xBF" : "";
    if (form == "comments") text += ": ping" + end + end;
    if (form == "ids") text += "id: 7" + end + "retry: 3000" + end;
    if (form == "names") text += "event: message" + end;
    if (form == "mixed") return text + "data: " + std::string(json) + "\r\n\n";
    if (form == "multiline" && json != "[DONE]") {  // cut where JSON allows white space
      const auto comma = json.find(",\"object\"");
      if (comma != std::string_view::npos)
        return text + "data: " + std::string(json.substr(0, comma + 1)) + end + "data: " + std::string(json.substr(comma + 1)) + end + end;
    }
    return text + (form == "nospace" ? "data:" : "data: ") + std::string(json) + end + end;
  }

  std::string plain_document() const {
    switch (question_.route) {
      case Route::embeddings: return embeddings();
      case Route::models: return R"({"object":"list","data":[{"id":"fake","object":"model","created":1700000000,"owned_by":"fake"}]})";
      case Route::moderations:
        return R"({"id":"modr-fake0001","model":)" + quoted(script_.model()) + R"(,"results":[{"flagged":false,"categories":{"violence":false},"category_scores":{"violence":0.01}}]})";
      default: return completion();
    }
  }

  std::string completion() const {
    std::string json = R"({"id":")" + id() + R"(","object":")" + (chat() ? "chat.completion" : "text_completion") + R"(","created":)" + created() +
                       R"(,"model":)" + quoted(script_.model()) + R"(,"choices":[)";
    const auto text = quoted(json_ ? std::string(json_content) : words(script_.bytes("reply", 420)));
    for (int choice = 0; choice < choices_; ++choice) {
      if (choice > 0) json += ',';
      json += R"({"index":)" + std::to_string(choice);
      if (!chat()) json += R"(,"text":)" + text;
      else if (tool_.empty()) json += R"(,"message":{"role":"assistant","content":)" + text + R"(,"refusal":null,"annotations":[]})";
      else
        json += R"(,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_fake0001","type":"function","function":{"name":)" + quoted(tool_) +
                R"(,"arguments":)" + quoted(json_content) + "}}]}";
      json += R"(,"logprobs":null,"finish_reason":)" + (script_.has("no_finish") ? "null" : finish_reason()) + "}";
    }
    json += "]";
    if (!script_.has("no_usage")) json += R"(,"usage":)" + usage(completion_tokens_);
    if (script_.has("error_null")) json += R"(,"error":null)";
    return json + R"(,"service_tier":"default","system_fingerprint":"fp_44709d6fcb"})";
  }

  /// Vectors of 0.5, -0.5, 0.5, ... : exact in float32, so tests can compare both encodings.
  std::string embeddings() const {
    const auto dimensions = script_.number("dimensions", 8);
    const bool base64 = question_.base64 && !script_.has("floats");
    std::string json = R"({"object":"list","data":[)";
    for (int input = 0; input < question_.inputs; ++input) {
      json += (input > 0 ? R"(,{"object":"embedding","index":)" : R"({"object":"embedding","index":)") + std::to_string(input) + R"(,"embedding":)";
      if (base64) json += "\"" + base64_halves(dimensions) + "\"}";
      else {
        json += "[";
        for (long i = 0; i < dimensions; ++i) json += std::string(i > 0 ? "," : "") + (i % 2 == 0 ? "0.5" : "-0.5");
        json += "]}";
      }
    }
    const auto tokens = std::to_string(5 * question_.inputs);
    json += R"(],"model":)" + quoted(script_.model());
    if (!script_.has("no_usage")) json += R"(,"usage":{"prompt_tokens":)" + tokens + R"(,"total_tokens":)" + tokens + "}";
    return json + "}";
  }

  static std::string base64_halves(long dimensions) {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    for (long i = 0; i < dimensions; ++i) bytes += std::string_view(i % 2 == 0 ? "\x00\x00\x00\x3f" : "\x00\x00\x00\xbf", 4);
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
      unsigned word = 0;
      for (std::size_t i = 0; i < 3; ++i) word = word << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
      for (std::size_t i = 0; i < 4; ++i) out += at + i > bytes.size() ? '=' : letters[word >> (18 - 6 * i) & 63U];
    }
    return out;
  }

  const Question& question_;
  const Script& script_;
  int choices_ = 1;
  long events_ = 0;
  long prompt_tokens_ = 0;
  long completion_tokens_ = 0;
  std::string tool_;
  bool json_ = false;
};

}  // namespace upstream
