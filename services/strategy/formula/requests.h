#pragma once

// The questions that a formula's figures stand for, under one definition at one snapshot.

#include <string>
#include <string_view>
#include <vector>

#include "services/strategy/formula/ast.h"
#include "steelyard/funding/v1/funding.pb.h"
#include "steelyard/funding/v1/statistics.pb.h"

namespace steelyard::strategy::formula {

// How a question for rounds differs from its figure.
struct RoundsQuestion {
  std::vector<std::string> regions;  // none: all rounds, by country
  funding::v1::Measure measure = funding::v1::MEASURE_SUM;
  std::vector<Option> slices;  // of layer and sector: grouped by these
  bool by_year = false;
  int k = 0;
};

// Thread-safe; both arguments must outlive it.
class Requests {
 public:
  Requests(const common::v1::Definition& definition, const common::v1::ReadOptions& read)
      : definition_(definition), read_(read) {}

  // Groups by region (or country), then layer, sector and year as far as asked.
  funding::v1::AggregateRoundsRequest Rounds(const FigureRef& figure,
                                             const RoundsQuestion& question) const;
  // Every facet that the figure's options leave, sums of members included.
  funding::v1::GetSeriesRequest Series(const FigureRef& figure,
                                       const std::vector<std::string>& regions) const;
  // How many rounds there are: answered with the effective definition.
  funding::v1::AggregateRoundsRequest Definition() const;
  // Which regions a variable has.
  funding::v1::ListSeriesRequest List(const FigureRef& figure) const;

 private:
  const common::v1::Definition& definition_;
  const common::v1::ReadOptions& read_;
};

}  // namespace steelyard::strategy::formula
