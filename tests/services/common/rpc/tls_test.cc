#include "services/common/rpc/tls.h"

#include "gmock/gmock.h"
#include "tests/services/common/rpc/rpc_fixture.h"
#include "tests/support/certificates.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::rpc {
namespace {

using ::steelyard::testing::Authority;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::Identity;
using ::steelyard::testing::IsOk;
using ::testing::HasSubstr;

class TlsTest : public ::testing::Test {
 protected:
  // The configuration of somebody with a certificate of the authority, which it also trusts.
  config::v1::Tls Member(const std::string& name, const Authority& authority) const {
    const Identity identity = authority.Issue();
    config::v1::Tls tls;
    tls.set_certificate_file(files_.Write(name + ".crt", identity.certificate));
    tls.set_private_key_file(files_.Write(name + ".key", identity.key));
    tls.set_client_ca_file(files_.Write(name + ".ca", authority.certificate()));
    return tls;
  }
  static config::v1::ServerConfig Serving(const config::v1::Tls& tls) {
    config::v1::ServerConfig config = Loopback();
    *config.mutable_tls() = tls;
    return config;
  }
  static absl::Status Call(const Host& host, const config::v1::Tls& tls) {
    return CallGetRound(TestCall(), *MakeChannel(host.server->address(), tls));
  }

  const testing::TempDir files_;
  const Authority authority_;
};

TEST_F(TlsTest, CallersNeedACertificateOfTheAuthority) {
  Host host("funding", Serving(Member("server", authority_)));
  EXPECT_THAT(Call(host, Member("client", authority_)), IsOk());

  config::v1::Tls anonymous;
  anonymous.set_client_ca_file(files_.Write("ca", authority_.certificate()));
  EXPECT_THAT(Call(host, anonymous), HasReason(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE));

  const Authority other;
  config::v1::Tls stranger = Member("stranger", other);
  stranger.set_client_ca_file(anonymous.client_ca_file());
  EXPECT_THAT(Call(host, stranger), HasReason(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE));
  EXPECT_THAT(Call(host, config::v1::Tls()),
              HasReason(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE));
  EXPECT_EQ(host.service.calls.all().size(), 1U);
}

TEST_F(TlsTest, CallersNeedNoCertificateWithoutAnAuthority) {
  config::v1::Tls tls = Member("server", authority_);
  tls.clear_client_ca_file();
  Host host("funding", Serving(tls));
  config::v1::Tls anonymous;
  anonymous.set_client_ca_file(files_.Write("ca", authority_.certificate()));
  EXPECT_THAT(Call(host, anonymous), IsOk());
}

TEST_F(TlsTest, ServersOfAnotherAuthorityAreNotTrusted) {
  const Authority other;
  Host host("funding", Serving(Member("server", other)));
  EXPECT_THAT(Call(host, Member("client", authority_)),
              HasReason(common::v1::ERROR_REASON_BACKEND_UNAVAILABLE));
}

TEST_F(TlsTest, ConfigurationsThatCannotWorkAreRefused) {
  const config::v1::Tls good = Member("good", authority_);
  config::v1::Tls other_key = good;
  other_key.set_private_key_file(Member("other", authority_).private_key_file());
  config::v1::Tls no_key = good;
  no_key.clear_private_key_file();
  config::v1::Tls no_certificate;
  no_certificate.set_client_ca_file(good.client_ca_file());
  config::v1::Tls absent = good;
  absent.set_client_ca_file(files_.File("absent"));
  const struct {
    config::v1::Tls tls;
    std::string message;
  } cases[] = {
      {other_key, "not the certificate's key"},
      {no_key, "must be set together"},
      {no_certificate, "needs a certificate"},
      {absent, "not a readable PEM certificate"},
  };
  EXPECT_THAT(ServerCredentials(good), IsOk());
  for (const auto& test : cases) {
    const auto credentials = ServerCredentials(test.tls);
    EXPECT_THAT(credentials, HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
    EXPECT_THAT(std::string(credentials.status().message()), HasSubstr(test.message));
  }
}

}  // namespace
}  // namespace steelyard::rpc
