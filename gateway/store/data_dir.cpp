#include "gateway/store/data_dir.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace store {

namespace {

constexpr mode_t private_directory = 0700;
constexpr mode_t private_regular = 0600;
constexpr mode_t others = S_IRWXG | S_IRWXO;

[[noreturn]] void fail(const std::string& doing, int error) { throw std::runtime_error(doing + ": " + std::generic_category().message(error)); }

/// Creates missing parents with the usual mode and the directory itself privately.
void make_directory(const std::filesystem::path& path) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  if (::mkdir(path.c_str(), private_directory) != 0 && errno != EEXIST) fail("cannot make the data directory " + path.string(), errno);
}

std::string holder(int lock) {
  std::array<char, 64> text;
  const ssize_t length = ::pread(lock, text.data(), text.size(), 0);
  std::string pid;
  for (ssize_t i = 0; i < length && text[static_cast<std::size_t>(i)] >= '0' && text[static_cast<std::size_t>(i)] <= '9'; ++i) {
    pid += text[static_cast<std::size_t>(i)];
  }
  return pid.empty() ? "another process" : "process " + pid;
}

}  // namespace

DataDir::DataDir(std::filesystem::path path) : path_(std::move(path)) {
  if (!path_.has_filename() && path_.has_parent_path()) path_ = path_.parent_path();  // "dir/" is "dir"
  make_directory(path_);

  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) fail("cannot read the data directory " + path_.string(), errno);
  if (!S_ISDIR(status.st_mode)) throw std::runtime_error(path_.string() + " is not a directory; give another --data-dir");
  if ((status.st_mode & others) != 0) {
    if (::chmod(path_.c_str(), private_directory) != 0) {
      fail("others can enter the data directory " + path_.string() + " and its mode cannot be changed to 0700", errno);
    }
    warnings_.push_back("others could enter the data directory " + path_.string() + "; its mode is 0700 now");
  }

  const std::string lock_file = (path_ / "lock").string();
  lock_ = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, private_regular);
  if (lock_ < 0) fail("cannot open " + lock_file, errno);
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    const std::string other = holder(lock_);
    ::close(lock_);
    if (error != EWOULDBLOCK) fail("cannot lock " + lock_file, error);
    throw std::runtime_error("the data directory " + path_.string() + " is in use by " + other + "; stop it or give another --data-dir");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock_, 0) != 0 || ::pwrite(lock_, pid.data(), pid.size(), 0) < 0) {
    const int error = errno;
    ::close(lock_);
    fail("cannot write " + lock_file, error);
  }
}

// The file stays: to remove it would open a gap in which two processes lock two files of the same name.
DataDir::~DataDir() { ::close(lock_); }

std::string DataDir::private_file(std::string_view name) const {
  const std::string file = (path_ / name).string();
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, private_regular);
  if (descriptor < 0) fail("cannot open " + file, errno);
  struct stat status {};
  const bool is_private = ::fstat(descriptor, &status) == 0 && (status.st_mode & others) == 0;
  const int result = is_private ? 0 : ::fchmod(descriptor, private_regular);
  const int error = errno;
  ::close(descriptor);
  if (result != 0) fail("others can read " + file + " and its mode cannot be changed to 0600", error);
  return file;
}

}  // namespace store
