#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "tests/fuzz/fuzz_input.h"

namespace steelyard::filter {
namespace {

using fuzz::Require;

const std::vector<Field>& Fields() {
  static const auto& fields = *new std::vector<Field>{
      {.name = "name", .type = FieldType::kText, .sql = "n"},
      {.name = "id", .type = FieldType::kText, .sql = "i", .equality_only = true},
      {.name = "year", .type = FieldType::kInteger, .sql = "y"},
      {.name = "date", .type = FieldType::kDate, .sql = "d"},
      {.name = "amount", .type = FieldType::kDecimal, .sql = "a"},
      {.name = "layer", .type = FieldType::kHas, .sql = "EXISTS (SELECT 1 WHERE l = ?)"},
      {.name = "stage", .type = FieldType::kText, .sql = "s", .values = {{"SEED", int64_t{1}}}},
  };
  return fields;
}

// What a caller wrote appears in SQL as parameters only: the text is made of these characters
// alone.
bool IsOurSql(const std::string& sql) {
  return sql.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             " ()?,'\\=<>-") == std::string::npos;
}

void CheckFilter(std::string_view text) {
  const auto predicate = Compile(text, Fields());
  if (!predicate.ok()) {
    Require(ReasonOf(predicate.status()) == common::v1::ERROR_REASON_INVALID_FILTER,
            "bad filters have their reason");
    const std::string position = MetadataOf(predicate.status(), "position");
    Require(!position.empty() && std::stoul(position) <= text.size(), "errors stand in the filter");
    return;
  }
  const std::string& sql = predicate->sql;
  Require(IsOurSql(sql), "SQL holds nothing of the filter");
  Require(
      std::count(sql.begin(), sql.end(), '?') == static_cast<int64_t>(predicate->parameters.size()),
      "every placeholder has its parameter");
  Require(std::count(sql.begin(), sql.end(), '(') == std::count(sql.begin(), sql.end(), ')'),
          "parentheses are balanced");
}

}  // namespace
}  // namespace steelyard::filter

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = steelyard::fuzz::AsText(data, size);
  steelyard::filter::CheckFilter(text);
  const auto keys = steelyard::filter::ParseOrderBy(text, {"name", "amount"});
  steelyard::fuzz::Require(!keys.ok() || keys->size() <= 2, "each key stands once");
  return 0;
}
