// Orderings and page tokens.

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"

namespace steelyard::filter {
namespace {

// A page token is the base64url form of: version, digest of the query, offset (little end first),
// snapshot token, check over all of it.
constexpr char kVersion = 1;
constexpr size_t kDigestBytes = 8;
constexpr size_t kOffsetBytes = 8;
constexpr size_t kCheckBytes = 4;
constexpr size_t kFixedBytes = 1 + kDigestBytes + kOffsetBytes + kCheckBytes;
constexpr size_t kLongest = 1000;

std::string DigestOf(std::string_view bytes, size_t length) {
  return text::Sha256(bytes).substr(0, length);
}

absl::Status BadToken(std::string_view problem) {
  return MakeError(common::v1::ERROR_REASON_INVALID_PAGE_TOKEN, problem);
}

// Takes the next part of a comma-separated list off `list`, without the spaces around it.
std::string_view TakePart(std::string_view& list) {
  const size_t comma = list.find(',');
  const std::string_view part = list.substr(0, comma);
  list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  return ToStd(absl::StripAsciiWhitespace(ToAbsl(part)));
}

}  // namespace

absl::StatusOr<std::vector<OrderKey>> ParseOrderBy(std::string_view order_by,
                                                   const std::vector<std::string>& allowed) {
  const auto refuse = [&allowed](std::string_view part, std::string_view problem) {
    const std::string list = StrJoin(allowed, ", ");
    return MakeError(common::v1::ERROR_REASON_INVALID_ORDER_BY,
                     StrCat("order_by: ", problem, "; allowed are ", list,
                            ", each with or without \" desc\", separated by commas"),
                     {{"field", std::string(part)}, {"allowed", list}});
  };
  std::vector<OrderKey> keys;
  if (absl::StripAsciiWhitespace(ToAbsl(order_by)).empty()) {
    return keys;
  }
  bool more = true;
  for (std::string_view rest = order_by; more;) {
    more = rest.find(',') != std::string_view::npos;
    const std::string_view part = TakePart(rest);
    const size_t space = part.find_first_of(" \t\r\n");
    const std::string_view name = part.substr(0, space);
    const std::string_view direction =
        space == std::string_view::npos
            ? "asc"
            : ToStd(absl::StripLeadingAsciiWhitespace(ToAbsl(part.substr(space))));
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
      return refuse(name,
                    name.empty() ? "a field is missing" : StrCat("unknown field \"", name, "\""));
    }
    if (direction != "asc" && direction != "desc") {
      return refuse(name, StrCat("\"", direction, "\" after \"", name, "\" is no direction"));
    }
    const bool repeated = std::any_of(keys.begin(), keys.end(),
                                      [name](const OrderKey& key) { return key.name == name; });
    if (repeated) {
      return refuse(name, StrCat("\"", name, "\" stands twice"));
    }
    keys.push_back({std::string(name), direction == "desc"});
  }
  return keys;
}

std::string EncodePage(const Page& page, std::string_view query_digest) {
  std::string bytes(1, kVersion);
  bytes += DigestOf(query_digest, kDigestBytes);
  for (size_t i = 0; i < kOffsetBytes; ++i) {
    bytes += static_cast<char>((static_cast<uint64_t>(page.offset) >> (8 * i)) & 0xFF);
  }
  bytes += page.snapshot;
  bytes += DigestOf(bytes, kCheckBytes);
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<Page> DecodePage(std::string_view token, std::string_view query_digest) {
  constexpr std::string_view kDamaged =
      "the page token is damaged; pass next_page_token back exactly as the answer gave it";
  std::string bytes;
  // Escaped again, because the decoder also takes padding and white space.
  if (token.size() > kLongest || !absl::WebSafeBase64Unescape(ToAbsl(token), &bytes) ||
      absl::WebSafeBase64Escape(bytes) != token || bytes.size() < kFixedBytes ||
      bytes.front() != kVersion) {
    return BadToken(kDamaged);
  }
  const std::string_view all = bytes;
  const std::string_view body = all.substr(0, all.size() - kCheckBytes);
  if (DigestOf(body, kCheckBytes) != all.substr(body.size())) {
    return BadToken(kDamaged);
  }
  if (body.substr(1, kDigestBytes) != DigestOf(query_digest, kDigestBytes)) {
    return BadToken(
        "the page token belongs to another query; every field but page_token and page_size must "
        "stay the same from page to page");
  }
  uint64_t offset = 0;
  for (size_t i = 0; i < kOffsetBytes; ++i) {
    offset |= uint64_t{static_cast<unsigned char>(body[1 + kDigestBytes + i])} << (8 * i);
  }
  if (offset > INT64_MAX) {
    return BadToken(kDamaged);
  }
  return Page{std::string(body.substr(1 + kDigestBytes + kOffsetBytes)),
              static_cast<int64_t>(offset)};
}

absl::StatusOr<int> PageSize(int32_t asked, int otherwise, int most) {
  if (asked < 0) {
    FieldErrors errors;
    errors.Add("page_size", StrCat("must be 0 (for ", otherwise, ") or more; at most ", most,
                                   " are given at once"));
    return errors.ToStatus();
  }
  return asked == 0 ? otherwise : std::min(asked, most);
}

}  // namespace steelyard::filter
