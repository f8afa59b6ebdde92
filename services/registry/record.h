#pragma once

// What sources say of companies, and what readers see of it. Pure functions and values.
//
// A record is what some sources say alike under an id: a Company whose `sources` are those. No
// source has two records of an id. One record of an id may have no sources: it is what nobody in
// particular says. Names, identifiers, relations and histories of a record may name a source of
// their own.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "services/registry/company.h"

namespace steelyard::registry {

// The kinds of sources, by id; a source that is not there has an unknown kind.
using SourceKinds = std::map<std::string, std::string, std::less<>>;

// Id and version of how companies follow from records: see Believe and Join.
inline constexpr std::string_view kRecordPolicy = "source-kind/1";

// Names a record among all: its id, a space, and its first source. Ids of companies and sources
// have no spaces.
std::string KeyOf(const Company& record);
// The id that a key names.
std::string_view IdOfKey(std::string_view key);
// What a record says, whoever says it, as a text that is equal only for equal contents. What an
// item has from one of the record's own sources is said by the record.
std::string ContentOf(const Company& record);

// Puts a record among those of its id, which it does not share a source with afterwards: what its
// sources said before is no more. Without sources it takes the place of what nobody said.
void TakeIn(Company record, std::vector<Company>& of_id);
// Takes out what a source says; what others say alike stays, and is said by these.
void TakeOut(std::string_view source, std::vector<Company>& of_id);

// Orders the records of a company by how they are believed: those under its own id first, then the
// others by id; within an id by the best kind of a source (official, press_release, report,
// article, seed_article, any other or nobody, database, editorial), then by the first source.
void Believe(const std::string& survivor, const SourceKinds& kinds, std::vector<Company>& records);

// The company that records in this order make, of which the first is under its id; not empty.
// Names, identifiers, sources, relations and histories are united, the first of what repeats kept;
// every other field is that of the first record that gives it, and a city counts only beside the
// country that was chosen. Preferred names are those of the record that gives the display name;
// those of others become aliases unless the company bears their text. Nor are aliases of others
// taken whose text it bears in the same language, or in any when their own is not known. Without
// any display name it is the first name, or the id. `merged` names the other ids. Normalised.
Company Join(std::span<const Company> records);

// Calls `take` with the name and the member of each field that is chosen and not united, in the
// order of the contract; the country comes before the city.
template <typename Take>
void ForEachChosenField(Take take) {
  take("display_name", &Company::display_name);
  take("country", &Company::country);
  take("city", &Company::city);
  take("legal_country", &Company::legal_country);
  take("founded_on", &Company::founded_on);
  take("status", &Company::status);
  take("website", &Company::website);
  take("layers", &Company::layers);
  take("sectors", &Company::sectors);
  take("source_category", &Company::source_category);
}

// Whether a record says anything that counts of a field of the company whose country was chosen.
template <typename T>
bool Gives(const Company& record, T Company::*member, const std::string& country) {
  if (record.*member == T()) return false;
  if constexpr (std::is_same_v<T, std::string>) {
    if (member == &Company::city) return record.country == country;
  }
  return true;
}

}  // namespace steelyard::registry
