// Counters of one worker, and the Prometheus page that sums them over all. A counter has one writer, its worker, and is read by whoever
// answers a scrape: relaxed atomics, which on the hot path cost what plain integers do.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "gateway/observe/request_record.hpp"

namespace observe {

/// One writer, many readers.
class Counter {
 public:
  void add(std::int64_t amount) noexcept { value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

/// Counts per bucket; bounds in milliseconds, as LiteLLM's latency families have them in seconds.
class Histogram {
 public:
  static constexpr std::array<std::int64_t, 14> bounds_ms{5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10'000, 30'000, 60'000, 300'000};

  void observe(Duration value) noexcept;

  std::array<Counter, bounds_ms.size() + 1> buckets;
  Counter sum_us;
};

/// Of one (route, model, provider, status) combination.
struct Series {
  Counter requests;
  Counter input_tokens;
  Counter output_tokens;
  Histogram total;
  Histogram first_content;
};

class Metrics {
 public:
  /// Counts a finished request. Model names of unknown models are not taken as labels: the number of series stays bounded.
  void count(const RequestRecord& record);

  Counter connections_accepted;
  Counter connections_open;    // may go down
  Counter requests_in_flight;  // may go down
  Counter heads_refused;
  Counter upstream_connections;

  /// The page over all workers' metrics. Thread-safe.
  static std::string page(std::span<const Metrics* const> workers);

 private:
  using Labels = std::tuple<std::string, std::string, std::string, int>;  // route, model, provider, status
  static constexpr std::size_t max_series = 2000;

  Series& series(const RequestRecord& record);

  mutable std::mutex mutex_;  // held to add a series and to scrape; finding one is the worker's alone
  std::map<Labels, std::unique_ptr<Series>, std::less<>> series_;
  Series* last_ = nullptr;    // most requests are like the one before
  Labels last_labels_;
};

}  // namespace observe
