#pragma once

// Looks up the figures that formulas name: of rounds, and published.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/strategy/formula/ast.h"
#include "services/strategy/formula/facets.h"
#include "services/strategy/formula/quantity.h"
#include "services/strategy/formula/questions.h"
#include "services/strategy/formula/requests.h"
#include "services/strategy/measures/figures.h"

namespace steelyard::strategy::formula {

// A figure that was looked up. Without status while its question is new.
struct Found {
  Figure figure;
  funding::v1::Facet facet;   // of a published one
  std::vector<Figure> parts;  // what funding gave, of a sum over several codes
};

// A region's value among others.
struct RegionValue {
  std::string region;
  Quantity value;
  std::optional<Coverage> coverage;
};

// A layer or sector with the sum of each of several figures there; "" for what is not classified.
struct SliceFound {
  std::string code;
  std::vector<Found> sums;
};

// Values of regions.
struct RegionValues {
  std::vector<RegionValue> values;  // by region
  std::string missing;              // why there can be none; else empty
};

// Values of layers or sectors.
struct SliceValues {
  std::vector<SliceFound> found;  // in the order of the codelist, what is not classified last
  std::string missing;            // why there can be none; else empty
};

// The figure in one layer or sector.
FigureRef InSlice(const FigureRef& figure, const std::string& key, const std::string& code);

// Looks figures up under one definition and one choice of facets. What is not known yet becomes a
// question. Not thread-safe; the arguments must outlive it.
class Lookup {
 public:
  Lookup(const Requests& requests, Questions& questions, const FacetChoice& facets)
      : requests_(requests), questions_(questions), facets_(facets) {}

  // Of rounds: the sum over the codes of its layer=, sector= and origin=, if it has them. Without
  // value, and with the reason, when funding does not offer the definition.
  Found OfRounds(const FigureRef& figure, funding::v1::Measure measure, int k, size_t position);
  // Of rounds in one year of the figure's range.
  Found OfRoundsInYear(const FigureRef& figure, std::string_view year, size_t position);
  // Published, at a period. A sum of members of which some have no value is a lower bound.
  Found OfStatistic(const FigureRef& figure, std::string_view period, size_t position);
  // The origin= of the investors of the figure's own region.
  std::string OwnOrigin(const FigureRef& figure) const { return requests_.OriginOf(figure.region); }
  // Every country's, or those of `among`. nullopt while the question is new.
  std::optional<RegionValues> OfRegions(const FigureRef& figure,
                                        const std::vector<std::string>& among, size_t position);
  // The funding of each figure in every layer or sector, as `by` says, in which one of them has a
  // round. nullopt while the questions are new.
  std::optional<SliceValues> OfSlices(const std::vector<Node>& figures, const std::string& by);
  // The facets that have the figure in any year of its range; nullopt while that is not known.
  std::optional<FacetSet> FacetsOfYears(const FigureRef& figure, size_t position);
  // The facets that have what the figure, or the rank or growth of it, needs; nullopt while that is
  // not known.
  std::optional<FacetSet> Facets(const FigureRef& figure, const std::string& rank_of,
                                 const std::vector<std::string>& among, size_t position);

 private:
  // How the figure's codes are asked for, with the countries of its origins; nullopt while those
  // are not known.
  std::optional<Slices> SlicesOf(const FigureRef& figure);
  // The sum over codes in the answer to a question about rounds, of one year unless it is empty.
  Found SumIn(const FigureRef& figure, const RoundsQuestion& question, std::string_view year,
              size_t position);
  // The regions of a rank: those given, or every country that the statistic has.
  std::optional<std::vector<std::string>> Terms(const FigureRef& figure,
                                                const std::vector<std::string>& among,
                                                size_t position);
  // The series of any number of regions.
  std::optional<funding::v1::GetSeriesResponse> SeriesOf(const FigureRef& figure,
                                                         const std::vector<std::string>& terms,
                                                         size_t position);
  std::vector<RegionValue> RowsByRegion(const funding::v1::AggregateRoundsResponse& response,
                                        const std::vector<Option>& slices,
                                        funding::v1::Measure measure) const;

  const Requests& requests_;
  Questions& questions_;
  const FacetChoice& facets_;
};

}  // namespace steelyard::strategy::formula
