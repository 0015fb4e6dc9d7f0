// One attempt: a deployment's answer to a request, from a connection or from inside the process, up to and including its head.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/api/context.hpp"
#include "gateway/http/client.hpp"
#include "providers/demo.hpp"
#include "providers/request.hpp"
#include "providers/vendor.hpp"

namespace api {

/// Where one request goes. Views into the snapshot and the workspace.
struct Destination {
  const providers::Target* target = nullptr;
  std::string upstream_model;  // with the wildcard's tail filled in
};

/// How long an attempt may take (BEHAVIOUR 20).
struct AttemptTimes {
  std::chrono::milliseconds connect;
  std::chrono::milliseconds first;   // first byte, and first content of a stream; total of a plain call
  std::chrono::milliseconds idle;    // between events afterwards
};

AttemptTimes attempt_times(const Context& context, const providers::ModelRequest& request, const config::Deployment& deployment);

/// A deployment that has answered with success: its body is still to be read.
class Upstream {
 public:
  /// Only for send_upstream().
  Upstream(net::Loop& loop, std::unique_ptr<http::Call> call) : pause_(loop.deadlines()), call_(std::move(call)) {}
  Upstream(net::Loop& loop, providers::LocalReply reply) : pause_(loop.deadlines()), local_(std::move(reply)) { ready_.fire(); }

  [[nodiscard]] bool event_stream() const;
  [[nodiscard]] std::string_view content_type() const;
  [[nodiscard]] std::optional<std::uint64_t> content_length() const;
  /// Null for answers from inside the process.
  [[nodiscard]] const http::ResponseHead* head() const { return call_ ? &call_->head() : nullptr; }

  /// The head has been told to the client: its fields are void from here on.
  void release_head() {
    if (call_) call_->release_head();
  }

  /// See http::Call: at once after the head, then after each wait for readable().
  http::Call::Read read_now();
  net::Event& readable();

  /// The reply was taken to its end: the connection goes back to the pool, if it can. With bytes still to come of a reply that is complete
  /// for us ([DONE] seen), they are read in the background first.
  void finish(gateway::Services& services);
  /// The rest is not wanted.
  void abort();

  const providers::Target* target = nullptr;

 private:
  net::Event ready_;
  net::Deadline pause_;
  std::unique_ptr<http::Call> call_;
  std::optional<providers::LocalReply> local_;
  std::size_t portion_ = 0;
  bool paused_ = false;
};

/// Sends the request to a deployment and waits for the head of its answer. Anything but success is an Error: also a status other than 2xx,
/// with the upstream's own words in it, cleaned of secrets.
net::Task<providers::Result<std::unique_ptr<Upstream>>> send_upstream(Context& context, const Destination& destination,
                                                                      gateway::Workspace& workspace, net::Deadline& patience);

/// Reads a body whole, up to `limit` bytes; what comes beyond is an error (`too_large` set when that was the reason).
net::Task<providers::Result<std::string>> read_whole(Context& context, Upstream& upstream, std::size_t limit, net::Deadline& patience, net::Event& cancelled);

/// The error for what stopped a call.
providers::Error trouble_error(http::Trouble trouble, std::string_view provider);

}  // namespace api
