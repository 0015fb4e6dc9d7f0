// The coroutine type of the gateway: a lazy task with one awaiter. Frames come from a per-thread pool.
//
// Why not asio::awaitable: measured on the relay, its type-erased handlers and its frame stack cost about a microsecond a request more, and
// after a cancellation its next co_await throws, which would skip whatever stands on the line after. Here a wait is a plain value
// (net/event.hpp), and a coroutine ends only by running to its end.
//
// Completion does not use symmetric transfer, which g++ turns into a tail call only when it optimises: a task that completes without
// suspending returns to its awaiter as a plain call, so that loops of such tasks do not grow the stack in sanitizer builds.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

namespace net {

/// Frames by size class, reused by the thread that freed them. Thread-safe by being per thread.
void* allocate_frame(std::size_t size);
void free_frame(void* frame, std::size_t size) noexcept;

template <class T>
class [[nodiscard]] Task;

namespace detail {

class PromiseBase {
 public:
  static void* operator new(std::size_t size) { return allocate_frame(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { free_frame(frame, size); }

  std::suspend_always initial_suspend() noexcept { return {}; }

  struct ResumeAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> self) noexcept {
      std::coroutine_handle<> awaiter = self.promise().awaiter_;
      if (awaiter) awaiter.resume();  // may destroy this frame: nothing of it is touched afterwards
    }
    void await_resume() noexcept {}
  };
  ResumeAwaiter final_suspend() noexcept { return {}; }

  void unhandled_exception() noexcept { exception_ = std::current_exception(); }

  std::coroutine_handle<> awaiter_;  // set once the awaiter really suspended
  std::exception_ptr exception_;
};

template <class T>
class Promise : public PromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& value) {
    value_.emplace(std::forward<U>(value));
  }
  T take() {
    if (exception_) std::rethrow_exception(exception_);
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class Promise<void> : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void take() {
    if (exception_) std::rethrow_exception(exception_);
  }
};

}  // namespace detail

/// Owns its frame; awaited at most once; destroying an unfinished task destroys what it waits in.
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;

  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (frame_) frame_.destroy();
  }

  struct Awaiter {
    std::coroutine_handle<promise_type> frame;
    bool await_ready() noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiter) {
      frame.resume();
      if (frame.done()) return false;  // ran through: go on as after a plain call
      frame.promise().awaiter_ = awaiter;
      return true;
    }
    T await_resume() { return frame.promise().take(); }
  };
  Awaiter operator co_await() && noexcept { return Awaiter{frame_}; }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

  std::coroutine_handle<promise_type> frame_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>{std::coroutine_handle<Promise<T>>::from_promise(*this)};
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>{std::coroutine_handle<Promise<void>>::from_promise(*this)};
}

}  // namespace detail

}  // namespace net
