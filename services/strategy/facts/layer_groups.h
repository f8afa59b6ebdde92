#pragma once

// Which layers of the codelist LAYER are infrastructure, which the model, which applied AI.

#include <array>
#include <string_view>

namespace steelyard::strategy {

inline constexpr std::array<std::string_view, 4> kInfrastructureLayers = {
    "ENERGY", "CHIPS", "COMPUTE_DATACENTER", "CLOUD"};
inline constexpr std::array<std::string_view, 1> kModelLayers = {"FOUNDATION_MODEL"};
// What building at scale takes: the infrastructure and the model together.
inline constexpr std::array<std::string_view, 5> kInfrastructureAndModelLayers = {
    "ENERGY", "CHIPS", "COMPUTE_DATACENTER", "CLOUD", "FOUNDATION_MODEL"};
inline constexpr std::array<std::string_view, 2> kAppliedLayers = {"APPLICATION_HORIZONTAL",
                                                                   "APPLICATION_VERTICAL"};

// Why such a group has no figure under LAYER_ATTRIBUTION_FULL.
inline constexpr std::string_view kOverlap =
    "layers overlap where each has the whole amount; a formula counts it once, such as "
    "share(funding[FR, 2024], layer=INFRASTRUCTURE)";

}  // namespace steelyard::strategy
