// A scripted upstream in OpenAI's form, for tests and benchmarks: what it does with a request stands in the request's
// model name (bench/upstream/script.hpp). Replies are built once and played from memory, so that it never is what limits.
//
//   fake_upstream [--port N] [--threads N] [--default SCRIPT] [--tls CERTIFICATE KEY]
//
// It prints "listening on PORT" and runs until it is stopped. GET /__stats shows what it saw, POST /__reset clears that.
#include <arpa/inet.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <span>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <thread>
#include <vector>

#include "bench/upstream/server.hpp"

namespace {

struct Options {
  int port = 0;
  int threads = 1;
  std::string certificate, key;
  upstream::Script defaults;
};

Options parse_options(std::span<char*> arguments) {
  Options options;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    auto value = [&]() -> std::string {
      if (++i >= arguments.size()) throw std::runtime_error(std::string(name) + " needs a value");
      return arguments[i];
    };
    if (name == "--port") options.port = std::stoi(value());
    else if (name == "--threads") options.threads = std::stoi(value());
    else if (name == "--default") options.defaults.add(value());
    else if (name == "--tls") options.certificate = value(), options.key = value();
    else throw std::runtime_error("unknown argument " + std::string(name));
  }
  if (!options.defaults.unknown().empty()) throw std::runtime_error("unknown key in --default: " + options.defaults.unknown());
  return options;
}

SSL_CTX* tls_context(const Options& options) {
  if (options.certificate.empty()) return nullptr;
  auto* context = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, options.key.c_str(), SSL_FILETYPE_PEM) != 1)
    throw std::runtime_error("cannot read " + options.certificate + " or " + options.key);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  return context;
}

/// Binds to loopback; `port` 0 becomes the port that the kernel chose.
int listen_on(int& port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket, 16'384) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("cannot listen on port " + std::to_string(port));
  port = ntohs(address.sin_port);
  return socket;
}

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int count, char** arguments) try {
  auto options = parse_options({arguments, static_cast<std::size_t>(count)});
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);
  auto* tls = tls_context(options);
  upstream::Stats stats;
  std::vector<int> listeners;
  for (int i = 0; i < options.threads; ++i) listeners.push_back(listen_on(options.port));
  std::printf("listening on %d\n", options.port);
  std::fflush(stdout);
  std::vector<std::jthread> threads;
  for (const int listener : listeners) threads.emplace_back([&, listener] { upstream::Server(listener, tls, options.defaults, stats).run(); });
  threads.clear();  // waits for ever: the process ends by a signal
  return EXIT_SUCCESS;
} catch (const std::exception& error) {
  std::fprintf(stderr, "fake_upstream: %s\n", error.what());
  return EXIT_FAILURE;
}
