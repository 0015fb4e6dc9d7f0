// What coroutines wait for. An Event is sticky: once fired it stays so until reset(). `co_await any_of(a, b, c)` resumes when one of them
// has fired; the caller then looks which. Worker-owned: everything here belongs to one thread.
#pragma once

#include <array>
#include <coroutine>
#include <cstddef>
#include <span>

namespace net {

class Event;

/// A suspended coroutine and the events that may wake it. Lives in the coroutine's frame while it waits.
struct Waiter {
  std::coroutine_handle<> coroutine;
  std::span<Event* const> events;
};

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { forget_waiter(); }

  [[nodiscard]] bool fired() const noexcept { return fired_; }
  void reset() noexcept { fired_ = false; }

  /// Wakes the waiter, which runs before this returns and may destroy the event: touch nothing of it afterwards.
  void fire() {
    fired_ = true;
    wake();
  }

  void set_waiter(Waiter* waiter) noexcept { waiter_ = waiter; }

 private:
  void wake() {
    Waiter* waiter = waiter_;
    if (waiter == nullptr) return;
    for (Event* event : waiter->events) event->waiter_ = nullptr;
    waiter->coroutine.resume();
  }
  void forget_waiter() noexcept {
    if (waiter_ == nullptr) return;
    for (Event* event : waiter_->events) {
      if (event != this) event->waiter_ = nullptr;
    }
  }

  Waiter* waiter_ = nullptr;
  bool fired_ = false;
};

template <std::size_t N>
class AnyOf {
 public:
  explicit AnyOf(const std::array<Event*, N>& events) : events_(events) {}
  AnyOf(const AnyOf&) = delete;
  AnyOf& operator=(const AnyOf&) = delete;
  ~AnyOf() {
    if (!suspended_) return;
    for (Event* event : events_) event->set_waiter(nullptr);  // the frame is destroyed while waiting
  }

  bool await_ready() const noexcept {
    for (const Event* event : events_) {
      if (event->fired()) return true;
    }
    return false;
  }
  void await_suspend(std::coroutine_handle<> coroutine) noexcept {
    waiter_ = Waiter{coroutine, events_};
    for (Event* event : events_) event->set_waiter(&waiter_);
    suspended_ = true;
  }
  void await_resume() noexcept { suspended_ = false; }

 private:
  std::array<Event*, N> events_;
  Waiter waiter_;
  bool suspended_ = false;
};

/// Waits until one of the events has fired. Each event has at most one waiter at a time.
template <class... Events>
AnyOf<sizeof...(Events)> any_of(Events&... events) {
  return AnyOf<sizeof...(Events)>{std::array<Event*, sizeof...(Events)>{&events...}};
}

}  // namespace net
