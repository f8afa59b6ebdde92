#include "services/common/rpc/tls.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::rpc {
namespace {

constexpr unsigned int kRefreshSeconds = 30;

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

Bio Open(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  BIO_write(bio.get(), text.data(), static_cast<int>(text.size()));
  return bio;
}

Certificate ReadCertificate(const std::string& path) {
  return {PEM_read_bio_X509(Open(path).get(), nullptr, nullptr, nullptr), &X509_free};
}

PrivateKey ReadKey(const std::string& path) {
  // An empty passphrase: the default would ask on the terminal.
  char none[] = "";
  return {PEM_read_bio_PrivateKey(Open(path).get(), nullptr, nullptr, none), &EVP_PKEY_free};
}

// gRPC reads the files later and only logs what is wrong with them.
absl::Status Check(const config::v1::Tls& tls) {
  FieldErrors errors;
  const auto wrong = [&errors](std::string_view field, const std::string& path,
                               std::string_view what) {
    errors.Add(field, StrCat("\"", path, "\" ", what));
  };
  const Certificate certificate = ReadCertificate(tls.certificate_file());
  const PrivateKey key = ReadKey(tls.private_key_file());
  if (!tls.certificate_file().empty() && certificate == nullptr) {
    wrong("tls.certificate_file", tls.certificate_file(), "is not a readable PEM certificate");
  }
  if (!tls.private_key_file().empty() && key == nullptr) {
    wrong("tls.private_key_file", tls.private_key_file(),
          "is not a readable PEM private key without a passphrase");
  }
  if (!tls.client_ca_file().empty() && ReadCertificate(tls.client_ca_file()) == nullptr) {
    wrong("tls.client_ca_file", tls.client_ca_file(), "is not a readable PEM certificate");
  }
  if (tls.certificate_file().empty() != tls.private_key_file().empty()) {
    errors.Add("tls", "certificate_file and private_key_file must be set together");
  }
  if (certificate != nullptr && key != nullptr &&
      X509_check_private_key(certificate.get(), key.get()) != 1) {
    wrong("tls.private_key_file", tls.private_key_file(), "is not the certificate's key");
  }
  return errors.ToStatus();
}

std::shared_ptr<grpc::experimental::CertificateProviderInterface> Provider(
    const config::v1::Tls& tls) {
  return std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      tls.private_key_file(), tls.certificate_file(), tls.client_ca_file(), kRefreshSeconds);
}

}  // namespace

bool HasTls(const config::v1::Tls& tls) {
  return !tls.certificate_file().empty() || !tls.private_key_file().empty() ||
         !tls.client_ca_file().empty();
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(
    const config::v1::Tls& tls) {
  if (!HasTls(tls)) return grpc::InsecureServerCredentials();
  STEELYARD_RETURN_IF_ERROR(Check(tls));
  if (tls.certificate_file().empty()) {
    FieldErrors errors;
    errors.Add("tls.certificate_file", "a server needs a certificate and its private key");
    return errors.ToStatus();
  }
  grpc::experimental::TlsServerCredentialsOptions options(Provider(tls));
  options.watch_identity_key_cert_pairs();
  if (!tls.client_ca_file().empty()) {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ChannelCredentials(
    const config::v1::Tls& tls) {
  if (!HasTls(tls)) return grpc::InsecureChannelCredentials();
  STEELYARD_RETURN_IF_ERROR(Check(tls));
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Provider(tls));
  if (!tls.client_ca_file().empty()) options.watch_root_certs();
  if (!tls.certificate_file().empty()) options.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(options);
}

}  // namespace steelyard::rpc
