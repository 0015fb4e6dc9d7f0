// The one thread that may block on a disk: jobs in, run in order. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

namespace store {

class BlockingThread {
 public:
  /// Told of what a job threw, on the thread itself. Must not throw.
  using OnFailure = std::function<void(std::string_view what)>;

  /// `capacity` bounds the jobs that wait, not the one that runs.
  explicit BlockingThread(std::size_t capacity, OnFailure on_failure = {});
  ~BlockingThread();  // stops
  BlockingThread(const BlockingThread&) = delete;
  BlockingThread& operator=(const BlockingThread&) = delete;

  /// False, and the job is dropped without having run, when the queue is full or stop() was called. Jobs may be move-only.
  template <class F>
  [[nodiscard]] bool post(F&& job) {
    return enqueue(std::make_unique<JobOf<std::decay_t<F>>>(std::forward<F>(job)));
  }

  /// Takes no more jobs, runs those that wait, and returns when the thread has ended. Any thread but the blocking one may call it, once or often.
  void stop();

 private:
  struct Job {
    virtual ~Job() = default;
    virtual void run() = 0;
  };
  template <class F>
  struct JobOf final : Job {
    explicit JobOf(F&& function) : function_(std::move(function)) {}
    explicit JobOf(const F& function) : function_(function) {}
    void run() override { function_(); }
    F function_;
  };

  bool enqueue(std::unique_ptr<Job> job);
  void run_jobs();
  void run_one(std::unique_ptr<Job> job) noexcept;

  const std::size_t capacity_;
  const OnFailure on_failure_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Job>> jobs_;  // guarded by mutex_
  bool stopping_ = false;                  // guarded by mutex_
  std::mutex joining_;                     // two callers of stop() must not join twice
  std::thread thread_;                     // last: it uses all of the above
};

}  // namespace store
