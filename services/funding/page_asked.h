#pragma once

// The page that a listing asks for.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"
#include "steelyard/common/v1/snapshot.pb.h"

namespace steelyard::funding {

// Digest of everything in a request but where in the listing it stands.
template <typename Request>
std::string DigestOf(std::string_view kind, Request request) {
  request.clear_page_token();
  request.clear_page_size();
  return text::Sha256Hex(StrCat(kind, "\n", request.SerializeAsString()));
}

// Where a page starts, at which state, and how long it is.
struct PageAsked {
  int limit = 0;
  int64_t offset = 0;
  common::v1::ReadOptions read;
};

// `digest` is the request's, `otherwise` the size of a page that names none. INVALID_FIELD,
// INVALID_PAGE_TOKEN.
template <typename Request>
absl::StatusOr<PageAsked> TakePage(const Request& request, const std::string& digest, int otherwise,
                                   int most) {
  PageAsked page;
  STEELYARD_ASSIGN_OR_RETURN(page.limit, filter::PageSize(request.page_size(), otherwise, most));
  page.read = request.read();
  if (request.page_token().empty()) return page;
  STEELYARD_ASSIGN_OR_RETURN(filter::Page place, filter::DecodePage(request.page_token(), digest));
  page.offset = place.offset;
  page.read.set_snapshot(std::move(place.snapshot));
  return page;
}

}  // namespace steelyard::funding
