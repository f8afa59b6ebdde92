#pragma once

// A PostgreSQL that is reached by TLS only, for tests of who is let in and who is believed.

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/certificates.h"
#include "tests/support/postgres_server.h"

namespace steelyard::testing {

// Its certificate is for localhost and 127.0.0.1, by an authority of its own.
class PostgresWithTls {
 public:
  // `more` is what pg_hba.conf asks of callers besides, "clientcert=verify-ca".
  explicit PostgresWithTls(const std::string& more = "") : port_(server_.Listen()) {
    const Identity identity = authority_.Issue();
    const std::string rules = absl::StrCat("local all all trust\nhostssl all all all trust ", more);
    const std::string authority = Write("ca.crt", authority_.certificate());
    server_.Stop();
    server_.Set({"ssl=on", absl::StrCat("ssl_ca_file=", authority),
                 absl::StrCat("ssl_cert_file=", Write("server.crt", identity.certificate)),
                 absl::StrCat("ssl_key_file=", Write("server.key", identity.key)),
                 absl::StrCat("hba_file=", Write("hba.conf", rules))});
    server_.Start();
  }

  PostgresServer& server() { return server_; }
  const Authority& authority() const { return authority_; }
  int port() const { return port_; }
  // A connection string by TCP that says nothing of TLS yet. `host` is the name that the server is
  // called by, wherever that is.
  std::string dsn(const std::string& host = "localhost") const {
    return absl::StrCat("host=", host, " hostaddr=127.0.0.1 port=", port_,
                        " user=steelyard dbname=postgres ");
  }

 private:
  // A file for the server's own eyes.
  std::string Write(const std::string& name, const std::string& text) const {
    std::string path = server_.File(name);
    std::ofstream(path) << text;
    PostgresServer::Own(path);
    return path;
  }

  Authority authority_;
  PostgresServer server_;
  const int port_;
};

}  // namespace steelyard::testing
