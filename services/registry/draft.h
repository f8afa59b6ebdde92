#pragma once

// What an import will write: facts gathered row by row from all of its files, and how they become
// records. docs/formats/registry.md tells users the same rules.
//
// - A row of a companies file is what its sources say: it replaces the fields whose columns the
//   file has in what the first of them said before, and takes over the lists of what the others
//   said apart. What other sources say stays. A company that these sources rename keeps its former
//   display name as an alias.
// - Names and identifiers are added to what their source says: to its own record, to one that has
//   something from it, to that of the row in this import, or to that of the import's own source.
//   One that is there already (a name by text, language and kind, an identifier by scheme and
//   value) takes the new source.
// - What the import says of a relation (by kind and object), a headquarters (by place) or a status
//   takes the place of what the same source said of it, in whatever record; it is then one or more
//   times in which that held.
// - Nothing else is removed by an import: what a file does not mention stays. To replace all that a
//   source says is what UpsertCompanies is for.
// - A codelist is replaced whole by the codes that the import gives for it.

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "services/registry/company.h"
#include "services/registry/draft_entries.h"
#include "services/registry/imported_parents.h"
#include "services/registry/known_companies.h"
#include "services/registry/store.h"

namespace steelyard::registry {

// The fields that a companies file can have, as bits.
enum CompanyField : unsigned {
  kCountryField = 1U << 0,
  kCityField = 1U << 1,
  kFoundedField = 1U << 2,
  kStatusField = 1U << 3,
  kWebsiteField = 1U << 4,
  kLayersField = 1U << 5,
  kSectorsField = 1U << 6,
  kCategoryField = 1U << 7,
  kLegalCountryField = 1U << 8,
  // No field: the row is of a list, which may say more of the company in other rows.
  kOfList = 1U << 9,
};

// Memory: what DraftEntries keeps, and some tens of bytes for each company and identifier of the
// registry and the import. Not thread-safe.
class Draft {
 public:
  // `directory` and `codelists`: what the registry holds. `source`: the import's own, which needs
  // not be declared.
  Draft(Directory directory, const std::vector<Codelist>& codelists, std::string source,
        DraftEntries entries = DraftEntries());

  const std::string& source() const { return source_; }
  // STORE_UNAVAILABLE when what the import brought could not be kept; nothing more is of use then.
  const absl::Status& status() const { return entries_.status(); }
  bool HasSource(std::string_view id) const;
  bool HasCompany(std::string_view id) const;
  // The number of a company that exists, the same as long as the draft.
  uint32_t NumberOf(std::string_view id) const { return known_.companies().Find(id); }
  // Whether a companies file of this import has named the company.
  bool HasCompanyRow(std::string_view id);
  // Whether a code may be used: it is in its list, or the list does not exist and nobody can know.
  bool HasCode(std::string_view codelist, std::string_view code) const;

  // False: the import has given that source before.
  bool AddSource(Source source);
  // False: the import has given that code or position of that list before.
  bool AddCode(const std::string& codelist, Code code);
  // Who bears an identifier that was to be added.
  enum class Bearer {
    kNobody,  // it was added
    kSelf,    // the import has given it to the company before
    kOther    // another company does; it was not added
  };
  struct Verdict {
    Bearer bearer = Bearer::kNobody;
    std::string company;  // who, for kOther
  };
  // A row of a companies file; names and identifiers of `company` are added as by the functions
  // below. Its id must not have a row yet. The verdict is that of the first identifier that was not
  // added.
  Verdict AddCompany(Company company, unsigned fields);
  // Another row of a company that has a row of kOfList: the fields that this lacks are added.
  struct Filled {
    bool any = false;      // one was added
    bool differs = false;  // one is another one there, which stays
  };
  Filled FillRow(const std::string& company, const Company& values, unsigned fields);
  // How many names and identifiers the import adds to the company so far.
  size_t NameCount(std::string_view company);
  size_t IdentifierCount(std::string_view company);
  // Of a company that exists. False: the import has given the name before, and this says nothing
  // new of when.
  bool AddName(const std::string& company, CompanyName name);
  // Of a company that exists: a name that people use. It is the preferred one when it turns out to
  // be the display name, else an alias, and left out when the company bears its text already.
  // False: the import has given it before.
  bool AddMention(const std::string& company, CompanyName name);
  // The same of what holds for a time. kFull: the company would get more than a company may have.
  enum class Added { kNew, kGiven, kFull };
  Added AddRelation(const std::string& company, Relation relation);
  Added AddHeadquarters(const std::string& company, Headquarters headquarters);
  Added AddStatusPeriod(const std::string& company, StatusPeriod period);
  // What a source said before of the same is kept, whatever else the import says of it: a row of
  // the import about it was not taken.
  void Keep(const std::string& company, const Relation& relation);
  void Keep(const std::string& company, const Headquarters& headquarters);
  void Keep(const std::string& company, const StatusPeriod& period);
  // Adds the identifier unless another company bears it. Of a company that exists.
  Verdict AddIdentifier(const std::string& company, Identifier identifier);

  // Who bears an identifier, in the registry or by this import; empty when nobody does.
  std::string BearerOf(std::string_view scheme, std::string_view value) const;
  // Whether this import has given the identifier to somebody.
  bool HasGiven(std::string_view scheme, std::string_view value) const;
  // Whether the company of a number bears an identifier of the scheme, of whatever value.
  bool Bears(uint32_t company, const std::string& scheme);
  // Makes the country unknown again that the company's row of kOfList has, unless it is this one.
  void AgreeOnCountry(std::string_view company, std::string_view country);

  // Parents of the registry and of this import.
  const ImportedParents& parents() const { return parents_; }

  // The numbers of the companies that the import says anything of, by id.
  std::vector<uint32_t> Companies() const;
  std::string_view IdOf(uint32_t company) const { return known_.companies().At(company); }
  // What becomes of the records of some of these, each once, given what is stored of them: those
  // that change, normalised. Errors are those of status().
  absl::StatusOr<std::vector<Company>> TakeRecords(std::span<const uint32_t> companies,
                                                   const std::vector<Company>& stored);
  // All other subjects. `own_source` is among them when the registry does not have the import's own
  // source and no file gives it.
  Batch OtherSubjects(const Source& own_source) const;

 private:
  DraftEntry& EntryOf(std::string_view company) { return entries_.At(known_.AddCompany(company)); }
  // nullptr when the import has said nothing of the company.
  DraftEntry* FindEntry(std::string_view company);

  std::string source_;
  KnownCompanies known_;  // stored and new
  // By scheme, of those that were asked for: the companies that bear one.
  absl::flat_hash_map<std::string, absl::flat_hash_set<uint32_t>> bearing_;
  std::vector<bool> given_;  // whether by this import, by the identifier's number
  std::set<std::string, std::less<>> stored_sources_;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> codes_;

  DraftEntries entries_;  // by the company's number
  std::map<std::string, Source, std::less<>> sources_;
  std::map<std::string, Codelist> codelists_;
  ImportedParents parents_;
};

}  // namespace steelyard::registry
