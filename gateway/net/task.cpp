#include "gateway/net/task.hpp"

#include <array>
#include <new>

namespace net {
namespace {

constexpr std::size_t class_bytes = 64;
constexpr std::size_t classes = 64;            // frames up to 4 KiB are pooled
constexpr std::size_t kept_per_class = 1024;

struct FreeFrame {
  FreeFrame* next;
};

struct SizeClass {
  FreeFrame* first = nullptr;
  std::size_t count = 0;
};

struct Pool {
  std::array<SizeClass, classes> sizes;
  ~Pool() {
    for (SizeClass& size : sizes) {
      while (FreeFrame* frame = size.first) {
        size.first = frame->next;
        ::operator delete(frame);
      }
    }
  }
};

thread_local Pool pool;

constexpr std::size_t class_of(std::size_t size) { return (size + class_bytes - 1) / class_bytes; }

}  // namespace

void* allocate_frame(std::size_t size) {
  const std::size_t index = class_of(size);
  if (index >= classes) return ::operator new(size);
  SizeClass& free_list = pool.sizes[index];
  if (FreeFrame* frame = free_list.first) {
    free_list.first = frame->next;
    --free_list.count;
    return frame;
  }
  return ::operator new(index * class_bytes);
}

void free_frame(void* frame, std::size_t size) noexcept {
  const std::size_t index = class_of(size);
  if (index >= classes || pool.sizes[index].count >= kept_per_class) return ::operator delete(frame);
  SizeClass& free_list = pool.sizes[index];
  free_list.first = new (frame) FreeFrame{free_list.first};
  ++free_list.count;
}

}  // namespace net
