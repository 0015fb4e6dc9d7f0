// Question and script -> Reply: everything that goes over the wire, decided before the first byte. The server only plays it.
#pragma once

#include <chrono>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "bench/upstream/body.hpp"
#include "bench/upstream/request.hpp"
#include "bench/upstream/script.hpp"

namespace upstream {

using std::chrono::milliseconds;

inline constexpr std::size_t no_stamp = std::numeric_limits<std::size_t>::max();

/// One write, and how long to wait before it.
struct Step {
  std::string bytes;
  milliseconds wait{0};
  std::size_t stamp_at = no_stamp;  // where the time of sending is written, 20 digits
};

enum class Ending { keep, fin, reset, stall };

struct Reply {
  std::vector<Step> steps;
  Ending ending = Ending::keep;
  bool early = false;               // goes out as soon as the model is known, before the body has come
  long close_after = 0;             // requests after which the connection closes unannounced; 0: never
  long drop_after = 0;              // requests after which the next one is answered by RST; 0: never
};

class ReplyBuilder {
 public:
  ReplyBuilder(const Question& question, const Script& script) : question_(question), script_(script), body_(question, script) {}

  Reply build() {
    reply_.early = script_.has("early");
    reply_.close_after = script_.number("close_after", 0);
    reply_.drop_after = script_.number("drop_after", 0);
    if (!script_.unknown().empty()) {
      plain(400, R"({"error":{"message":"the fake upstream does not know )" + script_.unknown() + R"(","type":"invalid_request_error","param":"model","code":null}})");
      return std::move(reply_);
    }
    if (script_.is("reset", "request") || script_.is("reset", "head") || script_.is("stall", "head")) {
      reply_.ending = script_.has("stall") ? Ending::stall : Ending::reset;
      reply_.steps.push_back({.bytes = "", .wait = milliseconds(script_.number("delay", 0))});
      return std::move(reply_);
    }
    const auto status = static_cast<int>(script_.number("status", 200));
    const bool can_stream = question_.route == Route::chat || question_.route == Route::completions;
    const bool streams = can_stream && status == 200 && !script_.is("form", "plain") && (question_.stream || script_.is("form", "stream"));
    if (script_.has("html")) plain(status, "<!doctype html><html><body><h1>Welcome to the hotel network</h1></body></html>");
    else if (status != 200) plain(status, body_.error(status));
    else if (streams) stream();
    else plain(200, body_.plain());
    if (reply_.ending == Ending::keep && (closes() || close_delimited())) reply_.ending = Ending::fin;
    finish();
    return std::move(reply_);
  }

 private:
  bool closes() const { return script_.has("close"); }
  bool close_delimited() const { return script_.has("close_delimited") || script_.is("head", "http10"); }

  void plain(int status, std::string body) {
    const bool html = script_.has("html") || script_.is("error", "html");
    if (script_.has("gzip")) body = gzip(body);
    const auto shown = body.size();
    auto length = "Content-Length: " + std::to_string(shown) + "\r\n";
    if (close_delimited()) length.clear();
    const bool chunked = script_.has("chunk_bytes") || script_.has("chunk");
    if (chunked) length = "Transfer-Encoding: chunked\r\n", body = in_chunks(body) + last_chunk();
    append(head(status, html ? "text/html" : script_.is("error", "text") ? "text/plain" : "application/json", length), milliseconds(script_.number("delay", 0)));
    const bool cut = script_.has("cut"), reset = script_.has("reset"), stall = script_.has("stall");
    if (cut || reset || stall) {
      body.resize(body.size() / 2);
      reply_.ending = cut ? Ending::fin : reset ? Ending::reset : Ending::stall;
    }
    append(std::move(body));
  }

  void stream() {
    append(head(200, "text/event-stream; charset=utf-8", close_delimited() ? "" : "Transfer-Encoding: chunked\r\n"), milliseconds(script_.number("delay", 0)));
    auto events = body_.stream();
    if (script_.has("gzip")) {
      std::string all;
      for (const auto& event : events) all += event.text;
      append(chunk(gzip(all)) + last_chunk());
      return;
    }
    const milliseconds pace(script_.number("pace", 0));
    const auto cut = script_.number("cut"), end = script_.number("end"), reset = script_.number("reset"), stall = script_.number("stall");
    const auto per_chunk = script_.number("events_per_chunk", 1);
    long counted = 0, together = 0;
    bool last_was_content = false;
    std::string waiting;
    for (std::size_t i = 0; i < events.size(); ++i) {
      const auto& event = events[i];
      if (event.content || last_was_content) {  // after event N: before what follows it
        if (cut == counted) return waiting_out(waiting), append(half_chunk(event.text)), end_with(Ending::fin);
        if (end == counted) return waiting_out(waiting), append(last_chunk());
        if (reset == counted) return waiting_out(waiting), end_with(Ending::reset);
        if (stall == counted) return waiting_out(waiting), end_with(Ending::stall);
      }
      last_was_content = event.content;
      if (event.content) ++counted;
      if (script_.has("chunk_bytes") || per_chunk > 1) {
        waiting += event.text;
        if (!script_.has("chunk_bytes") && ++together % per_chunk == 0) waiting_out(waiting);
        continue;
      }
      append(counted == 1 && event.content ? broken_chunk(event.text) : chunk(event.text), event.content && counted > 1 ? pace : milliseconds{0});
    }
    waiting_out(waiting);
    append(last_chunk());
  }

  void waiting_out(std::string& waiting) {
    if (!waiting.empty()) append(in_chunks(waiting));
    waiting.clear();
  }

  void end_with(Ending ending) { reply_.ending = ending; }

  // ---- chunks

  std::string chunk(std::string_view data) const {
    if (close_delimited() || data.empty()) return std::string(data);
    std::string size(16, '\0');
    const auto [end, error] = std::to_chars(size.data(), size.data() + size.size(), data.size(), 16);
    size.resize(static_cast<std::size_t>(end - size.data()));
    if (const auto extension = script_.bytes("chunk_extension"); extension > 0) size += ";x=" + std::string(extension, 'e');
    return size + "\r\n" + std::string(data) + "\r\n";
  }

  std::string in_chunks(std::string_view data) const {
    const auto size = script_.bytes("chunk_bytes", data.size());
    if (size == 0) return chunk(data);
    std::string out;
    for (std::size_t at = 0; at < data.size(); at += size)
      out += at == 0 ? broken_chunk(data.substr(at, size)) : chunk(data.substr(at, size));
    return out;
  }

  std::string broken_chunk(std::string_view data) const {
    const auto form = script_.text("chunk");
    const auto good = chunk(data);
    if (form == "bad_size") return "zz\r\n" + std::string(data) + "\r\n";
    if (form == "huge_size") return "FFFFFFFFFFFFFFFFF\r\n" + std::string(data) + "\r\n";
    if (form == "no_crlf") return good.substr(0, good.size() - 2) + "XX";
    if (form == "bare_lf") {
      auto lf = good;
      lf.erase(lf.find('\r'), 1);
      return lf;
    }
    return good;
  }

  std::string half_chunk(std::string_view data) const {
    const auto whole = chunk(data);
    return whole.substr(0, whole.size() - data.size() / 2 - 2);
  }

  std::string last_chunk() const {
    if (close_delimited()) return "";
    std::string trailers;
    if (const auto size = script_.bytes("trailers"); size > 0) trailers = "X-Trailer: " + std::string(size, 't') + "\r\n";
    return "0\r\n" + trailers + "\r\n";
  }

  // ---- heads

  std::string head(int status, std::string_view type, std::string_view framing) const {
    const auto form = script_.text("head");
    if (form == "garbage") return "\x16\x03\x01 this is no HTTP\r\n\r\n";
    const std::string version = form == "http10" ? "HTTP/1.0 " : form == "http2" ? "HTTP/2.0 " : "HTTP/1.1 ";
    std::string head = version + (form == "status_099" ? "099" : std::to_string(status)) + (status == 200 ? " OK\r\n" : " Refused\r\n");
    head += "Date: Sat, 21 Nov 2026 02:00:00 GMT\r\nContent-Type: ";
    head += script_.has("content_type") ? script_.text("content_type") : type;
    head += "\r\nx-request-id: req_fake0123456789\r\nopenai-processing-ms: 12\r\nopenai-version: 2020-10-01\r\n";
    if (script_.has("gzip")) head += "Content-Encoding: gzip\r\n";
    if (script_.has("retry_after")) head += "Retry-After: " + std::string(script_.text("retry_after")) + "\r\n";
    if (script_.has("should_retry")) head += "x-should-retry: " + std::string(script_.text("should_retry")) + "\r\n";
    if (script_.has("location")) head += "Location: " + std::string(script_.text("location")) + "\r\n";
    if (const auto size = script_.bytes("huge_head"); size > 0) head += "X-Huge: " + std::string(size, 'h') + "\r\n";
    if (form == "obs_fold") head += "X-Folded: one\r\n two\r\n";
    if (form == "nul") head += std::string("X-Nul: a\0b\r\n", 12);
    if (form == "space_colon") head += "X-Space : a\r\n";
    if (form == "negative_length") head += "Content-Length: -1\r\n";
    else head += framing;
    if (form == "two_lengths") head += "Content-Length: 7\r\n";
    if (form == "length_and_chunked") head += framing.starts_with("Content") ? "Transfer-Encoding: chunked\r\n" : "Content-Length: 7\r\n";
    if (closes()) head += "Connection: close\r\n";
    head += "\r\n";
    if (form == "bare_lf") std::erase(head, '\r');
    std::string interim;
    for (long i = 0; i < script_.number("informational", 0); ++i) interim += i % 2 == 0 ? "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" : "HTTP/1.1 100 Continue\r\n\r\n";
    return interim + head;
  }

  // ---- the wire

  /// Without a wait, bytes join the write before.
  void append(std::string bytes, milliseconds wait = milliseconds{0}) {
    if (bytes.empty()) return;
    const auto stamp = script_.has("stamp") ? bytes.find("@00000000000000000000") : std::string::npos;
    if (wait.count() == 0 && !reply_.steps.empty() && stamp == std::string::npos) {
      reply_.steps.back().bytes += bytes;
      return;
    }
    reply_.steps.push_back({.bytes = std::move(bytes), .wait = wait, .stamp_at = stamp == std::string::npos ? no_stamp : stamp + 1});
  }

  /// What applies to the reply as a row of bytes: extra ones, an end after N of them, one write each.
  void finish() {
    if (const auto extra = script_.bytes("extra"); extra > 0) append(std::string(extra, '!'));
    if (const auto limit = script_.number("reset_bytes")) {
      auto left = static_cast<std::size_t>(*limit);
      for (auto& step : reply_.steps) {
        step.bytes.resize(std::min(step.bytes.size(), left));
        left -= step.bytes.size();
      }
      std::erase_if(reply_.steps, [](const Step& step) { return step.bytes.empty(); });
      reply_.ending = Ending::reset;
    }
    const milliseconds slow(script_.number("slow_head", 0));
    if (slow.count() > 0 || script_.has("drip")) one_write_per_byte(slow);
  }

  void one_write_per_byte(milliseconds slow) {
    std::vector<Step> split;
    std::string head;
    for (const auto& step : reply_.steps) {
      for (std::size_t i = 0; i < step.bytes.size(); ++i) {
        const bool in_head = !head.ends_with("\r\n\r\n");
        if (in_head) head += step.bytes[i];
        if (!in_head && !script_.has("drip")) {
          split.push_back({.bytes = step.bytes.substr(i), .wait = i == 0 ? step.wait : milliseconds{0}});
          break;
        }
        split.push_back({.bytes = step.bytes.substr(i, 1), .wait = (in_head ? slow : milliseconds{0}) + (i == 0 ? step.wait : milliseconds{0})});
      }
    }
    reply_.steps = std::move(split);
  }

  /// Stored blocks: gzip without a compressor.
  static std::string gzip(std::string_view data) {
    auto little = [](std::size_t value, int bytes) {
      std::string out;
      for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
      return out;
    };
    std::string out("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10);
    std::uint32_t crc = 0xffffffffU;
    for (const char c : data) {
      crc ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) crc = crc & 1U ? crc >> 1 ^ 0xedb88320U : crc >> 1;
    }
    for (std::size_t at = 0; at < data.size() || at == 0; at += 65'535) {
      const auto part = data.substr(at, 65'535);
      out += at + part.size() >= data.size() ? '\x01' : '\x00';
      out += little(part.size(), 2) + little(~part.size() & 0xffff, 2);
      out += part;
    }
    return out + little(~crc, 4) + little(data.size(), 4);
  }

  const Question& question_;
  const Script& script_;
  Body body_;
  Reply reply_;
};

}  // namespace upstream
