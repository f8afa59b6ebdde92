// sec-tickers: company_tickers.json of the SEC: an object of numbered entries, one for each ticker
// of each registrant. A registrant with several tickers stands there several times.
//
// A title that ends in a state or country in slashes ("AMERICAN EXPRESS CO /NY/") has it to tell
// registrants apart, not as a part of the name; it is left out of the name and reported.

#include <algorithm>

#include "absl/strings/ascii.h"
#include "nlohmann/json.hpp"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/importers.h"
#include "services/registry/json_rows.h"
#include "services/registry/known_codes.h"
#include "services/registry/listed.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr size_t kLongestTicker = 20;
constexpr size_t kLongestState = 5;  // "/DE/" to "/NEW/"

// The CIK, which the SEC writes as a number without leading zeros; empty when it is none.
std::string CikIn(const Json* value) {
  if (value == nullptr) return "";
  if (value->is_number_unsigned()) return CikOf(StrCat(value->get<uint64_t>()));
  return value->is_string() ? CikOf(value->get_ref<const std::string&>()) : "";
}

bool IsTicker(std::string_view ticker) {
  return !ticker.empty() && ticker.size() <= kLongestTicker &&
         std::all_of(ticker.begin(), ticker.end(), [](char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '.' || c == '-';
         });
}

// The title without a state in slashes behind it.
std::string TakeTitle(const std::string& title, RowFindings& row) {
  size_t end = title.size();
  if (title.ends_with('/')) --end;
  const size_t slash = title.rfind('/', end == 0 ? 0 : end - 1);
  if (slash == std::string::npos || slash < 2 || title[slash - 1] != ' ') return title;
  const std::string_view state = std::string_view(title).substr(slash + 1, end - slash - 1);
  const bool is_state =
      state.size() >= 2 && state.size() <= kLongestState &&
      std::all_of(state.begin(), state.end(), [](char c) { return absl::ascii_isupper(c); });
  if (!is_state) return title;
  std::string name(ToStd(absl::StripAsciiWhitespace(ToAbsl(title).substr(0, slash))));
  row.Repair("title", title, StrCat("read as \"", name, "\", without the place behind it"));
  return name;
}

void TakeEntry(const Json& value, const Draft& draft, ListTaker& taker, RowFindings& row) {
  const std::string cik = CikIn(Member(&value, "cik_str"));
  if (cik.empty()) {
    return row.Reject("cik_str", "", "a whole number of 1 to 10 digits, not 0, is expected");
  }
  const std::string title = TextOf(Member(&value, "title"), "title", row);
  if (const std::string fault = CheckName(title); !fault.empty()) {
    return row.Reject("title", title, fault);
  }
  Listed listed{.company = {.id = CompanyIdOf("cik-", cik), .display_name = TakeTitle(title, row)},
                .certain = 1};
  Company& company = listed.company;
  company.identifiers.push_back({.scheme = "cik", .value = cik, .source = draft.source()});
  AddListedName(company, NameOf(company.display_name, "", NameKind::kPreferred, draft), "title",
                row);
  const std::string ticker = TextOf(Member(&value, "ticker"), "ticker", row);
  if (IsTicker(ticker)) {
    AddListedName(company, NameOf(ticker, "", NameKind::kTicker, draft), "ticker", row);
    company.identifiers.push_back({.scheme = "ticker", .value = ticker, .source = draft.source()});
  } else if (!ticker.empty()) {
    row.Clear(
        "ticker", ticker,
        StrCat("1 to ", kLongestTicker, " upper-case letters, digits, '.' and '-' are allowed"));
  }
  taker.Take(std::move(listed), "cik_str", cik, row);
}

}  // namespace

absl::Status ImportSecTickers(const Context& context, const ingest::SpooledFile& file, Draft& draft,
                              ingest::Reporter& reporter) {
  STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<JsonRows> rows,
                             JsonRows::Open(context, file, {}, reporter));
  ListTaker taker(draft, "");
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(const bool more, rows->Next());
    if (!more) return absl::OkStatus();
    RowFindings row = rows->findings();
    TakeEntry(rows->value(), draft, taker, row);
  }
}

}  // namespace steelyard::registry
