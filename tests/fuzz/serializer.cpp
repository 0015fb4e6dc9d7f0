// links: gateway
// The head writer is given arbitrary parts: whatever it writes has exactly the lines that it accepted, and no byte that could make another.
// The input is a list of parts, each a kind byte, two length bytes and the two texts.
#include "gateway/http/serializer.hpp"

#include <cstdint>

#include "tests/fuzz/http_reference.hpp"

namespace {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  std::uint8_t byte() { return empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(text(1)[0]); }
  std::string text(std::size_t size) {
    const auto taken = rest_.substr(0, size);
    rest_.erase(0, taken.size());
    return taken;
  }

 private:
  std::string rest_;
};

bool is_target(const std::string& text) {
  for (const char c : text)
    if (c <= ' ' || c == '\x7f' || c == '#') return false;
  return !text.empty();
}

/// Writes one part and returns the line that must have come of it, or nothing where it must be refused.
std::string write(http::HeadWriter& writer, std::uint8_t kind, const std::string& first, const std::string& second, bool& acceptable) {
  switch (kind % 4) {
    case 0:
      acceptable = reference::is_token(first) && is_target(second);
      writer.request_line(first, second);
      return first + " " + second + " HTTP/1.1";
    case 1:
      acceptable = reference::is_token(first) && !reference::has_control(second);
      writer.field(first, second);
      return first + ": " + second;
    case 2:
      acceptable = reference::is_token(first);
      writer.field(first, std::uint64_t{second.size()});
      return first + ": " + std::to_string(second.size());
    default: {
      const int status = static_cast<int>(first.size() * 256 + second.size());
      acceptable = status >= 100 && status <= 599;
      writer.status_line(status);
      return "HTTP/1.1 " + std::to_string(status) + " ";
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input{data, size};
  std::string out;
  http::HeadWriter writer{out};
  bool all_acceptable = true;
  while (!input.empty()) {
    const auto kind = input.byte();
    const std::size_t first_size = input.byte();
    const std::size_t second_size = input.byte();
    const auto first = input.text(first_size);
    const auto second = input.text(second_size);

    const std::size_t before = out.size();
    bool acceptable = false;
    const auto line = write(writer, kind, first, second, acceptable);
    all_acceptable = all_acceptable && acceptable;
    REQUIRE(writer.ok() == all_acceptable);
    const auto written = out.substr(before);
    REQUIRE(written.empty() == !acceptable);
    if (!acceptable) continue;
    REQUIRE(written.size() >= line.size() + 2 && written.rfind(line, 0) == 0);
    REQUIRE(written.find_first_of(std::string{"\r\n\0", 3}) == written.size() - 2);
    REQUIRE(written.substr(written.size() - 2) == "\r\n");
    REQUIRE(kind % 4 == 3 || written.size() == line.size() + 2);
  }
  return 0;
}
