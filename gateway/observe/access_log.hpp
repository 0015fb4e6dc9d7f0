// One line a request, text or JSON, on stderr with the other logs. A worker collects its lines and hands them to the system in large writes,
// so that a line costs its formatting and no system call. Worker-owned.
#pragma once

#include <string>
#include <string_view>

#include "config/config.hpp"
#include "gateway/observe/request_record.hpp"

namespace observe {

class AccessLog {
 public:
  AccessLog(config::LogFormat format, bool enabled) : format_(format), enabled_(enabled) {}
  ~AccessLog() { flush(); }
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  void configure(config::LogFormat format, bool enabled) {
    format_ = format;
    enabled_ = enabled;
  }

  void write(std::string_view call_id, const RequestRecord& record);
  /// Called on every tick of the loop, and at the end.
  void flush();

 private:
  static constexpr std::size_t flush_bytes = 32 * 1024;

  config::LogFormat format_;
  bool enabled_;
  std::string lines_;
};

/// One line, with its newline. Values are escaped: nothing a client sends can start a line of its own.
void format_line(std::string& out, config::LogFormat format, std::string_view call_id, const RequestRecord& record);

}  // namespace observe
