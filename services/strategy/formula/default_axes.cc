#include "services/strategy/formula/default_axes.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/functions.h"

namespace steelyard::strategy::formula {
namespace {

constexpr double kLeastOverlap = 0.75;
constexpr std::string_view kDeflator = "gdp_deflator_index";
// Of PriceBasis.
constexpr int kFirstBaseYear = 1900;
constexpr int kLastBaseYear = 2100;

std::set<std::string> MembersOf(const funding::v1::Region& region) {
  std::set<std::string> out;
  for (const funding::v1::RegionMember& member : region.members()) {
    if (!member.has_valid_to()) out.insert(member.country());
  }
  return out;
}

// Whether two sets share three quarters of the smaller one's members.
bool Overlap(const std::set<std::string>& a, const std::set<std::string>& b) {
  if (a.empty() || b.empty()) return false;
  const auto shared = std::count_if(a.begin(), a.end(),
                                    [&](const std::string& member) { return b.contains(member); });
  return static_cast<double>(shared) >=
         kLeastOverlap * static_cast<double>(std::min(a.size(), b.size()));
}

// Every set that a region word may mean; without choices when there is one at most.
v1::AxisChoices RegionAxis(const RegionWord& word, const DefaultChoices& choices) {
  v1::AxisChoices axis;
  if (word.meaning.region() == word.word) return axis;  // a country, or a set by its own name
  axis.set_axis(v1::AXIS_REGION);
  const std::set<std::string> members = MembersOf(word.meaning);
  for (const funding::v1::Region& set : choices.sets) {
    if (axis.choices_size() < kMostChoices && Overlap(members, MembersOf(set))) {
      axis.add_choices(StrCat(word.word, "=", set.region(), "@", set.version()));
    }
  }
  if (axis.choices_size() < 2) axis.clear_choices();
  return axis;
}

// What a formula asks of rounds.
struct RoundsAsked {
  bool any = false;
  bool layers = false;   // layers or sectors are told apart
  bool origins = false;  // and so are the countries of investors
  // Of the amounts in prices of the definition; numbers of rounds and companies have none.
  std::optional<int> first_year;
  std::optional<int> last_year;
};

bool CountsThings(funding::v1::Measure measure) {
  return measure == funding::v1::MEASURE_COUNT || measure == funding::v1::MEASURE_COMPANY_COUNT ||
         measure == funding::v1::MEASURE_DISCLOSED_SHARE;
}

RoundsAsked AskedOf(const Node& node) {
  RoundsAsked asked;
  ForEach(node, [&](const Node& part) {
    asked.layers = asked.layers || (QueryOf(part) && TellsLayersApart(part.options));
    asked.origins = asked.origins || TellsOriginsApart(part);
    if (part.kind != Node::Kind::kFigure) return;
    const RoundsFigure* figure = FindRoundsFigure(part.figure.name);
    if (figure == nullptr) return;
    asked.any = true;
    asked.layers = asked.layers || TellsLayersApart(part.figure.options);
    if (CountsThings(figure->measure) || FindOption(part.figure.options, "prices") != nullptr) {
      return;
    }
    int from = 0;
    int to = 0;
    // Whole years: checked.
    static_cast<void>(absl::SimpleAtoi(part.figure.from, &from));
    static_cast<void>(absl::SimpleAtoi(part.figure.to, &to));
    asked.first_year = std::min(asked.first_year.value_or(from), from);
    asked.last_year = std::max(asked.last_year.value_or(to), to);
  });
  return asked;
}

v1::AxisChoices AxisOf(v1::Axis axis, std::initializer_list<std::string_view> choices) {
  v1::AxisChoices out;
  out.set_axis(axis);
  for (const std::string_view choice : choices) out.add_choices(std::string(choice));
  return out;
}

// Amounts of one year are the same in its prices; without choices then.
v1::AxisChoices PricesAxis(const RoundsAsked& asked) {
  if (!asked.last_year || asked.first_year == asked.last_year ||
      *asked.last_year < kFirstBaseYear || *asked.last_year > kLastBaseYear) {
    return {};
  }
  return AxisOf(v1::AXIS_PRICES, {"nominal", StrCat(*asked.last_year, ":", kDeflator)});
}

// Whether all figures are of the world.
bool IsOfWorld(const Node& node) {
  bool world = true;
  ForEach(node, [&](const Node& part) {
    world = world && (part.kind != Node::Kind::kFigure || part.figure.region == "WORLD");
  });
  return world;
}

// All that could be tried, in the order of the contract; those without choices are none.
std::vector<v1::AxisChoices> Candidates(const Node& node, const DefaultChoices& choices) {
  std::vector<v1::AxisChoices> axes;
  for (const RegionWord& word : choices.words) axes.push_back(RegionAxis(word, choices));
  const RoundsAsked asked = AskedOf(node);
  if (!asked.any) return axes;
  axes.push_back(AxisOf(v1::AXIS_SCOPE, {"EQUITY", "EQUITY+DEBT+GRANT"}));
  if (choices.brief) return axes;
  if (asked.layers) {
    axes.push_back(AxisOf(v1::AXIS_LAYER_ATTRIBUTION, {"PRIMARY", "EQUAL_SPLIT", "FULL"}));
  }
  // The region is the other end of what flows from an origin: nothing flows between investors. And
  // the world is the world, wherever its money counts.
  if (!asked.origins && !IsOfWorld(node)) {
    axes.push_back(AxisOf(v1::AXIS_ATTRIBUTION, {"RECIPIENT_HEADQUARTERS", "INVESTOR_ORIGIN"}));
  }
  axes.push_back(AxisOf(v1::AXIS_SOURCE_POLICY, {"listed-order/1", "freshest/1", "median/1"}));
  axes.push_back(PricesAxis(asked));
  return axes;
}

}  // namespace

Axes DefaultAxes(const Node& node, const DefaultChoices& choices) {
  Axes axes;
  int combinations = 1;
  for (const v1::AxisChoices& axis : Candidates(node, choices)) {
    if (axis.choices().empty() || combinations * axis.choices_size() > kMostVariants) continue;
    *axes.Add() = axis;
    if (choices.fits != nullptr && !choices.fits(axes)) {
      axes.RemoveLast();
      continue;
    }
    combinations *= axis.choices_size();
  }
  return axes;
}

}  // namespace steelyard::strategy::formula
