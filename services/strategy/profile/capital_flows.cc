#include "services/strategy/profile/capital_flows.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/text/strings.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy {
namespace {

using FlowList = google::protobuf::RepeatedPtrField<v1::CapitalFlow>;

constexpr size_t kLargestFlows = 10;
constexpr std::string_view kAddUpToZero = "the amounts add up to zero";

// What parts of rounds add up to.
class Parts {
 public:
  void Add(const Figure& sum) {
    AddUnused(sum);
    present_ += sum.coverage().units_present();
    if (const auto nanos = NanosOf(sum)) amount_ = amount_.value_or(0) + *nanos;
  }
  // What should be among them, but lacks a country that it would take.
  void AddUnused(const Figure& sum) {
    rounds_ += sum.coverage().units_expected();
    undisclosed_ += sum.coverage().undisclosed();
    unconverted_ += sum.coverage().unconverted();
  }
  void Add(const Figure& sum, bool used) {
    if (used) {
      Add(sum);
    } else {
      AddUnused(sum);
    }
  }

  int64_t rounds() const { return rounds_; }
  // nullopt when no amount is known.
  const std::optional<Int128>& amount() const { return amount_; }
  Coverage GetCoverage() const {
    Coverage coverage = CoverageOf(rounds_, present_);
    coverage.set_undisclosed(undisclosed_);
    coverage.set_unconverted(unconverted_);
    return coverage;
  }

 private:
  std::optional<Int128> amount_;
  int64_t rounds_ = 0;
  int64_t present_ = 0;
  int64_t undisclosed_ = 0;
  int64_t unconverted_ = 0;
};

using PartsByCountry = std::map<std::string_view, Parts>;

// The countries of a region.
class Members {
 public:
  explicit Members(const funding::v1::ResolvedRegion& region)
      : world_(region.region() == "WORLD"),
        countries_(region.members().begin(), region.members().end()) {}
  bool Contains(std::string_view country) const {
    return !country.empty() && (world_ || countries_.contains(country));
  }

 private:
  bool world_;
  std::set<std::string_view> countries_;
};

// What the pairs of countries say of one region.
struct RegionFlows {
  RegionFlows(const funding::v1::AggregateRoundsResponse& pairs,
              const funding::v1::ResolvedRegion& region) {
    const Members members(region);
    for (const funding::v1::AggregateRow& row : pairs.rows()) {
      Add(members, row.keys(0).value(), row.keys(1).value(), row.figures(0).figure());
    }
  }

  Parts all;           // of the world, those with both countries
  Parts received;      // by the region's companies, from investors of known country
  Parts domestic;      // of these, from its own investors
  Parts given;         // by its investors, to companies of known country
  Parts given_at_all;  // by its investors
  PartsByCountry origins;
  PartsByCountry destinations;

 private:
  void Add(const Members& members, std::string_view company, std::string_view investor,
           const Figure& sum) {
    all.Add(sum, !company.empty() && !investor.empty());
    const bool to = members.Contains(company);
    const bool from = members.Contains(investor);
    if (to) {
      received.Add(sum, !investor.empty());
      if (!investor.empty()) origins[investor].Add(sum);
    }
    if (to && from) domestic.Add(sum);
    if (from) {
      given_at_all.Add(sum);
      if (company.empty()) return;
      given.Add(sum);
      destinations[company].Add(sum);
    }
  }
};

// Writes the flows of one region.
class Writer {
 public:
  Writer(const Evidence& in, const std::string& term, const RegionFlows& flows)
      : in_(in), term_(term), flows_(flows) {}

  Figure ForeignCapitalShare() const {
    const std::optional<Int128>& received = flows_.received.amount();
    std::optional<Int128> foreign;
    // Where nothing is known to come from inside, all that is known comes from outside.
    if (received) foreign = *received - flows_.domestic.amount().value_or(0);
    const std::string reason = received ? std::string(kAddUpToZero) : WhyNothingReceived();
    return MakeNumber({in_.PeriodId("foreign_capital_share", term_), kForeignCapitalShare, "1"},
                      Divide(foreign, received), reason, flows_.received.GetCoverage());
  }

  // Any round of which an investor is not known could have one of the region: its coverage is the
  // world's.
  Figure RoundsInflowRatio() const {
    std::string reason = "the investors gave nothing";
    if (!flows_.given.amount()) {
      reason = StrCat("no disclosed amount has an investor of ", term_);
    }
    if (!flows_.received.amount()) reason = WhyNothingReceived();
    return MakeNumber({in_.PeriodId("rounds_inflow_ratio", term_), kRoundsInflowRatio, "1"},
                      Divide(flows_.received.amount(), flows_.given.amount()), reason,
                      flows_.all.GetCoverage());
  }

  FlowList Origins() const { return Largest("origin", flows_.origins, flows_.received); }
  FlowList Destinations() const {
    return Largest("destination", flows_.destinations, flows_.given_at_all);
  }

 private:
  std::string WhyNothingReceived() const {
    if (flows_.received.rounds() == 0) return NoRound(in_, term_);
    return StrCat("no disclosed amount of ", term_, " has an investor whose country is known");
  }

  // The largest first, ties by country; those of which no amount is known have no place.
  FlowList Largest(std::string_view side, const PartsByCountry& countries,
                   const Parts& whole) const {
    std::vector<std::pair<std::string_view, const Parts*>> order;
    for (const auto& [country, parts] : countries) {
      if (parts.amount()) order.emplace_back(country, &parts);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
      return *a.second->amount() > *b.second->amount();
    });
    if (order.size() > kLargestFlows) order.resize(kLargestFlows);
    FlowList list;
    for (const auto& [country, parts] : order) {
      *list.Add() = MakeFlow(side, country, *parts, whole);
    }
    return list;
  }

  v1::CapitalFlow MakeFlow(std::string_view side, std::string_view country, const Parts& parts,
                           const Parts& whole) const {
    const auto id = [&](std::string_view measure) {
      return StrCat(in_.PeriodId(measure, term_), "/", side, "=", country);
    };
    v1::CapitalFlow flow;
    flow.set_country(std::string(country));
    Figure& amount = *flow.mutable_amount();
    amount = MakeNumber({id("total"), kSum, in_.currency}, 0, "", parts.GetCoverage());
    *amount.mutable_money() = MakeMoney(*parts.amount(), in_.currency);
    *flow.mutable_share() =
        MakeNumber({id("share"), kShare, "1"}, Divide(parts.amount(), whole.amount()), kAddUpToZero,
                   whole.GetCoverage());
    return flow;
  }

  const Evidence& in_;
  const std::string& term_;
  const RegionFlows& flows_;
};

Figure TooManyPairs(const Evidence& in, const std::string& term, std::string_view measure,
                    std::string_view formula) {
  Figure figure = MakeUndefined({in.PeriodId(measure, term), formula, "1"},
                                "there are more pairs of countries with rounds than are read",
                                common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
  figure.mutable_coverage();
  return figure;
}

}  // namespace

void AddCapitalFlows(const Evidence& evidence, v1::RegionProfile& profile) {
  const funding::v1::AggregateRoundsResponse& pairs = evidence.facts.flows;
  const std::string& term = profile.region().term();
  if (!pairs.next_page_token().empty()) {
    *profile.mutable_foreign_capital_share() =
        TooManyPairs(evidence, term, "foreign_capital_share", kForeignCapitalShare);
    *profile.mutable_rounds_inflow_ratio() =
        TooManyPairs(evidence, term, "rounds_inflow_ratio", kRoundsInflowRatio);
    return;
  }
  const RegionFlows flows(pairs, profile.region());
  const Writer writer(evidence, term, flows);
  *profile.mutable_foreign_capital_share() = writer.ForeignCapitalShare();
  *profile.mutable_rounds_inflow_ratio() = writer.RoundsInflowRatio();
  *profile.mutable_origins() = writer.Origins();
  *profile.mutable_destinations() = writer.Destinations();
}

}  // namespace steelyard::strategy
