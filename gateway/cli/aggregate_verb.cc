#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "gateway/cli/verbs.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "steelyard/funding/v1/funding.grpc.pb.h"

namespace steelyard::cli {
namespace {

using funding::v1::AggregateRoundsRequest;
using funding::v1::AggregateRoundsResponse;
using funding::v1::AggregateRow;

constexpr size_t kDimensionPrefix = sizeof("DIMENSION_") - 1;
constexpr size_t kMeasurePrefix = sizeof("MEASURE_") - 1;

// The value of an enum from a word such as "source-category"; nullopt and an error listing the
// words when it is none of them.
template <typename Enum>
std::optional<Enum> FromWord(const std::string& word,
                             const google::protobuf::EnumDescriptor& descriptor,
                             std::string_view flag, FieldErrors& errors) {
  const std::string prefix = flag == "--by" ? "DIMENSION_" : "MEASURE_";
  const std::string name = absl::StrReplaceAll(absl::AsciiStrToUpper(word), {{"-", "_"}});
  const auto* value = descriptor.FindValueByName(prefix + name);
  if (value != nullptr && value->number() != 0) return static_cast<Enum>(value->number());
  std::string allowed;
  for (int i = 1; i < descriptor.value_count(); ++i) {
    const std::string lower =
        absl::AsciiStrToLower(descriptor.value(i)->name().substr(prefix.size()));
    StrAppend(&allowed, allowed.empty() ? "" : ", ", absl::StrReplaceAll(lower, {{"_", "-"}}));
  }
  errors.Add(flag, StrCat("'", word, "' is none of ", allowed));
  return std::nullopt;
}

absl::StatusOr<AggregateRoundsRequest> ToRequest(const Session& session,
                                                 const AggregateOptions& options) {
  AggregateRoundsRequest request;
  FieldErrors errors;
  for (const std::string& word : options.by) {
    const auto dimension = FromWord<funding::v1::Dimension>(
        word, *funding::v1::Dimension_descriptor(), "--by", errors);
    if (dimension) request.add_group_by(*dimension);
  }
  for (const std::string& word : options.measures) {
    const auto measure = FromWord<funding::v1::Measure>(word, *funding::v1::Measure_descriptor(),
                                                        "--measures", errors);
    if (measure) request.add_measures(*measure);
  }
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());
  if (request.measures().empty()) {
    request.add_measures(funding::v1::MEASURE_SUM);
    request.add_measures(funding::v1::MEASURE_COUNT);
  }
  for (const std::string& region : options.regions) request.add_regions(region);
  request.set_filter(options.filter);
  request.set_top_k(options.top);
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_period(), ToPeriod(options.period));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_definition(), ToDefinition(options.definition));
  STEELYARD_ASSIGN_OR_RETURN(*request.mutable_read(), session.Read());
  return request;
}

std::string Top(const AggregateRow& row) {
  std::string text;
  for (const funding::v1::RankedCompany& company : row.top()) {
    StrAppend(&text, text.empty() ? "" : ", ", company.display_name(), " ",
              ShortAmount(company.amount()));
  }
  return text;
}

std::string KeyText(const funding::v1::DimensionValue& key) {
  switch (key.dimension()) {
    case funding::v1::DIMENSION_LAYER:
    case funding::v1::DIMENSION_SECTOR:
    case funding::v1::DIMENSION_STAGE:
      return Words(key.value());
    default:
      return key.value().empty() ? "unknown" : key.value();
  }
}

std::string Render(const AggregateRoundsRequest& request, const AggregateRoundsResponse& response) {
  std::vector<std::string> headings;
  std::vector<Align> alignments;
  for (const int dimension : request.group_by()) {
    const std::string name =
        funding::v1::Dimension_Name(static_cast<funding::v1::Dimension>(dimension));
    headings.push_back(Words(name.substr(kDimensionPrefix)));
    alignments.push_back(Align::kLeft);
  }
  for (const int measure : request.measures()) {
    const std::string name = funding::v1::Measure_Name(static_cast<funding::v1::Measure>(measure));
    headings.push_back(Words(name.substr(kMeasurePrefix)));
    alignments.push_back(Align::kRight);
  }
  headings.emplace_back(request.top_k() > 0 ? "largest companies" : "");
  alignments.push_back(Align::kLeft);
  Table table(std::move(headings), std::move(alignments));
  for (const AggregateRow& row : response.rows()) {
    std::vector<std::string> cells;
    for (const auto& key : row.keys()) cells.push_back(KeyText(key));
    for (const auto& figure : row.figures()) cells.push_back(ShowWithBounds(figure.figure()));
    cells.push_back(Top(row));
    table.AddRow(std::move(cells));
  }
  std::string text = response.rows().empty() ? "no rounds\n" : table.Render();
  if (!response.next_page_token().empty()) text += "more groups follow; a filter narrows them\n";
  StrAppend(&text, "\ndefinition  ", Describe(response.definition()), "\nsources     ",
            response.source_count(), ", listed in --json\nsnapshot    ",
            Describe(response.snapshot()), "\n");
  return text;
}

}  // namespace

int Aggregate(const Session& session, const AggregateOptions& options) {
  auto request = ToRequest(session, options);
  if (!request.ok()) return session.WrongUsage(request.status());
  request->set_page_size(10000);
  AggregateRoundsResponse response;
  const auto stub = funding::v1::FundingService::NewStub(session.channel());
  const absl::Status status =
      Session::ToStatus(stub->AggregateRounds(session.NewContext().get(), *request, &response));
  if (!status.ok()) return session.Fail(status);
  if (session.json()) return session.PrintJson(response);
  session.out() << Render(*request, response);
  return kOk;
}

}  // namespace steelyard::cli
