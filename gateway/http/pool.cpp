#include "gateway/http/pool.hpp"

namespace http {
namespace {

/// An idle connection that became readable has been closed, or says something nobody asked for; TLS may have had a session ticket to hand
/// over, which reads as nothing.
bool still_usable(Connection& connection) {
  if (!connection.stream->readable().fired()) return true;
  char byte = 0;
  return connection.stream->read_now({&byte, 1}).state == net::IoResult::State::would_block;
}

}  // namespace

std::unique_ptr<Connection> Pool::take(const providers::Origin& origin) {
  const auto found = idle_.find(origin);
  if (found == idle_.end()) return nullptr;
  auto& connections = found->second;
  while (!connections.empty()) {
    std::unique_ptr<Connection> connection = std::move(connections.back());
    connections.pop_back();
    if (still_usable(*connection)) return connection;
  }
  return nullptr;
}

void Pool::put(const providers::Origin& origin, std::unique_ptr<Connection> connection) {
  auto& connections = idle_[origin];
  if (connections.size() >= static_cast<std::size_t>(limits_.idle_per_origin)) return;
  connection->reused = true;
  connection->idle_since = net::Clock::now();
  connection->stream->readable();  // watched: an edge while idle marks it unusable
  connections.push_back(std::move(connection));
}

void Pool::sweep(net::Instant now) {
  for (auto& [origin, connections] : idle_) {
    std::erase_if(connections, [&](const std::unique_ptr<Connection>& connection) {
      return now - connection->idle_since > limits_.idle_time || !still_usable(*connection);
    });
  }
}

std::size_t Pool::idle() const {
  std::size_t count = 0;
  for (const auto& [origin, connections] : idle_) count += connections.size();
  return count;
}

}  // namespace http
