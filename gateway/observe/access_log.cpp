#include "gateway/observe/access_log.hpp"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <iterator>

#include "providers/json_members.hpp"

namespace observe {
namespace {

/// "2026-11-21T10:00:00.123Z"; the part up to the second is formatted once a second.
void append_time(std::string& out) {
  using namespace std::chrono;
  const auto now = system_clock::now();
  const auto second = floor<seconds>(now);
  thread_local sys_seconds formatted_second{};
  thread_local char text[32];
  thread_local std::size_t length = 0;
  if (second != formatted_second || length == 0) {
    const std::time_t time = system_clock::to_time_t(second);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    formatted_second = second;
  }
  out.append(text, length);
  fmt::format_to(std::back_inserter(out), ".{:03}Z", duration_cast<milliseconds>(now - second).count());
}

/// Writes members one after the other; what is empty or zero is left out.
class Members {
 public:
  Members(std::string& out, config::LogFormat format) : out_(out), json_(format == config::LogFormat::json) {}

  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    const bool plain = !json_ && value.find_first_of(" \"=\\\n\r\t") == std::string_view::npos && printable(value);
    if (plain) {
      out_ += value;
    } else {
      providers::append_quoted(out_, value);
    }
  }
  void number(std::string_view name, std::int64_t value) {
    key(name);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  void count(std::string_view name, std::int64_t value) {
    if (value != 0) number(name, value);
  }
  void milliseconds(std::string_view name, Duration value) {
    key(name);
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(value).count();
    fmt::format_to(std::back_inserter(out_), "{}.{:03}", micros / 1000, micros % 1000);
  }
  void milliseconds(std::string_view name, const std::optional<Duration>& value) {
    if (value) milliseconds(name, *value);
  }

 private:
  static bool printable(std::string_view value) {
    for (const char c : value) {
      if (static_cast<unsigned char>(c) < 0x21 || static_cast<unsigned char>(c) == 0x7f) return false;
    }
    return true;
  }
  void key(std::string_view name) {
    if (json_) {
      out_ += ",\"";
      out_ += name;
      out_ += "\":";
    } else {
      out_ += ' ';
      out_ += name;
      out_ += '=';
    }
  }

  std::string& out_;
  bool json_;
};

}  // namespace

void format_line(std::string& out, config::LogFormat format, std::string_view call_id, const RequestRecord& record) {
  const bool json = format == config::LogFormat::json;
  out += json ? "{\"time\":\"" : "";
  append_time(out);
  out += json ? "\",\"event\":\"request\"" : " request";
  Members members(out, format);
  members.text("id", call_id);
  members.text("key", record.key_id);
  members.text("route", record.route);
  members.text("model", record.model);
  members.text("deployment", record.deployment_id);
  members.text("provider", record.provider);
  members.number("status", record.status);
  if (record.outcome != "ok") members.text("outcome", record.outcome);
  members.text("error", record.error);
  if (record.stream) members.number("stream", 1);
  members.count("attempts", record.attempts);
  members.number("bytes_in", static_cast<std::int64_t>(record.bytes_in));
  members.number("bytes_out", static_cast<std::int64_t>(record.bytes_out));
  members.milliseconds("total_ms", record.total);
  members.milliseconds("first_byte_ms", record.first_byte);
  members.milliseconds("first_content_ms", record.first_content);
  if (record.usage.seen) {
    members.number("input_tokens", record.usage.input);
    members.number("output_tokens", record.usage.output);
    members.count("cached_tokens", record.usage.cached);
  }
  members.text("finish", record.finish_reason);
  members.text("client", record.client);
  out += json ? "}\n" : "\n";
}

void AccessLog::write(std::string_view call_id, const RequestRecord& record) {
  if (!enabled_) return;
  format_line(lines_, format_, call_id, record);
  if (lines_.size() >= flush_bytes) flush();
}

void AccessLog::flush() {
  std::string_view left = lines_;
  while (!left.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;  // nobody reads our log: serving goes on
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  lines_.clear();
}

}  // namespace observe
