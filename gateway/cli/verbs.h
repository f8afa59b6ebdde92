#pragma once

// What the client can be asked for. Each verb calls the gateway, prints a table or, with --json,
// the answer itself, and returns an exit code.

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/cli/definition_options.h"
#include "gateway/cli/session.h"

namespace steelyard::cli {

struct CompareOptions {
  std::vector<std::string> regions;
  PeriodOptions period;
  std::string filter;
  int top = 0;
  std::string explain;  // id of one figure, derived in place of the answer
  DefinitionOptions definition;
};
int Compare(const Session& session, const CompareOptions& options);

struct CompanyOptions {
  std::vector<std::string> words;  // of the name; joined by spaces
  bool assertions = false;         // what sources say, in place of the rounds
  DefinitionOptions definition;
};
int Company(const Session& session, const CompanyOptions& options);
// What sources say of a company of this resource name at a snapshot, without a heading.
int CompanyAssertions(const Session& session, const std::string& name, const std::string& snapshot);

struct SearchOptions {
  std::vector<std::string> words;
  int limit = 0;
};
int Search(const Session& session, const SearchOptions& options);

struct MatchOptions {
  std::string file;  // CSV, or one company by the following
  std::string name;
  std::string country;
  std::string city;
  std::string website;
  std::vector<std::string> identifiers;  // "scheme:value"
  std::vector<std::string> columns;      // "field=column"
  std::string output;                    // empty: the standard output
  double threshold = 0;                  // 0: the method's
  int limit = 0;
};
int Match(const Session& session, const MatchOptions& options);

struct IdentityOptions {
  std::string company;              // id or "companies/{company}"
  std::vector<std::string> others;  // likewise
  std::string source;
  std::string reason;
  bool withdraw = false;
};
int Merge(const Session& session, const IdentityOptions& options);
int Split(const Session& session, const IdentityOptions& options);
int Distinguish(const Session& session, const IdentityOptions& options);

struct ReviewOptions {
  std::string company;  // empty: all
  int limit = 20;
};
// Companies that look like one.
int Review(const Session& session, const ReviewOptions& options);

struct RoundsOptions {
  std::string company;
  std::string filter;
  std::string order_by;
  int limit = 50;
  PeriodOptions period;
  SourceOptions sources;
};
int Rounds(const Session& session, const RoundsOptions& options);

struct RoundOptions {
  std::string round;  // id or "rounds/{round}"
  bool history = false;
  SourceOptions sources;
};
// One round, field by field: what is shown, what it is chosen from and why.
int Round(const Session& session, const RoundOptions& options);

struct DecisionOptions {
  std::string round;
  std::string related;
  std::string relation = "same-as";  // or "included-in"
  std::string reason;
};
int Link(const Session& session, const DecisionOptions& options);
int Unlink(const Session& session, const DecisionOptions& options);

struct RetractOptions {
  std::string subject;  // the id of a round, or "companies/{company}"
  std::vector<std::string> sources;
  std::string reason;
};
int Retract(const Session& session, const RetractOptions& options);
// Of a company.
int RetractOfCompany(const Session& session, const RetractOptions& options);

struct DuplicatesOptions {
  std::string company;
  int limit = 20;
};
int Duplicates(const Session& session, const DuplicatesOptions& options);

struct AggregateOptions {
  std::vector<std::string> by;
  std::vector<std::string> measures;
  std::vector<std::string> regions;
  std::string filter;
  int top = 0;
  PeriodOptions period;
  DefinitionOptions definition;
};
int Aggregate(const Session& session, const AggregateOptions& options);

struct SeriesOptions {
  std::string variable;
  std::vector<std::string> regions;
  std::string source;
  bool sum_members = false;
  double min_coverage = 0;
  PeriodOptions period;
  std::vector<std::string> bindings;
  std::string published_by;
  bool all_vintages = false;
  SourceOptions sources;
  bool one_source = false;
  bool losers = false;
  std::string explain;  // id of a figure to derive in place of the answer
};
int Series(const Session& session, const SeriesOptions& options);

struct AvailabilityOptions {
  std::string variable;
  std::string region;
  std::string source;
  std::string filter;
  int limit = 50;
};
int Availability(const Session& session, const AvailabilityOptions& options);

struct ExportOptions {
  std::string format = "csv";
  std::string output;  // empty: the standard output
  std::string filter;
  PeriodOptions period;
  std::string convert_to;
  std::string fx;
  bool resume = false;
};
int Export(const Session& session, const ExportOptions& options);

struct DiffOptions {
  std::string from;  // tokens
  std::string to;
  int limit = 100;
  AggregateOptions question;
};
int Diff(const Session& session, const DiffOptions& options);

struct ExplainOptions {
  std::string figure;
  int limit = 20;
  AggregateOptions question;
};
// Adds all but the question's own flags.
void AddExplainFlags(CLI::App& verb, ExplainOptions& options);
int ExplainFigure(const Session& session, const ExplainOptions& options);

struct CompactOptions {
  std::string keep_since;  // a day or a time
  int64_t before_revision = 0;
  bool dry_run = false;
  bool yes = false;
};
int Compact(const Session& session, const CompactOptions& options);

int Status(const Session& session);

struct ImportDatasetOptions {
  std::string directory;
  std::string findings;
};
int ImportDataset(const Session& session, const ImportDatasetOptions& options);

struct ImportCrunchbaseOptions {
  std::string companies;
  std::string rounds;
  std::string source = "cb2013";
  std::string findings;
  bool dry_run = false;
};
int ImportCrunchbase2013(const Session& session, const ImportCrunchbaseOptions& options);

struct ImportMappedOptions {
  std::string kind;                // "rounds", "companies", "statistics" or "rates"
  std::vector<std::string> files;  // one, but for presets of companies: any number, and directories
  std::string mapping;             // path of a mapping, or name of a preset
  std::string source;
  std::vector<std::string> constants;  // "field=value"
  std::string findings;
  std::string rejects;
  bool dry_run = false;
  bool match = false;  // find companies in the registry by their names
};
int ImportMapped(const Session& session, const ImportMappedOptions& options);

// "rounds/{round}" of such a name or of a bare id.
std::string RoundName(const std::string& word);

// The line that stands beneath every table: "snapshot sy1..., taken 2026-11-23T10:00:00Z".
std::string Describe(const common::v1::Snapshot& snapshot);

}  // namespace steelyard::cli
