#include "services/registry/id_table.h"

#include <cstring>
#include <stdexcept>

namespace steelyard::registry {
namespace {

constexpr size_t kBlockBytes = size_t{1} << 20U;
constexpr size_t kMostBlocks = (size_t{1} << 32U) / kBlockBytes;
using Length = uint16_t;

}  // namespace

std::string_view IdTable::Letters::At(uint32_t number) const {
  const size_t start = starts[number];
  const char* at = blocks[start / kBlockBytes].get() + start % kBlockBytes;
  Length length = 0;
  std::memcpy(&length, at, sizeof(length));
  return {at + sizeof(length), length};
}

IdTable::IdTable()
    : letters_(std::make_unique<Letters>()),
      numbers_(0, Hash{letters_.get()}, Equal{letters_.get()}) {}

uint32_t IdTable::Add(std::string_view text) {
  if (const uint32_t known = Find(text); known != kNone) return known;
  Letters& letters = *letters_;
  const size_t size = sizeof(Length) + text.size();
  if (text.size() > UINT16_MAX) throw std::length_error("a text is too long for a table of ids");
  if (letters.blocks.empty() || letters.used + size > kBlockBytes) {
    if (letters.blocks.size() == kMostBlocks) throw std::length_error("a table of ids is full");
    letters.blocks.push_back(std::make_unique<char[]>(kBlockBytes));
    letters.used = 0;
  }
  char* at = letters.blocks.back().get() + letters.used;
  const auto length = static_cast<Length>(text.size());
  std::memcpy(at, &length, sizeof(length));
  std::memcpy(at + sizeof(length), text.data(), text.size());
  const auto number = static_cast<uint32_t>(letters.starts.size());
  letters.starts.push_back(
      static_cast<uint32_t>((letters.blocks.size() - 1) * kBlockBytes + letters.used));
  letters.used += size;
  numbers_.insert(number);
  return number;
}

uint32_t IdTable::Find(std::string_view text) const {
  const auto found = numbers_.find(text);
  return found == numbers_.end() ? kNone : *found;
}

}  // namespace steelyard::registry
