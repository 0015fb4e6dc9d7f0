#include "providers/json_members.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

using namespace providers;

namespace {

std::string nested(int depth, char opening, char closing) {
  return std::string(static_cast<std::size_t>(depth), opening) + std::string(static_cast<std::size_t>(depth), closing);
}

/// Walks everything; the fault's text, or "" for well-formed JSON.
std::string fault_of(std::string_view text) {
  MemberWalk walk{text};
  while (walk.next()) {
  }
  return std::string(walk.fault());
}

TEST(MemberWalk, GivesNamesValuesKindsAndPlaces) {
  const std::string text = R"( { "a" : "x\"y" ,"b":[1,{"c":null}], "d" :{"e":[]}, "f":-1.5e+3,"g":true,"h":false,"i":null } )";
  MemberWalk walk{text};
  std::vector<Member> members;
  while (auto member = walk.next()) members.push_back(*member);

  ASSERT_FALSE(walk.failed()) << walk.fault();
  EXPECT_EQ(walk.end(), text.rfind('}') + 1);
  const std::vector<std::tuple<std::string_view, std::string_view, JsonKind>> expected = {
      {"a", R"("x\"y")", JsonKind::string}, {"b", R"([1,{"c":null}])", JsonKind::array}, {"d", R"({"e":[]})", JsonKind::object},
      {"f", "-1.5e+3", JsonKind::number},   {"g", "true", JsonKind::boolean},            {"h", "false", JsonKind::boolean},
      {"i", "null", JsonKind::null}};
  ASSERT_EQ(members.size(), expected.size());
  for (std::size_t index = 0; index < expected.size(); ++index) {
    EXPECT_EQ(members[index].name, std::get<0>(expected[index]));
    EXPECT_EQ(members[index].value, std::get<1>(expected[index]));
    EXPECT_EQ(members[index].kind, std::get<2>(expected[index]));
    EXPECT_EQ(text[members[index].begin], '"');
    EXPECT_EQ(text.substr(members[index].begin + 1, members[index].name.size()), members[index].name);
  }
}

TEST(MemberWalk, AcceptsWhatRfc8259Accepts) {
  for (const std::string_view text : {
           "{}", " \t\r\n{ } \n", R"({"":""})", R"({"a":0})", R"({"a":-0})", R"({"a":-0.0e-0})", R"({"a":1E9})", R"({"a":[]})",
           R"({"a":[[],{},[{}]]})", R"({"a":"\"\\\/\b\f\n\r\t\u00fF"})", "{\"a\":\"\x7f\xff\"}", R"({"a":1,"a":2})", R"({"\u0061":1})"}) {
    EXPECT_EQ(fault_of(text), "") << text;
  }
}

TEST(MemberWalk, RefusesWhatRfc8259Refuses) {
  for (const std::string_view text : {
           "", " ", "[]", "null", "\"a\"", "1", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\"}",
           "{\"a\":}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\":1}}", "{\"a\":1} x", "{\"a\":1}{}", "{\"a\":[1,]}",
           "{\"a\":[,1]}", "{\"a\":[1 2]}", "{\"a\":[1}", "{\"a\":{]}", "{\"a\":{\"b\"}}", "{\"a\":{1}}", "{\"a\":01}", "{\"a\":-}", "{\"a\":+1}",
           "{\"a\":.5}", "{\"a\":1.}", "{\"a\":1.e1}", "{\"a\":1e}", "{\"a\":1e+}", "{\"a\":0x1}", "{\"a\":-01}", "{\"a\":1-}", "{\"a\":tru}",
           "{\"a\":True}", "{\"a\":nul}", "{\"a\":truex}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}",
           "{\"a\":\"\\u123\"}", "{\"a\":\"\\\"}", "{\"a\":\"\n\"}", "{\"a\":\"\x1f\"}", "{\"a\n\":1}", "\xef\xbb\xbf{}", "{/**/}", "{\"a\":1;}"}) {
    EXPECT_NE(fault_of(text), "") << text;
  }
  EXPECT_NE(fault_of(std::string_view("{\"a\":\"\0\"}", 9)), "");
  EXPECT_NE(fault_of(std::string_view("{}\0", 3)), "");
}

TEST(MemberWalk, CountsTheObjectItselfAsTheFirstLevel) {
  EXPECT_EQ(fault_of("{\"a\":" + nested(max_json_depth - 1, '[', ']') + "}"), "");
  EXPECT_EQ(fault_of("{\"a\":" + nested(max_json_depth, '[', ']') + "}"), "nested more than 64 levels deep");
  EXPECT_EQ(fault_of("{\"a\":" + std::string(1'000'000, '[')), "nested more than 64 levels deep");
}

TEST(MemberWalk, KeepsBracketsApartThroughDeepNesting) {
  std::string open, close;
  for (int level = 1; level < max_json_depth; ++level) {
    const bool object = level % 3 == 0;
    open += object ? R"({"k":)" : "[";
    close.insert(close.begin(), object ? '}' : ']');
  }
  EXPECT_EQ(fault_of("{\"a\":" + open + "1" + close + "}"), "");
  for (std::size_t index = 0; index < close.size(); ++index) {
    std::string wrong = close;
    wrong[index] = wrong[index] == '}' ? ']' : '}';
    EXPECT_NE(fault_of("{\"a\":" + open + "1" + wrong + "}"), "") << index;
  }
}

TEST(MemberWalk, TellsWhereItStopped) {
  const std::string cut = R"({"model": "tiny", "messages": [)";
  MemberWalk walk{cut};
  while (walk.next()) {
  }
  EXPECT_EQ(walk.fault(), "unexpected end of data");
  EXPECT_EQ(walk.position(), cut.size());

  MemberWalk colon{R"({"a" 1})"};
  EXPECT_FALSE(colon.next());
  EXPECT_EQ(colon.position(), 5u);
  EXPECT_FALSE(colon.next()) << "a failed walk stays failed";
  EXPECT_TRUE(colon.failed());
}

// Every special byte at every offset of a block, so that wide and narrow scanning agree.
TEST(MemberWalk, FindsSpecialBytesAtEveryOffsetOfAString) {
  for (std::size_t length = 0; length < 150; ++length) {
    const std::string plain(length, 'x');
    EXPECT_EQ(fault_of("{\"a\":\"" + plain + "\"}"), "") << length;
    EXPECT_EQ(fault_of("{\"a\":\"" + plain + "\\\"\"}"), "") << length;
    EXPECT_NE(fault_of("{\"a\":\"" + plain + "\\\"}"), "") << length;
    EXPECT_NE(fault_of("{\"a\":\"" + plain + "\n" + plain + "\"}"), "") << length;
    EXPECT_NE(fault_of("{\"a\":\"" + plain + "\x1f\"}"), "") << length;
    EXPECT_EQ(fault_of("{\"a\":\"" + plain + "\x20\x7f\x80\xff\"}"), "") << length;
    EXPECT_NE(fault_of("{\"a\":\"" + plain), "") << length;
  }
}

TEST(MemberWalk, MarksEscapedNames) {
  MemberWalk walk{R"({"mod\u0065l":1,"model":2})"};
  const auto first = walk.next();
  const auto second = walk.next();
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->escaped_name);
  EXPECT_TRUE(is_named(*first, "model"));
  EXPECT_FALSE(second->escaped_name);
  EXPECT_TRUE(is_named(*second, "model"));
  EXPECT_FALSE(is_named(*second, "mode"));
}

TEST(ElementWalk, GivesTheElementsAndTheirKinds) {
  ElementWalk walk{R"( [1, "a" ,{"b":[]},[ ],null,true] )"};
  std::vector<std::string_view> values;
  while (auto element = walk.next()) values.push_back(element->value);
  EXPECT_FALSE(walk.failed());
  EXPECT_EQ(values, (std::vector<std::string_view>{"1", "\"a\"", "{\"b\":[]}", "[ ]", "null", "true"}));
}

TEST(ElementWalk, RefusesBrokenArrays) {
  for (const std::string_view text : {"", "{}", "[", "[1", "[1,", "[1,]", "[,]", "[1 2]", "[1]]", "[1}"}) {
    ElementWalk walk{text};
    while (walk.next()) {
    }
    EXPECT_TRUE(walk.failed()) << text;
  }
}

TEST(FindMember, TakesTheFirstHoweverSpelt) {
  EXPECT_EQ(find_member(R"({"x":1,"b":2,"b":3})", "b")->value, "2");
  EXPECT_EQ(find_member(R"({"\u0062":2})", "b")->value, "2");
  EXPECT_FALSE(find_member(R"({"a":{"b":2}})", "b"));
  EXPECT_FALSE(find_member("[1]", "b"));
  EXPECT_FALSE(find_member("", "b"));
}

TEST(DecodeString, ReadsEscapesAndSurrogates) {
  EXPECT_EQ(decode_string(R"("")"), "");
  EXPECT_EQ(decode_string(R"("a\"\\\/\b\f\n\r\tz")"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(decode_string(R"("\u0041\u00e9\u6c34\ud83d\ude00")"), "A\xc3\xa9\xe6\xb0\xb4\xf0\x9f\x98\x80");
  EXPECT_EQ(decode_string(R"("\u0000")"), std::string_view("\0", 1));
  for (const std::string_view lone : {R"("\ud83d")", R"("\ude00")"}) EXPECT_EQ(decode_string(lone), "\xef\xbf\xbd") << lone;
  EXPECT_EQ(decode_string(R"("\ud83dx")"), "\xef\xbf\xbdx");
  EXPECT_EQ(decode_string(R"("\ud83d\u0041")"), "\xef\xbf\xbd" "A");
  EXPECT_EQ(decode_string(R"("\ud83d\ud83d\ude00")"), "\xef\xbf\xbd\xf0\x9f\x98\x80");
}

TEST(DecodeString, RefusesWhatIsNoString) {
  for (const std::string_view text : {"", "\"", "a", "\"a", "a\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"a\"b\"", "\"\n\"", "1", "null"}) {
    EXPECT_FALSE(decode_string(text)) << text;
  }
}

TEST(DecodeInteger, ReadsWholeNumbersInEverySpelling) {
  const std::vector<std::pair<std::string_view, std::int64_t>> cases = {
      {"0", 0}, {"-0", 0}, {"7", 7}, {"-7", -7}, {"1.0", 1}, {"1e3", 1000}, {"1E+3", 1000}, {"1.50e1", 15}, {"100e-2", 1}, {"0e999999999999", 0},
      {"0.000e-5", 0}, {"12.300e2", 1230}, {"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
      {"-9223372036854775808", std::numeric_limits<std::int64_t>::min()}, {"0.00000000000000000001e20", 1}};
  for (const auto& [text, value] : cases) EXPECT_EQ(decode_integer(text), value) << text;
}

TEST(DecodeInteger, RefusesFractionsOverflowAndOtherKinds) {
  for (const std::string_view text : {"", "-", "0.5", "1e-1", "1.5", "9223372036854775808", "-9223372036854775809", "1e19", "1e999999999999999999999",
                                      "01", "1.", ".5", "1e", "+1", " 1", "1 ", "\"1\"", "true", "null", "0x10", "NaN"}) {
    EXPECT_FALSE(decode_integer(text)) << text;
  }
}

TEST(AppendQuoted, EscapesAndRepairs) {
  const auto quoted = [](std::string_view text) {
    std::string out = "^";
    append_quoted(out, text);
    return out;
  };
  EXPECT_EQ(quoted(""), "^\"\"");
  EXPECT_EQ(quoted("a\"\\\n\r\t\b\f\x01\x1f/"), R"(^"a\"\\\n\r\t\b\f\u0001\u001f/")");
  EXPECT_EQ(quoted("\xe6\xb0\xb4\xf0\x9f\x98\x80"), "^\"\xe6\xb0\xb4\xf0\x9f\x98\x80\"");
  for (const std::string_view broken : {"\xff", "\xc0", "\xe6", "\xed", "\x80"}) {
    EXPECT_EQ(quoted(std::string("a") + std::string(broken) + "b"), "^\"a\xef\xbf\xbd" "b\"");
  }
  EXPECT_EQ(quoted("\xc0\xaf"), "^\"\xef\xbf\xbd\xef\xbf\xbd\"") << "overlong";
}

}  // namespace
