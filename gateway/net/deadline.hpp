// Deadlines that cost a store to move: an intrusive list that the loop sweeps every `tick`, so that a paced stream never touches a timer
// heap or a timerfd. They fire late by at most one tick. Worker-owned.
#pragma once

#include <chrono>

#include "gateway/net/event.hpp"

namespace net {

using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;

class Deadlines;

/// Fires once its time has passed. Unlinks itself when destroyed.
class Deadline : public Event {
 public:
  explicit Deadline(Deadlines& list) : list_(list), target_(this) {}
  /// Fires `target` instead of itself.
  Deadline(Deadlines& list, Event& target) : list_(list), target_(&target) {}
  ~Deadline() { clear(); }

  /// (Re)arms it: fires at the first sweep at or after `when`.
  void set(Instant when);
  /// ... counted from the last sweep: costs no clock, and is early by at most one tick.
  void set_in(std::chrono::nanoseconds delay);
  /// Disarms it and forgets that it fired.
  void clear() noexcept;
  [[nodiscard]] bool armed() const noexcept { return linked_; }

 private:
  friend class Deadlines;
  void unlink() noexcept;

  Deadlines& list_;
  Event* target_;
  Instant when_{};
  Deadline* previous_ = nullptr;
  Deadline* next_ = nullptr;
  bool linked_ = false;
};

class Deadlines {
 public:
  static constexpr std::chrono::milliseconds tick{50};

  Deadlines() = default;
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  /// Fires all that are due. Coroutines that wake may arm, clear or destroy any deadline.
  void sweep(Instant now);

  /// The time of the last sweep: at most one tick old while the loop runs.
  [[nodiscard]] Instant now() const noexcept { return now_; }

 private:
  friend class Deadline;
  Instant now_ = Clock::now();
  Deadline* first_ = nullptr;
  Deadline* cursor_ = nullptr;  // the next one of a running sweep
};

}  // namespace net
