#include "services/registry/identifier_check.h"

#include <libpsl.h>

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "services/common/text/strings.h"
#include "services/registry/identifier.h"

namespace steelyard::registry {
namespace {

// 0 to 9 for digits, 10 to 35 for letters, as both standards count.
int ValueOf(char c) { return absl::ascii_isdigit(c) ? c - '0' : absl::ascii_toupper(c) - 'A' + 10; }

// "character 3, '-', must be a letter".
std::string Wrong(std::string_view value, size_t at, std::string_view allowed) {
  return StrCat("character ", at + 1, ", '", value.substr(at, 1), "', must be ", allowed);
}

// The first character of value[from, to) that is not of a kind, as a fault; empty when all are.
template <typename IsKind>
std::string FirstWrong(std::string_view value, size_t from, size_t to, IsKind is_kind,
                       std::string_view allowed) {
  for (size_t i = from; i < to; ++i) {
    if (!is_kind(value[i])) return Wrong(value, i, allowed);
  }
  return "";
}

bool IsAlpha(char c) { return absl::ascii_isalpha(c); }
bool IsAlnum(char c) { return absl::ascii_isalnum(c); }
bool IsDigit(char c) { return absl::ascii_isdigit(c); }

// The remainder by 97 of the number that the characters spell.
int Remainder97(std::string_view characters) {
  int remainder = 0;
  for (const char c : characters) {
    const int value = ValueOf(c);
    remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
  }
  return remainder;
}

// Luhn's check digit of what stands before it, letters as two digits each.
int LuhnDigit(std::string_view characters) {
  std::string digits;
  for (const char c : characters) StrAppend(&digits, ValueOf(c));
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    // The last digit is doubled, and every second one before it.
    const int doubled = (digits[i] - '0') * ((digits.size() - i) % 2 == 1 ? 2 : 1);
    sum += doubled / 10 + doubled % 10;
  }
  return (10 - sum % 10) % 10;
}

// Characters of ASCII that no label may have, of which the reader sees at once what is wrong.
std::string CheckHostCharacters(std::string_view host) {
  for (size_t i = 0; i < host.size(); ++i) {
    const auto c = static_cast<unsigned char>(host[i]);
    if (c < 0x80 && !absl::ascii_isalnum(c) && c != '-' && c != '.') {
      return Wrong(host, i, "a letter, a digit, '-' or '.'");
    }
  }
  return "";
}

bool IsPublicSuffix(const std::string& domain) {
  return psl_is_public_suffix2(psl_builtin(), domain.c_str(),
                               PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) == 1;
}

}  // namespace

std::string CheckLei(std::string_view value) {
  constexpr size_t kLength = 20;
  constexpr size_t kBody = 18;
  if (value.size() != kLength) {
    return StrCat("an LEI has ", kLength, " characters, not ", value.size());
  }
  std::string fault = FirstWrong(value, 0, kBody, IsAlnum, "a letter or a digit");
  if (fault.empty()) fault = FirstWrong(value, kBody, kLength, IsDigit, "a digit");
  if (!fault.empty()) return fault;
  const int check = 98 - Remainder97(StrCat(value.substr(0, kBody), "00"));
  const std::string wanted = StrCat(check < 10 ? "0" : "", check);
  if (value.substr(kBody) == wanted) return "";
  return StrCat("the check digits, characters 19 and 20, are ", value.substr(kBody),
                "; the others give ", wanted);
}

std::string CheckIsin(std::string_view value) {
  constexpr size_t kLength = 12;
  constexpr size_t kBody = 11;
  if (value.size() != kLength) {
    return StrCat("an ISIN has ", kLength, " characters, not ", value.size());
  }
  std::string fault = FirstWrong(value, 0, 2, IsAlpha, "a letter of a country's code");
  if (fault.empty()) fault = FirstWrong(value, 2, kBody, IsAlnum, "a letter or a digit");
  if (fault.empty()) fault = FirstWrong(value, kBody, kLength, IsDigit, "a digit");
  if (!fault.empty()) return fault;
  const int check = LuhnDigit(value.substr(0, kBody));
  if (ValueOf(value.back()) == check) return "";
  return StrCat("the check digit, character 12, is ", value.substr(kBody), "; the others give ",
                check);
}

std::string CheckDomain(std::string_view value) {
  const absl::StatusOr<std::string> domain = DomainOf(value);
  if (!domain.ok()) {
    std::string fault = CheckHostCharacters(HostOf(value));
    if (fault.empty()) fault = std::string(domain.status().message());
    return fault;
  }
  if (IsPublicSuffix(*domain)) {
    return StrCat(*domain,
                  " is a public suffix, under which names are given out; give a name under "
                  "it, such as \"example.",
                  *domain, "\"");
  }
  return "";
}

}  // namespace steelyard::registry
