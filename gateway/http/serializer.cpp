#include "gateway/http/serializer.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>

#include "gateway/http/grammar.hpp"

namespace http {

namespace {

/// Empty for statuses without a name here: the phrase is decoration and may be missing.
constexpr std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 102: return "Processing";
    case 103: return "Early Hints";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 407: return "Proxy Authentication Required";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 424: return "Failed Dependency";
    case 425: return "Too Early";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 451: return "Unavailable For Legal Reasons";
    case 499: return "Client Closed Request";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 529: return "Overloaded";
    default: return "";
  }
}

/// IMF-fixdate of RFC 9110 section 5.6.7, always 29 bytes.
class DateText {
 public:
  /// Formats at most once a second.
  std::string_view at(std::time_t second) {
    if (second != second_) format(second);
    return {text_.data(), text_.size()};
  }

 private:
  void format(std::time_t second) {
    using namespace std::chrono;
    constexpr std::string_view weekdays = "SunMonTueWedThuFriSat";
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const sys_seconds time{seconds{second}};
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    put_text(0, weekdays.substr(weekday{day}.c_encoding() * 3, 3));
    put_number(5, 2, static_cast<unsigned>(date.day()));
    put_text(8, months.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3));
    put_number(12, 4, static_cast<unsigned>(static_cast<int>(date.year())));
    put_number(17, 2, static_cast<unsigned>(clock.hours().count()));
    put_number(20, 2, static_cast<unsigned>(clock.minutes().count()));
    put_number(23, 2, static_cast<unsigned>(clock.seconds().count()));
    second_ = second;
  }
  void put_text(std::size_t at, std::string_view text) { text.copy(text_.data() + at, text.size()); }
  void put_number(std::size_t at, std::size_t digits, unsigned number) {
    for (std::size_t i = at + digits; i > at; number /= 10) text_[--i] = static_cast<char>('0' + number % 10);
  }

  std::time_t second_ = -1;
  std::array<char, 29> text_ = std::to_array({'X', 'x', 'x', ',', ' ', '0', '0', ' ', 'X', 'x', 'x', ' ', '0', '0', '0',
                                              '0', ' ', '0', '0', ':', '0', '0', ':', '0', '0', ' ', 'G', 'M', 'T'});
};

}  // namespace

void HeadWriter::status_line(int status) {
  if (status < 100 || status > 599) {
    ok_ = false;
    return;
  }
  std::array<char, 13> line = std::to_array({'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '0', '0', '0', ' '});
  line[9] = static_cast<char>('0' + status / 100);
  line[10] = static_cast<char>('0' + status / 10 % 10);
  line[11] = static_cast<char>('0' + status % 10);
  out_.append(line.data(), line.size()).append(reason_phrase(status)).append("\r\n");
}

void HeadWriter::request_line(std::string_view method, std::string_view target) {
  if (!is_field_name(method) || !is_target(target)) {
    ok_ = false;
    return;
  }
  out_.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
}

void HeadWriter::field(std::string_view name, std::string_view value) {
  if (!is_field_name(name) || !is_field_value(value)) {
    ok_ = false;
    return;
  }
  out_.append(name).append(": ").append(value).append("\r\n");
}

void HeadWriter::field(std::string_view name, std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  field(name, std::string_view{digits.data(), static_cast<std::size_t>(end - digits.data())});
}

void HeadWriter::date() {
  thread_local DateText text;
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  out_.append("Date: ").append(text.at(now)).append("\r\n");
}

void HeadWriter::end() { out_.append("\r\n"); }

bool is_field_name(std::string_view name) {
  const char* const end = name.data() + name.size();
  return !name.empty() && grammar::skip_token(name.data(), end) == end;
}

bool is_field_value(std::string_view value) {
  const char* const end = value.data() + value.size();
  return grammar::skip_value(value.data(), end) == end;
}

bool is_target(std::string_view target) {
  const char* const end = target.data() + target.size();
  return !target.empty() && grammar::skip_target(target.data(), end) == end;
}

}  // namespace http
