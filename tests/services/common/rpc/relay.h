#pragma once

// A TCP connection that a test can break, as the death of a machine does.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"

namespace steelyard::rpc {

// Listens on a port of its own and hands one connection's bytes on to a port of this machine.
class Relay {
 public:
  explicit Relay(int target_port) : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof(address);
    (void)bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    (void)listen(listener_, 1);
    (void)getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    address_ = absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
    thread_ = std::thread([this, target_port] { Run(target_port); });
  }
  ~Relay() {
    Break();
    thread_.join();
    close(listener_);
  }

  const std::string& address() const { return address_; }

  // Cuts the connection; nothing connects again.
  void Break() {
    const std::lock_guard lock(mutex_);
    broken_ = true;
    for (const int descriptor : {listener_, client_, server_}) shutdown(descriptor, SHUT_RDWR);
  }

 private:
  static sockaddr_in Loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    return address;
  }

  void Run(int target_port) {
    const int client = accept(listener_, nullptr, nullptr);
    const int server = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = Loopback(target_port);
    (void)connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    {
      const std::lock_guard lock(mutex_);
      client_ = client;
      server_ = server;
    }
    while (!Broken() && Pass(client, server)) {
    }
    const std::lock_guard lock(mutex_);
    if (client_ >= 0) close(client_);
    close(server_);
    client_ = server_ = -1;
  }

  bool Broken() {
    const std::lock_guard lock(mutex_);
    return broken_;
  }

  // Passes on what has come from either side; false when one has closed.
  static bool Pass(int client, int server) {
    std::array<pollfd, 2> sides = {pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    if (poll(sides.data(), sides.size(), -1) <= 0) return false;
    for (size_t i = 0; i < sides.size(); ++i) {
      if (sides.at(i).revents == 0) continue;
      std::array<char, 65536> buffer{};
      const ssize_t got = recv(sides.at(i).fd, buffer.data(), buffer.size(), 0);
      if (got <= 0) return false;
      const auto size = static_cast<size_t>(got);
      if (send(sides.at(1 - i).fd, buffer.data(), size, MSG_NOSIGNAL) != got) return false;
    }
    return true;
  }

  const int listener_;
  std::string address_;
  std::mutex mutex_;
  bool broken_ = false;
  int client_ = -1;
  int server_ = -1;
  std::thread thread_;
};

}  // namespace steelyard::rpc
