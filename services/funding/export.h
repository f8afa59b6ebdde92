#pragma once

// FundingService.ExportRounds: the rounds of a snapshot as one file, whose bytes the request and
// the snapshot decide. Memory stays bounded: rows are read page by page, chunks sent as they fill.
//
// A resume token holds a number of bytes. To go on there the file is made again and its beginning
// left out: that costs the server the work of a whole export, needs nothing to be kept between
// calls, and lets every stream, also a resumed one, end with the checksum of the whole file.

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/common/context/context.h"
#include "services/common/ledger/ledger.h"
#include "services/funding/export_columns.h"
#include "services/funding/reference/reference_store.h"
#include "services/funding/store.h"
#include "steelyard/funding/v1/export.pb.h"

namespace steelyard::funding {

// An export, checked.
struct ExportAsked {
  RoundMatch match;
  v1::ExportFormat format = v1::EXPORT_FORMAT_CSV;
  Conversion conversion;
  std::string filter;            // as asked, for the file's metadata
  common::v1::ReadOptions read;  // the token's snapshot when it resumes
  int64_t offset = 0;            // bytes that the caller has
  std::string digest;            // of what every part of the file has in common
  // Rounds that are read from the store at once, which looks through all of them each time; one
  // takes about 1 KB. The file is the same whatever it is.
  int rows_at_once = 16'384;
};
// `engine` is the storage engine, whose version decides the bytes of Parquet files. INVALID_FIELD,
// INVALID_FILTER, INVALID_DATE, UNKNOWN_CURRENCY, INVALID_PAGE_TOKEN.
absl::StatusOr<ExportAsked> Validate(const v1::ExportRoundsRequest& request,
                                     std::string_view engine);

// Sends the file of a revision, whose message is `snapshot`. INVALID_PAGE_TOKEN when the file is
// shorter than the offset.
absl::Status ExportRounds(const Context& context, const RoundStore& rounds,
                          const ReferenceStore& reference, int64_t revision,
                          const common::v1::Snapshot& snapshot, const ExportAsked& asked,
                          const std::function<absl::Status(const v1::ExportRoundsResponse&)>& send);

}  // namespace steelyard::funding
