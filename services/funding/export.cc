#include "services/funding/export.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "services/common/filter/filter.h"
#include "services/common/status/status.h"
#include "services/common/text/digest.h"
#include "services/common/text/input_file.h"
#include "services/common/text/strings.h"
#include "services/funding/figures.h"
#include "services/funding/round_filter.h"
#include "services/funding/source_policy.h"

namespace steelyard::funding {
namespace {

using SendPart = std::function<absl::Status(const v1::ExportRoundsResponse&)>;

constexpr size_t kChunkBytes = size_t{1} << 20;

// The way out: counts and hashes every byte of the file, and sends those past the offset.
class FileSender {
 public:
  FileSender(const ExportAsked& asked, const common::v1::Snapshot& snapshot,
             const common::v1::Definition& definition, const SendPart& send)
      : asked_(asked), snapshot_(snapshot), definition_(definition), send_(send) {}

  absl::Status Begin() {
    v1::ExportRoundsResponse message;
    v1::ExportBegin& begin = *message.mutable_begin();
    *begin.mutable_snapshot() = snapshot_;
    begin.set_schema(std::string(kExportSchema));
    begin.set_offset(asked_.offset);
    return Send(message, asked_.offset);
  }

  absl::Status Add(std::string_view bytes) {
    digest_.Update(bytes);
    const int64_t known =
        std::clamp<int64_t>(asked_.offset - bytes_, 0, static_cast<int64_t>(bytes.size()));
    bytes_ += static_cast<int64_t>(bytes.size());
    bytes.remove_prefix(static_cast<size_t>(known));
    while (!bytes.empty()) {
      const size_t count = std::min(kChunkBytes - chunk_.size(), bytes.size());
      chunk_ += bytes.substr(0, count);
      bytes.remove_prefix(count);
      if (chunk_.size() == kChunkBytes) {
        STEELYARD_RETURN_IF_ERROR(Flush(bytes_ - static_cast<int64_t>(bytes.size())));
      }
    }
    return absl::OkStatus();
  }

  absl::Status End(int64_t rows) {
    if (bytes_ < asked_.offset) {
      return MakeError(
          common::v1::ERROR_REASON_INVALID_PAGE_TOKEN,
          StrCat("the resume token stands ", asked_.offset, " bytes into a file that has ", bytes_),
          {{"offset", StrCat(asked_.offset)}, {"bytes", StrCat(bytes_)}});
    }
    if (!chunk_.empty()) STEELYARD_RETURN_IF_ERROR(Flush(bytes_));
    v1::ExportRoundsResponse message;
    v1::ExportEnd& end = *message.mutable_end();
    end.set_rows(rows);
    end.set_bytes(bytes_);
    end.set_sha256(digest_.FinishHex());
    end.set_complete(true);
    *end.mutable_definition() = definition_;
    return Send(message, bytes_);
  }

 private:
  absl::Status Flush(int64_t sent) {
    v1::ExportRoundsResponse message;
    message.set_chunk(std::exchange(chunk_, std::string()));
    return Send(message, sent);
  }
  // `sent` is how many bytes of the file the caller has with this message.
  absl::Status Send(v1::ExportRoundsResponse& message, int64_t sent) const {
    message.set_resume_token(
        filter::EncodePage({.snapshot = snapshot_.token(), .offset = sent}, asked_.digest));
    return send_(message);
  }

  const ExportAsked& asked_;
  const common::v1::Snapshot& snapshot_;
  const common::v1::Definition& definition_;
  const SendPart& send_;
  text::Sha256Stream digest_;
  std::string chunk_;
  int64_t bytes_ = 0;  // of the file so far
};

// Calls `take` for the cells of every round; returns how many there were.
absl::StatusOr<int64_t> ForEachRow(const Context& context, const RoundStore& rounds,
                                   const ReferenceStore& reference, int64_t revision,
                                   const ExportAsked& asked,
                                   const std::function<absl::Status(std::vector<Cell>)>& take) {
  STEELYARD_ASSIGN_OR_RETURN(const auto rates, reference.Rates(context, revision));
  int64_t count = 0;
  std::string after_id;
  while (true) {
    STEELYARD_ASSIGN_OR_RETURN(
        const std::vector<PlacedRound> page,
        rounds.Scan(context, revision, asked.match, after_id, asked.rows_at_once));
    for (const PlacedRound& placed : page) {
      STEELYARD_RETURN_IF_ERROR(take(CellsOf(placed, asked.conversion, *rates)));
    }
    count += static_cast<int64_t>(page.size());
    if (page.size() < static_cast<size_t>(asked.rows_at_once)) return count;
    after_id = page.back().round.id;
  }
}

// Under which definition the rows were resolved and converted: what plays no part is unset.
common::v1::Definition DefinitionOf(const ExportAsked& asked) {
  common::v1::Definition definition;
  // Scan gives rounds as the default policy resolved them, by the dates of their announcement.
  SetSourcePolicy(SourcePolicy(), definition);
  definition.set_date_basis(common::v1::DATE_BASIS_ANNOUNCED);
  if (!asked.conversion.currency.empty()) {
    definition.set_currency(asked.conversion.currency);
    *definition.mutable_fx_policy() = PolicyOf(asked.conversion.rule);
  }
  return definition;
}

// What the file says of itself.
std::vector<std::pair<std::string, std::string>> MetadataOf(
    const common::v1::Snapshot& snapshot, const ExportAsked& asked,
    const common::v1::Definition& definition) {
  const common::v1::FxPolicy& fx = definition.fx_policy();
  const bool converts = definition.has_fx_policy();
  std::vector<std::string> rules;
  for (const common::v1::SourceRule& rule : definition.source_rules()) {
    rules.push_back(StrCat(rule.field(), "=", rule.policy()));
  }
  return {
      {"steelyard.schema", std::string(kExportSchema)},
      {"steelyard.snapshot", snapshot.token()},
      {"steelyard.filter", asked.filter},
      {"steelyard.period", PeriodLabel(asked.match.period)},
      {"steelyard.convert_to", definition.currency()},
      {"steelyard.fx_method", converts ? common::v1::FxMethod_Name(fx.method()) : ""},
      {"steelyard.fx_fixed_date",
       fx.has_fixed_date() ? asked.conversion.rule.fixed_date.ToString() : ""},
      {"steelyard.fx_max_staleness_days", converts ? StrCat(fx.max_staleness_days()) : ""},
      {"steelyard.fx_source", converts ? StrCat("sources/", kRatesSource) : ""},
      {"steelyard.source_policy", definition.source_policy()},
      {"steelyard.source_priority", StrJoin(definition.source_priority(), ";")},
      {"steelyard.source_rules", StrJoin(rules, ";")},
      {"steelyard.date_basis", common::v1::DateBasis_Name(definition.date_basis())},
  };
}

absl::Status SendFile(const std::string& path, FileSender& sender) {
  const std::optional<text::InputFile> file = text::InputFile::Open(path);
  std::string buffer(kChunkBytes, '\0');
  while (file) {
    const int64_t count = file->Read(buffer.data(), buffer.size());
    if (count == 0) return absl::OkStatus();
    if (count < 0) break;
    STEELYARD_RETURN_IF_ERROR(
        sender.Add(std::string_view(buffer).substr(0, static_cast<size_t>(count))));
  }
  return MakeRetryableError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                            "the export's file on the server cannot be read", absl::Minutes(1));
}

absl::StatusOr<FxRule> TakeRule(const v1::ExportRoundsRequest& request, FieldErrors& errors) {
  if (!request.convert_to().empty()) {
    errors.Add("convert_to", MinorDigits(request.convert_to()).status());
  } else if (request.has_fx_policy()) {
    errors.Add("fx_policy", "needs `convert_to`");
  }
  absl::StatusOr<FxRule> rule = RuleOf(request.fx_policy());
  errors.Add("fx_policy", rule.status());
  return rule;
}

}  // namespace

absl::StatusOr<ExportAsked> Validate(const v1::ExportRoundsRequest& request,
                                     std::string_view engine) {
  FieldErrors errors;
  ExportAsked asked;
  if (request.format() != v1::EXPORT_FORMAT_CSV && request.format() != v1::EXPORT_FORMAT_PARQUET) {
    errors.Add("format", "must be EXPORT_FORMAT_CSV or EXPORT_FORMAT_PARQUET");
  }
  asked.format = request.format();
  const absl::StatusOr<DateRange> period = FromProto(request.period());
  errors.Add("period", period.status());
  const absl::StatusOr<FxRule> rule = TakeRule(request, errors);
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  asked.match.period = *period;
  asked.conversion = {.currency = request.convert_to(), .rule = *rule};
  asked.filter = request.filter();
  STEELYARD_ASSIGN_OR_RETURN(asked.match.filter,
                             filter::Compile(request.filter(), RoundFilterFields()));
  v1::ExportRoundsRequest common = request;
  common.clear_resume_token();
  // The columns too: a file is never half of one version and half of another.
  asked.digest =
      text::Sha256Hex(StrCat("export\n", engine, "\n", CsvHeader(), common.SerializeAsString()));
  asked.read = request.read();
  if (request.resume_token().empty()) return asked;
  STEELYARD_ASSIGN_OR_RETURN(filter::Page place,
                             filter::DecodePage(request.resume_token(), asked.digest));
  asked.offset = place.offset;
  asked.read.set_snapshot(std::move(place.snapshot));
  return asked;
}

absl::Status ExportRounds(const Context& context, const RoundStore& rounds,
                          const ReferenceStore& reference, int64_t revision,
                          const common::v1::Snapshot& snapshot, const ExportAsked& asked,
                          const SendPart& send) {
  const common::v1::Definition definition = DefinitionOf(asked);
  FileSender sender(asked, snapshot, definition, send);
  STEELYARD_RETURN_IF_ERROR(sender.Begin());
  if (asked.format == v1::EXPORT_FORMAT_CSV) {
    STEELYARD_RETURN_IF_ERROR(sender.Add(CsvHeader()));
    STEELYARD_ASSIGN_OR_RETURN(
        const int64_t rows,
        ForEachRow(context, rounds, reference, revision, asked,
                   [&](const std::vector<Cell>& cells) { return sender.Add(CsvRow(cells)); }));
    return sender.End(rows);
  }
  STEELYARD_ASSIGN_OR_RETURN(const auto writer, sql::ParquetWriter::Create(ExportColumns()));
  STEELYARD_ASSIGN_OR_RETURN(
      const int64_t rows,
      ForEachRow(context, rounds, reference, revision, asked, [&](const std::vector<Cell>& cells) {
        return writer->Append(ParquetRow(cells));
      }));
  STEELYARD_ASSIGN_OR_RETURN(const std::string path,
                             writer->Finish(context, MetadataOf(snapshot, asked, definition)));
  STEELYARD_RETURN_IF_ERROR(SendFile(path, sender));
  return sender.End(rows);
}

}  // namespace steelyard::funding
