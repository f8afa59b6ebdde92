// How records are read, apart from what readers see.

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/sql_parts.h"
#include "services/registry/sql_read.h"

namespace steelyard::registry {
namespace {

using sql::Value;

// The id in a record's key, which has an index.
constexpr std::string_view kIdPart = "split_part(company, ' ', 1)";

}  // namespace

absl::StatusOr<Stored> SqlReader::StoredRecords(std::span<const std::string> ids) const {
  Stored stored;
  STEELYARD_ASSIGN_OR_RETURN(stored.records, ByIds(kRecords, kIdPart, ids));
  std::set<std::string, std::less<>> found;
  for (Company& record : stored.records) {
    const std::string id(IdOfKey(record.id));
    found.insert(id);
    stored.apart.insert(std::exchange(record.id, id));
  }
  std::vector<std::string> others;
  for (const std::string& id : ids) {
    if (!found.contains(id)) others.push_back(id);
  }
  // What is not apart is all that readers see of the company.
  STEELYARD_ASSIGN_OR_RETURN(std::vector<Company> companies, ByIds(kSeen, "company", others));
  stored.records.insert(stored.records.end(), std::make_move_iterator(companies.begin()),
                        std::make_move_iterator(companies.end()));
  std::sort(stored.records.begin(), stored.records.end(),
            [](const Company& a, const Company& b) { return KeyOf(a) < KeyOf(b); });
  return stored;
}

absl::StatusOr<std::vector<Company>> SqlReader::Records(std::span<const std::string> ids) const {
  STEELYARD_ASSIGN_OR_RETURN(Stored stored, StoredRecords(ids));
  return std::move(stored.records);
}

absl::StatusOr<std::vector<std::string>> SqlReader::IdsOf(
    std::span<const std::string> sources) const {
  if (sources.empty()) return std::vector<std::string>();
  const std::set<std::string_view> asked(sources.begin(), sources.end());
  const std::vector<Value> parameters = {revision, revision};
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<sql::Rows> rows,
                             connection.Query(context,
                                              StrCat("SELECT company, sources FROM ",
                                                     kRecords.companies, " WHERE ", kAtRevision),
                                              parameters));
  std::set<std::string> ids;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return std::vector<std::string>(ids.begin(), ids.end());
    const std::vector<std::string> of_record = SplitList(rows->Text(1));
    const bool concerned = std::any_of(of_record.begin(), of_record.end(),
                                       [&](const auto& source) { return asked.contains(source); });
    if (concerned) ids.emplace(IdOfKey(rows->Text(0)));
  }
}

absl::StatusOr<SourceKinds> SqlReader::Kinds(std::span<const std::string> sources) const {
  SourceKinds kinds;
  for (size_t first = 0; first < sources.size(); first += kMostListed) {
    const auto part = sources.subspan(first, std::min(kMostListed, sources.size() - first));
    std::vector<Value> parameters = {revision, revision};
    const std::string which = AndIn("source", part, parameters);
    STEELYARD_ASSIGN_OR_RETURN(
        const std::unique_ptr<sql::Rows> rows,
        connection.Query(context,
                         StrCat("SELECT source, kind FROM sources WHERE ", kAtRevision, which),
                         parameters));
    while (true) {
      STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
      if (!more) break;
      kinds.emplace(TextAt(*rows, 0), TextAt(*rows, 1));
    }
  }
  return kinds;
}

}  // namespace steelyard::registry
