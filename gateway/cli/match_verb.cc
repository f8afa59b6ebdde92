#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "gateway/cli/format.h"
#include "gateway/cli/match_columns.h"
#include "gateway/cli/show.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/mapping/text_file.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"

namespace steelyard::cli {
namespace {

using registry::v1::MatchCandidate;
using registry::v1::MatchCompaniesRequest;
using registry::v1::MatchCompaniesResponse;
using registry::v1::MatchDecision;
using registry::v1::MatchQuery;
using registry::v1::MatchResult;

constexpr int kBatch = 100;  // queries of one call
constexpr size_t kCompanyPrefix = sizeof("companies/") - 1;

absl::Status Wrong(std::string_view flag, std::string_view problem) {
  FieldErrors errors;
  errors.Add(flag, problem);
  return errors.ToStatus();
}

std::string_view WordOf(MatchDecision decision) {
  switch (decision) {
    case registry::v1::MATCH_DECISION_MATCH:
      return "MATCH";
    case registry::v1::MATCH_DECISION_REVIEW:
      return "REVIEW";
    default:
      return "NO_MATCH";
  }
}

std::string Score(double score) { return absl::StrFormat("%.3f", score); }

std::string IdOf(const MatchCandidate& candidate) {
  return candidate.company().substr(kCompanyPrefix);
}

// The strongest features: "coverage_least +4.9, country +0.8".
std::string Reasons(const MatchCandidate& candidate) {
  constexpr size_t kShown = 3;
  std::vector<std::pair<double, std::string>> parts;
  for (const registry::v1::MatchFeature& feature : candidate.features()) {
    parts.emplace_back(feature.value() * feature.weight(), feature.feature());
  }
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
    return std::abs(a.first) > std::abs(b.first);
  });
  std::vector<std::string> shown;
  for (const auto& [contribution, name] : parts) {
    if (shown.size() < kShown) shown.push_back(absl::StrFormat("%s %+.1f", name, contribution));
  }
  return StrJoin(shown, ", ");
}

std::string Render(const MatchCompaniesResponse& response) {
  const MatchResult& result = response.results(0);
  Table table({"score", "decision", "company", "country", "matched as", "because", "id"},
              {Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft,
               Align::kLeft});
  for (const MatchCandidate& candidate : result.candidates()) {
    table.AddRow({Score(candidate.score()), std::string(WordOf(candidate.decision())),
                  candidate.display_name(), candidate.country(), candidate.matched().text(),
                  Reasons(candidate), candidate.company()});
  }
  std::string text = table.empty() ? "nobody is like that\n" : table.Render();
  StrAppend(&text, "\ndecision  ", WordOf(result.decision()), "\n");
  for (const std::string& warning : result.warnings()) StrAppend(&text, "warning  ", warning, "\n");
  StrAppend(&text, "method  ", response.method().version(), ": MATCH from ",
            Number(response.method().match_threshold()), ", REVIEW from ",
            Number(response.method().review_threshold()), "\n");
  StrAppend(&text, "snapshot  ", Describe(response.snapshot()), "\n");
  return text;
}

absl::StatusOr<MatchCompaniesRequest> RequestOf(const Session& session,
                                                const MatchOptions& options) {
  MatchCompaniesRequest request;
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  if (options.threshold > 0) request.mutable_options()->set_match_threshold(options.threshold);
  request.mutable_options()->set_max_candidates(options.limit);
  return request;
}

int MatchOne(const Session& session, const MatchOptions& options, MatchCompaniesRequest request) {
  MatchQuery& query = *request.add_queries();
  query.set_name(options.name);
  query.set_country(options.country);
  query.set_city(options.city);
  query.set_website(options.website);
  for (const std::string& word : options.identifiers) {
    const size_t colon = word.find(':');
    if (colon == std::string::npos) {
      return session.WrongUsage(Wrong("--id", StrCat("\"", word, "\" is not scheme:value")));
    }
    query.add_identifiers()->set_scheme(word.substr(0, colon));
    query.mutable_identifiers()->rbegin()->set_value(word.substr(colon + 1));
  }
  MatchCompaniesResponse response;
  const auto stub = registry::v1::RegistryService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->MatchCompanies(session.NewContext().get(), request, &response));
  return Show(session, status, response, Render);
}

// A field as RFC 4180 writes it.
std::string Quoted(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(field);
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

// Matches a file's rows and writes them back with what was found.
class FileMatching {
 public:
  FileMatching(const Session& session, const MatchOptions& options, MatchCompaniesRequest request,
               std::ostream& out)
      : session_(session),
        options_(options),
        request_(std::move(request)),
        out_(out),
        stub_(registry::v1::RegistryService::NewStub(session.channel())) {}

  absl::Status Run() {
    STEELYARD_ASSIGN_OR_RETURN(const mapping::TextFile file,
                               mapping::OpenText(options_.file, options_.file, {}));
    text::CsvReader& csv = *file.csv;
    STEELYARD_ASSIGN_OR_RETURN(columns_, MatchColumns::Of(csv.header(), options_.columns));
    session_.err() << "matching by " << columns_->Describe() << "\n";
    width_ = csv.header().size();
    WriteRow(csv.header(), {"match_decision", "match_id", "match_name", "match_score",
                            "match_found_as", "match_notes"});
    while (true) {
      STEELYARD_ASSIGN_OR_RETURN(const bool more, csv.Next());
      if (!more) break;
      rows_.push_back(csv.fields());
      if (rows_.size() == kBatch) STEELYARD_RETURN_IF_ERROR(Flush());
    }
    STEELYARD_RETURN_IF_ERROR(Flush());
    if (!out_.flush()) return Wrong("--output", "cannot be written: is the disk full?");
    session_.err() << Progress() << "\n";
    return absl::OkStatus();
  }

 private:
  absl::Status Flush() {
    if (rows_.empty()) return absl::OkStatus();
    std::vector<std::vector<std::string>> notes(rows_.size());
    std::vector<size_t> asked;
    request_.clear_queries();
    for (size_t i = 0; i < rows_.size(); ++i) {
      MatchQuery query = columns_->QueryOf(rows_[i], notes[i]);
      asked.push_back(i);
      *request_.add_queries() = std::move(query);
    }
    MatchCompaniesResponse response;
    STEELYARD_RETURN_IF_ERROR(Ask(asked, notes, response));
    std::vector<const MatchResult*> results(rows_.size());
    for (size_t i = 0; i < asked.size(); ++i) {
      results[asked[i]] = &response.results(static_cast<int>(i));
    }
    for (size_t i = 0; i < rows_.size(); ++i) Write(rows_[i], results[i], std::move(notes[i]));
    // All batches read what the first one read.
    if (response.has_snapshot()) {
      request_.mutable_read()->Clear();
      request_.mutable_read()->set_snapshot(response.snapshot().token());
    }
    rows_.clear();
    if (done_ % (kBatch * 100) == 0) session_.err() << Progress() << std::endl;
    return absl::OkStatus();
  }

  // Asks for the rows; those that the registry refuses are taken out, with its words as notes, and
  // the others are asked for again.
  absl::Status Ask(std::vector<size_t>& asked, std::vector<std::vector<std::string>>& notes,
                   MatchCompaniesResponse& response) {
    while (!asked.empty()) {
      const auto context = session_.NewContext();
      absl::Status status =
          Session::ToStatus(stub_->MatchCompanies(context.get(), request_, &response));
      if (status.ok()) return status;
      const std::vector<std::pair<size_t, std::string>> refused = Refused(status);
      if (refused.empty()) return status;
      std::vector<size_t> rest;
      MatchCompaniesRequest again = request_;
      again.clear_queries();
      for (size_t i = 0; i < asked.size(); ++i) {
        bool taken = true;
        for (const auto& [query, problem] : refused) {
          if (query != i) continue;
          notes[asked[i]].push_back(problem);
          taken = false;
        }
        if (!taken) continue;
        rest.push_back(asked[i]);
        *again.add_queries() = request_.queries(static_cast<int>(i));
      }
      asked = std::move(rest);
      request_ = std::move(again);
    }
    return absl::OkStatus();
  }

  // The queries that a refusal names, "queries[3].name", with what is wrong with them.
  static std::vector<std::pair<size_t, std::string>> Refused(const absl::Status& status) {
    constexpr std::string_view kQueries = "queries[";
    std::vector<std::pair<size_t, std::string>> refused;
    for (const auto& [field, problem] : FieldsOf(status)) {
      if (!field.starts_with(kQueries)) continue;
      const size_t end = field.find(']');
      size_t query = 0;
      if (!absl::SimpleAtoi(field.substr(kQueries.size(), end - kQueries.size()), &query)) continue;
      const std::string what = end + 2 < field.size() ? field.substr(end + 2) + ": " : "";
      refused.emplace_back(query, what + problem);
    }
    return refused;
  }

  void Write(const std::vector<std::string>& row, const MatchResult* result,
             std::vector<std::string> notes) {
    ++done_;
    std::vector<std::string> found = {"", "", "", "", "", ""};
    if (result != nullptr) {
      found[0] = WordOf(result->decision());
      notes.insert(notes.end(), result->warnings().begin(), result->warnings().end());
      if (!result->candidates().empty()) {
        const MatchCandidate& first = result->candidates(0);
        found[1] = IdOf(first);
        found[2] = first.display_name();
        found[3] = Score(first.score());
        found[4] = first.matched().text();
      }
      matched_ += result->decision() == registry::v1::MATCH_DECISION_MATCH ? 1 : 0;
      to_review_ += result->decision() == registry::v1::MATCH_DECISION_REVIEW ? 1 : 0;
    } else {
      ++refused_;
      found[0] = "REFUSED";
    }
    found[5] = StrJoin(notes, "; ");
    WriteRow(row, found);
  }

  // `more` stands behind the header's columns: short rows are filled, and what a row has beyond the
  // header follows.
  void WriteRow(std::vector<std::string> row, const std::vector<std::string>& more) {
    if (row.size() < width_) row.resize(width_);
    row.insert(row.begin() + static_cast<int64_t>(width_), more.begin(), more.end());
    std::vector<std::string> cells;
    for (const std::string& field : row) cells.push_back(Quoted(field));
    out_ << StrJoin(cells, ",") << "\n";
  }

  std::string Progress() const {
    return StrCat(Grouped(done_), " rows: ", Grouped(matched_), " matched, ", Grouped(to_review_),
                  " to review, ", Grouped(done_ - matched_ - to_review_ - refused_), " not matched",
                  refused_ > 0 ? StrCat(", ", Grouped(refused_), " refused") : "");
  }

  const Session& session_;
  const MatchOptions& options_;
  MatchCompaniesRequest request_;
  std::ostream& out_;
  const std::unique_ptr<registry::v1::RegistryService::Stub> stub_;
  std::optional<MatchColumns> columns_;
  size_t width_ = 0;
  std::vector<std::vector<std::string>> rows_;
  int64_t done_ = 0;
  int64_t matched_ = 0;
  int64_t to_review_ = 0;
  int64_t refused_ = 0;
};

absl::Status MatchFile(const Session& session, const MatchOptions& options,
                       MatchCompaniesRequest request) {
  if (options.output.empty()) {
    return FileMatching(session, options, std::move(request), session.out()).Run();
  }
  // The file has its name once it is whole.
  const std::string part = options.output + ".part";
  std::ofstream file(part, std::ios::binary);
  if (!file) return Wrong("--output", part + " cannot be written");
  absl::Status status = FileMatching(session, options, std::move(request), file).Run();
  file.close();
  std::error_code error;
  if (!status.ok()) {
    std::filesystem::remove(part, error);
    return status;
  }
  if (!file.fail()) std::filesystem::rename(part, options.output, error);
  return file.fail() || error ? Wrong("--output", options.output + " cannot be written") : status;
}

int ExitCodeOf(const Session& session, const absl::Status& status) {
  if (status.ok()) return kOk;
  const auto reason = ReasonOf(status);
  const bool local = reason == common::v1::ERROR_REASON_IMPORT_MALFORMED ||
                     reason == common::v1::ERROR_REASON_INVALID_FIELD;
  return local ? session.WrongUsage(status) : session.Fail(status);
}

}  // namespace

int Match(const Session& session, const MatchOptions& options) {
  absl::StatusOr<MatchCompaniesRequest> request = RequestOf(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  const bool one =
      !options.name.empty() || !options.website.empty() || !options.identifiers.empty();
  if (one != options.file.empty()) {
    return session.WrongUsage(
        Wrong("match", one ? "takes a file, or --name, --website and --id, not both"
                           : "needs a file, or --name, --website or --id"));
  }
  return one ? MatchOne(session, options, *std::move(request))
             : ExitCodeOf(session, MatchFile(session, options, *std::move(request)));
}

}  // namespace steelyard::cli
