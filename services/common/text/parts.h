#pragma once

// Bytes made of numbers and texts, for what a process writes for itself. Values keep no format for
// ever: whoever reads is whoever wrote.

#include <cstdint>
#include <string>
#include <string_view>

namespace steelyard::text {

// Appends parts: numbers in as few bytes as they need, texts with their length before them.
class PartWriter {
 public:
  explicit PartWriter(std::string& to) : to_(to) {}

  PartWriter& Number(int64_t number) {
    auto rest = static_cast<uint64_t>(number);
    for (; rest >= kMore; rest >>= kBits) to_.push_back(static_cast<char>(rest | kMore));
    to_.push_back(static_cast<char>(rest));
    return *this;
  }
  PartWriter& Text(std::string_view text) {
    Number(static_cast<int64_t>(text.size()));
    to_ += text;
    return *this;
  }

 private:
  friend class PartReader;
  static constexpr unsigned kBits = 7;  // of a number; the eighth says that more follow
  static constexpr uint64_t kMore = uint64_t{1} << kBits;

  std::string& to_;
};

// Takes the parts one after the other; after a fault, nothing more.
class PartReader {
 public:
  explicit PartReader(std::string_view bytes) : rest_(bytes) {}

  int64_t Number() {
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += PartWriter::kBits) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= (byte & (PartWriter::kMore - 1)) << shift;
      if (byte < PartWriter::kMore) return static_cast<int64_t>(number);
    }
    ok_ = false;
    return 0;
  }
  std::string_view Text() {
    const auto size = static_cast<uint64_t>(Number());
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace steelyard::text
