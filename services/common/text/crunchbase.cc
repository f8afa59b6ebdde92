#include "services/common/text/crunchbase.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"

namespace steelyard::text {
namespace {

constexpr size_t kLongestId = 128;
constexpr size_t kDigestDigits = 8;

bool IsAllowed(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::string CrunchbaseSlug(std::string_view permalink) {
  permalink = ToStd(absl::StripAsciiWhitespace(ToAbsl(permalink)));
  if (const size_t slash = permalink.rfind('/'); slash != std::string_view::npos) {
    permalink.remove_prefix(slash + 1);
  }
  return absl::AsciiStrToLower(ToAbsl(permalink));
}

std::string CrunchbaseCompanyId(std::string_view permalink) {
  const std::string slug = CrunchbaseSlug(permalink);
  if (slug.empty()) return "";
  std::string id = StrCat("cb-", slug);
  std::replace_if(
      id.begin(), id.end(), [](char c) { return !IsAllowed(c); }, '-');
  if (id.size() > kLongestId) {
    id.resize(kLongestId - kDigestDigits - 1);
    StrAppend(&id, "-", Sha256Hex(slug).substr(0, kDigestDigits));
  }
  return id;
}

bool IsSpreadsheetDamage(std::string_view name) {
  return absl::StripAsciiWhitespace(ToAbsl(name)) == "#NAME?";
}

std::string CrunchbaseName(std::string_view name, std::string_view permalink) {
  return IsSpreadsheetDamage(name) ? CrunchbaseSlug(permalink) : std::string(name);
}

}  // namespace steelyard::text
