#include "gateway/http/client.hpp"

#include <array>
#include <vector>

namespace http {

using net::IoResult;

net::Task<Trouble> Call::exchange(std::span<const std::string_view> pieces, Patience patience) {
  const Trouble trouble = co_await send(pieces, patience);
  if (trouble != Trouble::none) co_return trouble;
  co_return co_await receive_head(patience);
}

net::Task<Trouble> Call::send(std::span<const std::string_view> pieces, Patience patience) {
  std::array<iovec, 32> few;
  std::vector<iovec> many;
  std::span<iovec> out;
  if (pieces.size() <= few.size()) {
    out = std::span(few).first(pieces.size());
  } else {
    many.resize(pieces.size());
    out = many;
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) out[i] = net::piece(pieces[i]);

  while (!out.empty()) {
    const IoResult result = connection_->stream->write_now(out);
    if (result.state == IoResult::State::failed) co_return Trouble::closed;
    std::size_t moved = result.state == IoResult::State::done ? result.bytes : 0;
    sent_ += moved;
    while (!out.empty() && moved >= out.front().iov_len) {
      moved -= out.front().iov_len;
      out = out.subspan(1);
    }
    if (out.empty()) break;
    out.front() = net::piece({static_cast<const char*>(out.front().iov_base) + moved, out.front().iov_len - moved});
    // the socket is full: wait for room, or for an answer that comes early
    co_await net::any_of(connection_->stream->writable(), connection_->stream->readable(), patience.deadline, patience.cancelled);
    if (patience.cancelled.fired()) co_return Trouble::cancelled;
    if (patience.deadline.fired()) co_return Trouble::timed_out;
    if (connection_->stream->readable().fired()) co_return Trouble::none;
  }
  request_complete_ = true;
  co_return Trouble::none;
}

net::Task<Trouble> Call::receive_head(Patience patience) {
  std::string& collected = connection_->head;  // only filled when a head comes in parts, or for keeping it
  collected.clear();
  int interim = 0;
  for (;;) {
    co_await net::any_of(connection_->stream->readable(), patience.deadline, patience.cancelled);
    if (patience.cancelled.fired()) co_return Trouble::cancelled;
    if (patience.deadline.fired()) co_return Trouble::timed_out;
    const std::span<char> scratch = loop_.scratch();
    const IoResult got = connection_->stream->read_now(scratch);
    if (got.state == IoResult::State::would_block) continue;
    if (got.state != IoResult::State::done) co_return heard_ ? Trouble::malformed : Trouble::closed;
    heard_ = true;

    std::span<char> bytes = scratch.first(got.bytes);
    for (;;) {
      // parse from a copy that outlives the scratch; it is a few hundred bytes
      const std::size_t before = collected.size();
      const auto limit = static_cast<std::size_t>(limits_.response_head_bytes);
      const std::size_t taken = std::min(bytes.size(), limit + 1 - std::min(before, limit));
      collected.append(bytes.data(), taken);
      const HeadResult result = parse_response_head(collected, limit, limits_.response_fields, false, head_);
      if (result.state == HeadResult::State::refused) co_return Trouble::malformed;
      if (result.state == HeadResult::State::incomplete) {
        if (collected.size() > limit) co_return Trouble::malformed;
        break;
      }
      bytes = bytes.subspan(result.consumed - before);
      collected.resize(result.consumed);
      if (head_.status >= 200) {
        remaining_ = head_.content_length;
        finished_ = head_.framing == Framing::none || (head_.framing == Framing::length && remaining_ == 0);
        surplus_ = finished_ && !bytes.empty();
        behind_head_ = bytes;
        co_return Trouble::none;
      }
      if (head_.status == 101 || ++interim > limits_.interim_responses) co_return Trouble::malformed;
      collected.clear();
      if (bytes.empty()) break;
    }
  }
}

Call::Read Call::read_now() {
  if (finished_) return {.state = Read::State::end};
  if (chunks_.failed()) return {.state = Read::State::failed, .trouble = Trouble::malformed};
  std::span<char> bytes = std::exchange(behind_head_, {});
  for (;;) {
    if (bytes.empty()) {
      const std::span<char> scratch = loop_.scratch();
      const IoResult got = connection_->stream->read_now(scratch);
      if (got.state == IoResult::State::would_block) return {.state = Read::State::would_block};
      if (got.state == IoResult::State::end && head_.framing == Framing::until_close) {
        finished_ = true;
        return {.state = Read::State::end};
      }
      if (got.state != IoResult::State::done) return {.state = Read::State::failed, .trouble = Trouble::closed};
      bytes = scratch.first(got.bytes);
    }
    const Read read = decode(bytes);
    if (read.state != Read::State::bytes || !read.bytes.empty()) return read;
    if (finished_) return {.state = Read::State::end};
    bytes = {};  // framing only: there may be more
    if (!connection_->stream->readable().fired()) return {.state = Read::State::would_block};
  }
}

Call::Read Call::decode(std::span<char> bytes) {
  switch (head_.framing) {
    case Framing::length: {
      const std::size_t take = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
      remaining_ -= take;
      finished_ = remaining_ == 0;
      surplus_ = take < bytes.size();
      return {.bytes = {bytes.data(), take}};
    }
    case Framing::chunked: {
      const ChunkDecoder::Step step = chunks_.decode(bytes.data(), bytes.size());
      if (chunks_.failed() && step.produced == 0) return {.state = Read::State::failed, .trouble = Trouble::malformed};
      finished_ = chunks_.finished();
      surplus_ = finished_ && step.consumed < bytes.size();
      return {.bytes = {bytes.data(), step.produced}};
    }
    case Framing::until_close: return {.bytes = {bytes.data(), bytes.size()}};
    case Framing::none: break;
  }
  finished_ = true;
  return {.state = Read::State::end};
}

std::unique_ptr<Connection> Call::take_reusable() {
  const bool reusable = finished_ && !surplus_ && request_complete_ && head_.keep_alive && head_.framing != Framing::until_close;
  if (!reusable) return nullptr;
  return std::move(connection_);
}

void Call::abort() {
  if (!connection_) return;
  connection_->stream->abort();
  connection_.reset();
}

}  // namespace http
