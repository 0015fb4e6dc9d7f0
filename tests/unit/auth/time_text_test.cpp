#include "auth/time_text.hpp"

#include <gtest/gtest.h>

namespace auth {
namespace {

TEST(TimeText, WritesBothForms) {
  const TimePoint time{std::chrono::milliseconds(1'795'220'390'307)};
  EXPECT_EQ(iso_time(time), "2026-11-21T00:19:50.307000Z");
  EXPECT_EQ(python_time(time), "2026-11-21 00:19:50.307000+00:00");
  EXPECT_EQ(iso_time(TimePoint()), "1970-01-01T00:00:00.000000Z");
}

TEST(TimeText, ReadsWhatItWritesAndItsKin) {
  const auto time = parse_time("2026-11-21T00:19:50.307000Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(iso_time(*time), "2026-11-21T00:19:50.307000Z");
  for (const char* same : {"2026-11-21 00:19:50.307000+00:00", "2026-11-21T01:19:50.307+01:00", "2026-11-20T19:19:50.3079-0500", "2026-11-21T00:19:50.307"}) {
    EXPECT_EQ(parse_time(same), time) << same;
  }
  EXPECT_EQ(parse_time("2026-11-21"), parse_time("2026-11-21T00:00Z"));
}

TEST(TimeText, RefusesTheRest) {
  for (const char* bad : {"", "2026", "2026-13-01", "2026-02-29", "2026-11-21T", "2026-11-21T25:00", "2026-11-21T10:00:00Zx", "2026-11-21T10:00:00+", "tomorrow",
                          "2026-11-21x10:00"}) {
    EXPECT_FALSE(parse_time(bad)) << bad;
  }
}

}  // namespace
}  // namespace auth
