#include "gateway/store/data_dir.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/unit/gateway/temporary_directory.hpp"

namespace store {
namespace {

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
}

TEST(DataDir, MakesItselfAndItsFilesPrivate) {
  const TemporaryDirectory parent;
  const DataDir data_dir(parent.path() / "deep" / "data");
  EXPECT_EQ(mode_of(data_dir.path()), 0700U);
  EXPECT_TRUE(data_dir.warnings().empty());
  const std::string file = data_dir.private_file("a");
  EXPECT_EQ(mode_of(file), 0600U);
}

TEST(DataDir, TakesATrailingSlash) {
  const TemporaryDirectory parent;
  const DataDir data_dir(parent.path() / "data" / "");
  EXPECT_EQ(mode_of(parent.path() / "data"), 0700U);
}

TEST(DataDir, ClosesWhatWasOpenToOthers) {
  const TemporaryDirectory parent;
  std::filesystem::create_directory(parent.path() / "data");
  ASSERT_EQ(::chmod((parent.path() / "data").c_str(), 0755), 0);
  std::ofstream(parent.path() / "data" / "penstock.db") << "x";
  ASSERT_EQ(::chmod((parent.path() / "data" / "penstock.db").c_str(), 0644), 0);

  const DataDir data_dir(parent.path() / "data");
  EXPECT_EQ(mode_of(data_dir.path()), 0700U);
  ASSERT_EQ(data_dir.warnings().size(), 1U);
  EXPECT_EQ(mode_of(data_dir.private_file("penstock.db")), 0600U);
}

TEST(DataDir, ASecondHolderIsRefusedByName) {
  const TemporaryDirectory parent;
  {
    const DataDir first(parent.path() / "data");
    try {
      const DataDir second(parent.path() / "data");
      FAIL() << "locked twice";
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find("in use by process " + std::to_string(::getpid())), std::string::npos) << error.what();
    }
  }
  const DataDir after_the_first(parent.path() / "data");
}

TEST(DataDir, AFileInItsPlaceIsRefused) {
  const TemporaryDirectory parent;
  std::ofstream(parent.path() / "data") << "x";
  EXPECT_THROW(DataDir(parent.path() / "data"), std::runtime_error);
  EXPECT_THROW(DataDir(parent.path() / "data" / "inside"), std::runtime_error);
}

TEST(DataDir, DoesNotFollowALinkInPlaceOfAFile) {
  const TemporaryDirectory parent;
  const DataDir data_dir(parent.path() / "data");
  std::ofstream(parent.path() / "elsewhere") << "x";
  std::filesystem::create_symlink(parent.path() / "elsewhere", data_dir.path() / "penstock.db");
  EXPECT_THROW(static_cast<void>(data_dir.private_file("penstock.db")), std::runtime_error);
}

}  // namespace
}  // namespace store
