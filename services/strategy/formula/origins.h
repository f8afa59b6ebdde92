#pragma once

// Which countries the origin= of a figure means.

#include <string_view>

#include "services/strategy/formula/ast.h"
#include "services/strategy/formula/questions.h"
#include "services/strategy/formula/requests.h"

namespace steelyard::strategy::formula {

// Stands for every country that is known.
inline constexpr std::string_view kAnyOrigin = "WORLD";

// Puts countries in place of the other words among the origins of the slices: those that are
// members of the region, as the definition binds it, in any part of the figure's period. False
// while that is not known.
bool ResolveOrigins(const FigureRef& figure, const Requests& requests, Questions& questions,
                    Slices& slices);

}  // namespace steelyard::strategy::formula
