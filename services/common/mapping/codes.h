#pragma once

// Names of our contracts that a mapping may give as what a source's value means.

#include <string>
#include <string_view>

namespace steelyard::mapping {

// Why the field cannot have the value, with what is allowed; empty when it can. Knows stages, kinds
// of money and units; fields of other types take any text.
std::string CodeFault(std::string_view field, std::string_view value);

}  // namespace steelyard::mapping
