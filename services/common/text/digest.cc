#include "services/common/text/digest.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "absl/strings/escaping.h"
#include "openssl/evp.h"

namespace steelyard::text {

struct Sha256Stream::State {
  State() : context(EVP_MD_CTX_new()) {
    Require(context != nullptr);
    Begin();
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void Begin() const { Require(EVP_DigestInit_ex2(context, Algorithm(), nullptr) == 1); }
  std::string Finish() const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
    unsigned int size = 0;
    Require(EVP_DigestFinal_ex(context, digest.data(), &size) == 1);
    return {digest.begin(), digest.begin() + size};
  }

  // Looked up once: OpenSSL would do it for every digest, which takes longer than a short text.
  static const EVP_MD* Algorithm() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    Require(algorithm != nullptr);
    return algorithm;
  }

  // OpenSSL's digests fail only without memory, or when the library is broken; nothing works then.
  static void Require(bool succeeded) {
    if (!succeeded) {
      std::abort();
    }
  }

  EVP_MD_CTX* context;
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {}
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;
Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Update(std::string_view bytes) {
  State::Require(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

void Sha256Stream::UpdateFramed(std::string_view text) {
  std::string length(8, '\0');
  for (size_t i = 0; i < length.size(); ++i) {
    length[i] = static_cast<char>((uint64_t{text.size()} >> (8 * i)) & 0xFF);
  }
  Update(length);
  Update(text);
}

std::string Sha256Stream::Finish() { return state_->Finish(); }

std::string Sha256Stream::FinishHex() { return absl::BytesToHexString(Finish()); }

std::string Sha256(std::string_view bytes) {
  // Kept for the next one: imports digest several texts a row.
  thread_local const Sha256Stream::State state;
  state.Begin();
  Sha256Stream::State::Require(EVP_DigestUpdate(state.context, bytes.data(), bytes.size()) == 1);
  return state.Finish();
}

std::string Sha256Hex(std::string_view bytes) { return absl::BytesToHexString(Sha256(bytes)); }

}  // namespace steelyard::text
