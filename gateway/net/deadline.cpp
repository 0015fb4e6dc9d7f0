#include "gateway/net/deadline.hpp"

namespace net {

void Deadline::set(Instant when) {
  reset();
  when_ = when;
  if (linked_) return;
  linked_ = true;
  previous_ = nullptr;
  next_ = list_.first_;
  if (next_ != nullptr) next_->previous_ = this;
  list_.first_ = this;
}

void Deadline::set_in(std::chrono::nanoseconds delay) { set(list_.now() + delay); }

void Deadline::clear() noexcept {
  reset();
  unlink();
}

void Deadline::unlink() noexcept {
  if (!linked_) return;
  linked_ = false;
  if (list_.cursor_ == this) list_.cursor_ = next_;
  (previous_ != nullptr ? previous_->next_ : list_.first_) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
}

void Deadlines::sweep(Instant now) {
  now_ = now;
  cursor_ = first_;
  while (cursor_ != nullptr) {
    Deadline* deadline = cursor_;
    cursor_ = deadline->next_;
    if (deadline->when_ > now) continue;
    deadline->unlink();
    deadline->target_->fire();
  }
}

}  // namespace net
