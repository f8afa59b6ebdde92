#pragma once

// Names the sources of an answer.

#include <string>
#include <vector>

#include "google/protobuf/repeated_field.h"
#include "services/strategy/facts/facts.h"
#include "steelyard/common/v1/source.pb.h"

namespace steelyard::strategy {

// Appends the names in their order: as the registry knows them, or by name alone when it does not.
void AppendSources(const std::vector<std::string>& names,
                   const std::vector<common::v1::SourceRef>& known,
                   google::protobuf::RepeatedPtrField<common::v1::SourceRef>& out);

// Appends the sources of the facts, in the order of their names: as the registry knows them, or by
// name alone when it does not know one. Appends nothing when a service did not answer, for what it
// would have said of them is unknown then.
void SetSources(const Facts& facts, google::protobuf::RepeatedPtrField<common::v1::SourceRef>& out);

}  // namespace steelyard::strategy
