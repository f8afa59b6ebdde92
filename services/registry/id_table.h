#pragma once

// Many texts, each once, with a number: in hardly more memory than their letters.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"

namespace steelyard::registry {

// Texts of at most 64 KiB, 4 GiB in all. Not thread-safe, but for reads beside each other. Texts
// that it gives stand as long as it.
class IdTable {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  IdTable();
  IdTable(IdTable&&) noexcept = default;
  IdTable& operator=(IdTable&&) noexcept = default;

  // The number of a text, which is one more than the last when the text is new.
  uint32_t Add(std::string_view text);
  // kNone when the text is not there.
  uint32_t Find(std::string_view text) const;
  // Of a number that was given.
  std::string_view At(uint32_t number) const { return letters_->At(number); }
  uint32_t size() const { return static_cast<uint32_t>(letters_->starts.size()); }

 private:
  // The letters, which the set refers to wherever the table is moved.
  struct Letters {
    std::vector<std::unique_ptr<char[]>> blocks;  // each text behind its length
    size_t used = 0;                              // of the last block
    std::vector<uint32_t> starts;                 // by number: block and place in it
    std::string_view At(uint32_t number) const;
  };
  struct Hash {
    using is_transparent = void;
    const Letters* letters;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    size_t operator()(uint32_t number) const { return (*this)(letters->At(number)); }
  };
  struct Equal {
    using is_transparent = void;
    const Letters* letters;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t number, std::string_view text) const {
      return letters->At(number) == text;
    }
    bool operator()(std::string_view text, uint32_t number) const { return (*this)(number, text); }
  };

  std::unique_ptr<Letters> letters_;
  absl::flat_hash_set<uint32_t, Hash, Equal> numbers_;
};

}  // namespace steelyard::registry
