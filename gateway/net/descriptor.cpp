#include "gateway/net/descriptor.hpp"

#include <unistd.h>

#include <boost/asio/detail/reactor.hpp>
#include <boost/asio/detail/reactor_op.hpp>
#include <boost/asio/detail/scheduler_operation.hpp>
#include <system_error>
#include <utility>

#include "gateway/net/loop.hpp"

namespace net {
namespace {

using boost::asio::detail::reactor;
using boost::asio::detail::reactor_op;
using boost::asio::detail::scheduler_operation;

}  // namespace

struct Descriptor::State {
  /// Completes at the next edge of its direction, without having touched the descriptor.
  struct EdgeWait : reactor_op {
    EdgeWait(State& owner) : reactor_op(boost::system::error_code{}, &perform, &complete), state(owner) {}

    static status perform(reactor_op*) { return done_and_exhausted; }

    static void complete(void* scheduler, scheduler_operation* base, const boost::system::error_code&, std::size_t) {
      auto* self = static_cast<EdgeWait*>(base);
      self->armed = false;
      State& state = self->state;
      if (state.orphaned) {
        if (!state.read.armed && !state.write.armed) delete &state;
        return;
      }
      if (scheduler != nullptr) self->event.fire();  // may close the descriptor
    }

    State& state;
    Event event;
    bool armed = false;
  };

  State(Loop& owner, int descriptor)
      : loop(owner), service(boost::asio::use_service<reactor>(owner.context())), fd(descriptor), read(*this), write(*this) {
    service.init_task();
    if (const int error = service.register_descriptor(fd, registration); error != 0) {
      throw std::system_error(error, std::generic_category(), "register a descriptor");
    }
  }

  Event& arm(EdgeWait& wait, int operation) {
    if (!wait.armed && !wait.event.fired()) {
      wait.armed = true;
      service.start_op(operation, fd, registration, &wait, false, true);
    }
    return wait.event;
  }

  Loop& loop;
  reactor& service;
  reactor::per_descriptor_data registration{};
  int fd;
  bool orphaned = false;
  EdgeWait read;
  EdgeWait write;
};

Descriptor::Descriptor(Loop& loop, int fd) : state_(new State(loop, fd)) {}

Descriptor::Descriptor(Descriptor&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}

Descriptor::~Descriptor() { close(); }

void Descriptor::close() {
  State* state = std::exchange(state_, nullptr);
  if (state == nullptr) return;
  const int fd = state->fd;
  state->orphaned = true;
  constexpr bool closing = true;  // epoll forgets a closed descriptor by itself
  state->service.deregister_descriptor(fd, state->registration, closing);  // waits in flight complete as aborted, later
  state->service.cleanup_descriptor_data(state->registration);
  ::close(fd);
  if (!state->read.armed && !state->write.armed) delete state;
}

int Descriptor::fd() const noexcept { return state_->fd; }
Loop& Descriptor::loop() noexcept { return state_->loop; }

Event& Descriptor::readable_event() noexcept { return state_->read.event; }
Event& Descriptor::writable_event() noexcept { return state_->write.event; }
Event& Descriptor::readable() { return state_->arm(state_->read, reactor::read_op); }
Event& Descriptor::writable() { return state_->arm(state_->write, reactor::write_op); }

}  // namespace net
