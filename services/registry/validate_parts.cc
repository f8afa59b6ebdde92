#include "services/registry/validate_parts.h"

#include <utility>

#include "services/common/filter/filter.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/registry/convert.h"

namespace steelyard::registry {
namespace {

constexpr int kPageSize = 50;
constexpr int kMostPageSize = 1000;
constexpr int kLongestRequestId = 64;

}  // namespace

std::string TakeId(const std::string& name, std::string_view collection, const std::string& field,
                   std::string (*check)(std::string_view), FieldErrors& errors) {
  const std::string_view id = IdOf(name, collection);
  if (const std::string fault = check(id); !fault.empty()) {
    errors.Add(field, StrCat("\"", collection, "{id}\" is needed; for the id, ", fault));
  }
  return std::string(id);
}

void CheckRequestId(const std::string& request_id, FieldErrors& errors) {
  if (text::Truncate(request_id, kLongestRequestId).size() < request_id.size()) {
    errors.Add("request_id", StrCat("at most ", kLongestRequestId, " characters are allowed"));
  }
}

std::string Framed(std::initializer_list<std::string> parts) {
  std::string bytes;
  for (const std::string& part : parts) StrAppend(&bytes, part.size(), ":", part);
  return bytes;
}

absl::Status TakePage(int page_size, const std::string& page_token,
                      const common::v1::ReadOptions& read, Listing& listing) {
  STEELYARD_ASSIGN_OR_RETURN(listing.query.limit,
                             filter::PageSize(page_size, kPageSize, kMostPageSize));
  listing.read = read;
  if (page_token.empty()) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(filter::Page page, filter::DecodePage(page_token, listing.digest));
  listing.query.offset = page.offset;
  listing.read.set_snapshot(std::move(page.snapshot));
  return absl::OkStatus();
}

}  // namespace steelyard::registry
