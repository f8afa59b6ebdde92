#pragma once

// Certificates made by the test, so that none expires in the repository.

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace steelyard::testing {

// A key and a certificate, as PEM.
struct Identity {
  std::string key;
  std::string certificate;
};

// Signs certificates for "localhost" and 127.0.0.1.
class Authority {
 public:
  Authority() : key_(NewKey()), certificate_(Make(key_.get(), nullptr, nullptr)) {}

  std::string certificate() const { return Pem(certificate_.get()); }
  Identity Issue() const {
    const Key key = NewKey();
    const Certificate certificate = Make(key.get(), certificate_.get(), key_.get());
    return {.key = Pem(key.get()), .certificate = Pem(certificate.get())};
  }

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
  using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

  static Key NewKey() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

  static void Extend(X509* certificate, X509* issuer, int id, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  // Signed by itself when there is no issuer.
  static Certificate Make(EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
    Certificate certificate(X509_new(), &X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), issuer == nullptr ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * 3600);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    const char* const common_name = issuer == nullptr ? "test authority" : "localhost";
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
    X509_set_issuer_name(certificate.get(),
                         issuer == nullptr ? name : X509_get_subject_name(issuer));
    X509_set_pubkey(certificate.get(), key);
    X509* const signer = issuer == nullptr ? certificate.get() : issuer;
    if (issuer == nullptr) {
      Extend(certificate.get(), signer, NID_basic_constraints, "critical,CA:TRUE");
    } else {
      Extend(certificate.get(), signer, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
    }
    X509_sign(certificate.get(), issuer_key == nullptr ? key : issuer_key, EVP_sha256());
    return certificate;
  }

  static std::string TextOf(BIO* bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<size_t>(size)};
  }
  static std::string Pem(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
    PEM_write_bio_X509(bio.get(), certificate);
    return TextOf(bio.get());
  }
  static std::string Pem(EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
    PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return TextOf(bio.get());
  }

  Key key_;
  Certificate certificate_;
};

}  // namespace steelyard::testing
