#pragma once

// Rounds under another source policy than the one they are stored by. Only rounds of which several
// sources say something can differ: these are resolved anew, and stand in temporary tables of the
// session beside the stored ones.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/sql/driver.h"
#include "services/funding/round.h"
#include "services/funding/schema.h"
#include "services/funding/source_policy.h"

namespace steelyard::funding {

// What a read sees of one policy. Must not outlive its session's lease, nor be used after the
// session opened another one.
struct PolicyView {
  RoundTables tables;
  // Rounds that were resolved for this policy, by id; none under the default policy.
  std::map<std::string, Round, std::less<>> resolved;
};

absl::StatusOr<PolicyView> OpenPolicyView(sql::Connection& connection, const Context& context,
                                          int64_t revision, const SourcePolicy& policy);

// Gives rounds that were read over the view's tables the participations that the policy resolved,
// with the facts of their investors.
absl::Status OverlayParticipations(sql::Connection& connection, const Context& context,
                                   int64_t revision, const PolicyView& view,
                                   std::vector<Round>& rounds);

}  // namespace steelyard::funding
