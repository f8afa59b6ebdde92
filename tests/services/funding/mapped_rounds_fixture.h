#pragma once

// Funding with files that are read by mappings.

#include <memory>
#include <string>
#include <vector>

#include "tests/services/funding/funding_fixture.h"
#include "tests/support/mapping_files.h"

namespace steelyard::funding {

class ImportMappedRoundsTest : public FundingFixture {
 protected:
  absl::StatusOr<common::v1::ImportReport> ImportRounds(
      const std::string& bytes, std::shared_ptr<const mapping::Loaded> mapping,
      bool dry_run = false) {
    return Import({{"mapped", bytes, std::move(mapping)}}, dry_run, "brought");
  }
  std::vector<Round> All() const {
    RoundQuery query;
    query.order = {{"id", false}};
    query.limit = 1000;
    const auto page = rounds_->List(Context::Background(), head(), query);
    EXPECT_OK(page);
    return page.ok() ? page->rounds : std::vector<Round>();
  }
  static int64_t Counted(const common::v1::ImportFileReport& file) {
    return file.rows_accepted() + file.rows_rejected() + file.rows_duplicate();
  }
  // "stage Round x: 2" for each value without a meaning.
  static std::vector<std::string> Unmapped(const common::v1::ImportFileReport& file) {
    std::vector<std::string> lines;
    for (const common::v1::UnmappedValue& value : file.unmapped()) {
      lines.push_back(
          StrCat(value.field(), " ", value.column(), " ", value.value(), ": ", value.rows()));
    }
    return lines;
  }
};

}  // namespace steelyard::funding
