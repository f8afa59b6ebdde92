#pragma once

// Companies of lists that were not made for us, each told by codes: which company of the registry a
// row means, and what it changes there. docs/formats/registry.md tells users the same rules.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"

#include "services/registry/draft.h"
#include "services/registry/row_findings.h"

namespace steelyard::registry {

// A company as a row has it.
struct Listed {
  // Its id is what it gets when nobody is known to be it. The identifiers are in the order in which
  // they are looked up; domains may be missing from them.
  Company company;
  // Which fields the row has (CompanyField); sources are the import's own.
  unsigned fields = 0;
  // How many of the first identifiers tell the company beyond doubt.
  size_t certain = 0;
  // Whether a company has several rows that need not agree.
  bool one_of_several = false;
  // The domain of a site that is the company's own, and no page on somebody else's; empty: none.
  std::string domain;
};

// A name as the import's source has it; an empty or wrong language is "und".
CompanyName NameOf(std::string text, std::string_view language, NameKind kind, const Draft& draft);

// Adds the name unless the company has it in that language and kind. A name that cannot be one is
// cleared.
void AddListedName(Company& company, CompanyName name, std::string_view place, RowFindings& row);

// The address, whose scheme lists tend to leave out, as the company's website, and its domain
// where it is a site of its own. What is no address is cleared.
void TakeSite(std::string_view address, std::string_view place, Listed& listed, RowFindings& row);

// A date as lists write it: YYYY, YYYY-MM, YYYY-MM-DD, or a timestamp, whose time of day is
// dropped.
absl::StatusOr<PartialDate> ListedDate(std::string_view text);
// A date that a list writes as YYYY, YYYY-MM, YYYY-MM-DD, or as a timestamp, whose time of day is
// dropped. What is no date is cleared.
std::optional<PartialDate> TakeListedDate(std::string_view text, std::string_view place,
                                          RowFindings& row);

// The alpha-2 code of a country's code, in any case; what is none is cleared.
std::string TakeListedCountry(std::string_view code, std::string_view place, RowFindings& row);

// The text if it can be a city, or what a list calls its categories; else it is cleared.
std::string TakeListedText(std::string_view text, std::string_view place, RowFindings& row);

// Takes the companies of one file into the draft. Not thread-safe.
class ListTaker {
 public:
  // `scheme`: of the identifiers of which each company has one in such a list. A company that has
  // another one is another company, whatever its domain. Empty for lists without domains.
  ListTaker(Draft& draft, std::string_view scheme) : draft_(draft), scheme_(scheme) {}

  // The company that a row means is the bearer of its first certain identifier that anybody bears;
  // else the company of its id, if there is one; else who bore its domain before this import; else
  // a new one.
  //
  // The company takes the row's fields as what the import's source says of it, unless only its
  // domain tells that it is meant, and names and identifiers in any case; a later row of it adds
  // the fields that the earlier ones lack, and others are cleared. Identifiers of other companies
  // are cleared. The row is accepted, or a duplicate when it brings nothing. `place` and `value`
  // name the row in findings. Returns the company's id.
  std::string Take(Listed listed, std::string_view place, std::string_view value, RowFindings& row);

 private:
  struct Meant {
    std::string id;
    bool certain = true;
  };
  Meant Find(const Listed& listed) const;
  bool AddFields(const std::string& id, const Listed& listed, std::string_view place,
                 std::string_view value, RowFindings& row);
  bool AddNames(const std::string& id, Listed& listed, RowFindings& row);
  bool AddIdentifiers(const std::string& id, std::vector<Identifier> identifiers, RowFindings& row);

  Draft& draft_;
  const std::string scheme_;
  absl::flat_hash_set<uint32_t> by_domain_;  // companies that only their domain told
};

}  // namespace steelyard::registry
