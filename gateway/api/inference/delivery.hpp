// An upstream's reply on its way to the client. A delivery returns an Error only as long as no content has reached the client, so that
// another deployment may be tried; whatever happens afterwards is told to the client by the delivery itself.
#pragma once

#include "gateway/api/inference/answer_head.hpp"
#include "gateway/api/inference/upstream.hpp"
#include "providers/stream_relay.hpp"

namespace api {

/// What both kinds of delivery need to know of the request. Views into the workspace are dead once the request was released.
struct Delivery {
  Context& context;
  gateway::Workspaces::Lease workspace;
  auth::Caller caller;
  std::string client_model;            // restamped into replies; empty: the upstream's own name stays
  std::string group;
  net::Deadline patience;
  int attempts = 0;
  std::chrono::nanoseconds upstream_time{};
  net::Event never;                    // for a call that is read to its end though nobody waits

  [[nodiscard]] const providers::ModelRequest& request() const { return workspace->request; }
  [[nodiscard]] AnswerFacts facts() const;
};

/// Starts the answer to a stream before there is anything to tell, with what is known by then.
void open_stream_early(Delivery& delivery);

net::Task<providers::Result<void>> deliver_stream(Delivery& delivery, Upstream& upstream);
net::Task<providers::Result<void>> deliver_plain(Delivery& delivery, Upstream& upstream);

}  // namespace api
