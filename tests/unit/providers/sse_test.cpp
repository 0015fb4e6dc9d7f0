// The framing of server-sent events, apart from what they mean.
#include "providers/sse.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "providers/string_scan.hpp"

namespace {

using providers::SseFraming;

/// All events of a text that arrives in pieces of one size, as their lines.
std::vector<std::string> events_in(std::string_view text, std::size_t piece) {
  SseFraming framing;
  std::string held;
  std::vector<std::string> events;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    held += text.substr(at, piece);
    while (!held.empty()) {
      const auto cut = framing.next(held);
      if (cut.consumed == 0) break;
      if (!cut.lines.empty()) events.emplace_back(cut.lines);
      held.erase(0, cut.consumed);
    }
  }
  return events;
}

TEST(SseFraming, AnEventEndsAtTheFirstEmptyLine) {
  const std::string_view text = "\xEF\xBB\xBF\n\ndata: a\n\n\n\nevent: x\r\ndata: b\r\n\r\ndata: c\rid: 1\r\r: comment\n: more\ndata: d\n\ndata: rest\n";
  const std::vector<std::string> wanted = {"data: a\n", "event: x\r\ndata: b\r\n", "data: c\rid: 1\r", "data: d\n"};
  for (std::size_t piece = 1; piece <= text.size(); ++piece) EXPECT_EQ(events_in(text, piece), wanted) << "pieces of " << piece;
}

TEST(SseFraming, ReadsADrippingEventOnce) {
  // Quadratic searching would take minutes here.
  SseFraming framing;
  std::string held = "data: ";
  for (int count = 0; count < 1'000'000; ++count) {
    held.push_back('x');
    ASSERT_EQ(framing.next(held).consumed, 0U);
  }
  held += "\n\n";
  EXPECT_EQ(framing.next(held).consumed, held.size());
}

TEST(SseFraming, TellsTheLengthThatABoundIsHeldAgainst) {
  SseFraming framing;
  EXPECT_EQ(framing.next("data: abc").length, 9U);
  EXPECT_EQ(framing.next("data: abc\n").length, 10U);
  EXPECT_EQ(framing.next("data: abc\n\n").length, 10U);
  EXPECT_EQ(framing.next(": comment\n").length, 9U);
  EXPECT_EQ(framing.next("\n\n\n").length, 0U);
}

TEST(SseEvent, ReadsItsFields) {
  std::string scratch;
  const auto event = providers::read_sse_event("event:error\nid: 7\ndata\ndata:a\ndata:  b\n: c\nerror: e\nDATA: x\n", scratch);
  EXPECT_EQ(event.name, "error");
  EXPECT_EQ(event.data, "\na\n b");
  EXPECT_EQ(event.error, "e");
  EXPECT_EQ(providers::read_sse_event("id: 1\n", scratch).data, "");
  EXPECT_EQ(providers::read_sse_event("data: no line end", scratch).data, "no line end");
}

TEST(StringScan, FindsTheClosingQuoteAtEveryOffset) {
  for (std::size_t length = 0; length < 70; ++length) {
    for (const std::string_view special : {"", "\\\"", "\\\\", "\\u00e9", "\\n"}) {
      const std::string text = std::string(length, 'a') + std::string(special) + "\xe6\xb0\xb4\x7f";
      EXPECT_EQ(providers::string_length(text + "\" , \""), text.size());
      EXPECT_EQ(providers::string_length(text), std::string_view::npos);
    }
    for (const std::string_view bad : {"\n", "\x1f", "\\x", "\\u12", "\\u12g4", "\\"}) {
      EXPECT_EQ(providers::string_length(std::string(length, 'a') + std::string(bad)), std::string_view::npos);
      EXPECT_EQ(providers::string_length(std::string(length, 'a') + '\0' + "\""), std::string_view::npos);
    }
  }
}

}  // namespace
