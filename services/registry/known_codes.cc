#include "services/registry/known_codes.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "services/registry/identifier_check.h"

namespace steelyard::registry {
namespace {

constexpr size_t kCikLength = 10;
constexpr size_t kLongestQ = 15;
constexpr size_t kLongestId = 128;
constexpr size_t kDigestDigits = 8;

bool AreDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); });
}

}  // namespace

std::string LeiOf(std::string_view text) {
  std::string lei = absl::AsciiStrToUpper(absl::StripAsciiWhitespace(ToAbsl(text)));
  return CheckLei(lei).empty() ? lei : "";
}

std::string CikOf(std::string_view text) {
  if (!AreDigits(text) || text.size() > kCikLength) return "";
  if (text.find_first_not_of('0') == std::string_view::npos) return "";
  return StrCat(std::string(kCikLength - text.size(), '0'), text);
}

std::string WikidataOf(std::string_view text) {
  if (const size_t slash = text.rfind('/'); slash != std::string_view::npos) {
    text.remove_prefix(slash + 1);
  }
  if (text.size() < 2 || text.size() > kLongestQ || (text[0] != 'Q' && text[0] != 'q')) return "";
  text.remove_prefix(1);
  return AreDigits(text) && text[0] != '0' ? StrCat("Q", text) : "";
}

std::string CompanyIdOf(std::string_view prefix, std::string_view code) {
  std::string id = StrCat(prefix, absl::AsciiStrToLower(ToAbsl(code)));
  bool lost = id.size() > kLongestId;
  for (char& c : id) {
    if (absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '.' || c == '_' || c == '-') {
      continue;
    }
    c = '-';
    lost = true;
  }
  if (!lost) return id;
  id.resize(std::min(id.size(), kLongestId - kDigestDigits - 1));
  return StrCat(id, "-", text::Sha256Hex(code).substr(0, kDigestDigits));
}

}  // namespace steelyard::registry
