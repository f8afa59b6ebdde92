#pragma once

// What the checks of requests have in common.

#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/common/status/status.h"
#include "services/registry/validate.h"

namespace steelyard::registry {

// The id of a resource's name, checked; adds an error to `errors` when it is wrong.
std::string TakeId(const std::string& name, std::string_view collection, const std::string& field,
                   std::string (*check)(std::string_view), FieldErrors& errors);

// Adds an error when a request_id is too long; it may be empty.
void CheckRequestId(const std::string& request_id, FieldErrors& errors);

// The bytes that a listing's pages have in common. Lengths keep the parts from running together.
std::string Framed(std::initializer_list<std::string> parts);

// Page size, place and state of a listing whose digest is set. INVALID_FIELD, INVALID_PAGE_TOKEN.
absl::Status TakePage(int page_size, const std::string& page_token,
                      const common::v1::ReadOptions& read, Listing& listing);

}  // namespace steelyard::registry
