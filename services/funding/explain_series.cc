#include "services/funding/explain_series.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/explain_nodes.h"
#include "services/funding/reference/convert.h"
#include "services/funding/reference/series_query.h"
#include "services/funding/reference/vintages.h"

namespace steelyard::funding {
namespace {

using v1::ExplanationNode;

constexpr int kMostVintages = 20;
constexpr size_t kMostCandidates = 100;

// A point with the series that it stands in.
struct Place {
  const SeriesRow* row = nullptr;
  const SeriesPointRow* point = nullptr;
};

absl::StatusOr<Place> Find(const std::string& figure, const SeriesAnswer& answer) {
  std::vector<std::string> there;
  for (const SeriesRow& row : answer.series.rows) {
    for (const SeriesPointRow& point : row.points) {
      if (point.figure.id() == figure) return Place{&row, &point};
      if (there.size() < kMostFiguresNamed) there.push_back(point.figure.id());
    }
  }
  return FigureNotFound(figure, there);
}

std::string FacetText(const SeriesFacet& facet) {
  std::string text = facet.unit;
  if (!facet.price_basis.empty()) StrAppend(&text, ", ", facet.price_basis);
  if (!facet.scope.empty()) StrAppend(&text, ", ", facet.scope);
  return text;
}

// Makes the nodes of one answer.
class Tree {
 public:
  Tree(const SeriesQuery& query, const SeriesAnswer& answer,
       const std::vector<PublishedValue>& values)
      : query_(query),
        answer_(answer),
        values_(values),
        counting_(PresentOf(values, query.published_by)) {}

  ExplanationNode RootOf(const Place& place) const {
    const SeriesPointRow& point = *place.point;
    if (!point.choice) {
      return ValueNode(point.figure.id(), place.row->region, place.row->facet, point.period, "");
    }
    ExplanationNode node = MakeNode(point.figure.id(), v1::EXPLANATION_KIND_RESOLUTION,
                                    StrCat(query_.variable, " of ", place.row->term, " in ",
                                           point.period, " by ", point.choice->rule));
    node.set_formula(point.choice->rule.substr(0, point.choice->rule.find(':')));
    SetFigureValue(point.figure, node);
    const size_t all = point.choice->winners.size() + point.choice->losers.size();
    const bool computed = !point.figure.formula().empty() && point.choice->winners.size() > 1;
    AddCandidates(point.choice->winners, point.period, computed ? ", in the middle" : "", node);
    AddCandidates(point.choice->losers, point.period, ", passed over", node);
    if (static_cast<size_t>(node.children_size()) < all) {
      node.set_total_children(static_cast<int64_t>(all));
    }
    return node;
  }

 private:
  void AddCandidates(const std::vector<PointCandidate>& candidates, const std::string& period,
                     std::string_view how, ExplanationNode& node) const {
    for (const PointCandidate& candidate : candidates) {
      if (static_cast<size_t>(node.children_size()) == kMostCandidates) return;
      *node.add_children() =
          ValueNode(candidate.figure, candidate.region, candidate.facet, period, how);
    }
  }

  // A published value, or a sum of members, by the id of its figure.
  ExplanationNode ValueNode(const std::string& id, const std::string& region,
                            const SeriesFacet& facet, const std::string& period,
                            std::string_view how) const {
    const std::string name = WithoutPrefix(id, kObservationPrefix);
    const auto value = std::find_if(values_.begin(), values_.end(),
                                    [&](const auto& each) { return NameOf(each) == name; });
    if (value != values_.end()) return ObservationNode(*value, how);
    return SumNode(id, region, facet, period, how);
  }

  // A value as its source printed it, without its vintages.
  static ExplanationNode Printed(const PublishedValue& value, std::string_view how) {
    std::string title =
        StrCat(value.facet.source, " says ", value.value, " (", FacetText(value.facet), ") for ",
               value.region, " in ", value.period);
    if (value.qualifier != common::v1::QUALIFIER_EXACT) {
      StrAppend(&title, ", ", common::v1::Qualifier_Name(value.qualifier));
    }
    if (value.scale != 0) StrAppend(&title, ", printed in units of 10^", value.scale);
    StrAppend(&title, how);
    if (!value.retraction.empty()) StrAppend(&title, ", withdrawn: ", value.retraction);
    ExplanationNode node = MakeNode(StrCat(kObservationPrefix, NameOf(value)),
                                    v1::EXPLANATION_KIND_OBSERVATION, std::move(title));
    node.set_text(value.value);
    node.add_sources(StrCat(kSourcePrefix, value.facet.source));
    if (value.vintage) *node.mutable_date() = ToProto(*value.vintage);
    return node;
  }

  // With the other vintages of the same value, in the order of their names.
  ExplanationNode ObservationNode(const PublishedValue& value, std::string_view how) const {
    ExplanationNode node = Printed(value, how);
    int64_t others = 0;
    for (const PublishedValue& other : values_) {
      if (&other == &value || other.region != value.region || other.period != value.period ||
          other.facet != value.facet) {
        continue;
      }
      if (++others > kMostVintages) continue;
      const bool later = !IsPublishedBy(other, query_.published_by);
      *node.add_children() = Printed(
          other, later ? ", published later than asked" : ", another vintage of the same value");
    }
    if (others > kMostVintages) node.set_total_children(others);
    return node;
  }

  ExplanationNode SumNode(const std::string& id, const std::string& region,
                          const SeriesFacet& facet, const std::string& period,
                          std::string_view how) const {
    ExplanationNode node = MakeNode(id, v1::EXPLANATION_KIND_FORMULA, "");
    node.set_formula("sum_of_members/1");
    const auto set = std::find_if(
        answer_.regions.begin(), answer_.regions.end(),
        [&](const auto& each) { return StrCat(each.region, "@", each.version) == region; });
    const auto days = ParsePeriod(period);
    Int128 sum = 0;
    std::vector<std::string> missing;
    const std::vector<std::string> members = set == answer_.regions.end() || !days.ok()
                                                 ? std::vector<std::string>()
                                                 : set->MembersAt(days->last);
    for (const std::string& member : members) {
      const auto value = std::find_if(counting_.begin(), counting_.end(), [&](const auto& each) {
        return each.region == member && each.period == period && each.facet == facet;
      });
      if (value == counting_.end()) {
        missing.push_back(member);
        continue;
      }
      sum += ParseValue(value->value).value_or(0);  // checked before it was stored
      *node.add_children() =
          ValueNode(StrCat(kObservationPrefix, NameOf(*value)), member, facet, period, "");
    }
    std::string title =
        StrCat("sum of ", node.children_size(), " of ", members.size(), " members of ", region,
               " in ", period, " (", FacetText(facet), "): ", FormatValue(sum), how);
    if (!missing.empty()) StrAppend(&title, "; without ", StrJoin(missing, " "));
    node.set_title(std::move(title));
    node.set_text(FormatValue(sum));
    return node;
  }

  const SeriesQuery& query_;
  const SeriesAnswer& answer_;
  const std::vector<PublishedValue>& values_;
  const std::vector<PublishedValue> counting_;
};

}  // namespace

absl::Status ExplainSeries(const Context& context, const ReferenceStore& store, int64_t revision,
                           const SeriesAsked& question, const std::string& figure,
                           v1::ExplainFigureResponse& response) {
  STEELYARD_ASSIGN_OR_RETURN(const SeriesAnswer answer,
                             ReadSeries(context, store, revision, question));
  STEELYARD_ASSIGN_OR_RETURN(const Place place, Find(figure, answer));
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<PublishedValue> values,
                             store.Vintages(context, revision, question.query.variable, {}));
  *response.mutable_figure() = place.point->figure;
  *response.mutable_root() = Tree(question.query, answer, values).RootOf(place);
  return absl::OkStatus();
}

}  // namespace steelyard::funding
