#pragma once

// SHA-256, for names of contents: import ids, snapshot checks, digests of queries.

#include <memory>
#include <string>
#include <string_view>

namespace steelyard::text {

// Of the bytes; 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);
// Of the bytes; 32 bytes.
std::string Sha256(std::string_view bytes);

// Of bytes that come in parts. Not thread-safe.
class Sha256Stream {
 public:
  Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;
  ~Sha256Stream();

  void Update(std::string_view bytes);
  // Like Update, with the text's length before it: parts then cannot run into each other.
  void UpdateFramed(std::string_view text);
  // The digest of everything so far. Call once; nothing may be added afterwards.
  std::string Finish();     // 32 bytes
  std::string FinishHex();  // 64 digits

 private:
  friend std::string Sha256(std::string_view bytes);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace steelyard::text
