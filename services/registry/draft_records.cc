// How what an import gathered becomes records.

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "services/common/status/status.h"
#include "services/registry/draft.h"
#include "services/registry/draft_fields.h"
#include "services/registry/identifier.h"
#include "services/registry/record.h"

namespace steelyard::registry {
namespace {

// Adds a name, or gives the one that is there its source.
void MergeName(const CompanyName& name, std::vector<CompanyName>& names) {
  const auto same = std::find_if(names.begin(), names.end(),
                                 [&](const CompanyName& other) { return Same(name, other); });
  if (same == names.end()) {
    names.push_back(name);
  } else {
    same->source = name.source;
    if (name.valid != Validity()) same->valid = name.valid;
  }
}

// Adds a name that a row gives in some language, unless there is such a name of that text.
void MergeRowName(const CompanyName& name, std::vector<CompanyName>& names) {
  const bool known = std::any_of(names.begin(), names.end(), [&](const CompanyName& other) {
    return other.kind == name.kind && other.text == name.text;
  });
  if (!known) names.push_back(name);
}

void MergeIdentifier(const Identifier& identifier, std::vector<Identifier>& identifiers) {
  const std::string key = IdentifierKeyOf(identifier.scheme, identifier.value);
  const auto same = std::find_if(
      identifiers.begin(), identifiers.end(),
      [&](const Identifier& other) { return key == IdentifierKeyOf(other.scheme, other.value); });
  if (same == identifiers.end()) {
    identifiers.push_back(identifier);
  } else {
    *same = identifier;
  }
}

void MergeMention(CompanyName name, Company& record) {
  const bool displayed = name.text == record.display_name;
  name.kind = displayed ? NameKind::kPreferred : NameKind::kAlias;
  const bool known =
      std::any_of(record.names.begin(), record.names.end(), [&](const CompanyName& other) {
        return other.text == name.text && (!displayed || other.kind == NameKind::kPreferred);
      });
  if (!known) record.names.push_back(std::move(name));
}

// Takes the fields of a row into what its sources said before.
void MergeRow(const Company& row, unsigned fields, Company& record) {
  if (!row.display_name.empty() && record.display_name != row.display_name) {
    // What was the display name is still a name that people use.
    for (CompanyName& name : record.names) {
      if (name.kind == NameKind::kPreferred && name.text == record.display_name) {
        name.kind = NameKind::kAlias;
      }
    }
  }
  if (!row.display_name.empty()) record.display_name = row.display_name;
  ForEachField([&](unsigned field, auto member) {
    if ((fields & field) != 0) record.*member = row.*member;
  });
  record.sources = row.sources;
}

template <typename T>
bool Cites(const std::vector<T>& items, const std::string& source) {
  return std::any_of(items.begin(), items.end(),
                     [&](const T& item) { return item.source == source; });
}

bool Cites(const Company& record, const std::string& source) {
  return Cites(record.names, source) || Cites(record.identifiers, source) ||
         Cites(record.relations, source) || Cites(record.headquarters, source) ||
         Cites(record.status_history, source);
}

bool HasSource(const Company& record, const std::string& source) {
  return std::count(record.sources.begin(), record.sources.end(), source) > 0;
}

// Whether all who say a record are sources of a row.
bool IsSaidBy(const Company& row, const Company& record) {
  return !record.sources.empty() &&
         std::all_of(record.sources.begin(), record.sources.end(),
                     [&](const std::string& source) { return HasSource(row, source); });
}

// Adds the lists of a record to another one.
void TakeOver(const Company& from, Company& record) {
  for (CompanyName name : from.names) {
    if (name.kind == NameKind::kPreferred && name.text != record.display_name) {
      name.kind = NameKind::kAlias;
    }
    record.names.push_back(std::move(name));
  }
  const auto append = [](auto& items, const auto& others) {
    items.insert(items.end(), others.begin(), others.end());
  };
  append(record.identifiers, from.identifiers);
  append(record.relations, from.relations);
  append(record.headquarters, from.headquarters);
  append(record.status_history, from.status_history);
}

// The records of one company while an import changes them.
class RecordsOf {
 public:
  RecordsOf(std::string id, std::string own, std::vector<Company> stored)
      : id_(std::move(id)), own_(std::move(own)), records_(std::move(stored)) {}

  // The row takes the place of what its sources said.
  void TakeRow(const Company& row, unsigned fields) {
    Company record = {.id = id_};
    const Company* before = Before(row);
    if (before != nullptr) record = *before;
    MergeRow(row, fields, record);
    for (const Company& stored : records_) {
      if (&stored != before && IsSaidBy(row, stored)) TakeOver(stored, record);
    }
    TakeIn(std::move(record), records_);
    row_ = KeyOf(records_.back());
    changed_.insert(row_);
  }

  // Where what a source says belongs: to its own record, or one that has something from it, or the
  // row's, or the import's own.
  Company& At(const std::string& source) {
    const auto find = [&](auto fits) {
      const auto found = std::find_if(records_.begin(), records_.end(), fits);
      return found == records_.end() ? nullptr : &*found;
    };
    Company* record = find([&](const Company& each) { return HasSource(each, source); });
    if (record == nullptr) record = find([&](const Company& each) { return Cites(each, source); });
    if (record == nullptr) record = find([&](const Company& each) { return KeyOf(each) == row_; });
    if (record == nullptr)
      record = find([&](const Company& each) { return HasSource(each, own_); });
    if (record == nullptr) {
      records_.push_back({.id = id_, .sources = {own_}});
      record = &records_.back();
    }
    changed_.insert(KeyOf(*record));
    return *record;
  }

  // A record that At gave.
  Company& ByKey(const std::string& key) {
    return *std::find_if(records_.begin(), records_.end(),
                         [&](const Company& record) { return KeyOf(record) == key; });
  }

  // Takes what is `gone` out of a list of every record.
  template <typename T, typename Gone>
  void Erase(std::vector<T> Company::*member, Gone gone) {
    for (Company& record : records_) {
      if (std::erase_if(record.*member, gone) > 0) changed_.insert(KeyOf(record));
    }
  }

  // Those that were changed, normalised.
  void TakeChanged(std::vector<Company>& changed) {
    for (Company& record : records_) {
      if (!changed_.contains(KeyOf(record))) continue;
      Normalize(record);
      changed.push_back(std::move(record));
    }
  }

 private:
  // What the sources of a row said before: the first of them, else the first that said it without
  // others.
  const Company* Before(const Company& row) const {
    for (const std::string& source : row.sources) {
      for (const Company& stored : records_) {
        const bool alone = source == row.sources.front() || IsSaidBy(row, stored);
        if (HasSource(stored, source) && alone) return &stored;
      }
    }
    return nullptr;
  }

  const std::string id_;
  const std::string own_;
  std::vector<Company> records_;
  std::string row_;  // key of the row's record; empty without a row
  std::set<std::string> changed_;
};

// Puts what is given in the place of what the same sources said of the same, but for what is kept.
template <typename Period>
void MergePeriods(const std::vector<Period>& given, const std::vector<Period>& kept,
                  std::vector<Period> Company::*member, RecordsOf& records) {
  const auto of_the_same = [](const Period& old, const std::vector<Period>& others) {
    return std::any_of(others.begin(), others.end(), [&](const Period& other) {
      return Same(old, other) && old.source == other.source;
    });
  };
  if (given.empty()) return;
  // Where it belongs is settled before what tells so is taken out.
  std::map<std::string, std::string> keys;  // by source
  for (const Period& period : given) keys[period.source] = KeyOf(records.At(period.source));
  records.Erase(member, [&](const Period& old) {
    return of_the_same(old, given) && !of_the_same(old, kept);
  });
  for (const Period& period : given) {
    (records.ByKey(keys[period.source]).*member).push_back(period);
  }
}

void Merge(const DraftEntry& entry, RecordsOf& records) {
  const Company& values = entry.values;
  if (entry.has_row) records.TakeRow(values, entry.fields);
  for (const CompanyName& name : values.names) MergeName(name, records.At(name.source).names);
  for (const CompanyName& name : entry.row_names) {
    MergeRowName(name, records.At(values.sources.front()).names);
  }
  for (const CompanyName& name : entry.mentions) MergeMention(name, records.At(name.source));
  for (const Identifier& identifier : values.identifiers) {
    MergeIdentifier(identifier, records.At(identifier.source).identifiers);
  }
  MergePeriods(values.relations, entry.kept.relations, &Company::relations, records);
  MergePeriods(values.headquarters, entry.kept.headquarters, &Company::headquarters, records);
  MergePeriods(values.status_history, entry.kept.status_history, &Company::status_history, records);
}

}  // namespace

absl::StatusOr<std::vector<Company>> Draft::TakeRecords(std::span<const uint32_t> companies,
                                                        const std::vector<Company>& stored) {
  std::map<std::string_view, std::vector<Company>> of_id;
  for (const Company& record : stored) of_id[record.id].push_back(record);
  std::vector<Company> changed;
  for (const uint32_t company : companies) {
    STEELYARD_ASSIGN_OR_RETURN(const DraftEntry entry, entries_.Take(company));
    const std::string_view id = IdOf(company);
    const auto known = of_id.find(id);
    RecordsOf records(std::string(id), source_,
                      known == of_id.end() ? std::vector<Company>() : std::move(known->second));
    Merge(entry, records);
    records.TakeChanged(changed);
  }
  return changed;
}

Batch Draft::OtherSubjects(const Source& own_source) const {
  Batch batch;
  for (const auto& [id, source] : sources_) batch.sources.push_back(source);
  if (!stored_sources_.contains(source_) && !sources_.contains(source_)) {
    batch.sources.push_back(own_source);
  }
  for (const auto& [id, list] : codelists_) {
    Codelist sorted = list;
    std::sort(sorted.codes.begin(), sorted.codes.end(),
              [](const Code& a, const Code& b) { return a.position < b.position; });
    batch.codelists.push_back(std::move(sorted));
  }
  return batch;
}

}  // namespace steelyard::registry
