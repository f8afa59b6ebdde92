#pragma once

// Which column of a file says what of a company.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/common/text/csv.h"
#include "steelyard/registry/v1/match.pb.h"

namespace steelyard::cli {

class MatchColumns {
 public:
  // `given`: "field=column" each, with a field of name, country, city, website, founded and the
  // schemes of identifiers; they win over what the header's words suggest. INVALID_FIELD for a
  // field that there is not, a column that the file has not, or when there is neither a name nor an
  // identifier nor a website.
  static absl::StatusOr<MatchColumns> Of(const std::vector<std::string>& header,
                                         const std::vector<std::string>& given);

  // What was found: "name in \"Company\", country in \"CC\"".
  std::string Describe() const;

  // The query of a row. What the registry would refuse in it is left out, and said in `notes`.
  registry::v1::MatchQuery QueryOf(const std::vector<std::string>& fields,
                                   std::vector<std::string>& notes) const;

 private:
  std::string_view At(const std::vector<std::string>& fields, std::string_view field) const;

  std::vector<std::string> header_;
  std::map<std::string, size_t, std::less<>> column_;  // by field
};

// The alpha-2 code of a country that is told by its code or its English name; empty for others.
std::string CountryCode(std::string_view text);

}  // namespace steelyard::cli
