#include "services/registry/draft_entries.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/parts.h"
#include "services/registry/company_codec.h"

namespace steelyard::registry {
namespace {

using Length = uint32_t;

// Appends an entry with its length before it.
void Append(const DraftEntry& entry, std::string& bytes) {
  const size_t start = bytes.size();
  bytes.resize(start + sizeof(Length));
  text::PartWriter writer(bytes);
  EncodeCompany(entry.values, writer);
  EncodeCompany(entry.kept, writer);
  // Lists of names are written as companies have them.
  EncodeCompany({.names = entry.row_names}, writer);
  EncodeCompany({.names = entry.mentions}, writer);
  writer.Number(entry.fields).Number(entry.has_row ? 1 : 0);
  const auto length = static_cast<Length>(bytes.size() - start - sizeof(Length));
  std::memcpy(bytes.data() + start, &length, sizeof(length));
}

std::optional<DraftEntry> Decode(std::string_view bytes) {
  text::PartReader reader(bytes);
  DraftEntry entry;
  entry.values = DecodeCompany(reader);
  entry.kept = DecodeCompany(reader);
  entry.row_names = DecodeCompany(reader).names;
  entry.mentions = DecodeCompany(reader).names;
  entry.fields = static_cast<unsigned>(reader.Number());
  entry.has_row = reader.Number() != 0;
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return entry;
}

}  // namespace

DraftEntries::DraftEntries(size_t at_once, std::string directory)
    : at_once_(at_once), directory_(std::move(directory)) {}

bool DraftEntries::Has(uint32_t company) const {
  return entries_.contains(company) || IsOnDisk(company);
}

DraftEntry& DraftEntries::At(uint32_t company) {
  if (const auto known = entries_.find(company); known != entries_.end()) return known->second;
  if (status_.ok() && entries_.size() >= at_once_) status_ = Spill();
  DraftEntry entry;
  if (status_.ok() && IsOnDisk(company)) {
    absl::StatusOr<DraftEntry> read = Read(company);
    status_ = read.status();
    if (read.ok()) entry = *std::move(read);
    offsets_[company] = kNowhere;
  }
  if (!status_.ok()) return useless_ = {};
  return entries_[company] = std::move(entry);
}

absl::StatusOr<DraftEntry> DraftEntries::Take(uint32_t company) {
  STEELYARD_RETURN_IF_ERROR(status_);
  if (const auto known = entries_.find(company); known != entries_.end()) {
    DraftEntry entry = std::move(known->second);
    entries_.erase(known);
    return entry;
  }
  if (!IsOnDisk(company)) return DraftEntry();
  absl::StatusOr<DraftEntry> entry = Read(company);
  offsets_[company] = kNowhere;
  return entry;
}

absl::Status DraftEntries::Spill() {
  if (!file_.has_value()) {
    STEELYARD_ASSIGN_OR_RETURN(
        file_, ingest::ScratchFile::Create(directory_, "what the import says of companies"));
  }
  std::string bytes;
  int64_t offset = file_->size();
  for (const auto& [company, entry] : entries_) {
    if (company >= offsets_.size()) offsets_.resize(company + size_t{1}, kNowhere);
    offsets_[company] = offset + static_cast<int64_t>(bytes.size());
    Append(entry, bytes);
  }
  entries_.clear();
  return file_->Append(bytes).status();
}

absl::StatusOr<DraftEntry> DraftEntries::Read(uint32_t company) const {
  std::string bytes;
  Length length = 0;
  STEELYARD_RETURN_IF_ERROR(file_->Read(offsets_[company], sizeof(length), bytes));
  std::memcpy(&length, bytes.data(), sizeof(length));
  const int64_t start = offsets_[company] + static_cast<int64_t>(sizeof(length));
  bytes.clear();
  STEELYARD_RETURN_IF_ERROR(file_->Read(start, length, bytes));
  std::optional<DraftEntry> entry = Decode(bytes);
  if (entry.has_value()) return *std::move(entry);
  return MakeError(common::v1::ERROR_REASON_INTERNAL, "what an import kept on disk is damaged");
}

std::vector<uint32_t> DraftEntries::Companies() const {
  std::vector<uint32_t> companies;
  for (const auto& [company, entry] : entries_) companies.push_back(company);
  for (uint32_t company = 0; company < offsets_.size(); ++company) {
    if (IsOnDisk(company)) companies.push_back(company);
  }
  std::sort(companies.begin(), companies.end());
  return companies;
}

}  // namespace steelyard::registry
