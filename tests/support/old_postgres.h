#pragma once

// Something that says it is a PostgreSQL of some version, for as long as it takes to be asked.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace steelyard::testing {

// Takes one session after the other, greets each, and waits for its end.
class OldPostgres {
 public:
  // "13.14", as the server would tell it.
  explicit OldPostgres(std::string version)
      : version_(std::move(version)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    socklen_t size = sizeof(address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    (void)listen(listener_, 4);
    (void)getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  OldPostgres(const OldPostgres&) = delete;
  OldPostgres& operator=(const OldPostgres&) = delete;
  ~OldPostgres() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  int port() const { return port_; }
  std::string dsn() const {
    return absl::StrCat("host=127.0.0.1 port=", port_,
                        " dbname=steel user=steel password=hunter2 sslmode=disable "
                        "gssencmode=disable");
  }

 private:
  void Run() {
    for (int session = -1; (session = accept(listener_, nullptr, nullptr)) >= 0; close(session)) {
      std::array<char, 4096> heard{};
      // Who calls first says who it is, in one small packet.
      if (recv(session, heard.data(), heard.size(), 0) <= 0) continue;
      const std::string greeting =
          absl::StrCat(Message('R', std::string(4, '\0')),  // it may come in
                       Message('S', absl::StrCat("server_version", Zero(), version_, Zero())),
                       Message('Z', "I"));  // and ask
      (void)send(session, greeting.data(), greeting.size(), MSG_NOSIGNAL);
      while (recv(session, heard.data(), heard.size(), 0) > 0) {
      }
    }
  }

  static std::string Zero() { return std::string(1, '\0'); }
  static std::string Message(char type, const std::string& content) {
    const auto size = static_cast<char>(content.size() + 4);
    return absl::StrCat(std::string(1, type), std::string(3, '\0'), std::string(1, size), content);
  }

  const std::string version_;
  const int listener_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace steelyard::testing
