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
  DefinitionOptions definition;
};
int Compare(const Session& session, const CompareOptions& options);

struct CompanyOptions {
  std::vector<std::string> words;  // of the name; joined by spaces
  DefinitionOptions definition;
};
int Company(const Session& session, const CompanyOptions& options);

struct SearchOptions {
  std::vector<std::string> words;
  int limit = 0;
};
int Search(const Session& session, const SearchOptions& options);

struct RoundsOptions {
  std::string company;
  std::string filter;
  std::string order_by;
  int limit = 50;
  PeriodOptions period;
};
int Rounds(const Session& session, const RoundsOptions& options);

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
  PeriodOptions period;
  std::vector<std::string> bindings;
};
int Series(const Session& session, const SeriesOptions& options);

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

// The line that stands beneath every table: "snapshot sy1..., taken 2026-11-23T10:00:00Z".
std::string Describe(const common::v1::Snapshot& snapshot);

}  // namespace steelyard::cli
