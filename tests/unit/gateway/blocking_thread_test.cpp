#include "gateway/store/blocking_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <vector>

namespace store {
namespace {

TEST(BlockingThread, RunsJobsInOrderOnOneOtherThread) {
  std::vector<int> order;
  std::vector<std::thread::id> threads;
  {
    BlockingThread thread(1000);
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(thread.post([&order, &threads, i] {
        order.push_back(i);
        threads.push_back(std::this_thread::get_id());
      }));
    }
  }
  ASSERT_EQ(order.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
  for (const std::thread::id id : threads) EXPECT_TRUE(id == threads.front() && id != std::this_thread::get_id());
}

TEST(BlockingThread, TakesMoveOnlyJobs) {
  BlockingThread thread(10);
  std::promise<int> promise;
  std::future<int> answer = promise.get_future();
  auto value = std::make_unique<int>(42);
  ASSERT_TRUE(thread.post([promise = std::move(promise), value = std::move(value)]() mutable { promise.set_value(*value); }));
  EXPECT_EQ(answer.get(), 42);
}

TEST(BlockingThread, RefusesWhatDoesNotFit) {
  std::promise<void> release;
  std::promise<void> running;
  BlockingThread thread(2);
  ASSERT_TRUE(thread.post([&] {
    running.set_value();
    release.get_future().wait();
  }));
  running.get_future().wait();
  std::atomic<int> ran = 0;
  EXPECT_TRUE(thread.post([&] { ++ran; }));
  EXPECT_TRUE(thread.post([&] { ++ran; }));
  EXPECT_FALSE(thread.post([&] { ++ran; }));
  release.set_value();
  thread.stop();
  EXPECT_EQ(ran, 2);
}

TEST(BlockingThread, StopRunsWhatWaitsAndTakesNoMore) {
  std::atomic<int> ran = 0;
  BlockingThread thread(100);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(thread.post([&] { ++ran; }));
  thread.stop();
  EXPECT_EQ(ran, 50);
  EXPECT_FALSE(thread.post([&] { ++ran; }));
  thread.stop();
}

TEST(BlockingThread, AThrowingJobIsReportedAndTheNextRuns) {
  std::vector<std::string> failures;
  BlockingThread thread(10, [&](std::string_view what) { failures.emplace_back(what); });
  bool ran = false;
  ASSERT_TRUE(thread.post([] { throw std::runtime_error("disk full"); }));
  ASSERT_TRUE(thread.post([] { throw 7; }));
  ASSERT_TRUE(thread.post([&] { ran = true; }));
  thread.stop();
  EXPECT_TRUE(ran);
  EXPECT_EQ(failures, (std::vector<std::string>{"disk full", "an exception that is no std::exception"}));
}

TEST(BlockingThread, ManyPostersLoseNothingThatWasTaken) {
  std::atomic<int> taken = 0;
  int ran = 0;  // touched by the one thread only: a race would show under ThreadSanitizer
  {
    BlockingThread thread(64);
    std::vector<std::thread> posters;
    for (int i = 0; i < 4; ++i) {
      posters.emplace_back([&] {
        for (int j = 0; j < 500; ++j) {
          if (thread.post([&ran] { ++ran; })) ++taken;
        }
      });
    }
    for (std::thread& poster : posters) poster.join();
    std::thread other_stopper([&] { thread.stop(); });
    thread.stop();
    other_stopper.join();
  }
  EXPECT_EQ(ran, taken);
  EXPECT_GT(ran, 0);
}

}  // namespace
}  // namespace store
