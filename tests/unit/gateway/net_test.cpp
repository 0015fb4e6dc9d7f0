#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "gateway/net/address.hpp"
#include "gateway/net/deadline.hpp"
#include "gateway/net/event.hpp"
#include "gateway/net/loop.hpp"
#include "gateway/net/proxy.hpp"
#include "gateway/net/task.hpp"
#include "gateway/net/task_group.hpp"
#include "gateway/net/tcp_stream.hpp"

namespace {

using namespace std::chrono_literals;
using net::any_of;
using net::Deadline;
using net::Deadlines;
using net::Event;
using net::Task;
using net::TaskGroup;

Task<int> plus_one(int value) { co_return value + 1; }

Task<void> count_to(int end, int& reached) {
  for (int i = 0; i < end; ++i) reached = co_await plus_one(reached);
}

TEST(Task, ALoopOfTasksThatNeverSuspendDoesNotGrowTheStack) {
  TaskGroup group;
  int reached = 0;
  group.spawn(count_to(1'000'000, reached));
  EXPECT_EQ(reached, 1'000'000);
}

Task<int> throws() {
  throw std::runtime_error("out");
  co_return 0;
}
Task<void> catches(std::string& what) {
  try {
    co_await throws();
  } catch (const std::runtime_error& error) {
    what = error.what();
  }
}

TEST(Task, ExceptionsReachTheAwaiter) {
  TaskGroup group;
  std::string what;
  group.spawn(catches(what));
  EXPECT_EQ(what, "out");
}

Task<int> after(Event& event, int value) {
  co_await any_of(event);
  co_return value;
}
Task<void> sum_after(Event& first, Event& second, int& sum) {
  sum += co_await after(first, 1);
  sum += co_await after(second, 10);
}

TEST(Event, WakesItsWaiterOnceAndStaysFired) {
  TaskGroup group;
  Event first, second;
  int sum = 0;
  group.spawn(sum_after(first, second, sum));
  EXPECT_EQ(sum, 0);
  first.fire();
  EXPECT_EQ(sum, 1);
  EXPECT_EQ(group.running(), 1u);
  second.fire();
  EXPECT_EQ(sum, 11);
  EXPECT_EQ(group.running(), 0u);
  EXPECT_TRUE(group.idle().fired());
}

Task<void> which(Event& left, Event& right, std::string& seen) {
  co_await any_of(left, right);
  seen = left.fired() ? "left" : "right";
}

TEST(Event, AnyOfLeavesTheOthersFree) {
  TaskGroup group;
  Event left, right;
  std::string seen;
  group.spawn(which(left, right, seen));
  right.fire();
  EXPECT_EQ(seen, "right");
  left.fire();  // nobody waits any more
  EXPECT_EQ(seen, "right");
}

TEST(Deadline, FiresOnceItsTimeHasPassedAndCanBeMoved) {
  Deadlines list;
  const net::Instant start = net::Clock::now();
  Deadline deadline(list);
  deadline.set(start + 1s);
  list.sweep(start + 500ms);
  EXPECT_FALSE(deadline.fired());
  deadline.set(start + 2s);
  list.sweep(start + 1500ms);
  EXPECT_FALSE(deadline.fired());
  list.sweep(start + 2s);
  EXPECT_TRUE(deadline.fired());
  EXPECT_FALSE(deadline.armed());
}

Task<void> destroys(Event& event, std::unique_ptr<Deadline>& victim) {
  co_await any_of(event);
  victim.reset();
}

TEST(Deadline, ASweepSurvivesDeadlinesThatGoWhileItRuns) {
  Deadlines list;
  const net::Instant now = net::Clock::now();
  auto victim = std::make_unique<Deadline>(list);
  victim->set(now);
  Deadline killer(list);  // swept before the victim: the list is last in, first out
  killer.set(now);
  TaskGroup group;
  group.spawn(destroys(killer, victim));
  list.sweep(now);
  EXPECT_EQ(victim, nullptr);
}

/// A connected pair of TCP-like sockets, ours watched by a loop.
struct Pair {
  net::Loop loop;
  int theirs = -1;
  std::unique_ptr<net::TcpStream> ours;
  Pair() {
    int fds[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    theirs = fds[0];
    ours = std::make_unique<net::TcpStream>(loop, fds[1]);
  }
  ~Pair() {
    if (theirs >= 0) ::close(theirs);
  }
};

Task<void> read_to_end(net::Loop& loop, net::ByteStream& stream, std::string& got, bool& ended) {
  for (;;) {
    co_await any_of(stream.readable());
    char bytes[64];
    const net::IoResult result = stream.read_now(bytes);
    if (result.state == net::IoResult::State::would_block) continue;
    if (result.state != net::IoResult::State::done) break;
    got.append(bytes, result.bytes);
  }
  ended = true;
  loop.stop();
}

TEST(TcpStream, SeesAnEndThatCameTogetherWithTheData) {
  Pair pair;
  std::string got;
  bool ended = false;
  ASSERT_EQ(::send(pair.theirs, "hello", 5, 0), 5);
  ::shutdown(pair.theirs, SHUT_WR);  // both are there before the first read: one edge for two facts
  TaskGroup group;
  group.spawn(read_to_end(pair.loop, *pair.ours, got, ended));
  pair.loop.run();
  EXPECT_EQ(got, "hello");
  EXPECT_TRUE(ended);
}

Task<void> write_and_stop(net::Loop& loop, net::ByteStream& stream, const std::string& text, net::IoResult& result) {
  Deadline idle(loop.deadlines());
  const iovec piece = net::piece(text);
  result = co_await net::write_all(stream, {&piece, 1}, idle, 100ms);
  loop.stop();
}

TEST(TcpStream, AReaderThatTakesNothingIsGivenUp) {
  Pair pair;
  const std::string large(8 << 20, 'x');
  net::IoResult result;
  TaskGroup group;
  group.spawn(write_and_stop(pair.loop, *pair.ours, large, result));
  pair.loop.run();
  EXPECT_EQ(result.state, net::IoResult::State::end);
  EXPECT_LT(result.bytes, large.size());
}

net::Address address(const char* text) { return boost::asio::ip::make_address(text); }

TEST(EgressGate, MetadataAddressesAreClosedToEverybody) {
  for (const char* text : {"169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "224.0.0.1", "fd00:ec2::254"}) {
    EXPECT_FALSE(net::may_connect(address(text), net::NamedBy::operator_)) << text;
    EXPECT_FALSE(net::may_connect(address(text), net::NamedBy::others)) << text;
  }
}

TEST(EgressGate, PrivateAddressesAreTheOperatorsToName) {
  for (const char* text : {"127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "fc00::1", "0.0.0.0", "::ffff:127.0.0.1", "2002:7f00:1::"}) {
    EXPECT_TRUE(net::may_connect(address(text), net::NamedBy::operator_)) << text;
    EXPECT_FALSE(net::may_connect(address(text), net::NamedBy::others)) << text;
  }
  EXPECT_TRUE(net::may_connect(address("93.184.216.34"), net::NamedBy::others));
  EXPECT_TRUE(net::may_connect(address("2606:4700::1"), net::NamedBy::others));
}

TEST(ClientAddress, IsTheRightmostUntrustedHop) {
  const std::vector<net::AddressRange> proxies{*net::AddressRange::parse("10.0.0.0/8"), *net::AddressRange::parse("::1")};
  EXPECT_EQ(net::client_address(address("10.0.0.1"), "1.2.3.4, 5.6.7.8, 10.9.9.9", proxies), address("5.6.7.8"));
  EXPECT_EQ(net::client_address(address("9.9.9.9"), "1.2.3.4", proxies), address("9.9.9.9"));
  EXPECT_EQ(net::client_address(address("10.0.0.1"), "garbage", proxies), address("10.0.0.1"));
  EXPECT_EQ(net::client_address(address("::1"), "2001:db8::5", proxies), address("2001:db8::5"));
}

TEST(AddressRange, RefusesWhatIsNoRange) {
  for (const char* text : {"10.0.0.0/33", "10.0.0/8", "x", "", "::/129", "10.0.0.0/", "10.0.0.0/-1"}) {
    EXPECT_FALSE(net::AddressRange::parse(text)) << text;
  }
}

net::ProxySettings proxies(std::vector<std::pair<std::string, std::string>> variables) {
  return net::ProxySettings([variables](std::string_view name) -> std::optional<std::string> {
    for (const auto& [key, value] : variables) {
      if (key == name) return value;
    }
    return std::nullopt;
  });
}

TEST(ProxySettings, ChooseBySchemeAndLeaveOutNoProxy) {
  const net::ProxySettings settings = proxies({{"HTTPS_PROXY", "http://user:pass@proxy.example:3128"}, {"no_proxy", "internal.example,.corp,10.0.0.1"}});
  const net::ProxySettings::Proxy* proxy = settings.choose(true, "api.openai.com", 443);
  ASSERT_NE(proxy, nullptr);
  EXPECT_EQ(proxy->host, "proxy.example");
  EXPECT_EQ(proxy->port, 3128);
  EXPECT_EQ(proxy->authorization, "Basic dXNlcjpwYXNz");
  EXPECT_EQ(settings.choose(false, "api.openai.com", 80), nullptr);
  EXPECT_EQ(settings.choose(true, "internal.example", 443), nullptr);
  EXPECT_EQ(settings.choose(true, "a.CORP", 443), nullptr);
  EXPECT_EQ(settings.choose(true, "10.0.0.1", 443), nullptr);
  EXPECT_NE(settings.choose(true, "notinternal.example", 443), nullptr);
}

TEST(ProxySettings, AStarTurnsThemOff) {
  EXPECT_EQ(proxies({{"https_proxy", "proxy:1"}, {"NO_PROXY", "*"}}).choose(true, "x.example", 443), nullptr);
}

}  // namespace
