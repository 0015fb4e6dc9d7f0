// The load generator's command line.
#pragma once

#include <chrono>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace load {

enum class Mode { requests, idle_streams };

struct Options {
  Mode mode = Mode::requests;
  int port = 0;
  int connections = 1;
  long count = 0;                     // requests in all; 0: until the time is over
  std::chrono::milliseconds time{0};
  std::string key = "sk-none";
  std::string path = "/v1/chat/completions";
  std::string model = "fake";
  std::size_t body_bytes = 1'100;     // of the request
  bool stream = false;
  bool stamped = false;
  bool tls = false;
  long events = 200;
  long pace = 0;                      // milliseconds
};

/// --mode chat|stream|paced|body64k|latency|idle_streams sets what the figure of that name needs; later options change it.
inline void set_mode(Options& options, std::string_view mode) {
  if (mode == "chat" || mode == "latency") return;
  if (mode == "body64k") options.body_bytes = 65'536;
  else if (mode == "stream") options.stream = true;
  else if (mode == "paced") options.stream = options.stamped = true, options.pace = 5, options.connections = 200;
  else if (mode == "idle_streams") options.mode = Mode::idle_streams, options.stream = true, options.connections = 5'000;
  else throw std::runtime_error("unknown mode " + std::string(mode));
}

inline Options parse_options(std::span<char*> arguments) {
  Options options;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--tls") {
      options.tls = true;
      continue;
    }
    if (++i >= arguments.size()) throw std::runtime_error(std::string(name) + " needs a value");
    const std::string value = arguments[i];
    if (name == "--mode") set_mode(options, value);
    else if (name == "--port") options.port = std::stoi(value);
    else if (name == "--connections") options.connections = std::stoi(value);
    else if (name == "--count") options.count = std::stol(value);
    else if (name == "--milliseconds") options.time = std::chrono::milliseconds(std::stol(value));
    else if (name == "--key") options.key = value;
    else if (name == "--path") options.path = value;
    else if (name == "--model") options.model = value;
    else if (name == "--body") options.body_bytes = std::stoul(value);
    else if (name == "--events") options.events = std::stol(value);
    else if (name == "--pace") options.pace = std::stol(value);
    else throw std::runtime_error("unknown argument " + std::string(name));
  }
  if (options.port == 0 || options.connections < 1) throw std::runtime_error("--port and a positive --connections are needed");
  if (options.mode == Mode::requests && options.count == 0 && options.time.count() == 0) throw std::runtime_error("--count or --milliseconds is needed");
  return options;
}

/// The script for the fake upstream that fits the options.
inline std::string scripted_model(const Options& options) {
  if (!options.stream) return options.model;
  auto model = options.model + "?events=" + std::to_string(options.events);
  if (options.pace > 0) model += "&pace=" + std::to_string(options.pace);
  if (options.stamped) model += "&stamp";
  if (options.mode == Mode::idle_streams) model += "&stall=1";
  return model;
}

/// A chat request whose body has the size asked for.
inline std::string request_text(const Options& options) {
  std::string body = R"({"model":")" + scripted_model(options) + R"(","stream":)" + (options.stream ? "true" : "false") +
                     R"(,"temperature":0.7,"max_tokens":512,"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":")";
  const std::string end = R"("}],"user":"bench"})";
  static constexpr std::string_view words = "Explain how a turbine turns falling water into current, step by step. ";
  while (body.size() + end.size() < options.body_bytes) body += words.substr(0, options.body_bytes - body.size() - end.size());
  body += end;
  return "POST " + options.path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port) + "\r\nAuthorization: Bearer " + options.key +
         "\r\nContent-Type: application/json\r\nAccept: application/json\r\nUser-Agent: penstock-load\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

}  // namespace load
