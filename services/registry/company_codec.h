#pragma once

// Companies as bytes, for what an import has on disk.

#include <string>
#include <string_view>

#include "services/common/text/parts.h"
#include "services/registry/company.h"

namespace steelyard::registry {

// All of a company but `merged`, which no record has. What was written is read as it was; anything
// else may be a fault of the reader, which is then not ok().
void EncodeCompany(const Company& company, text::PartWriter& writer);
Company DecodeCompany(text::PartReader& reader);

}  // namespace steelyard::registry
