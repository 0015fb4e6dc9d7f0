// The handler of every session: finds the route, keeps CORS and the admin plane apart, and sees to it that each request is counted and
// logged once. Worker-owned.
#pragma once

#include "gateway/api/context.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/http/session.hpp"

namespace api {

/// Which planes a listener serves: all of them, or, with penstock.admin.listen, the admin API on its own port only.
enum class Serves { everything, all_but_admin, admin_only };

class Front final : public http::Handler {
 public:
  Front(gateway::Services& services, Serves serves) : services_(services), serves_(serves) {}

  net::Task<void> handle(http::Exchange& exchange) override;
  net::Task<void> refuse(http::Exchange& exchange, int status, std::string_view reason) override;

 private:
  net::Task<void> dispatch(Context& context);
  net::Task<void> preflight(Context& context);
  [[nodiscard]] bool serves(Plane plane) const;
  void finish(Context& context);

  gateway::Services& services_;
  Serves serves_;
};

}  // namespace api
