#include "services/registry/sql_write.h"

#include <algorithm>
#include <array>
#include <utility>

#include "services/common/ledger/revisioned.h"
#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/registry/identifier.h"
#include "services/registry/sql_details.h"
#include "services/registry/sql_parts.h"

namespace steelyard::registry {
namespace {

using ledger::ContentDigest;
using ledger::kOpenRevision;
using sql::Value;

// Companies that are joined anew at once.
constexpr size_t kRankedAtOnce = 10'000;

// Writes complete subjects of one kind within a commit.
class Writer {
 public:
  Writer(sql::Connection& connection, const Context& context, int64_t revision)
      : connection_(connection), context_(context), revision_(revision) {}

  // Ends the rows of the subjects that are different from what is stored, and gives those and the
  // new ones, in order. `tables`: the subject's own table first, then what belongs to it.
  template <typename Subject>
  absl::StatusOr<std::vector<const Subject*>> Replace(std::span<const Subject> subjects,
                                                      std::span<const std::string_view> tables,
                                                      std::string_view key_column) {
    if (subjects.empty()) return std::vector<const Subject*>();
    std::vector<ledger::KeyDigest> digests;
    digests.reserve(subjects.size());
    for (const Subject& subject : subjects) {
      digests.emplace_back(subject.id, ContentDigest(Canonical(subject)));
    }
    STEELYARD_ASSIGN_OR_RETURN(
        ledger::Changed found,
        ledger::ChangedKeys(connection_, context_, tables.front(), key_column, digests));
    STEELYARD_RETURN_IF_ERROR(
        ledger::CloseRows(connection_, context_, tables, key_column, found.replaced, revision_)
            .status());
    std::vector<std::string>& keys = found.keys;
    std::sort(keys.begin(), keys.end());
    std::vector<const Subject*> changed;
    for (const Subject& subject : subjects) {
      if (std::binary_search(keys.begin(), keys.end(), subject.id)) changed.push_back(&subject);
    }
    return changed;
  }

  // Ends the rows of subjects.
  absl::Status End(std::span<const std::string_view> tables, std::string_view key_column,
                   std::span<const std::string> keys) {
    if (keys.empty()) return absl::OkStatus();
    return ledger::CloseRows(connection_, context_, tables, key_column, keys, revision_).status();
  }

  // Adds rows to a table; `fill` appends each with Row(). Columns that a migration added to the
  // table come after its revisions.
  template <typename Fill>
  absl::Status Append(std::string_view table, Fill fill) {
    STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<sql::Appender> appender,
                               connection_.Append(table));
    absl::Status status;
    fill([&](std::vector<Value> row, const std::vector<Value>& added = {}) {
      row.emplace_back(revision_);
      row.emplace_back(kOpenRevision);
      row.insert(row.end(), added.begin(), added.end());
      if (status.ok()) status = appender->Append(row);
    });
    STEELYARD_RETURN_IF_ERROR(status);
    return appender->Close();
  }

 private:
  sql::Connection& connection_;
  const Context& context_;
  int64_t revision_;
};

template <typename Row>
void AppendFields(const Company& company, Row row) {
  row({company.id, company.display_name, company.country, company.city,
       DateValue(company.founded_on),
       company.founded_on.has_value() ? Value(int64_t{company.founded_on->year}) : Value(),
       static_cast<int64_t>(company.status), company.website, JoinList(company.layers),
       JoinList(company.sectors), JoinList(company.sources), company.source_category,
       ContentDigest(Canonical(company))},
      {company.legal_country});
}

template <typename Row>
void AppendNames(const Company& company, Row row) {
  int64_t ordinal = 0;
  for (const CompanyName& name : company.names) {
    row({company.id, ordinal++, name.text, name.language, static_cast<int64_t>(name.kind),
         name.source, text::Fold(name.text)});
  }
}

template <typename Row>
void AppendIdentifiers(const Company& company, Row row) {
  int64_t ordinal = 0;
  for (const Identifier& identifier : company.identifiers) {
    row({company.id, ordinal++, identifier.scheme, identifier.value, identifier.source,
         IdentifierKeyOf(identifier.scheme, identifier.value)});
  }
}

std::array<std::string_view, 4> Listed(const CompanyTables& tables) {
  return {tables.companies, tables.names, tables.identifiers, tables.details};
}

absl::StatusOr<std::vector<std::string>> WriteCompanies(Writer& writer, const CompanyTables& tables,
                                                        const std::vector<Company>& companies) {
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<const Company*> changed,
                             writer.Replace<Company>(companies, Listed(tables), "company"));
  if (changed.empty()) return std::vector<std::string>();
  STEELYARD_RETURN_IF_ERROR(writer.Append(tables.companies, [&](auto row) {
    for (const Company* company : changed) AppendFields(*company, row);
  }));
  STEELYARD_RETURN_IF_ERROR(writer.Append(tables.names, [&](auto row) {
    for (const Company* company : changed) AppendNames(*company, row);
  }));
  STEELYARD_RETURN_IF_ERROR(writer.Append(tables.identifiers, [&](auto row) {
    for (const Company* company : changed) AppendIdentifiers(*company, row);
  }));
  STEELYARD_RETURN_IF_ERROR(writer.Append(tables.details, [&](auto row) {
    for (const Company* company : changed) {
      for (std::vector<Value>& detail : DetailRows(*company)) row(std::move(detail));
    }
  }));
  std::vector<std::string> ids;
  for (const Company* company : changed) ids.push_back(company->id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

absl::StatusOr<int64_t> WriteDecisions(Writer& writer, std::span<const Decision> decisions) {
  constexpr std::array<std::string_view, 1> kTables = {"identity_decisions"};
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<const Decision*> changed,
                             writer.Replace<Decision>(decisions, kTables, "decision"));
  if (changed.empty()) return 0;
  STEELYARD_RETURN_IF_ERROR(writer.Append(kTables[0], [&](auto row) {
    for (const Decision* decision : changed) {
      row({decision->id, static_cast<int64_t>(decision->kind), decision->company, decision->other,
           decision->source, decision->comment, ContentDigest(Canonical(*decision))});
    }
  }));
  return static_cast<int64_t>(changed.size());
}

// The kinds of sources that rank records.
absl::StatusOr<SourceKinds> KindsOf(const SqlReader& reader, std::span<const Company> written,
                                    std::span<const Company> stored) {
  std::set<std::string> sources;
  for (const std::span<const Company> records : {written, stored}) {
    for (const Company& record : records) {
      sources.insert(record.sources.begin(), record.sources.end());
    }
  }
  return reader.Kinds(std::vector(sources.begin(), sources.end()));
}

// The ids whose records rank otherwise because the kind of a source changes.
absl::StatusOr<std::vector<std::string>> RankedAnew(const SqlReader& before,
                                                    const std::vector<Source>& sources) {
  std::vector<std::string> ids;
  for (const Source& source : sources) ids.push_back(source.id);
  STEELYARD_ASSIGN_OR_RETURN(const SourceKinds kinds, before.Kinds(ids));
  std::vector<std::string> changed;
  for (const Source& source : sources) {
    const auto kind = kinds.find(source.id);
    if ((kind == kinds.end() ? "" : kind->second) != source.kind) changed.push_back(source.id);
  }
  return before.IdsOf(changed);
}

absl::StatusOr<int64_t> WriteSources(Writer& writer, const std::vector<Source>& sources) {
  constexpr std::array<std::string_view, 1> kTables = {"sources"};
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<const Source*> changed,
                             writer.Replace<Source>(sources, kTables, "source"));
  if (changed.empty()) return 0;
  STEELYARD_RETURN_IF_ERROR(writer.Append(kTables[0], [&](auto row) {
    for (const Source* source : changed) {
      row({source->id, source->publisher, source->title, source->uri,
           DateValue(source->published_on), source->kind, ContentDigest(Canonical(*source))});
    }
  }));
  return static_cast<int64_t>(changed.size());
}

absl::StatusOr<int64_t> WriteCodelists(Writer& writer, const std::vector<Codelist>& codelists) {
  constexpr std::array<std::string_view, 2> kTables = {"codelists", "codes"};
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<const Codelist*> changed,
                             writer.Replace<Codelist>(codelists, kTables, "codelist"));
  if (changed.empty()) return 0;
  STEELYARD_RETURN_IF_ERROR(writer.Append(kTables[0], [&](auto row) {
    for (const Codelist* list : changed) row({list->id, ContentDigest(Canonical(*list))});
  }));
  STEELYARD_RETURN_IF_ERROR(writer.Append(kTables[1], [&](auto row) {
    for (const Codelist* list : changed) {
      for (const Code& code : list->codes) {
        row({list->id, int64_t{code.position}, code.code, code.label, code.label_fr, code.parent});
      }
    }
  }));
  return static_cast<int64_t>(changed.size());
}

}  // namespace

SqlReader SqlWriting::reader() const {
  return {.connection = connection_, .context = context_, .revision = revision_, .stages = true};
}

absl::StatusOr<std::vector<Company>> SqlWriting::Records(std::span<const std::string> ids) {
  STEELYARD_ASSIGN_OR_RETURN(stored_, reader().StoredRecords(ids));
  read_ = {ids.begin(), ids.end()};
  return stored_.records;
}

absl::StatusOr<Stored> SqlWriting::StoredOf(const std::vector<std::string>& ids) {
  std::vector<std::string> others;
  for (const std::string& id : ids) {
    if (!read_.contains(id)) others.push_back(id);
  }
  STEELYARD_ASSIGN_OR_RETURN(Stored stored, reader().StoredRecords(others));
  const std::set<std::string_view> wanted(ids.begin(), ids.end());
  for (Company& record : stored_.records) {
    if (wanted.contains(record.id)) stored.records.push_back(std::move(record));
  }
  for (const std::string& key : stored_.apart) {
    if (wanted.contains(IdOfKey(key))) stored.apart.insert(key);
  }
  stored_ = {};
  read_.clear();
  return stored;
}

absl::Status SqlWriting::PutIdentity(const Change& change) {
  const SqlReader now = reader();
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<Decision> before, now.Decisions());
  const Redirects after(After(before, change.decisions));
  STEELYARD_ASSIGN_OR_RETURN(const Stored stored, StoredOf(NeededIds(after, change)));
  STEELYARD_ASSIGN_OR_RETURN(const SourceKinds kinds, KindsOf(now, change.records, stored.records));
  const Plan plan = MakePlan(before, change, stored, kinds);
  Writer writer(connection_, context_, revision_);
  STEELYARD_RETURN_IF_ERROR(WriteCompanies(writer, kRecords, plan.records).status());
  STEELYARD_RETURN_IF_ERROR(writer.End(Listed(kRecords), "company", plan.ended));
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> changed,
                             WriteCompanies(writer, kSeen, plan.companies));
  STEELYARD_RETURN_IF_ERROR(writer.End(Listed(kSeen), "company", plan.gone));
  STEELYARD_ASSIGN_OR_RETURN(const int64_t decided, WriteDecisions(writer, change.decisions));
  changed_.insert(changed.begin(), changed.end());
  subjects_ += plan.changed + decided;
  return absl::OkStatus();
}

absl::Status SqlWriting::Put(const Batch& batch) {
  changed_.clear();
  STEELYARD_ASSIGN_OR_RETURN(const std::vector<std::string> ranked,
                             RankedAnew(reader(), batch.sources));
  Writer writer(connection_, context_, revision_);
  STEELYARD_ASSIGN_OR_RETURN(const int64_t sources, WriteSources(writer, batch.sources));
  STEELYARD_ASSIGN_OR_RETURN(const int64_t codelists, WriteCodelists(writer, batch.codelists));
  subjects_ += sources + codelists;
  STEELYARD_RETURN_IF_ERROR(
      PutIdentity({.records = batch.companies, .decisions = batch.decisions}));
  // What ranks otherwise may be a whole register.
  for (size_t first = 0; first < ranked.size(); first += kRankedAtOnce) {
    const auto part =
        std::span(ranked).subspan(first, std::min(kRankedAtOnce, ranked.size() - first));
    STEELYARD_RETURN_IF_ERROR(PutIdentity({.records = {}, .decisions = {}, .others = part}));
  }
  return absl::OkStatus();
}

Written SqlWriting::TakeWritten() {
  Written written{.revision = {}, .changed_companies = {}, .subjects = subjects_};
  written.changed_companies.assign(changed_.begin(), changed_.end());
  return written;
}

}  // namespace steelyard::registry
