#include "gateway/net/resolver.hpp"

#include <netdb.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstring>

namespace net {
namespace {

ResolverPool::Answer ask_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (const int fault = ::getaddrinfo(host.c_str(), nullptr, &hints, &first); fault != 0) {
    return {.addresses = {}, .error = ::gai_strerror(fault)};
  }
  ResolverPool::Answer answer;
  for (const addrinfo* info = first; info != nullptr; info = info->ai_next) {
    if (info->ai_family == AF_INET) {
      const auto* v4 = reinterpret_cast<const sockaddr_in*>(info->ai_addr);
      answer.addresses.emplace_back(boost::asio::ip::address_v4(ntohl(v4->sin_addr.s_addr)));
    } else if (info->ai_family == AF_INET6) {
      const auto* v6 = reinterpret_cast<const sockaddr_in6*>(info->ai_addr);
      boost::asio::ip::address_v6::bytes_type bytes;
      std::memcpy(bytes.data(), &v6->sin6_addr, bytes.size());
      answer.addresses.emplace_back(boost::asio::ip::address_v6(bytes, v6->sin6_scope_id));
    }
  }
  ::freeaddrinfo(first);
  if (answer.addresses.empty()) answer.error = "no address";
  return answer;
}

}  // namespace

void ResolverPool::resolve(std::string host, std::function<void(Answer)> done) {
  boost::asio::post(pool_, [host = std::move(host), done = std::move(done)] { done(ask_system(host)); });
}

void Resolver::start(const std::string& host, const std::shared_ptr<Entry>& entry) {
  if (entry->running) return;
  entry->running = true;
  pool_.resolve(host, [this, entry](ResolverPool::Answer answer) {
    loop_.post([entry, answer = std::move(answer)] {
      entry->running = false;
      entry->fetched = Clock::now();
      if (answer.error.empty() || !entry->known || entry->answer.addresses.empty()) entry->answer = answer;  // a failed refresh keeps the old
      entry->known = true;
      for (Event* event : std::exchange(entry->waiting, {})) event->fire();
    });
  });
}

Task<ResolverPool::Answer> Resolver::resolve(std::string host, std::chrono::seconds keep, Deadline& deadline) {
  boost::system::error_code not_an_address;
  const Address literal = boost::asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return ResolverPool::Answer{.addresses = {literal}, .error = {}};

  if (entries_.size() >= max_entries) entries_.clear();  // names come from the config, so this bound is not reached in practice
  std::shared_ptr<Entry>& slot = entries_[host];
  if (!slot) slot = std::make_shared<Entry>();
  const std::shared_ptr<Entry> entry = slot;

  const bool fresh = entry->known && Clock::now() - entry->fetched < keep;
  if (!fresh) start(host, entry);
  const bool usable = entry->known && !entry->answer.addresses.empty();
  if (usable || fresh) co_return entry->answer;

  Event answered;
  entry->waiting.push_back(&answered);
  co_await any_of(answered, deadline);
  if (!answered.fired()) {
    std::erase(entry->waiting, &answered);
    co_return ResolverPool::Answer{.addresses = {}, .error = "the name lookup timed out"};
  }
  co_return entry->answer;
}

}  // namespace net
