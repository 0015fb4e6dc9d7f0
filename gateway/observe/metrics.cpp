#include "gateway/observe/metrics.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iterator>

namespace observe {
namespace {

std::string escaped(std::string_view label) {
  std::string out;
  for (const char c : label) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

struct SeriesSum {
  std::int64_t requests = 0, input_tokens = 0, output_tokens = 0;
  std::array<std::int64_t, Histogram::bounds_ms.size() + 1> total{}, first_content{};
  std::int64_t total_us = 0, first_content_us = 0;
};

template <std::size_t N>
void add(std::array<std::int64_t, N>& sums, const std::array<Counter, N>& counters) {
  for (std::size_t i = 0; i < N; ++i) sums[i] += counters[i].value();
}

void family(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

template <std::size_t N>
void histogram(std::string& out, std::string_view name, std::string_view labels, const std::array<std::int64_t, N>& buckets, std::int64_t sum_us) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < N; ++i) {
    count += buckets[i];
    const std::string bound = i + 1 < N ? fmt::format("{}", static_cast<double>(Histogram::bounds_ms[i]) / 1000.0) : "+Inf";
    fmt::format_to(std::back_inserter(out), "{}_bucket{{{},le=\"{}\"}} {}\n", name, labels, bound, count);
  }
  fmt::format_to(std::back_inserter(out), "{}_sum{{{}}} {:.6f}\n{}_count{{{}}} {}\n", name, labels, static_cast<double>(sum_us) / 1e6, name, labels, count);
}

}  // namespace

void Histogram::observe(Duration value) noexcept {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(value).count();
  const auto bucket = std::lower_bound(bounds_ms.begin(), bounds_ms.end(), ms) - bounds_ms.begin();
  buckets[static_cast<std::size_t>(bucket)].add(1);
  sum_us.add(std::chrono::duration_cast<std::chrono::microseconds>(value).count());
}

Series& Metrics::series(const RequestRecord& record) {
  const std::string_view model = record.deployment_id.empty() ? std::string_view{} : std::string_view(record.model);
  if (last_ != nullptr && std::get<0>(last_labels_) == record.route && std::get<1>(last_labels_) == model &&
      std::get<2>(last_labels_) == record.provider && std::get<3>(last_labels_) == record.status) {
    return *last_;
  }
  Labels labels{record.route, model, record.provider, record.status};
  auto found = series_.find(labels);
  if (found == series_.end()) {
    if (series_.size() >= max_series) std::get<1>(labels) = "(other)";
    const std::lock_guard lock(mutex_);
    found = series_.try_emplace(labels, std::make_unique<Series>()).first;
  }
  last_labels_ = std::move(labels);
  last_ = found->second.get();
  return *last_;
}

void Metrics::count(const RequestRecord& record) {
  Series& to = series(record);
  to.requests.add(1);
  if (record.usage.seen) {
    to.input_tokens.add(record.usage.input);
    to.output_tokens.add(record.usage.output);
  }
  to.total.observe(record.total);
  if (record.first_content) to.first_content.observe(*record.first_content);
}

std::string Metrics::page(std::span<const Metrics* const> workers) {
  std::map<Labels, SeriesSum> sums;
  std::int64_t accepted = 0, open = 0, in_flight = 0, refused = 0, upstream = 0;
  for (const Metrics* worker : workers) {
    accepted += worker->connections_accepted.value();
    open += worker->connections_open.value();
    in_flight += worker->requests_in_flight.value();
    refused += worker->heads_refused.value();
    upstream += worker->upstream_connections.value();
    const std::lock_guard lock(worker->mutex_);
    for (const auto& [labels, series] : worker->series_) {
      SeriesSum& sum = sums[labels];
      sum.requests += series->requests.value();
      sum.input_tokens += series->input_tokens.value();
      sum.output_tokens += series->output_tokens.value();
      add(sum.total, series->total.buckets);
      add(sum.first_content, series->first_content.buckets);
      sum.total_us += series->total.sum_us.value();
      sum.first_content_us += series->first_content.sum_us.value();
    }
  }

  const auto text_of = [](const Labels& labels) {
    return fmt::format("route=\"{}\",requested_model=\"{}\",api_provider=\"{}\",status_code=\"{}\"", escaped(std::get<0>(labels)),
                       escaped(std::get<1>(labels)), escaped(std::get<2>(labels)), std::get<3>(labels));
  };
  std::string out;
  const auto counters = [&](std::string_view name, std::string_view help, auto member, auto wanted) {
    family(out, name, "counter", help);
    for (const auto& [labels, sum] : sums) {
      if (wanted(labels, sum)) fmt::format_to(std::back_inserter(out), "{}{{{}}} {}\n", name, text_of(labels), sum.*member);
    }
  };
  const auto always = [](const Labels&, const SeriesSum&) { return true; };
  const auto failed = [](const Labels& labels, const SeriesSum&) { return std::get<3>(labels) >= 400; };
  const auto metered = [](const Labels&, const SeriesSum& sum) { return sum.input_tokens + sum.output_tokens > 0; };
  counters("litellm_proxy_total_requests_metric_total", "Requests answered.", &SeriesSum::requests, always);
  counters("litellm_proxy_failed_requests_metric_total", "Requests answered with an error.", &SeriesSum::requests, failed);
  counters("litellm_input_tokens_metric_total", "Input tokens that upstreams reported.", &SeriesSum::input_tokens, metered);
  counters("litellm_output_tokens_metric_total", "Output tokens that upstreams reported.", &SeriesSum::output_tokens, metered);

  family(out, "litellm_request_total_latency_metric", "histogram", "Seconds from the request's head to the end of its answer.");
  for (const auto& [labels, sum] : sums) histogram(out, "litellm_request_total_latency_metric", text_of(labels), sum.total, sum.total_us);
  family(out, "litellm_llm_api_time_to_first_token_metric", "histogram", "Seconds until the first content of a stream.");
  for (const auto& [labels, sum] : sums) {
    if (sum.first_content_us == 0 && std::all_of(sum.first_content.begin(), sum.first_content.end(), [](auto n) { return n == 0; })) continue;
    histogram(out, "litellm_llm_api_time_to_first_token_metric", text_of(labels), sum.first_content, sum.first_content_us);
  }

  const auto single = [&](std::string_view name, std::string_view type, std::string_view help, std::int64_t value) {
    family(out, name, type, help);
    fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
  };
  single("litellm_in_flight_requests", "gauge", "Requests being served.", in_flight);
  single("penstock_client_connections", "gauge", "Open client connections.", open);
  single("penstock_client_connections_accepted_total", "counter", "Client connections accepted.", accepted);
  single("penstock_heads_refused_total", "counter", "Requests refused before their route was known: malformed or too slow.", refused);
  single("penstock_upstream_connections_total", "counter", "Connections made to upstreams.", upstream);
  return out;
}

}  // namespace observe
