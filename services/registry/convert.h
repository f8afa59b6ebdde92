#pragma once

// Domain values to messages and back. Resource names ("companies/x", "sources/y") exist only in the
// messages.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/registry/company.h"
#include "services/registry/duplicates.h"
#include "services/registry/match/complete.h"
#include "services/registry/rules.h"
#include "services/registry/store.h"
#include "steelyard/common/v1/source.pb.h"
#include "steelyard/registry/v1/registry.pb.h"

namespace steelyard::registry {

inline constexpr std::string_view kCompanies = "companies/";
inline constexpr std::string_view kSources = "sources/";
inline constexpr std::string_view kCodelists = "codelists/";

// The id of a resource name of `collection` ("companies/"); empty when it is not one. What the id
// may look like is not checked.
std::string_view IdOf(std::string_view name, std::string_view collection);

v1::Company ToProto(const Company& company);
common::v1::SourceRef ToProto(const Source& source);
v1::Codelist ToProto(const Codelist& codelist);
v1::CompanyName ToProto(const CompanyName& name);
v1::SearchHit ToProto(const match::Hit& hit);
v1::IdentityDecision ToProto(const Decision& decision);
v1::DuplicateCompanies ToProto(const Duplicate& duplicate);
v1::Redirect RedirectOf(const std::string& company, const std::string& into);

// The company of a message. What the message has and a company cannot hold (names that are no
// resource names, dates that do not exist, unknown enum values) is added to `faults`; Check says
// the rest.
Company FromProto(const v1::Company& message, std::vector<Fault>& faults);

}  // namespace steelyard::registry
