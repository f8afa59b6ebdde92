#pragma once

// What sources say of a company, and how what readers see of it was chosen.

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/common/context/context.h"
#include "services/registry/store.h"
#include "steelyard/registry/v1/assertion.pb.h"

namespace steelyard::registry {

// The records that make a company which readers see, in the order in which they are believed; none
// when there is no such company. Errors are the store's.
absl::StatusOr<std::vector<Company>> BelievedRecords(const Context& context, const Store& store,
                                                     int64_t revision, const std::string& survivor);

v1::CompanyAssertion AssertionOf(const Company& record);

// How each field that any of the records gives was resolved, as the contract says. `records` as
// above.
google::protobuf::RepeatedPtrField<v1::CompanyFieldResolution> ExplainFields(
    std::span<const Company> records);

}  // namespace steelyard::registry
