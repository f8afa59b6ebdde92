#include "services/registry/import.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/registry/draft.h"
#include "services/registry/identifier.h"
#include "services/registry/importers.h"
#include "services/registry/room.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

using common::v1::ImportReport;

// Companies that are completed and put at once.
constexpr size_t kCompaniesAtOnce = 10'000;

struct Format {
  std::string_view name;
  absl::Status (*import)(const Context&, const ingest::SpooledFile&, Draft&, ingest::Reporter&);
};
// In the order of reading.
constexpr std::array<Format, 18> kFormats = {
    {{"steelyard-sources", ImportSources},
     {"steelyard-codes", ImportCodes},
     {"steelyard-companies", ImportCompanies},
     {"crunchbase-2013-companies", ImportCrunchbaseCompanies},
     {"crunchbase-2013-rounds", ImportCrunchbaseRounds},
     {"gleif-lei2-csv", ImportGleifCsv},
     {"gleif-api-json", ImportGleifJson},
     {"sec-tickers", ImportSecTickers},
     {"crunchbase-organizations", ImportCrunchbaseOrganizations},
     {"name-suggestion-index", ImportNameSuggestions},
     {"opensanctions-entities", ImportOpenSanctions},
     {mapping::kMappedFormat, ImportMapped},
     {"steelyard-names", ImportNames},
     {"steelyard-identifiers", ImportIdentifiers},
     {"steelyard-relations", ImportRelations},
     {"steelyard-headquarters", ImportHeadquarters},
     {"steelyard-status-history", ImportStatusHistory},
     {"gleif-rr-csv", ImportGleifRelationships}}};

// The place of a format in kFormats; its size when the format is not known.
size_t PlaceOf(std::string_view name) {
  return static_cast<size_t>(std::find_if(kFormats.begin(), kFormats.end(),
                                          [&](const Format& f) { return f.name == name; }) -
                             kFormats.begin());
}

absl::Status CheckJob(const ingest::ImportJob& job) {
  if (const std::string fault = CheckSourceId(job.source); !fault.empty()) {
    FieldErrors errors;
    errors.Add("begin.source", fault);
    return errors.ToStatus();
  }
  if (job.files.empty()) {
    return MakeError(common::v1::ERROR_REASON_IMPORT_PROTOCOL, "an import needs at least one file");
  }
  for (const ingest::SpooledFile& file : job.files) {
    if (file.mapping != nullptr && file.mapping->mapping.kind() != mapping::kRoundsKind &&
        file.mapping->mapping.kind() != mapping::kCompaniesKind) {
      FieldErrors errors;
      errors.Add("file.mapping.kind",
                 StrCat(file.name, ": the registry reads rounds and companies; funding reads ",
                        file.mapping->mapping.kind()),
                 common::v1::ERROR_REASON_IMPORT_MAPPING_INVALID);
      return errors.ToStatus();
    }
    if (PlaceOf(file.format) < kFormats.size()) continue;
    const std::string allowed = StrJoin(ImportFormats(), ", ");
    return MakeError(common::v1::ERROR_REASON_IMPORT_FORMAT_UNKNOWN,
                     StrCat(file.name, ": the registry does not read the format \"", file.format,
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

// Who publishes files of the formats that one publisher makes.
struct Publisher {
  std::string_view formats;  // how their names start
  std::string_view name;
  std::string_view title;
  std::string_view uri;
};
constexpr std::array<Publisher, 5> kPublishers = {
    {{"gleif-", "Global Legal Entity Identifier Foundation", "LEI records",
      "https://www.gleif.org/"},
     {"sec-", "U.S. Securities and Exchange Commission", "Company tickers", "https://www.sec.gov/"},
     {"crunchbase-organizations", "Crunchbase", "Crunchbase bulk export, organizations",
      "https://www.crunchbase.com/"},
     {"name-suggestion-index", "OpenStreetMap contributors", "Name Suggestion Index",
      "https://nsi.guide/"},
     {"opensanctions-", "OpenSanctions", "OpenSanctions entities",
      "https://www.opensanctions.org/"}}};

// The import's own source, for a registry that does not have it yet.
Source OwnSource(const ingest::ImportJob& job) {
  const bool crunchbase = std::any_of(
      job.files.begin(), job.files.end(),
      [](const ingest::SpooledFile& file) { return file.format.starts_with("crunchbase-2013-"); });
  if (crunchbase) return CrunchbaseSource(job.source);
  for (const Publisher& publisher : kPublishers) {
    const bool made_by =
        std::any_of(job.files.begin(), job.files.end(), [&](const ingest::SpooledFile& file) {
          return file.format.starts_with(publisher.formats);
        });
    if (!made_by) continue;
    return {.id = job.source,
            .publisher = std::string(publisher.name),
            .title = std::string(publisher.title),
            .uri = std::string(publisher.uri),
            .kind = "database"};
  }
  // Files of our own formats may come from anywhere, a person who knows better among them; what is
  // mapped was made as a list.
  Source own{.id = job.source, .title = StrCat("Import ", job.source), .kind = ""};
  for (const ingest::SpooledFile& file : job.files) {
    if (file.mapping == nullptr) continue;
    own.kind = "database";
    if (file.mapping->mapping.title().empty()) continue;
    own.title = file.mapping->mapping.title();
    break;
  }
  return own;
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

// The report of an earlier import of the same content.
absl::StatusOr<std::optional<ImportReport>> Earlier(const Context& context,
                                                    const ledger::Ledger& ledger,
                                                    const ingest::ImportJob& job) {
  if (job.dry_run) return std::nullopt;
  STEELYARD_ASSIGN_OR_RETURN(
      const std::optional<ledger::Remembered> remembered,
      ledger.Recall(context, ledger::Ledger::Memory::Of::kImport, job.import_id));
  if (!remembered.has_value()) return std::nullopt;
  ImportReport report;
  if (!report.ParseFromString(remembered->reply)) {
    return MakeError(common::v1::ERROR_REASON_INTERNAL, "the report of an import is damaged");
  }
  report.set_already_imported(true);
  report.set_subjects_changed(0);
  return report;
}

// Whether no identifier of these records became somebody else's since the files were read.
absl::Status CheckBearersAt(const Context& context, const Store& store, int64_t newest,
                            const std::vector<Company>& records) {
  std::map<std::string, const Company*> keys;
  for (const Company& record : records) {
    for (const Identifier& identifier : record.identifiers) {
      keys.emplace(IdentifierKeyOf(identifier.scheme, identifier.value), &record);
    }
  }
  std::vector<std::string> asked;
  for (const auto& [key, record] : keys) asked.push_back(key);
  STEELYARD_ASSIGN_OR_RETURN(const auto bearers, store.Bearers(context, newest, asked));
  for (const auto& [key, company] : bearers) {
    if (company == keys.at(key)->id) continue;
    return MakeRetryableError(common::v1::ERROR_REASON_STORE_UNAVAILABLE,
                              StrCat("another write took the identifier ", key,
                                     " while the import was read; send it again"),
                              absl::Seconds(1), {{"identifier", key}});
  }
  return absl::OkStatus();
}

// Whether the parents that were put go round in a circle: with those of another write since the
// files were read, or with what others say that had it from a source that says otherwise now.
absl::Status CheckParentsPut(const Draft& draft, bool raced, Writing& writing) {
  if (!draft.parents().any()) return absl::OkStatus();
  STEELYARD_ASSIGN_OR_RETURN(const Directory put, writing.ReadOwnership());
  const std::string company = draft.parents().CircleIn(put);
  if (company.empty()) return absl::OkStatus();
  if (raced) {
    return MakeRetryableError(
        common::v1::ERROR_REASON_STORE_UNAVAILABLE,
        StrCat("another write gave companies/", company,
               " parents with which it would be its own; send the import again"),
        absl::Seconds(1), {{"company", company}});
  }
  return MakeError(common::v1::ERROR_REASON_INVALID_FIELD,
                   StrCat("companies/", company,
                          " would be its own parent, by the import and what others say of its "
                          "parents; nothing was written"),
                   {{"company", company}});
}

// Puts what the draft holds beside what is stored at `newest`, which may be past the state that it
// was checked against: an identifier can then be somebody else's, and parents go round in a circle.
absl::Status PutAt(const Context& context, const Store& store, int64_t newest, int64_t checked,
                   Draft& draft, const Source& own_source, Writing& writing) {
  const bool raced = newest != checked;
  STEELYARD_RETURN_IF_ERROR(writing.Put(draft.OtherSubjects(own_source)));
  const std::vector<uint32_t> companies = draft.Companies();
  for (size_t first = 0; first < companies.size(); first += kCompaniesAtOnce) {
    STEELYARD_RETURN_IF_ERROR(context.Check());
    const auto part =
        std::span(companies).subspan(first, std::min(kCompaniesAtOnce, companies.size() - first));
    std::vector<std::string> ids;
    for (const uint32_t company : part) ids.emplace_back(draft.IdOf(company));
    STEELYARD_ASSIGN_OR_RETURN(const std::vector<Company> stored, writing.Records(ids));
    Batch batch;
    STEELYARD_ASSIGN_OR_RETURN(batch.companies, draft.TakeRecords(part, stored));
    STEELYARD_RETURN_IF_ERROR(CheckRoom(batch.companies, stored));
    if (raced) {
      STEELYARD_RETURN_IF_ERROR(CheckBearersAt(context, store, newest, batch.companies));
    }
    STEELYARD_RETURN_IF_ERROR(writing.Put(batch));
  }
  return CheckParentsPut(draft, raced, writing);
}

}  // namespace

const std::vector<std::string_view>& ImportFormats() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> names;
    for (const Format& format : kFormats) names.push_back(format.name);
    return names;
  }();
  return kNames;
}

absl::StatusOr<ImportReport> RunImport(const Context& context, Store& store,
                                       const ledger::Ledger& ledger, const ingest::ImportJob& job,
                                       ingest::Reporter& reporter) {
  STEELYARD_RETURN_IF_ERROR(CheckJob(job));
  STEELYARD_ASSIGN_OR_RETURN(std::optional<ImportReport> earlier, Earlier(context, ledger, job));
  if (earlier.has_value()) return *std::move(earlier);

  // Reading happens outside of the commit, so that a caller who is slow to take findings holds up
  // nobody else.
  const int64_t checked = ledger.head().revision;
  STEELYARD_ASSIGN_OR_RETURN(Directory directory, store.ReadDirectory(context, checked));
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Codelist> codelists,
                             store.Codelists(context, checked, ""));
  Draft draft(std::move(directory), codelists, job.source);
  const std::vector<size_t> order = ReadingOrder(job.files);
  for (const size_t place : order) {
    const ingest::SpooledFile& file = job.files[place];
    STEELYARD_RETURN_IF_ERROR(
        kFormats[PlaceOf(file.format)].import(context, file, draft, reporter));
    STEELYARD_RETURN_IF_ERROR(draft.status());
  }
  STEELYARD_RETURN_IF_ERROR(reporter.status());
  ImportReport report = TakeReport(job, order, reporter);

  const auto complete = [&](const Written& written) {
    report.set_subjects_changed(written.subjects);
    *report.mutable_snapshot() = ledger.Describe(written.revision);
    return report.SerializeAsString();
  };
  const Receipt receipt{.of = ledger::Ledger::Memory::Of::kImport,
                        .id = job.import_id,
                        .digest = job.import_id,
                        .reply = complete};
  const Source own_source = OwnSource(job);
  const absl::StatusOr<Written> written = store.Write(
      context,
      [&](int64_t newest, Writing& writing) {
        return PutAt(context, store, newest, checked, draft, own_source, writing);
      },
      job.dry_run, &receipt);
  if (!written.ok()) {
    // The same content may have been committed since it was looked up.
    if (context.Check().ok()) {
      STEELYARD_ASSIGN_OR_RETURN(earlier, Earlier(context, ledger, job));
    }
    if (!earlier.has_value()) return written.status();
    return *std::move(earlier);
  }
  complete(*written);
  return report;
}

}  // namespace steelyard::registry
