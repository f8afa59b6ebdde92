#pragma once

// The part of a selection's statement that divides rounds: it gives one row for each part, with
// what tells parts apart, in place of one row for each round.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/funding/division.h"
#include "services/funding/schema.h"
#include "services/funding/selection.h"

namespace steelyard::funding {

// Expressions for the country, layer and sector by which a round or its part counts; they need what
// JoinParts adds.
struct CountedColumns {
  std::string country, layer, sector;
};
CountedColumns ColumnsOf(const Division& division);

// Joins what SelectRounds reads with the parts of each round; nothing when the division divides
// nothing.
Statement JoinParts(const Division& division, int64_t revision, const RoundTables& tables);
// The columns that PartReader reads, in its order.
std::string PartColumns(const Division& division);

// Takes the parts of a selection's rounds, whose rows come in any order.
class PartReader {
 public:
  // PartColumns begin at `column`. What it is made of must outlive it.
  PartReader(const Division& division, int column, Selection& selection)
      : division_(division), column_(column), selection_(selection) {}

  // Whether the current row is the first one of its round, which is then to be added to the
  // selection's as the last one.
  bool IsNew(const sql::Rows& rows);
  // Takes the current row, after IsNew.
  void Take(const sql::Rows& rows);
  // Puts the parts into their order and gives each round its own.
  void Finish();

 private:
  const Division& division_;
  const int column_;
  Selection& selection_;
  std::unordered_map<std::string, int32_t> rounds_;  // places in Selection::rounds by id
  int32_t round_ = 0;                                // of the current row
  std::vector<int32_t> round_of_;                    // of Selection::parts
};

}  // namespace steelyard::funding
