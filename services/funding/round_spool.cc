#include "services/funding/round_spool.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <future>
#include <utility>

#include "services/common/ingest/scratch_file.h"
#include "services/common/status/status.h"
#include "services/funding/round_codec.h"

namespace steelyard::funding {
namespace {

// Groups are spread over so many lists, and each list goes to the file in blocks of that size.
constexpr size_t kLists = 256;
constexpr size_t kBlockBytes = size_t{64} * 1024;

using Length = uint32_t;

// Appends a round with its length before it.
void Append(const Round& round, std::string& bytes) {
  const size_t start = bytes.size();
  bytes.resize(start + sizeof(Length));
  EncodeRound(round, bytes);
  const auto length = static_cast<Length>(bytes.size() - start - sizeof(Length));
  std::memcpy(bytes.data() + start, &length, sizeof(length));
}

// Decodes the rounds of a list.
absl::Status Decode(std::string_view bytes, std::vector<Round>& rounds) {
  Length length = 0;
  while (bytes.size() >= sizeof(length)) {
    std::memcpy(&length, bytes.data(), sizeof(length));
    bytes.remove_prefix(sizeof(length));
    std::optional<Round> round =
        length <= bytes.size() ? DecodeRound(bytes.substr(0, length)) : std::nullopt;
    if (!round) break;
    rounds.push_back(*std::move(round));
    bytes.remove_prefix(length);
  }
  if (bytes.empty()) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_INTERNAL, "the rounds that an import kept are damaged");
}

}  // namespace

// Rounds in lists by group: what is full of a list is in the file, the rest in memory.
class RoundSpool::Overflow {
 public:
  explicit Overflow(ingest::ScratchFile file) : file_(std::move(file)) {}

  absl::Status Add(const Round& round, std::string_view group) {
    List& list = lists_[std::hash<std::string_view>()(group) % kLists];
    Append(round, list.buffer);
    ++list.rounds;
    return list.buffer.size() < kBlockBytes ? absl::OkStatus() : Write(list);
  }

  // The next batch is read and decoded while one is taken.
  absl::Status ForEachBatch(size_t at_once, const Take& take) const {
    auto read = [this, at_once, next = size_t{0}]() mutable { return ReadBatch(at_once, next); };
    for (auto ahead = std::async(std::launch::async, std::ref(read));;) {
      STEELYARD_ASSIGN_OR_RETURN(const std::vector<Round> batch, ahead.get());
      if (batch.empty()) return absl::OkStatus();
      ahead = std::async(std::launch::async, std::ref(read));
      STEELYARD_RETURN_IF_ERROR(take(batch));
    }
  }

 private:
  struct Block {
    int64_t offset = 0;
    size_t size = 0;
  };
  struct List {
    std::vector<Block> blocks;
    std::string buffer;  // after the blocks
    size_t rounds = 0;
  };

  absl::Status Write(List& list) {
    STEELYARD_ASSIGN_OR_RETURN(const int64_t offset, file_.Append(list.buffer));
    list.blocks.push_back({.offset = offset, .size = list.buffer.size()});
    list.buffer.clear();
    return absl::OkStatus();
  }

  // The rounds of the lists from `next` on, which moves behind them: as many lists as do not exceed
  // `at_once`, and one at least. None at the end.
  absl::StatusOr<std::vector<Round>> ReadBatch(size_t at_once, size_t& next) const {
    std::vector<Round> batch;
    for (; next < lists_.size(); ++next) {
      const List& list = lists_[next];
      if (!batch.empty() && batch.size() + list.rounds > at_once) break;
      batch.reserve(std::max(at_once, batch.size() + list.rounds));
      STEELYARD_ASSIGN_OR_RETURN(const std::string bytes, Read(list));
      STEELYARD_RETURN_IF_ERROR(Decode(bytes, batch));
    }
    return batch;
  }

  absl::StatusOr<std::string> Read(const List& list) const {
    std::string bytes;
    for (const Block& block : list.blocks) {
      STEELYARD_RETURN_IF_ERROR(file_.Read(block.offset, block.size, bytes));
    }
    return bytes + list.buffer;
  }

  ingest::ScratchFile file_;
  std::array<List, kLists> lists_;
};

RoundSpool::RoundSpool(size_t at_once, std::string directory, Group group)
    : at_once_(at_once), directory_(std::move(directory)), group_(std::move(group)) {
  if (group_ == nullptr)
    group_ = [](const Round& round) { return std::string_view(round.company); };
}
RoundSpool::RoundSpool(RoundSpool&&) noexcept = default;
RoundSpool& RoundSpool::operator=(RoundSpool&&) noexcept = default;
RoundSpool::~RoundSpool() = default;

absl::Status RoundSpool::Add(Round round) {
  ++size_;
  if (overflow_ == nullptr && rounds_.size() < at_once_) {
    rounds_.push_back(std::move(round));
    return absl::OkStatus();
  }
  if (overflow_ == nullptr) {
    STEELYARD_ASSIGN_OR_RETURN(ingest::ScratchFile file,
                               ingest::ScratchFile::Create(directory_, "the import's rounds"));
    overflow_ = std::make_unique<Overflow>(std::move(file));
    for (const Round& kept : rounds_) {
      STEELYARD_RETURN_IF_ERROR(overflow_->Add(kept, group_(kept)));
    }
    rounds_ = {};
  }
  return overflow_->Add(round, group_(round));
}

absl::Status RoundSpool::ForEachBatch(const Take& take) const {
  if (overflow_ != nullptr) return overflow_->ForEachBatch(at_once_, take);
  return rounds_.empty() ? absl::OkStatus() : take(rounds_);
}

}  // namespace steelyard::funding
