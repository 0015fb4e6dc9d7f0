#include "gateway/store/blocking_thread.hpp"

#include <exception>

namespace store {

BlockingThread::BlockingThread(std::size_t capacity, OnFailure on_failure)
    : capacity_(capacity), on_failure_(std::move(on_failure)), thread_([this] { run_jobs(); }) {}

BlockingThread::~BlockingThread() { stop(); }

bool BlockingThread::enqueue(std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || jobs_.size() >= capacity_) return false;
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

void BlockingThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  const std::lock_guard lock(joining_);
  if (thread_.joinable()) thread_.join();
}

void BlockingThread::run_jobs() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    std::unique_ptr<Job> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    run_one(std::move(job));  // also destroyed without the lock: a job may own anything
    lock.lock();
  }
}

void BlockingThread::run_one(std::unique_ptr<Job> job) noexcept {
  try {
    job->run();
  } catch (const std::exception& error) {
    if (on_failure_) on_failure_(error.what());
  } catch (...) {
    if (on_failure_) on_failure_("an exception that is no std::exception");
  }
}

}  // namespace store
