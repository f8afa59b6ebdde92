#include "services/strategy/scenario/gap_identity.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/common/text/strings.h"
#include "services/strategy/facts/facts.h"
#include "services/strategy/measures/dynamics.h"
#include "services/strategy/measures/measure_catalog.h"

namespace steelyard::strategy {
namespace {

// One unit in billionths, as NanosOf gives counts.
constexpr Int128 kOne = 1'000'000'000;

// The two sides of a gap.
constexpr size_t kLeader = 0;
constexpr size_t kFollower = 1;
template <typename T>
using Both = std::array<T, 2>;

struct Factor {
  std::string_view id;
  std::string_view title;
  std::string_view formula;
  std::string unit;
  Both<Value> values;
};

struct Identity {
  std::string_view name;  // "people"; its version is 1
  std::string_view expression;
  Both<std::string> terms;
  Both<Coverage> coverage;
  std::vector<Factor> factors;
  Value ratio;  // of the two products
  // For factors that are not known: why, and how.
  std::string reason;
  common::v1::ValueStatus status = common::v1::VALUE_STATUS_UNDEFINED;
};

// Turns numbers into the answer's figures.
class Builder {
 public:
  Builder(const Evidence& evidence, Identity identity)
      : in_(evidence),
        identity_(std::move(identity)),
        pair_(StrCat(identity_.terms[kLeader], ":", identity_.terms[kFollower])),
        both_(Add(identity_.coverage[kLeader], identity_.coverage[kFollower])) {
    NameZero();
  }

  v1::GapIdentity Build() const;

 private:
  // A factor of zero is why there are no contributions, whatever else there is.
  void NameZero();
  std::optional<LogContributionsOfFactors> Contributions() const;
  // The value, or the identity's reason for none.
  Figure Make(FigureName name, const Value& value, const Coverage& coverage) const;
  Figure OfPair(std::string_view measure, std::string_view formula, std::string_view factor,
                const Value& value) const;
  v1::GapFactor MakeFactor(const Factor& factor, const Value& log_points,
                           const Value& contribution) const;

  const Evidence& in_;
  Identity identity_;
  const std::string pair_;
  const Coverage both_;
};

void Builder::NameZero() {
  for (const Factor& factor : identity_.factors) {
    for (const size_t side : {kLeader, kFollower}) {
      if (factor.values[side] != 0.0) continue;
      identity_.reason = StrCat("the ", factor.id, " of ", identity_.terms[side], " is zero");
      identity_.status = common::v1::VALUE_STATUS_UNDEFINED;
    }
  }
}

std::optional<LogContributionsOfFactors> Builder::Contributions() const {
  Both<std::vector<double>> values;
  for (const Factor& factor : identity_.factors) {
    for (const size_t side : {kLeader, kFollower}) {
      if (!factor.values[side]) return std::nullopt;
      values[side].push_back(*factor.values[side]);
    }
  }
  return LogContributions(values[kLeader], values[kFollower]);
}

Figure Builder::Make(FigureName name, const Value& value, const Coverage& coverage) const {
  StrAppend(&name.id, "/identity=", identity_.name);
  Figure figure = MakeNumber(name, value, identity_.reason, coverage);
  if (!value) figure.set_status(identity_.status);
  return figure;
}

Figure Builder::OfPair(std::string_view measure, std::string_view formula, std::string_view factor,
                       const Value& value) const {
  Figure figure = Make({in_.PeriodId(measure, pair_), formula, "1"}, value, both_);
  if (!factor.empty()) figure.set_id(StrCat(figure.id(), ",factor=", factor));
  return figure;
}

v1::GapFactor Builder::MakeFactor(const Factor& factor, const Value& log_points,
                                  const Value& contribution) const {
  v1::GapFactor out;
  out.set_id(std::string(factor.id));
  out.set_title(std::string(factor.title));
  const auto of_side = [&](size_t side) {
    return Make({in_.PeriodId(factor.id, identity_.terms[side]), factor.formula, factor.unit},
                factor.values[side], identity_.coverage[side]);
  };
  *out.mutable_leader() = of_side(kLeader);
  *out.mutable_follower() = of_side(kFollower);
  Value ratio;
  if (factor.values[kLeader] && factor.values[kFollower]) {
    ratio = Ratio(*factor.values[kLeader], *factor.values[kFollower]);
  }
  *out.mutable_ratio() = OfPair("ratio", kRatio, factor.id, ratio);
  *out.mutable_log_points() = OfPair("log_points", kLogContribution, factor.id, log_points);
  Figure& share = *out.mutable_contribution();
  share = OfPair("contribution", kGapShare, factor.id, contribution);
  if (log_points && !contribution) {
    share.set_reason("there is no gap to have a share in; the log points say all there is");
  }
  return out;
}

v1::GapIdentity Builder::Build() const {
  const auto parts = Contributions();
  v1::GapIdentity out;
  out.set_id(StrCat(identity_.name, "/1"));
  out.set_expression(std::string(identity_.expression));
  *out.mutable_ratio() = OfPair("ratio", kRatio, "", identity_.ratio);
  *out.mutable_log_points() =
      OfPair("log_points", kLogRatio, "", parts ? Value(parts->log_ratio) : std::nullopt);
  for (size_t i = 0; i < identity_.factors.size(); ++i) {
    const bool shared = parts && !parts->shares.empty();
    *out.add_factors() =
        MakeFactor(identity_.factors[i], parts ? Value(parts->log_points[i]) : std::nullopt,
                   shared ? Value(parts->shares[i]) : std::nullopt);
  }
  return out;
}

// What one region has in one year of all that people/1 needs, and sums of it.
struct PeopleSums {
  Int128 people = 0;
  Int128 product = 0;
  Int128 invested = 0;
};

class PeopleReader {
 public:
  PeopleReader(const Evidence& evidence, const std::string& term)
      : term_(term),
        people_(ReadReference(evidence.facts.population, term, "")),
        product_(ReadReference(evidence.facts.gdp, term, kGdpCurrency)),
        amounts_(evidence.NominalYears()) {}

  std::optional<PeopleSums> Year(int year) const {
    const auto people = people_.complete.find(year);
    const auto product = product_.complete.find(year);
    const auto invested = NanosOf(amounts_.Find({term_, StrCat(year)}, funding::v1::MEASURE_SUM));
    if (people == people_.complete.end() || product == product_.complete.end() || !invested) {
      return std::nullopt;
    }
    return PeopleSums{people->second, product->second, *invested};
  }

 private:
  const std::string& term_;
  const ReferenceYears people_;
  const ReferenceYears product_;
  const Table& amounts_;
};

// The sums over the years that both have; their coverage names the others.
struct CommonYears {
  Both<PeopleSums> sums;
  int64_t years = 0;
  Coverage coverage;
};

CommonYears ReadCommonYears(const Evidence& in, const std::string& leader,
                            const std::string& follower) {
  const Both<PeopleReader> readers = {PeopleReader(in, leader), PeopleReader(in, follower)};
  CommonYears out;
  std::vector<std::string> missing;
  for (int year = in.from; year <= in.to; ++year) {
    const Both<std::optional<PeopleSums>> found = {readers[kLeader].Year(year),
                                                   readers[kFollower].Year(year)};
    if (!found[kLeader] || !found[kFollower]) {
      missing.push_back(StrCat(year));
      continue;
    }
    ++out.years;
    for (const size_t side : {kLeader, kFollower}) {
      out.sums[side].people += found[side]->people;
      out.sums[side].product += found[side]->product;
      out.sums[side].invested += found[side]->invested;
    }
  }
  out.coverage = CoverageOf(in.to - in.from + 1, out.years);
  out.coverage.mutable_missing()->Add(missing.begin(), missing.end());
  return out;
}

// The exact numbers of a market.
struct Market {
  explicit Market(const v1::RegionProfile& profile)
      : companies(NanosOf(profile.companies())),
        rounds(NanosOf(profile.rounds())),
        counted(profile.total().coverage().units_present() * kOne),
        total(NanosOf(profile.total())) {}

  std::optional<Int128> companies;
  std::optional<Int128> rounds;
  Int128 counted;  // rounds with an amount that counts
  std::optional<Int128> total;
};

}  // namespace

v1::GapIdentity PeopleIdentity(const Evidence& evidence, const v1::RegionProfile& leader,
                               const v1::RegionProfile& follower) {
  Identity identity;
  identity.name = "people";
  identity.expression = "mean yearly total = mean population x (GDP / population) x (total / GDP)";
  identity.terms = {leader.region().term(), follower.region().term()};
  const CommonYears known =
      ReadCommonYears(evidence, identity.terms[kLeader], identity.terms[kFollower]);
  identity.coverage = {known.coverage, known.coverage};
  const bool any = known.years > 0;
  const auto factor = [&](std::string_view id, std::string_view title, std::string unit,
                          const auto& value) {
    Factor out = {id, title, kRatio, std::move(unit), {}};
    if (any) out.values = {value(known.sums[kLeader]), value(known.sums[kFollower])};
    identity.factors.push_back(std::move(out));
  };
  factor("population", "Mean population", "{person}",
         [&](const PeopleSums& s) { return Divide(s.people, known.years * kOne); });
  factor("gdp_per_person", "GDP per person", StrCat(kGdpCurrency, "/{person}"),
         [](const PeopleSums& s) { return Divide(s.product, s.people); });
  factor("capital_per_gdp", "AI capital per GDP", "1",
         [](const PeopleSums& s) { return Divide(s.invested, s.product); });
  if (any) {
    identity.ratio = Divide(known.sums[kLeader].invested, known.sums[kFollower].invested);
    identity.reason = "a factor is not known";
  } else {
    identity.reason = StrCat("no year of ", evidence.PeriodName(),
                             " has a total, and population and GDP of every member, of both ",
                             identity.terms[kLeader], " and ", identity.terms[kFollower]);
    identity.status = common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE;
  }
  return Builder(evidence, std::move(identity)).Build();
}

v1::GapIdentity MarketIdentity(const Evidence& evidence, const v1::RegionProfile& leader,
                               const v1::RegionProfile& follower) {
  Identity identity;
  identity.name = "market";
  identity.expression =
      "total = companies x (rounds / companies) x (rounds with an amount that counts / rounds) x "
      "(total / rounds with an amount that counts)";
  identity.terms = {leader.region().term(), follower.region().term()};
  identity.coverage = {leader.total().coverage(), follower.total().coverage()};
  const Both<Market> markets = {Market(leader), Market(follower)};
  const auto factor = [&](std::string_view id, std::string_view title, std::string_view formula,
                          std::string unit, const auto& value) {
    identity.factors.push_back({id,
                                title,
                                formula,
                                std::move(unit),
                                {value(markets[kLeader]), value(markets[kFollower])}});
  };
  factor("companies", "Companies with a round", kCompanyCount, "1",
         [](const Market& m) { return Divide(m.companies, kOne); });
  factor("rounds_per_company", "Rounds per company", kRatio, "1",
         [](const Market& m) { return Divide(m.rounds, m.companies); });
  factor("disclosed_share", "Share of rounds with an amount that counts", kRatio, "1",
         [](const Market& m) { return Divide(m.counted, m.rounds); });
  factor("mean_round", "Mean disclosed round", kRatio, evidence.currency,
         [](const Market& m) { return Divide(m.total, m.counted); });
  identity.ratio = Divide(markets[kLeader].total, markets[kFollower].total);
  identity.reason = StrCat("no disclosed amount of ",
                           identity.terms[markets[kLeader].total ? kFollower : kLeader],
                           " is known in ", evidence.PeriodName());
  return Builder(evidence, std::move(identity)).Build();
}

}  // namespace steelyard::strategy
