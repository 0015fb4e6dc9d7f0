// include: several files as one. Files here are texts in a map.
#include <map>

#include "tests/unit/config/support.hpp"

namespace config::test {
namespace {

LoadResult load_files(const std::map<std::string, std::string>& files, const std::string& main = "etc/main.yaml") {
  const auto reader = [&files](const std::string& path) {
    const auto found = files.find(path);
    return found == files.end() ? FileText{.text = {}, .failure = "no such file"} : FileText{.text = found->second, .failure = {}};
  };
  return load_text(files.at(main), main, Environment{}, {}, reader);
}

std::string deployment(const std::string& name) { return "- {model_name: " + name + ", litellm_params: {model: openai/" + name + "}}\n"; }

TEST(Include, ListsGrowAndSectionsGainMembers) {
  const auto result = load_files({
      {"etc/main.yaml", "include: [models/a.yaml, ../etc/more.yaml]\nmodel_list:\n" + deployment("main") + "router_settings: {num_retries: 5}\n"},
      {"etc/models/a.yaml", "model_list:\n" + deployment("a")},
      {"etc/more.yaml", "router_settings: {timeout: 7}\nlitellm_settings: {drop_params: true}\n"},
  });

  ASSERT_NE(result.config, nullptr) << text_of(result.problems);
  ASSERT_EQ(result.config->deployments.size(), 2U);
  EXPECT_EQ(result.config->deployments[0].model_name, "main");
  EXPECT_EQ(result.config->deployments[1].model_name, "a");
  EXPECT_EQ(result.config->deployments[1].place.file, "etc/models/a.yaml");
  EXPECT_EQ(result.config->router.num_retries, 5);
  EXPECT_EQ(result.config->timers.timeout, std::chrono::seconds(7));
  EXPECT_TRUE(result.config->drop_params);
}

TEST(Include, ProblemsCarryTheirFile) {
  const auto result = load_files({
      {"etc/main.yaml", "include: a.yaml\nmodel_list:\n" + deployment("main") + "zzz: 1\n"},
      {"etc/a.yaml", "router_settings:\n  num_retries: x\n"},
  });

  EXPECT_EQ(text_of(result.problems),
            "etc/main.yaml:4:1: warning: unknown key zzz\n"
            "etc/a.yaml:2:16: error: router_settings.num_retries must be a whole number from 0 to 100, not \"x\"\n");
}

TEST(Include, WhatBothSetIsSaid) {
  const auto result = load_files({
      {"etc/main.yaml", "include: [a.yaml]\nmodel_list:\n" + deployment("main") + "router_settings: {num_retries: 1}\npenstock: {compat: openai}\n"},
      {"etc/a.yaml", "router_settings: {num_retries: 2}\npenstock: {compat: openai}\n"},
  });

  EXPECT_EQ(text_of(result.problems),
            "etc/a.yaml:1:19: warning: duplicate key \"num_retries\", also in etc/main.yaml at line 4, column 19; the included one counts\n"
            "etc/a.yaml:2:12: error: duplicate key \"compat\", also in etc/main.yaml at line 5, column 12\n");
}

TEST(Include, CyclesMissingAndBrokenFilesAreErrors) {
  const auto result = load_files({
      {"etc/main.yaml", "model_list:\n" + deployment("main") + "include:\n  - a.yaml\n  - none.yaml\n  - broken.yaml\n  - list.yaml\n  - main.yaml\n"},
      {"etc/a.yaml", "include: [./main.yaml]\n"},
      {"etc/broken.yaml", "a: [\n"},
      {"etc/list.yaml", "[1]\n"},
  });

  EXPECT_EQ(text_of(result.problems),
            "etc/main.yaml:5:5: error: the included file cannot be read: no such file\n"
            "etc/main.yaml:8:5: error: this file includes itself\n"
            "etc/a.yaml:1:11: error: this file includes itself\n"
            "etc/broken.yaml:1:4: error: this list has no closing ]\n"
            "etc/list.yaml:1:1: error: an included file must be a mapping of sections\n");
}

TEST(Include, DepthNumberAndSizeAreBoundedTogether) {
  std::map<std::string, std::string> chain;
  for (int i = 0; i < 20; ++i) chain[std::to_string(i) + ".yaml"] = "include: [" + std::to_string(i + 1) + ".yaml]\n";
  EXPECT_NE(text_of(load_files(chain, "0.yaml").problems).find("7.yaml:1:11: error: files included deeper than 8 levels"), std::string::npos);

  std::map<std::string, std::string> many = {{"m", "include: ["}, {"x", "a: 1\n"}};
  for (int i = 0; i < 100; ++i) many["m"] += "x, ";
  many["m"] += "]\n";
  EXPECT_NE(text_of(load_files(many, "m").problems).find("more than 64 included files"), std::string::npos);

  std::string list = "l: [";
  for (int i = 0; i < 40'000; ++i) list += "1,";
  EXPECT_NE(text_of(load_files({{"m", "include: [x, y, z]\n"}, {"x", list + "]"}, {"y", list + "]"}, {"z", list + "]"}}, "m").problems).find("values, aliases"),
            std::string::npos);
}

TEST(ReadFile, SaysWhyItCannot) {
  EXPECT_EQ(read_file("/nonexistent/config.yaml").failure, "No such file or directory");
  EXPECT_EQ(read_file("/").failure, "Is a directory");
  EXPECT_EQ(text_of(load_file("/nonexistent/config.yaml", Environment{}).problems),
            "/nonexistent/config.yaml: error: cannot be read: No such file or directory\n");
  EXPECT_NE(text_of(load_file("/dev/zero", Environment{}).problems).find("larger than 4MiB"), std::string::npos);
}

}  // namespace
}  // namespace config::test
