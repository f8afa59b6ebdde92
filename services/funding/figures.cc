#include "services/funding/figures.h"

#include <cmath>

#include "absl/strings/ascii.h"
#include "services/common/money/money.h"
#include "services/common/text/strings.h"

namespace steelyard::funding {
namespace {

using common::v1::Figure;

constexpr std::string_view kMeasurePrefix = "MEASURE_";
constexpr std::string_view kDimensionPrefix = "DIMENSION_";

// Names of an enumeration's values in lower case without their prefix, by number.
std::vector<std::string> LowerNames(const google::protobuf::EnumDescriptor& descriptor,
                                    std::string_view prefix) {
  std::vector<std::string> names;
  for (int i = 0; i < descriptor.value_count(); ++i) {
    const auto number = static_cast<size_t>(descriptor.value(i)->number());
    if (names.size() <= number) names.resize(number + 1);
    names[number] = absl::AsciiStrToLower(descriptor.value(i)->name().substr(prefix.size()));
  }
  return names;
}

// "sum/1", by measure: what defines a figure.
const std::string& FormulaOf(v1::Measure measure) {
  static const auto& formulas = *[] {
    auto* const all =
        new std::vector<std::string>(LowerNames(*v1::Measure_descriptor(), kMeasurePrefix));
    for (std::string& name : *all) name += "/1";
    return all;
  }();
  return formulas[static_cast<size_t>(measure)];
}

// "concentration_ratio" of MEASURE_CONCENTRATION_RATIO.
const std::string& NameOfMeasure(v1::Measure measure) {
  static const auto& names =
      *new std::vector<std::string>(LowerNames(*v1::Measure_descriptor(), kMeasurePrefix));
  return names[static_cast<size_t>(measure)];
}

const std::string& NameOfDimension(v1::Dimension dimension) {
  static const auto& names =
      *new std::vector<std::string>(LowerNames(*v1::Dimension_descriptor(), kDimensionPrefix));
  return names[static_cast<size_t>(dimension)];
}

bool IsYearStart(const PartialDate& date) { return date.month == 1 && date.day == 1; }
bool IsYearEnd(const PartialDate& date) { return date.month == 12 && date.day == 31; }

// Why no amount can be given of a group.
std::string WhyNoAmount(const Group& group) {
  if (group.rounds == 0) return "no rounds";
  if (group.disclosed() == 0) {
    return StrCat("no amount is disclosed among ", group.rounds,
                  group.rounds == 1 ? " round" : " rounds");
  }
  return StrCat("none of ", group.disclosed(), " disclosed ",
                group.disclosed() == 1 ? "amount" : "amounts", " could be converted");
}

void Undefined(std::string_view reason, Figure& figure) {
  figure.set_status(common::v1::VALUE_STATUS_UNDEFINED);
  figure.set_reason(std::string(reason));
}

void SetCount(int64_t count, Figure& figure) {
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_count(count);
  figure.set_unit("1");
}

template <typename Amount>
void SetMoney(const std::optional<Amount>& amount, const FigureScope& scope, const Group& group,
              Figure& figure) {
  figure.set_unit(scope.currency);
  if (!amount) return Undefined(WhyNoAmount(group), figure);
  const absl::StatusOr<int64_t> narrow = Narrow(*amount);
  if (!narrow.ok()) {
    return Undefined("the sum exceeds 9,223,372,036,854,775,807 minor units", figure);
  }
  figure.set_status(common::v1::VALUE_STATUS_OK);
  *figure.mutable_money() = ToProto(Money{.minor_units = *narrow, .currency = scope.currency});
}

void SetShare(const std::optional<double>& share, const Group& group, Figure& figure) {
  figure.set_unit("1");
  if (!group.sum) return Undefined(WhyNoAmount(group), figure);
  if (!share) return Undefined("the disclosed amounts add up to zero", figure);
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_number(*share);
}

// The estimate between what is certain and what is likely to be enough. Where no amount is known to
// estimate from, it says so.
void SetImputedSum(const FigureScope& scope, const Group& group, Figure& figure) {
  figure.set_unit(scope.currency);
  if (group.rounds == 0) return Undefined("no rounds", figure);
  if (group.divided) return Undefined("whole rounds are estimated, and these are divided", figure);
  if (!group.imputed) {
    figure.set_status(common::v1::VALUE_STATUS_INSUFFICIENT_COVERAGE);
    figure.set_reason(
        StrCat("fewer than ", kFewestPeers, " amounts are known to estimate the others from"));
    return;
  }
  const Int128 disclosed = group.sum.value_or(0);
  SetMoney(std::optional(disclosed + group.imputed->central), scope, group, figure);
  if (figure.status() != common::v1::VALUE_STATUS_OK) return;
  const absl::StatusOr<int> digits = MinorDigits(scope.currency);
  if (!digits.ok()) return;
  const double unit = std::pow(10, *digits);
  common::v1::Interval& interval = *figure.mutable_interval();
  interval.set_lower(static_cast<double>(disclosed) / unit);
  interval.set_upper((static_cast<double>(disclosed) + group.imputed->upper) / unit);
  interval.set_level(group.imputed->levels.empty() ? 1 : kUpperLevel);
  interval.set_method(std::string(kImputationMethod));
}

void SetDisclosedShare(const Group& group, Figure& figure) {
  figure.set_unit("1");
  if (group.rounds == 0) return Undefined("no rounds", figure);
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_number(static_cast<double>(group.disclosed()) / static_cast<double>(group.rounds));
}

void SetDisagreement(const Group& group, Figure& figure) {
  figure.set_unit("1");
  if (!group.sum) return Undefined(WhyNoAmount(group), figure);
  if (!group.disagreement) {
    return Undefined("of no round do two sources give an amount in one currency", figure);
  }
  figure.set_status(common::v1::VALUE_STATUS_OK);
  figure.set_number(*group.disagreement);
}

void SetCoverage(const Group& group, common::v1::Coverage& coverage) {
  coverage.set_units_expected(group.rounds);
  coverage.set_units_present(group.converted());
  if (group.rounds > 0) {
    coverage.set_share(static_cast<double>(group.converted()) / static_cast<double>(group.rounds));
  }
  coverage.set_undisclosed(group.undisclosed);
  coverage.set_unconverted(group.unconverted);
}

// Of the rounds with an amount, those of which two sources give it.
void SetComparedCoverage(const Group& group, common::v1::Coverage& coverage) {
  coverage.set_units_expected(group.converted());
  coverage.set_units_present(group.compared);
  if (group.converted() > 0) {
    coverage.set_share(static_cast<double>(group.compared) /
                       static_cast<double>(group.converted()));
  }
}

void SetValue(v1::Measure measure, const FigureScope& scope, const Group& group, Figure& figure) {
  switch (measure) {
    case v1::MEASURE_SUM:
      return SetMoney(group.sum, scope, group, figure);
    case v1::MEASURE_COUNT:
      return SetCount(group.rounds, figure);
    case v1::MEASURE_DISCLOSED_COUNT:
      return SetCount(group.disclosed(), figure);
    case v1::MEASURE_MEDIAN:
      return SetMoney(group.median, scope, group, figure);
    case v1::MEASURE_MAX:
      return SetMoney(group.max, scope, group, figure);
    case v1::MEASURE_MEAN:
      return SetMoney(group.mean, scope, group, figure);
    case v1::MEASURE_COMPANY_COUNT:
      return SetCount(group.companies, figure);
    case v1::MEASURE_HHI:
      return SetShare(group.hhi, group, figure);
    case v1::MEASURE_CONCENTRATION_RATIO:
      return SetShare(group.concentration_ratio, group, figure);
    case v1::MEASURE_IMPUTED_SUM:
      return SetImputedSum(scope, group, figure);
    case v1::MEASURE_DISCLOSED_SHARE:
      return SetDisclosedShare(group, figure);
    case v1::MEASURE_SUM_WITHOUT_LARGEST:
      return SetMoney(group.sum_without_largest, scope, group, figure);
    case v1::MEASURE_DISAGREEMENT:
      return SetDisagreement(group, figure);
    case v1::MEASURE_MEGA_ROUND_SUM:
      return SetMoney(group.mega_round_sum, scope, group, figure);
    default:
      return Undefined("not a measure", figure);
  }
}

// What follows the measure in the ids of a group's figures.
std::string SliceOf(const FigureScope& scope, const std::vector<std::string>& keys) {
  std::string_view region = scope.region;
  std::string slices;
  for (size_t i = 0; i < scope.group_by.size(); ++i) {
    if (scope.group_by[i] == v1::DIMENSION_REGION) {
      region = keys[i];
    } else {
      StrAppend(&slices, slices.empty() ? "/" : ",", NameOfDimension(scope.group_by[i]), "=",
                keys[i]);
    }
  }
  return StrCat("/", region, "/", scope.period, slices);
}

void Fill(v1::Measure measure, const FigureScope& scope, const Group& group, std::string_view slice,
          Figure& figure) {
  figure.set_id(StrCat(NameOfMeasure(measure), slice));
  SetValue(measure, scope, group, figure);
  if (measure == v1::MEASURE_DISAGREEMENT) {
    SetComparedCoverage(group, *figure.mutable_coverage());
  } else {
    SetCoverage(group, *figure.mutable_coverage());
  }
  figure.set_formula(FormulaOf(measure));
}

}  // namespace

std::string PeriodLabel(const DateRange& period) {
  const bool years =
      (!period.from || IsYearStart(*period.from)) && (!period.to || IsYearEnd(*period.to));
  const auto label = [years](const std::optional<PartialDate>& date) {
    if (!date) return std::string();
    return years ? StrCat(date->year) : date->ToString();
  };
  if (period.from && period.to && label(period.from) == label(period.to)) return label(period.from);
  return StrCat(label(period.from), "..", label(period.to));
}

std::string FigureId(v1::Measure measure, const FigureScope& scope,
                     const std::vector<std::string>& keys) {
  return StrCat(NameOfMeasure(measure), SliceOf(scope, keys));
}

Figure FigureOf(v1::Measure measure, const FigureScope& scope, const Group& group) {
  Figure figure;
  Fill(measure, scope, group, SliceOf(scope, group.keys), figure);
  return figure;
}

void FillRow(const std::vector<v1::Measure>& measures, const FigureScope& scope, const Group& group,
             std::span<const SelectedCompany> companies, v1::AggregateRow& row) {
  const std::string slice = SliceOf(scope, group.keys);
  for (size_t i = 0; i < scope.group_by.size(); ++i) {
    v1::DimensionValue& key = *row.add_keys();
    key.set_dimension(scope.group_by[i]);
    key.set_value(group.keys[i]);
  }
  for (const v1::Measure measure : measures) {
    v1::MeasuredFigure& measured = *row.add_figures();
    measured.set_measure(measure);
    Fill(measure, scope, group, slice, *measured.mutable_figure());
    if (measure != v1::MEASURE_IMPUTED_SUM || !group.imputed) continue;
    for (const auto& [level, rounds] : group.imputed->levels) {
      v1::ImputedRounds& imputed = *measured.add_imputed();
      imputed.set_peers(std::string(NameOf(level)));
      imputed.set_rounds(rounds);
    }
  }
  int rank = 0;
  for (const CompanyTotal& total : group.top) {
    const SelectedCompany& company = companies[static_cast<size_t>(total.company)];
    v1::RankedCompany& ranked = *row.add_top();
    ranked.set_rank(++rank);
    ranked.set_company(StrCat("companies/", company.id));
    ranked.set_display_name(company.name);
    // A company's sum is left out rather than wrong when it does not fit; its rank stands.
    if (const auto amount = Narrow(total.minor_units); amount.ok()) {
      *ranked.mutable_amount() = ToProto(Money{.minor_units = *amount, .currency = scope.currency});
    }
    ranked.set_rounds(total.rounds);
  }
}

}  // namespace steelyard::funding
