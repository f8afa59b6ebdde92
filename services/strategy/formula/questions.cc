#include "services/strategy/formula/questions.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "services/common/rpc/client.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/facts/shared_calls.h"
#include "services/strategy/formula/parser.h"

namespace steelyard::strategy::formula {
namespace {

constexpr size_t kAtOnce = 16;

}  // namespace

// One call that is to be made.
struct Questions::Pending {
  const Questions* questions;
  std::string_view service;
  rpc::Start start;
  size_t position;
  absl::Status* refusal;
};

namespace {

funding::v1::ExplainFigureRequest AboutFigure(const funding::v1::AggregateRoundsRequest& question,
                                              const std::string& figure) {
  funding::v1::ExplainFigureRequest request;
  *request.mutable_aggregate() = question;
  request.mutable_aggregate()->clear_read();
  request.mutable_aggregate()->clear_page_size();
  request.set_figure(figure);
  return request;
}

}  // namespace

template <typename Request, typename Response>
const Response* Questions::Look(Book<Request, Response>& book, const Request& request,
                                size_t position) {
  auto [entry, is_new] = book.try_emplace(request.SerializeAsString());
  if (is_new) {
    entry->second.request = request;
    entry->second.position = position;
    ++new_;
  }
  return entry->second.asked ? &entry->second.response : nullptr;
}

const funding::v1::AggregateRoundsResponse* Questions::Find(
    const funding::v1::AggregateRoundsRequest& request, size_t position) {
  return Look(rounds_, request, position);
}

const funding::v1::GetSeriesResponse* Questions::Find(const funding::v1::GetSeriesRequest& request,
                                                      size_t position) {
  return Look(series_, request, position);
}

const funding::v1::ListSeriesResponse* Questions::Find(
    const funding::v1::ListSeriesRequest& request, size_t position) {
  return Look(lists_, request, position);
}

const registry::v1::GetCodelistResponse* Questions::Find(
    const registry::v1::GetCodelistRequest& request, size_t position) {
  return Look(codelists_, request, position);
}

// What the formula says wrongly is told at its place; whether funding is well is not the formula's.
absl::Status Questions::Blame(const absl::Status& status, size_t position) const {
  if (!absl::IsInvalidArgument(status)) return status;
  if (ReasonOf(status) == common::v1::ERROR_REASON_INVALID_SNAPSHOT) return status;
  std::string problem(ToStd(status.message()));
  const auto fields = FieldsOf(status);
  for (const auto& [field, description] : fields) {
    if (field.starts_with("definition") || field.starts_with("read")) return status;
    problem = description;
  }
  return Refuse(expression_, position, problem);
}

absl::Status Questions::RefusalOf(const funding::v1::AggregateRoundsRequest& request) const {
  const auto entry = rounds_.find(request.SerializeAsString());
  if (entry == rounds_.end()) return absl::OkStatus();
  if (!entry->second.response.next_page_token().empty()) {
    return absl::ResourceExhaustedError("there are more groups of rounds than are read");
  }
  return entry->second.refusal;
}

absl::Status Questions::CheckNumber() const {
  if (size() <= kMostQuestions) return absl::OkStatus();
  return Refuse(expression_, 0,
                StrCat("more than ", kMostQuestions,
                       " questions to funding; fewer figures or fewer choices are allowed"));
}

void Questions::Collect(const Backends& backends, std::vector<Pending>& pending) {
  const auto collect = [&](auto& book, const auto& begin,
                           std::string_view service = kFundingService) {
    for (auto& [key, question] : book) {
      if (question.asked) continue;
      question.asked = true;
      auto* asked = &question;
      pending.push_back({this, service,
                         [&backends, asked, begin](grpc::ClientContext* context, auto done) {
                           begin(backends, context, asked, std::move(done));
                         },
                         question.position, &question.refusal});
    }
  };
  collect(rounds_, [](const Backends& to, grpc::ClientContext* context, auto* question, auto done) {
    to.funding->async()->AggregateRounds(context, &question->request, &question->response,
                                         std::move(done));
  });
  collect(series_, [](const Backends& to, grpc::ClientContext* context, auto* question, auto done) {
    to.statistics->async()->GetSeries(context, &question->request, &question->response,
                                      std::move(done));
  });
  collect(lists_, [](const Backends& to, grpc::ClientContext* context, auto* question, auto done) {
    to.statistics->async()->ListSeries(context, &question->request, &question->response,
                                       std::move(done));
  });
  const auto codelist = [](const Backends& to, grpc::ClientContext* context, auto* question,
                           auto done) {
    to.registry->async()->GetCodelist(context, &question->request, &question->response,
                                      std::move(done));
  };
  collect(codelists_, codelist, kRegistryService);
  new_ = 0;
}

absl::Status Questions::RunAll(const rpc::Call& call, const Backends& backends,
                               std::span<Questions* const> all) {
  std::vector<Pending> pending;
  for (Questions* questions : all) {
    STEELYARD_RETURN_IF_ERROR(questions->CheckNumber());
    questions->Collect(backends, pending);
  }
  for (size_t begin = 0; begin < pending.size(); begin += kAtOnce) {
    rpc::FanOut calls(call);
    calls.Optional();
    const size_t end = std::min(begin + kAtOnce, pending.size());
    for (size_t i = begin; i < end; ++i) calls.Add(pending[i].service, pending[i].start);
    const std::vector<absl::Status> outcomes = calls.Wait();
    for (size_t i = 0; i < outcomes.size(); ++i) {
      if (outcomes[i].ok() || absl::IsNotFound(outcomes[i])) continue;
      if (pending[begin + i].service == kRegistryService && IsUnreachable(outcomes[i])) continue;
      if (ReasonOf(outcomes[i]) == common::v1::ERROR_REASON_DEFINITION_UNSUPPORTED) {
        *pending[begin + i].refusal = outcomes[i];
        continue;
      }
      const Pending& failed = pending[begin + i];
      return failed.questions->Blame(outcomes[i], failed.position);
    }
  }
  return absl::OkStatus();
}

std::set<std::string> Questions::SourcesOfRounds() const {
  std::set<std::string> names;
  for (const auto& [key, question] : rounds_) {
    if (question.request.group_by().empty()) continue;  // asked for its definition alone
    names.insert(question.response.sources().begin(), question.response.sources().end());
  }
  return names;
}

void Questions::Rename(const std::string& name, const funding::v1::AggregateRoundsRequest& request,
                       const std::string& figure) {
  renamed_[name] = AboutFigure(request, figure);
}

std::map<std::string, funding::v1::ExplainFigureRequest> Questions::ByFigure() const {
  std::map<std::string, funding::v1::ExplainFigureRequest> questions = renamed_;
  for (const auto& [key, question] : rounds_) {
    if (question.request.group_by().empty()) continue;
    for (const funding::v1::AggregateRow& row : question.response.rows()) {
      for (const funding::v1::MeasuredFigure& measured : row.figures()) {
        const std::string& id = measured.figure().id();
        const auto [entry, is_first] = questions.try_emplace(id);
        const std::string& filter = entry->second.aggregate().filter();
        if (!is_first && question.request.filter().size() >= filter.size()) continue;
        entry->second = AboutFigure(question.request, id);
      }
    }
  }
  for (const auto& [key, question] : series_) {
    for (const funding::v1::Series& series : question.response.series()) {
      for (const funding::v1::SeriesPoint& point : series.points()) {
        const auto [entry, is_first] = questions.try_emplace(point.figure().id());
        if (!is_first) continue;
        *entry->second.mutable_series() = question.request;
        entry->second.mutable_series()->clear_read();
        entry->second.set_figure(point.figure().id());
      }
    }
  }
  return questions;
}

}  // namespace steelyard::strategy::formula
