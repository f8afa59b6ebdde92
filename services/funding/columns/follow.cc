#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/columns/copy.h"
#include "services/funding/columns/rows_from_sql.h"

namespace steelyard::funding::columns {
namespace {

// What happened to a company.
struct Change {
  std::vector<Row> begun, ended;
  std::vector<Company::Version> versions_begun, versions_ended;
};
using ChangesById = std::map<std::string, Change, std::less<>>;

absl::Status DoesNotFollow(std::string_view company) {
  return MakeError(common::v1::ERROR_REASON_INTERNAL,
                   StrCat("the store does not follow on the copy of its columns: ", company));
}

bool SameFacts(const Company::Version& a, const Company::Version& b) {
  return a.name == b.name && a.facts.from == b.facts.from && a.facts.country == b.facts.country &&
         a.facts.layer == b.facts.layer && a.facts.sector == b.facts.sector &&
         a.facts.category == b.facts.category;
}

// Rows of equal content count alike, so that any of them may be the one that ended.
absl::Status End(const Row& ended, Company& company) {
  Row open = ended;
  open.to = kOpen;
  const auto found = std::find(company.rows.begin(), company.rows.end(), open);
  if (found == company.rows.end()) return DoesNotFollow(company.id);
  found->to = ended.to;
  return absl::OkStatus();
}

absl::Status End(const Company::Version& ended, Company& company) {
  const auto found = std::find_if(company.versions.begin(), company.versions.end(),
                                  [&](const Company::Version& version) {
                                    return version.facts.to == kOpen && SameFacts(version, ended);
                                  });
  if (found == company.versions.end()) return DoesNotFollow(company.id);
  found->facts.to = ended.facts.to;
  return absl::OkStatus();
}

absl::Status Apply(const Change& change, Company& company) {
  for (const Row& row : change.ended) STEELYARD_RETURN_IF_ERROR(End(row, company));
  for (const Company::Version& version : change.versions_ended) {
    STEELYARD_RETURN_IF_ERROR(End(version, company));
  }
  company.rows.insert(company.rows.end(), change.begun.begin(), change.begun.end());
  company.versions.insert(company.versions.end(), change.versions_begun.begin(),
                          change.versions_begun.end());
  return absl::OkStatus();
}

// A block's companies with changes of companies that it has, or that lie in its range.
absl::StatusOr<std::vector<Company>> Changed(const Block* block, ChangesById::const_iterator begin,
                                             ChangesById::const_iterator end) {
  std::vector<Company> before;
  if (block != nullptr) before = block->Thaw();
  std::vector<Company> after;
  auto old = before.begin();
  for (auto change = begin; change != end; ++change) {
    for (; old != before.end() && old->id < change->first; ++old) after.push_back(std::move(*old));
    Company company;
    company.id = change->first;
    if (old != before.end() && old->id == change->first) company = std::move(*old++);
    STEELYARD_RETURN_IF_ERROR(Apply(change->second, company));
    after.push_back(std::move(company));
  }
  after.insert(after.end(), std::make_move_iterator(old), std::make_move_iterator(before.end()));
  return after;
}

void FreezeInto(const std::vector<Company>& companies, int64_t rows_a_block,
                std::vector<std::shared_ptr<const Block>>& blocks) {
  size_t begin = 0;
  int64_t held = 0;
  for (size_t i = 0; i < companies.size(); ++i) {
    held += static_cast<int64_t>(companies[i].rows.size()) + 1;
    // The half more keeps a block that grows from being split off a sliver each time.
    if (held < rows_a_block + rows_a_block / 2) continue;
    blocks.push_back(Freeze(companies, begin, i + 1));
    begin = i + 1;
    held = 0;
  }
  if (begin < companies.size()) blocks.push_back(Freeze(companies, begin, companies.size()));
}

absl::StatusOr<std::vector<std::shared_ptr<const Block>>> ApplyAll(const Copy& copy,
                                                                   const ChangesById& changes,
                                                                   int64_t rows_a_block) {
  std::vector<std::shared_ptr<const Block>> blocks;
  auto next = changes.begin();
  for (size_t i = 0; i < copy.blocks.size(); ++i) {
    const auto begin = next;
    next = i + 1 < copy.blocks.size() ? changes.lower_bound(copy.blocks[i + 1]->IdOf(0))
                                      : changes.end();
    if (begin == next) {
      blocks.push_back(copy.blocks[i]);
      continue;
    }
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Company> companies,
                               Changed(copy.blocks[i].get(), begin, next));
    FreezeInto(companies, rows_a_block, blocks);
  }
  if (copy.blocks.empty()) {
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Company> companies,
                               Changed(nullptr, changes.begin(), changes.end()));
    FreezeInto(companies, rows_a_block, blocks);
  }
  return blocks;
}

// Companies with a part of one of these rounds.
void AddOwnersOfParts(const Copy& copy, const std::set<int32_t>& wholes,
                      std::set<std::string>& companies) {
  if (wholes.empty()) return;
  for (const auto& block : copy.blocks) {
    for (const Block::Part& part : block->parts) {
      if (!wholes.contains(part.whole)) continue;
      const auto after =
          std::upper_bound(block->places.begin(), block->places.end(), part.row,
                           [](uint32_t row, const Block::Place& place) { return row < place.row; });
      companies.insert(std::string(block->TextAt(std::prev(after)->id)));
    }
  }
}

// What is read of the store on the way from one revision to another.
struct Reading {
  ChangesById changes;
  std::set<int32_t> wholes;  // whose lives may have changed
};

absl::Status Read(sql::Connection& connection, const Context& context, int64_t known,
                  int64_t revision, Numbers& numbers, Reading& reading) {
  const size_t wholes_before = numbers.wholes.ids.size();
  std::vector<std::string> ids;
  STEELYARD_RETURN_IF_ERROR(
      ReadRows(connection, context, known, revision, numbers, [&](const ReadRow& read) {
        Change& change = reading.changes[std::string(read.company)];
        (read.row.from > known ? change.begun : change.ended).push_back(read.row);
        ids.emplace_back(read.id);
      }));
  STEELYARD_RETURN_IF_ERROR(
      ReadVersions(connection, context, known, revision, numbers, [&](const ReadVersion& read) {
        Change& change = reading.changes[std::string(read.company)];
        (read.facts.from > known ? change.versions_begun : change.versions_ended)
            .push_back({read.facts, std::string(read.name)});
      }));
  for (size_t i = wholes_before; i < numbers.wholes.ids.size(); ++i) {
    reading.wholes.insert(static_cast<int32_t>(i));
  }
  for (const std::string& id : ids) {
    if (const auto whole = numbers.wholes.ids.Find(id)) reading.wholes.insert(*whole);
  }
  return ReadLives(connection, context, revision,
                   std::vector<int32_t>(reading.wholes.begin(), reading.wholes.end()),
                   numbers.wholes);
}

}  // namespace

absl::StatusOr<Followed> Follow(sql::Connection& connection, const Context& context,
                                const Copy& copy, int64_t revision, const Room& room) {
  if (revision >= kOpen) return Followed{};
  auto codes = std::make_shared<Codes>(*copy.codes);
  auto wholes = std::make_shared<Wholes>(*copy.wholes);
  Numbers numbers{*codes, *wholes};
  Reading reading;
  STEELYARD_RETURN_IF_ERROR(Read(connection, context, copy.revision, revision, numbers, reading));
  if (numbers.overflow) return Followed{};

  auto next = std::make_shared<Copy>();
  next->revision = static_cast<int32_t>(revision);
  next->codes = std::move(codes);
  next->wholes = std::move(wholes);
  STEELYARD_ASSIGN_OR_RETURN(next->blocks, ApplyAll(copy, reading.changes, room.rows_a_block));
  next->Measure();
  if (next->bytes > room.bytes) return Followed{};

  std::set<std::string> touched;
  for (const auto& [id, change] : reading.changes) touched.insert(id);
  AddOwnersOfParts(*next, reading.wholes, touched);
  return Followed{.copy = std::move(next),
                  .touched = std::vector<std::string>(touched.begin(), touched.end())};
}

}  // namespace steelyard::funding::columns
