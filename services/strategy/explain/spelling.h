#pragma once

// Figures in the language of EvaluateFormula. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "steelyard/funding/v1/series.pb.h"

namespace steelyard::strategy {

// "funding[US, 2015..2025, layer=CHIPS]": `period` is a year or a range of years, `filter` empty
// for none, each of `options` "key=value" or "key=value;value".
std::string SpellFigure(std::string_view name, const std::string& region, std::string_view period,
                        std::string_view filter, const std::vector<std::string>& options = {});

// The same of a published statistic, read from this facet alone.
std::string SpellPublished(std::string_view variable, const std::string& region,
                           std::string_view period, const funding::v1::Facet& facet);

// "mean(a, b)"; a single one stands for itself. At least one.
std::string SpellMean(const std::vector<std::string>& expressions);

}  // namespace steelyard::strategy
