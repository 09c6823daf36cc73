#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/base/file.h"
#include "core/base/guarded.h"
#include "core/net/http.h"

// For tests: an HTTP/1.1 server on 127.0.0.1 that answers as the test says, wrongly where it says
// so. It is no model of a server: it trusts its client.
namespace seaworthy {

struct ScriptedRequest {
  std::string method, target;  // "GET", "/path?query"
  std::vector<HttpHeader> headers;
  std::string body;
  std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

struct ScriptedAnswer {
  int status = 200;
  std::vector<HttpHeader> headers = {};
  std::string body = {};
  std::optional<std::uint64_t> claimed_length = {};  // a Content-Length that lies
  std::optional<std::size_t> cut_after = {};         // closes after so many bytes of the body
  bool until_close = false;                          // no Content-Length: the end is the end
  std::chrono::milliseconds delay{0};                // before the first byte
  std::string raw = {};                              // sent instead of everything above
  bool hang_up = false;                              // closes instead of answering
};

class ScriptedServer {
 public:
  using Script = std::function<ScriptedAnswer(const ScriptedRequest& request)>;

  // Listens on 127.0.0.1 at a free port, or on a Unix socket where a path is given. `script` is
  // called from the threads of connections.
  explicit ScriptedServer(Script script, const std::string& unix_socket = "")
      : script_(std::move(script)) {
    listener_ = unix_socket.empty() ? listen_tcp() : listen_unix(unix_socket);
    accepting_ = std::jthread([this] { accept_all(); });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    stopping_ = true;
    accepting_.join();
    connections_.clear();
  }

  std::uint16_t port() const { return port_; }
  // `host` may be "localhost", which is another host to a client.
  Url url(const std::string& path, const std::string& host = "127.0.0.1") const {
    return *parse_url("http://" + host + ":" + std::to_string(port_) + path);
  }
  // Every request so far, in the order they came.
  std::vector<ScriptedRequest> requests() {
    return requests_.with([](const auto& all) { return all; });
  }
  std::size_t connections() const { return accepted_; }

 private:
  static constexpr char kTlsHandshake = 0x16;

  Fd listen_tcp() {
    Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    bind_and_listen(socket.get(), address);
    socklen_t size = sizeof address;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ::ntohs(address.sin_port);
    return socket;
  }

  static Fd listen_unix(const std::string& path) {
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    bind_and_listen(socket.get(), address);
    return socket;
  }

  template <class Address>
  static void bind_and_listen(int socket, const Address& address) {
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket, 64) != 0) {
      std::abort();  // no test can go on
    }
  }

  bool readable(int fd) const {
    while (!stopping_) {
      pollfd wait{fd, POLLIN, 0};
      if (::poll(&wait, 1, 20) > 0) return true;
    }
    return false;
  }

  void accept_all() {
    while (readable(listener_.get())) {
      Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      ++accepted_;
      connections_.emplace_back(
          [this, connection = std::move(socket)] { serve(connection.get()); });
    }
  }

  void serve(int connection) {
    std::string held;
    ScriptedRequest request;
    while (read_request(connection, held, request)) {
      requests_.with([&](auto& all) { all.push_back(request); });
      if (!answer(connection, request, script_(request))) return;
    }
  }

  bool read_more(int connection, std::string& held) const {
    char block[65536];
    if (!readable(connection)) return false;
    const ssize_t got = ::recv(connection, block, sizeof block, 0);
    if (got <= 0) return false;
    held.append(block, static_cast<std::size_t>(got));
    return true;
  }

  bool read_request(int connection, std::string& held, ScriptedRequest& request) const {
    std::size_t end = 0;
    while ((end = held.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more(connection, held)) return false;
      if (held.front() == kTlsHandshake) return false;
    }
    request = {};
    std::string_view head = std::string_view(held).substr(0, end + 2);
    const std::string_view first = head.substr(0, head.find("\r\n"));
    request.method = first.substr(0, first.find(' '));
    request.target =
        first.substr(request.method.size() + 1, first.rfind(' ') - request.method.size() - 1);
    head.remove_prefix(first.size() + 2);
    while (!head.empty()) {
      const std::string_view line = head.substr(0, head.find("\r\n"));
      const std::size_t colon = line.find(':');
      request.headers.push_back({std::string(line.substr(0, colon)),
                                 std::string(line.substr(std::min(colon + 2, line.size())))});
      head.remove_prefix(line.size() + 2);
    }
    held.erase(0, end + 4);
    const std::string length(request.header("Content-Length"));
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (held.size() < size) {
      if (!read_more(connection, held)) return false;
    }
    request.body = held.substr(0, size);
    held.erase(0, size);
    return true;
  }

  static bool send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // False where the connection is to be closed.
  bool answer(int connection, const ScriptedRequest& request, const ScriptedAnswer& answer) const {
    const auto ready = std::chrono::steady_clock::now() + answer.delay;
    while (std::chrono::steady_clock::now() < ready && !stopping_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (answer.hang_up) return false;
    if (!answer.raw.empty()) {
      send_all(connection, answer.raw);
      return false;
    }
    std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " Scripted\r\n";
    if (!answer.until_close && answer.status != 204 && answer.status != 304) {
      const std::uint64_t length = answer.claimed_length.value_or(answer.body.size());
      head += "Content-Length: " + std::to_string(length) + "\r\n";
    }
    for (const HttpHeader& header : answer.headers) {
      head += header.name + ": " + header.value + "\r\n";
    }
    std::string_view body = answer.body;
    if (answer.cut_after) body = body.substr(0, *answer.cut_after);
    if (request.method == "HEAD") body = {};
    const bool sent = send_all(connection, head + "\r\n" + std::string(body));
    return sent && !answer.cut_after && !answer.until_close && !answer.claimed_length;
  }

  const Script script_;
  Fd listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> accepted_ = 0;
  Guarded<std::vector<ScriptedRequest>> requests_;
  std::vector<std::jthread> connections_;  // of the accepting thread until it is joined
  std::jthread accepting_;
};

}  // namespace seaworthy
