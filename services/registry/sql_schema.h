#pragma once

// The registry's tables.
//
// Every row holds over the revisions [from_revision, to_revision). A company's rows in companies,
// company_names and company_identifiers begin and end together, so that the companies a commit
// changed are those whose from_revision it is. Lists of codes and ids are one text, ";A;B;", in
// their order.

#include <span>

#include "services/common/ledger/ledger.h"

namespace steelyard::registry {

// In order; never edited after release.
std::span<const ledger::Migration> Migrations();

}  // namespace steelyard::registry
