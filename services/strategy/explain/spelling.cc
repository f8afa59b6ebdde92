#include "services/strategy/explain/spelling.h"

#include "absl/strings/str_split.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/ast.h"

namespace steelyard::strategy {
namespace {

formula::FigureRef FigureOver(std::string_view name, const std::string& region,
                              std::string_view period) {
  formula::FigureRef figure = {.name = std::string(name),
                               .region = region,
                               .from = std::string(period),
                               .to = std::string(period)};
  if (const size_t dots = period.find(".."); dots != std::string_view::npos) {
    figure.from = period.substr(0, dots);
    figure.to = period.substr(dots + 2);
  }
  return figure;
}

}  // namespace

std::string SpellFigure(std::string_view name, const std::string& region, std::string_view period,
                        std::string_view filter, const std::vector<std::string>& options) {
  formula::FigureRef figure = FigureOver(name, region, period);
  for (const std::string& option : options) {
    const size_t equals = option.find('=');
    figure.options.push_back(
        {option.substr(0, equals), absl::StrSplit(option.substr(equals + 1), ';'), 0});
  }
  if (!filter.empty()) figure.options.push_back({"filter", {std::string(filter)}, 0});
  return formula::Spell(figure);
}

std::string SpellPublished(std::string_view variable, const std::string& region,
                           std::string_view period, const funding::v1::Facet& facet) {
  formula::FigureRef figure = FigureOver(variable, region, period);
  const auto restrict = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) figure.options.push_back({std::string(key), {value}, 0});
  };
  restrict("source", facet.source());
  restrict("scope", facet.scope());
  restrict("unit", facet.unit());
  restrict("prices", facet.price_basis());
  return formula::Spell(figure);
}

std::string SpellMean(const std::vector<std::string>& expressions) {
  if (expressions.size() == 1) return expressions.front();
  return StrCat("mean(", StrJoin(expressions, ", "), ")");
}

}  // namespace steelyard::strategy
