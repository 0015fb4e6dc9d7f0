#include "config/yaml.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace config {
namespace {

NodePtr parse(std::string_view text) {
  const auto document = parse_yaml(text, "y");
  EXPECT_TRUE(document.problems.empty()) << to_text(document.problems.empty() ? Problem{} : document.problems[0]);
  return document.root;
}

std::string refusal(std::string_view text, const YamlLimits& limits = {}) {
  const auto document = parse_yaml(text, "y", limits);
  EXPECT_EQ(document.root, nullptr);
  return document.problems.empty() ? "" : to_text(document.problems.back());
}

/// Each level holds ten aliases of the one above: ten levels would be 10^10 values.
std::string alias_bomb() {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 10; ++level) {
    const auto name = std::to_string(level);
    text += "a" + name + ": &a" + name + " [";
    for (int i = 0; i < 10; ++i) text += (i == 0 ? "*a" : ", *a") + std::to_string(level - 1);
    text += "]\n";
  }
  return text;
}

TEST(Yaml, ValuesKnowTheirPlaces) {
  const auto root = parse("a: 1\nlist:\n  - x\n  -   {k: v}\n");

  const auto* list = root->find("list");
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->place.line, 2);
  EXPECT_EQ(list->place.column, 1);
  EXPECT_EQ(list->value->items[0]->place.line, 3);
  EXPECT_EQ(list->value->items[0]->place.column, 5);
  EXPECT_EQ(list->value->items[1]->find("k")->place.column, 8);
  EXPECT_EQ(list->value->items[1]->find("k")->value->place.column, 11);
}

TEST(Yaml, AMissingValueStandsAtItsKey) {
  const auto root = parse("a:\n\n\nb: 1\n");

  EXPECT_TRUE(root->find("a")->value->is_null());
  EXPECT_EQ(root->find("a")->value->place.line, 1);
}

TEST(Yaml, ScalarsStayText) {
  const auto root = parse("octal: 010\nquoted: \"010\"\ntagged: !!str 5\nempty: ''\nnone: ~\nnothing: Null\n");

  EXPECT_EQ(root->find("octal")->value->text, "010");
  EXPECT_FALSE(root->find("octal")->value->quoted);
  EXPECT_TRUE(root->find("quoted")->value->quoted);
  EXPECT_TRUE(root->find("tagged")->value->quoted);
  EXPECT_TRUE(root->find("empty")->value->is_scalar());
  EXPECT_TRUE(root->find("none")->value->is_null());
  EXPECT_TRUE(root->find("nothing")->value->is_null());
}

TEST(Yaml, AliasesShareTheirValue) {
  const auto root = parse("a: &x {k: v}\nb: *x\n");

  EXPECT_EQ(root->find("a")->value, root->find("b")->value);
}

TEST(Yaml, MergeKeysGiveWayToWhatIsWritten) {
  const auto root = parse(
      "base: &base {a: 1, b: 1}\n"
      "more: &more {b: 2, c: 2}\n"
      "one: {<<: *base, b: 3}\n"
      "two: {<<: [*base, *more], d: 4}\n"
      "late: {b: 3, <<: *base}\n"
      "'quoted': {'<<': 5}\n");

  const auto value = [&root](std::string_view mapping, std::string_view key) { return root->find(mapping)->value->find(key)->value->text; };
  EXPECT_EQ(value("one", "a"), "1");
  EXPECT_EQ(value("one", "b"), "3");
  EXPECT_EQ(value("two", "b"), "1");
  EXPECT_EQ(value("two", "c"), "2");
  EXPECT_EQ(value("two", "d"), "4");
  EXPECT_EQ(value("late", "b"), "3");
  EXPECT_EQ(root->find("one")->value->members.size(), 2U);
  EXPECT_EQ(value("quoted", "<<"), "5");
}

TEST(Yaml, TheLastDuplicateCounts) {
  const auto document = parse_yaml("k: 1\nother: 2\nk: 3\n", "y");

  ASSERT_EQ(document.problems.size(), 1U);
  EXPECT_EQ(to_text(document.problems[0]), "y:3:1: warning: duplicate key \"k\", first at line 1, column 1; the last one counts");
  EXPECT_EQ(document.root->find("k")->value->text, "3");
  EXPECT_EQ(document.root->members.size(), 2U);
}

TEST(Yaml, AnAliasBombIsRefusedAtOnce) {
  const auto start = std::chrono::steady_clock::now();

  EXPECT_EQ(refusal(alias_bomb()), "y:5:45: error: more than 100000 values, aliases counted as copies");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

TEST(Yaml, AMergeBombIsRefusedToo) {
  std::string text = "m0: &m0 {";
  for (int i = 0; i < 1000; ++i) text += "k" + std::to_string(i) + ": 1, ";
  text += "}\n";
  for (int i = 1; i < 200; ++i) text += "m" + std::to_string(i) + ": {<<: *m0}\n";

  EXPECT_NE(refusal(text).find("more than 100000 values"), std::string::npos);
}

TEST(Yaml, CopiesOfALongTextAreCounted) {
  std::string text = "t: &t " + std::string(1'000'000, 'x') + "\nl: [";
  for (int i = 0; i < 50; ++i) text += "*t, ";

  EXPECT_NE(refusal(text + "]\n").find("more than 16MiB of text"), std::string::npos);
}

TEST(Yaml, DepthIsBoundedThroughAliasesToo) {
  EXPECT_NE(refusal(std::string(1000, '[')).find("nested deeper than 64 levels"), std::string::npos);
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  EXPECT_NE(refusal("a: &a " + deep + "\nb: " + std::string(40, '[') + "*a" + std::string(40, ']') + "\n").find("nested deeper"), std::string::npos);
  EXPECT_TRUE(parse(std::string(63, '[') + "1" + std::string(63, ']'))->is_sequence());
}

TEST(Yaml, AnEmptyFileIsNull) {
  EXPECT_TRUE(parse("")->is_null());
  EXPECT_TRUE(parse("# only a comment\n")->is_null());
  EXPECT_TRUE(parse("---\n")->is_null());
  EXPECT_TRUE(parse("\xef\xbb\xbf" "a: 1\n")->find("a") != nullptr);
}

}  // namespace
}  // namespace config
