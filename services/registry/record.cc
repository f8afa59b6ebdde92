#include "services/registry/record.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "services/common/text/strings.h"

namespace steelyard::registry {
namespace {

// What nobody saw on a page.
constexpr std::string_view kLastKind = "editorial";

// Sources that know a company by itself come before those that list companies by the million.
int RankOf(std::string_view kind) {
  constexpr std::array<std::string_view, 5> kFirst = {"official", "press_release", "report",
                                                      "article", "seed_article"};
  constexpr auto kOther = static_cast<int>(kFirst.size());
  if (kind == "database") return kOther + 1;
  if (kind == kLastKind) return kOther + 2;
  return static_cast<int>(std::find(kFirst.begin(), kFirst.end(), kind) - kFirst.begin());
}

// That of the best of its sources.
int RankOf(const Company& record, const SourceKinds& kinds) {
  if (record.sources.empty()) return RankOf("");
  int best = RankOf(kLastKind);
  for (const std::string& source : record.sources) {
    const auto kind = kinds.find(source);
    best = std::min(best, RankOf(kind == kinds.end() ? "" : kind->second));
  }
  return best;
}

std::string_view FirstSource(const Company& record) {
  return record.sources.empty() ? std::string_view() : std::string_view(record.sources.front());
}

// Gives what a source said to another one.
template <typename Items>
void Reassign(Items& items, std::string_view from, const std::string& to) {
  for (auto& item : items) {
    if (item.source == from) item.source = to;
  }
}

void ReassignAll(Company& record, std::string_view from, const std::string& to) {
  Reassign(record.names, from, to);
  Reassign(record.identifiers, from, to);
  Reassign(record.relations, from, to);
  Reassign(record.headquarters, from, to);
  Reassign(record.status_history, from, to);
}

template <typename T>
void Append(std::vector<T>& items, const std::vector<T>& others) {
  items.insert(items.end(), others.begin(), others.end());
}

bool Bears(const std::vector<CompanyName>& names, const std::string& text) {
  return std::any_of(names.begin(), names.end(),
                     [&](const CompanyName& name) { return name.text == text; });
}

// Whether an alias says nothing that is not among the names: its text, and its language if known.
bool AddsNothing(const CompanyName& alias, const std::vector<CompanyName>& names) {
  return std::any_of(names.begin(), names.end(), [&](const CompanyName& name) {
    return name.text == alias.text && (name.language == alias.language || alias.language == "und");
  });
}

// Unites names; preferred ones are those of `displayed`.
std::vector<CompanyName> JoinNames(std::span<const Company> records, const Company& displayed) {
  std::vector<CompanyName> names = displayed.names;
  for (const Company& record : records) {
    if (&record == &displayed) continue;
    for (CompanyName name : record.names) {
      if (name.kind == NameKind::kPreferred) {
        if (Bears(names, name.text)) continue;
        name.kind = NameKind::kAlias;
      }
      if (name.kind == NameKind::kAlias && AddsNothing(name, names)) continue;
      names.push_back(std::move(name));
    }
  }
  return names;
}

}  // namespace

std::string KeyOf(const Company& record) { return StrCat(record.id, " ", FirstSource(record)); }

std::string_view IdOfKey(std::string_view key) { return key.substr(0, key.find(' ')); }

std::string ContentOf(const Company& record) {
  Company content = record;
  for (const std::string& source : record.sources) ReassignAll(content, source, "");
  content.sources.clear();
  Normalize(content);
  return Canonical(content);
}

void TakeOut(std::string_view source, std::vector<Company>& of_id) {
  for (auto record = of_id.begin(); record != of_id.end(); ++record) {
    std::vector<std::string>& sources = record->sources;
    const auto said = std::find(sources.begin(), sources.end(), source);
    if (said == sources.end()) continue;
    sources.erase(said);
    if (sources.empty()) {
      of_id.erase(record);
      return;
    }
    ReassignAll(*record, source, sources.front());
    Normalize(*record);
    return;
  }
}

void TakeIn(Company record, std::vector<Company>& of_id) {
  if (record.sources.empty()) {
    std::erase_if(of_id, [](const Company& other) { return other.sources.empty(); });
  }
  for (const std::string& source : record.sources) TakeOut(source, of_id);
  of_id.push_back(std::move(record));
}

void Believe(const std::string& survivor, const SourceKinds& kinds, std::vector<Company>& records) {
  const auto key = [&](const Company& record) {
    return std::tuple(record.id != survivor, std::string_view(record.id), RankOf(record, kinds),
                      FirstSource(record));
  };
  std::sort(records.begin(), records.end(),
            [&](const Company& a, const Company& b) { return key(a) < key(b); });
}

Company Join(std::span<const Company> records) {
  Company joined;
  joined.id = records.front().id;
  const Company* displayed = &records.front();
  ForEachChosenField([&](std::string_view /*field*/, auto member) {
    for (const Company& record : records) {
      if (!Gives(record, member, joined.country)) continue;
      joined.*member = record.*member;
      if constexpr (std::is_same_v<decltype(member), std::string Company::*>) {
        if (member == &Company::display_name) displayed = &record;
      }
      return;
    }
  });
  joined.names = JoinNames(records, *displayed);
  std::set<std::string> ids;
  for (const Company& record : records) {
    ids.insert(record.id);
    Append(joined.sources, record.sources);
    Append(joined.identifiers, record.identifiers);
    Append(joined.relations, record.relations);
    Append(joined.headquarters, record.headquarters);
    Append(joined.status_history, record.status_history);
  }
  ids.erase(joined.id);
  joined.merged.assign(ids.begin(), ids.end());
  if (joined.display_name.empty()) {
    Normalize(joined);
    joined.display_name = joined.names.empty() ? joined.id : joined.names.front().text;
  }
  Normalize(joined);
  return joined;
}

}  // namespace steelyard::registry
