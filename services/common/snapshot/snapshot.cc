#include "services/common/snapshot/snapshot.h"

#include <charconv>

#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/strings.h"

namespace steelyard {
namespace {

constexpr std::string_view kPrefix = "sy1.";
constexpr size_t kStoreDigits = 8;
constexpr size_t kCheckDigits = 8;
constexpr size_t kLongest = 128;

std::string CheckOf(std::string_view body) { return text::Sha256Hex(body).substr(0, kCheckDigits); }

absl::Status Damaged(std::string_view token) {
  const std::string shown(token.substr(0, kLongest));
  return MakeError(common::v1::ERROR_REASON_INVALID_SNAPSHOT,
                   StrCat("the snapshot token \"", shown, token.size() > kLongest ? "..." : "",
                          "\" is damaged; pass one back exactly as an answer gave it"),
                   {{"snapshot", shown}});
}

// Takes a prefix off `text`.
bool Take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

// Takes a decimal number without leading zeros off `text`.
bool TakeNumber(std::string_view& text, int64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < 0) {
    return false;
  }
  const auto length = static_cast<size_t>(end - text.data());
  if (text.substr(0, length) != StrCat(value)) {
    return false;
  }
  text.remove_prefix(length);
  return true;
}

bool TakeStore(std::string_view& text, std::string& store) {
  store = text.substr(0, kStoreDigits);
  if (store.size() != kStoreDigits ||
      store.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return false;
  }
  text.remove_prefix(kStoreDigits);
  return true;
}

}  // namespace

std::string EncodeToken(const SnapshotId& id) {
  const std::string body = StrCat(kPrefix, id.store, ".f", id.funding_revision, ".r",
                                  id.registry_revision, ".m", kMethodVersion);
  return StrCat(body, ".", CheckOf(body));
}

absl::StatusOr<SnapshotId> DecodeToken(std::string_view token) {
  const size_t dot = token.rfind('.');
  if (token.size() > kLongest || dot == std::string_view::npos ||
      token.substr(dot + 1) != CheckOf(token.substr(0, dot))) {
    return Damaged(token);
  }
  std::string_view rest = token.substr(0, dot);
  SnapshotId id;
  if (!Take(rest, kPrefix) || !TakeStore(rest, id.store) || !Take(rest, ".f") ||
      !TakeNumber(rest, id.funding_revision) || !Take(rest, ".r") ||
      !TakeNumber(rest, id.registry_revision) || !Take(rest, ".m") || rest.empty()) {
    return Damaged(token);
  }
  if (rest != kMethodVersion) {
    return MakeError(common::v1::ERROR_REASON_SNAPSHOT_OUT_OF_RANGE,
                     StrCat("the snapshot was taken with method version ", rest,
                            "; this service computes with version ", kMethodVersion),
                     {{"snapshot", std::string(token)},
                      {"method_version", std::string(rest)},
                      {"allowed", std::string(kMethodVersion)}});
  }
  return id;
}

common::v1::Snapshot ToProto(const SnapshotId& id, absl::Time taken_at) {
  common::v1::Snapshot snapshot;
  snapshot.set_token(EncodeToken(id));
  snapshot.set_funding_revision(id.funding_revision);
  snapshot.set_registry_revision(id.registry_revision);
  snapshot.set_method_version(std::string(kMethodVersion));
  const int64_t seconds = absl::ToUnixSeconds(taken_at);
  const absl::Duration rest = taken_at - absl::FromUnixSeconds(seconds);
  snapshot.mutable_taken_at()->set_seconds(seconds);
  snapshot.mutable_taken_at()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  return snapshot;
}

}  // namespace steelyard
