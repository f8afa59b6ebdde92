#pragma once

// What formulas ask of other services: each question once, however many readings need it.

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/strategy/facts/facts.h"
#include "steelyard/funding/v1/funding.pb.h"
#include "steelyard/funding/v1/statistics.pb.h"
#include "steelyard/registry/v1/registry.pb.h"

namespace steelyard::strategy::formula {

// More than this many questions are refused.
inline constexpr size_t kMostQuestions = 600;

// Questions by their content, and the answers that came. Looking an answer up asks the question if
// it is new, so that whoever evaluates a formula until nothing is new has found everything it
// needs. Not thread-safe.
class Questions {
 public:
  explicit Questions(std::string expression) : expression_(std::move(expression)) {}

  // nullptr until Run has asked. `position` is where the formula asks it, for errors.
  const funding::v1::AggregateRoundsResponse* Find(
      const funding::v1::AggregateRoundsRequest& request, size_t position);
  const funding::v1::GetSeriesResponse* Find(const funding::v1::GetSeriesRequest& request,
                                             size_t position);
  const funding::v1::ListSeriesResponse* Find(const funding::v1::ListSeriesRequest& request,
                                              size_t position);
  const registry::v1::GetCodelistResponse* Find(const registry::v1::GetCodelistRequest& request,
                                                size_t position);

  // Of a question that was answered: DEFINITION_UNSUPPORTED when funding does not offer what its
  // definition says, or has no price index for it, and the answer is empty; RESOURCE_EXHAUSTED when
  // it has more groups than one page holds, since sums over some of them are none; else OK.
  absl::Status RefusalOf(const funding::v1::AggregateRoundsRequest& request) const;

  bool has_new() const { return new_ > 0; }
  // How many there are, asked or not.
  size_t size() const {
    return rounds_.size() + series_.size() + lists_.size() + codelists_.size();
  }
  // Asks what is new, some at a time. A statistic that is not stored is an empty answer, and so is
  // a codelist of a registry that does not answer: nothing but an order rests on it. A region,
  // code or filter that funding refuses is INVALID_FORMULA at its place; more than kMostQuestions
  // are INVALID_ARGUMENT; other errors are funding's.
  absl::Status Run(const rpc::Call& call, const Backends& backends) {
    Questions* const one = this;
    return RunAll(call, backends, {&one, 1});
  }
  // The same for several formulas, side by side; each is blamed for its own.
  static absl::Status RunAll(const rpc::Call& call, const Backends& backends,
                             std::span<Questions* const> all);

  // A figure of the answer goes by another name.
  void Rename(const std::string& name, const funding::v1::AggregateRoundsRequest& request,
              const std::string& figure);

  // The sources of the rounds that were asked for.
  std::set<std::string> SourcesOfRounds() const;
  // By id of each figure of funding's that was answered, how to ask for its explanation: the
  // question without its `read`, and the figure; by its other name for one that has one. Of several
  // questions for rounds the one with the shortest filter, since what filters by layers has other
  // names.
  std::map<std::string, funding::v1::ExplainFigureRequest> ByFigure() const;

 private:
  template <typename Request, typename Response>
  struct Question {
    Request request;
    Response response;
    size_t position = 0;
    bool asked = false;
    absl::Status refusal;
  };
  template <typename Request, typename Response>
  using Book = std::map<std::string, Question<Request, Response>>;

  template <typename Request, typename Response>
  const Response* Look(Book<Request, Response>& book, const Request& request, size_t position);
  absl::Status Blame(const absl::Status& status, size_t position) const;
  absl::Status CheckNumber() const;
  struct Pending;
  void Collect(const Backends& backends, std::vector<Pending>& pending);

  std::string expression_;
  Book<funding::v1::AggregateRoundsRequest, funding::v1::AggregateRoundsResponse> rounds_;
  Book<funding::v1::GetSeriesRequest, funding::v1::GetSeriesResponse> series_;
  Book<funding::v1::ListSeriesRequest, funding::v1::ListSeriesResponse> lists_;
  Book<registry::v1::GetCodelistRequest, registry::v1::GetCodelistResponse> codelists_;
  std::map<std::string, funding::v1::ExplainFigureRequest> renamed_;
  size_t new_ = 0;
};

}  // namespace steelyard::strategy::formula
