// Owns coroutines that run beside the one that started them, and can wait until all of them have ended. Worker-owned.
#pragma once

#include <spdlog/spdlog.h>

#include <cstddef>
#include <exception>

#include "gateway/net/event.hpp"
#include "gateway/net/task.hpp"

namespace net {

class TaskGroup {
 public:
  TaskGroup() { idle_.fire(); }
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Runs the task up to its first wait, and then whenever it wakes. What it throws is logged and ends it alone.
  void spawn(Task<void> task) {
    ++running_;
    idle_.reset();
    run(*this, std::move(task));
  }

  [[nodiscard]] std::size_t running() const noexcept { return running_; }
  /// Fired while none is running.
  Event& idle() noexcept { return idle_; }

 private:
  /// A coroutine nobody awaits: its frame frees itself.
  struct Detached {
    struct promise_type {
      static void* operator new(std::size_t size) { return allocate_frame(size); }
      static void operator delete(void* frame, std::size_t size) noexcept { free_frame(frame, size); }
      Detached get_return_object() noexcept { return {}; }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() noexcept {}
      void unhandled_exception() noexcept { std::terminate(); }  // run() lets nothing through
    };
  };

  static Detached run(TaskGroup& group, Task<void> task) {
    try {
      co_await std::move(task);
    } catch (const std::exception& fault) {
      spdlog::error("a connection failed: {}", fault.what());
    } catch (...) {
      spdlog::error("a connection failed for an unknown reason");
    }
    if (--group.running_ == 0) group.idle_.fire();
  }

  std::size_t running_ = 0;
  Event idle_;
};

}  // namespace net
