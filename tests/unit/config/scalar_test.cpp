#include "config/scalar.hpp"

#include <gtest/gtest.h>

namespace config {
namespace {

using namespace std::chrono_literals;

TEST(Scalar, TypesFollowYaml11WithoutItsSurprises) {
  for (const auto* text : {"", "~", "null", "Null", "NULL"}) EXPECT_EQ(scalar_type(text), ScalarType::null) << text;
  for (const auto* text : {"true", "Yes", "ON", "false", "no", "Off"}) EXPECT_EQ(scalar_type(text), ScalarType::boolean) << text;
  for (const auto* text : {"0", "42", "-7", "+7", "1_000"}) EXPECT_EQ(scalar_type(text), ScalarType::integer) << text;
  for (const auto* text : {"0.5", "1.", ".5", "-1e-6", "1.5E+3"}) EXPECT_EQ(scalar_type(text), ScalarType::number) << text;
  for (const auto* text : {"y", "n", "tRUE", "010", "0x10", "1:30", "2024-02-01", "1__0", "_1", "1_", ".", "-", "1e", ".inf", ".nan", "1e999"}) {
    EXPECT_EQ(scalar_type(text), ScalarType::text) << text;
  }
}

TEST(Scalar, IntegersAreDecimalAndBounded) {
  EXPECT_EQ(parse_integer("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(parse_integer("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(parse_integer("1_000_000"), 1'000'000);
  EXPECT_EQ(parse_integer("9223372036854775808"), std::nullopt);
  EXPECT_EQ(parse_integer("010"), std::nullopt);
  EXPECT_EQ(parse_integer("1.0"), std::nullopt);
}

TEST(Scalar, Durations) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("5s"), 5s);
  EXPECT_EQ(parse_duration("10m"), 10min);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("1d"), 24h);
  EXPECT_EQ(parse_duration("0.5"), 500ms);
  EXPECT_EQ(parse_duration("30"), 30s);
  for (const auto* text : {"", "s", "-1s", "5 s s", "5sec", "1e30d", "010s"}) EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(Scalar, Sizes) {
  EXPECT_EQ(parse_size("64MiB"), 64LL << 20);
  EXPECT_EQ(parse_size("32 KiB"), 32LL << 10);
  EXPECT_EQ(parse_size("1GiB"), 1LL << 30);
  EXPECT_EQ(parse_size("512B"), 512);
  EXPECT_EQ(parse_size("512"), 512);
  for (const auto* text : {"", "MiB", "64MB", "1.5MiB", "-1", "99999999999GiB"}) EXPECT_EQ(parse_size(text), std::nullopt) << text;
}

TEST(Scalar, RangesReadBackAsTheyAreShown) {
  for (const auto duration : {0ms, 1ms, 250ms, 5000ms, 600000ms, 7200000ms, 86400000ms}) {
    EXPECT_EQ(parse_duration(duration_text(duration)), duration);
  }
  for (const std::int64_t bytes : {0LL, 1LL, 1000LL, 32768LL, 67108864LL, 3LL << 30}) EXPECT_EQ(parse_size(size_text(bytes)), bytes);
}

TEST(Scalar, JsonNumbersKeepTheirType) {
  EXPECT_EQ(json_number("+1_000", ScalarType::integer), "1000");
  EXPECT_EQ(json_number("123456789012345678901234567890", ScalarType::integer), "123456789012345678901234567890");
  EXPECT_EQ(json_number("0.7", ScalarType::number), "0.7");
  EXPECT_EQ(json_number("1.", ScalarType::number), "1.0");
  EXPECT_EQ(json_number(".5", ScalarType::number), "0.5");
}

TEST(Scalar, BadUtf8IsFound) {
  EXPECT_EQ(first_bad_byte("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"), std::string_view::npos);
  EXPECT_EQ(first_bad_byte("ab\xff"), 2U);
  EXPECT_EQ(first_bad_byte("ab\xc3"), 2U);
  EXPECT_EQ(first_bad_byte("\xed\xa0\x80"), 0U);  // a surrogate
  EXPECT_EQ(first_bad_byte(std::string_view("a\0b", 3)), 1U);
}

}  // namespace
}  // namespace config
