#pragma once

// Enums of the contract as words of a command line: MEASURE_SUM_WITHOUT_LARGEST is
// "sum-without-largest".

#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/descriptor.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {

// An enum and what its names start with. The value 0 has no word: it is what is not said.
struct EnumWords {
  const google::protobuf::EnumDescriptor& values;
  std::string prefix;

  // The value's number; nullopt when the word is none of them.
  std::optional<int> NumberOf(const std::string& word) const {
    const std::string name = absl::StrReplaceAll(absl::AsciiStrToUpper(word), {{"-", "_"}});
    const auto* value = values.FindValueByName(prefix + name);
    if (value == nullptr || value->number() == 0) return std::nullopt;
    return value->number();
  }
  // The word of a value; "" of 0 and of what is no value.
  std::string WordOf(int number) const {
    const auto* value = values.FindValueByNumber(number);
    if (value == nullptr || number == 0) return "";
    const std::string lower = absl::AsciiStrToLower(value->name().substr(prefix.size()));
    return absl::StrReplaceAll(lower, {{"_", "-"}});
  }
  // All words, with commas.
  std::string All() const {
    std::string all;
    for (int i = 0; i < values.value_count(); ++i) {
      const std::string word = WordOf(values.value(i)->number());
      if (!word.empty()) StrAppend(&all, all.empty() ? "" : ", ", word);
    }
    return all;
  }
};

// The value of the word; nullopt and an error listing the words when it is none of them.
template <typename Enum>
std::optional<Enum> FromWord(const std::string& word, const EnumWords& words, std::string_view flag,
                             FieldErrors& errors) {
  if (const std::optional<int> number = words.NumberOf(word)) return static_cast<Enum>(*number);
  errors.Add(flag, StrCat("'", word, "' is none of ", words.All()));
  return std::nullopt;
}

}  // namespace steelyard::cli
