#pragma once

// The questions that a formula's figures stand for, under one definition at one snapshot.

#include <string>
#include <string_view>
#include <vector>

#include "services/strategy/formula/ast.h"
#include "steelyard/funding/v1/funding.pb.h"
#include "steelyard/funding/v1/statistics.pb.h"
#include "steelyard/registry/v1/registry.pb.h"

namespace steelyard::strategy::formula {

// How a question for rounds differs from its figure.
struct RoundsQuestion {
  std::vector<std::string> regions;  // none: all rounds, by country
  funding::v1::Measure measure = funding::v1::MEASURE_SUM;
  bool by_year = false;
  int k = 0;
};

// How the layer=, sector= and origin= of a figure are asked for.
struct Slices {
  std::vector<Option> grouped;   // by groups, one a code: figures of one dimension share a question
  std::vector<Option> filtered;  // by a filter
};

// What the definition says that a region word means; "" when it says nothing.
std::string MeaningOf(std::string_view word, const common::v1::Definition& definition);
// The origin= that means a region. A country's code always means the country there, even where the
// definition lets it mean more as a region: "CN" with CHINA_WITH_HK_MO is to be called by that.
std::string OriginOf(const std::string& region, const common::v1::Definition& definition);

// Questions hold no more of the definition than their answers depend on, so that readings share
// those that differ in nothing else. Thread-safe; both arguments must outlive it.
class Requests {
 public:
  Requests(const common::v1::Definition& definition, const common::v1::ReadOptions& read)
      : definition_(definition), read_(read) {}

  // Several codes are filtered by where their groups may overlap: what is in two of them must count
  // once. So are sectors beside layers and origins, since funding groups by four dimensions at most
  // and a year may be one of them.
  Slices SlicesOf(const FigureRef& figure) const;
  // Groups by region (or country), then the grouped slices and the year as far as asked. In the
  // currency and the prices of the definition, unless the figure has unit= and prices=nominal.
  funding::v1::AggregateRoundsRequest Rounds(const FigureRef& figure,
                                             const RoundsQuestion& question) const;
  // Every facet that the figure's options leave, sums of members included; with policy= the one
  // that the policy chooses.
  funding::v1::GetSeriesRequest Series(const FigureRef& figure,
                                       const std::vector<std::string>& regions) const;
  std::string OriginOf(const std::string& region) const {
    return formula::OriginOf(region, definition_);
  }
  // What a region word means over the figure's period: the answer names its members.
  funding::v1::AggregateRoundsRequest Members(const FigureRef& figure,
                                              const std::string& word) const;
  // The codes of "layer" or "sector".
  registry::v1::GetCodelistRequest Codelist(std::string_view slice) const;
  // How many rounds there are: answered with the effective definition.
  funding::v1::AggregateRoundsRequest Definition() const;
  // Which regions a variable has.
  funding::v1::ListSeriesRequest List(const FigureRef& figure) const;

 private:
  const common::v1::Definition& definition_;
  const common::v1::ReadOptions& read_;
};

}  // namespace steelyard::strategy::formula
