#include "services/funding/import.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/importers.h"
#include "services/funding/reference/import_mapped.h"
#include "services/funding/reference/import_reference.h"

namespace steelyard::funding {
namespace {

using common::v1::ImportReport;

constexpr size_t kLongestSourceId = 64;

// The place of a format in ImportFormats(); its size when the format is not known.
size_t PlaceOf(std::string_view format) {
  const std::vector<std::string_view>& formats = ImportFormats();
  return static_cast<size_t>(std::find(formats.begin(), formats.end(), format) - formats.begin());
}

absl::Status CheckJob(const ingest::ImportJob& job) {
  if (!IsId(job.source, kLongestSourceId)) {
    FieldErrors errors;
    errors.Add("begin.source", "must be 1 to 64 lower-case letters, digits, '.', '_' or '-'");
    return errors.ToStatus();
  }
  if (job.files.empty()) {
    return MakeError(common::v1::ERROR_REASON_IMPORT_PROTOCOL, "an import needs at least one file");
  }
  for (const ingest::SpooledFile& file : job.files) {
    if (file.mapping != nullptr && file.mapping->mapping.kind() == mapping::kCompaniesKind) {
      FieldErrors errors;
      errors.Add("file.mapping.kind",
                 StrCat(file.name, ": funding reads no companies; the registry does"),
                 common::v1::ERROR_REASON_IMPORT_MAPPING_INVALID);
      return errors.ToStatus();
    }
    if (PlaceOf(file.format) < ImportFormats().size()) continue;
    const std::string allowed = StrJoin(ImportFormats(), ", ");
    return MakeError(common::v1::ERROR_REASON_IMPORT_FORMAT_UNKNOWN,
                     StrCat(file.name, ": funding does not read the format \"", file.format,
                            "\"; it reads ", allowed),
                     {{"file", file.name}, {"format", file.format}, {"allowed", allowed}});
  }
  return absl::OkStatus();
}

// The files' places in the order of reading.
std::vector<size_t> ReadingOrder(const std::vector<ingest::SpooledFile>& files) {
  std::vector<size_t> order(files.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return PlaceOf(files[a].format) < PlaceOf(files[b].format);
  });
  return order;
}

absl::Status ReadFile(const Context& context, const ingest::SpooledFile& file,
                      const RoundStore& store, int64_t revision, ingest::Reporter& reporter,
                      Draft& draft) {
  if (file.format == kRoundsFormat) return ImportRounds(context, file, reporter, draft);
  if (file.format == kExitsFormat) return ImportExits(context, file, reporter, draft);
  if (file.format == kInvestorsFormat) return ImportInvestors(context, file, reporter, draft);
  if (file.format == kCrunchbaseRoundsFormat) {
    return ImportCrunchbaseRounds(context, file, reporter, draft);
  }
  if (file.format == kSourcesFormat) return ImportSources(context, file, reporter, draft);
  if (file.format == kRoundConflictsFormat || file.format == kExitConflictsFormat) {
    return ImportConflicts(context, file, store, revision, reporter, draft);
  }
  if (file.format == kRoundLinksFormat) {
    return ImportRoundLinks(context, file, store, revision, reporter, draft);
  }
  if (file.format == mapping::kMappedFormat) {
    if (file.mapping->mapping.kind() == mapping::kRoundsKind) {
      return ImportMappedRounds(context, file, reporter, draft);
    }
    return ParseMapped(context, file, draft.source(), reporter, draft.staged().reference);
  }
  return ParseReference(context, file, draft.source(), reporter, draft.staged().reference);
}

// The report of files in the order they were sent.
ImportReport TakeReport(const ingest::ImportJob& job, const std::vector<size_t>& order,
                        ingest::Reporter& reporter) {
  ImportReport report = reporter.TakeReport();
  std::vector<common::v1::ImportFileReport> sent(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    sent[order[i]] = std::move(*report.mutable_files(static_cast<int>(i)));
  }
  report.clear_files();
  for (common::v1::ImportFileReport& file : sent) *report.add_files() = std::move(file);
  report.set_import_id(job.import_id);
  report.set_dry_run(job.dry_run);
  return report;
}

// The report of an earlier import of the same content; a dry run is read anew.
absl::StatusOr<std::optional<ImportReport>> Earlier(const Context& context, const RoundStore& store,
                                                    const ingest::ImportJob& job) {
  if (job.dry_run) return std::nullopt;
  STEELYARD_ASSIGN_OR_RETURN(const std::optional<std::string> remembered,
                             store.RecallImport(context, job.import_id));
  if (!remembered) return std::nullopt;
  ImportReport report;
  if (!report.ParseFromString(*remembered)) {
    return MakeError(common::v1::ERROR_REASON_INTERNAL, "the report of an import is damaged");
  }
  report.set_already_imported(true);
  report.set_subjects_changed(0);
  return report;
}

}  // namespace

const std::vector<std::string_view>& ImportFormats() {
  static const auto& formats = *new std::vector<std::string_view>{
      kSourcesFormat,          kInvestorsFormat,      kRoundsFormat,        kExitsFormat,
      kCrunchbaseRoundsFormat, kRoundConflictsFormat, kExitConflictsFormat, kRoundLinksFormat,
      kStatisticsFormat,       kRegionSetsFormat,     kEcbRatesFormat,      mapping::kMappedFormat};
  return formats;
}

absl::StatusOr<ImportReport> RunImport(const Context& context, RoundStore& store,
                                       const ledger::Ledger& ledger, const ingest::ImportJob& job,
                                       ingest::Reporter& reporter) {
  STEELYARD_RETURN_IF_ERROR(CheckJob(job));
  STEELYARD_ASSIGN_OR_RETURN(std::optional<ImportReport> earlier, Earlier(context, store, job));
  if (earlier) return *std::move(earlier);

  // Reading happens outside of the commit, so that a caller who is slow to take findings holds up
  // nobody else.
  Draft draft(job.source);
  const std::vector<size_t> order = ReadingOrder(job.files);
  const int64_t revision = ledger.head().revision;
  for (const size_t place : order) {
    draft.BeginFile();
    STEELYARD_RETURN_IF_ERROR(
        ReadFile(context, job.files[place], store, revision, reporter, draft));
    STEELYARD_RETURN_IF_ERROR(draft.status());
  }
  STEELYARD_RETURN_IF_ERROR(reporter.status());
  STEELYARD_RETURN_IF_ERROR(draft.AssertUnsupported());
  ImportReport report = TakeReport(job, order, reporter);

  const auto complete = [&](const ImportOutcome& outcome) {
    report.set_subjects_changed(outcome.subjects_changed);
    *report.mutable_snapshot() = ledger.Describe(outcome.revision);
    return report.SerializeAsString();
  };
  const absl::StatusOr<ImportOutcome> outcome =
      store.Import(context, draft.staged(), job.import_id, job.dry_run, complete);
  if (!outcome.ok()) {
    // The same files may have been committed since they were looked up.
    if (context.Check().ok()) {
      STEELYARD_ASSIGN_OR_RETURN(earlier, Earlier(context, store, job));
    }
    if (!earlier) return outcome.status();
    return *std::move(earlier);
  }
  complete(*outcome);
  return report;
}

}  // namespace steelyard::funding
