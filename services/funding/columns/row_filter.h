#pragma once

// A filter of rounds over columns: what its SQL says, for the fields that columns have.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/common/filter/parser.h"
#include "services/common/money/money.h"
#include "services/funding/columns/block.h"

namespace steelyard::funding::columns {

// Thread-safe.
class RowFilter {
 public:
  // `tree` is that of a predicate that was compiled over RoundFilterFields(). nullopt when it names
  // a field that columns do not have: id and investors.
  static std::optional<RowFilter> Make(const filter::Node& tree, const Codes& codes);

  // `company` is the block's, `version` its facts, null when nothing is known of it.
  bool Holds(const Block& block, size_t company, const CompanyVersion* version,
             uint32_t row) const {
    return Holds(root_, block, company, version, row);
  }

 private:
  enum class Column {
    kNone,
    // Of which the codes that match are listed.
    kCountry,
    kLayer,
    kSector,
    kCategory,
    kCurrency,
    kSources,
    // That lie in a range.
    kStage,
    kKind,
    kYear,
    kDay,
    kAmount,
    // Compared as text.
    kCompany,
  };
  struct Test {
    filter::Node::Kind kind = filter::Node::Kind::kAnd;
    std::vector<Test> children;
    Column column = Column::kNone;
    bool negated = false;       // also true of what is not known
    std::vector<bool> matches;  // by code
    Int128 low = 0;             // of ranges, both ends included
    Int128 high = 0;
    std::string op;  // of texts
    std::vector<std::string> pieces;
  };

  static bool MakeTest(const filter::Node& node, const Codes& codes, Test& test);
  static bool MakeComparison(const filter::Node& node, const Codes& codes, Test& test);
  bool Holds(const Test& test, const Block& block, size_t company, const CompanyVersion* version,
             uint32_t row) const;
  bool Compare(const Test& test, const Block& block, size_t company, const CompanyVersion* version,
               uint32_t row) const;

  Test root_;
  std::vector<int64_t> micros_;  // in a minor unit, by currency
};

}  // namespace steelyard::funding::columns
