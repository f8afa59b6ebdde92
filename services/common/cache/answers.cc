#include "services/common/cache/answers.h"

#include <condition_variable>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/common/context/wait.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"

namespace steelyard::cache {
namespace {

// An answer takes at most this part of the budget.
constexpr int64_t kMostOfBudget = 4;
// What one kept answer takes besides its key and its bytes, about.
constexpr int64_t kOverhead = 160;

void AppendDeterministic(const google::protobuf::Message& message, std::string& text) {
  google::protobuf::io::StringOutputStream stream(&text);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
}

int64_t BytesOf(const std::string& key, const std::string& answer) {
  return static_cast<int64_t>(key.size() + answer.size()) + kOverhead;
}

}  // namespace

// One computation that others may wait for.
struct Answers::Computing {
  std::condition_variable ended;
  bool done = false;                          // with mutex_, as what follows
  std::shared_ptr<const std::string> answer;  // null when there is none to share
};

std::string KeyOf(std::string_view method, std::string_view token,
                  const google::protobuf::Message& question) {
  std::string key = StrCat(method, "\n", token, "\n");
  AppendDeterministic(question, key);
  return key;
}

Answers::Answers(std::string service, int64_t budget, observe::Metrics& metrics)
    : service_(std::move(service)), budget_(budget), metrics_(metrics) {}

Answers::~Answers() = default;

absl::Status Answers::Fill(const Context& context, const std::string& key,
                           google::protobuf::Message& response,
                           const std::function<absl::Status()>& compute, const Complete& complete) {
  const auto own = std::make_shared<Computing>();
  std::shared_ptr<Computing> other;
  std::shared_ptr<const std::string> answer;
  {
    const std::lock_guard lock(mutex_);
    answer = Find(key);
    if (answer == nullptr) {
      const auto [place, is_new] = computing_.try_emplace(key, own);
      if (!is_new) other = place->second;
    }
  }
  const char* how = "kept";
  if (other != nullptr) {
    STEELYARD_ASSIGN_OR_RETURN(answer, WaitFor(context, *other));
    how = "shared";
  }
  // Who has waited for a failure waits for nobody else: callers would stand in a row behind
  // failures.
  if (answer == nullptr) return Compute(key, *own, response, compute, complete);
  metrics_.Answered(service_, how);
  if (response.ParseFromString(*answer)) return absl::OkStatus();
  return MakeError(common::v1::ERROR_REASON_INTERNAL, "a kept answer cannot be read");
}

absl::Status Answers::Compute(const std::string& key, Computing& own,
                              google::protobuf::Message& response,
                              const std::function<absl::Status()>& compute,
                              const Complete& complete) {
  metrics_.Answered(service_, "computed");
  std::shared_ptr<const std::string> answer;
  // Whoever waits is let go, whatever becomes of the computation.
  const absl::Cleanup end = [&] {
    const std::lock_guard lock(mutex_);
    own.done = true;
    own.answer = answer;
    const auto place = computing_.find(key);
    if (place != computing_.end() && place->second.get() == &own) computing_.erase(place);
    own.ended.notify_all();
  };
  STEELYARD_RETURN_IF_ERROR(compute());
  std::string bytes;
  AppendDeterministic(response, bytes);
  answer = std::make_shared<const std::string>(std::move(bytes));
  if (!complete || complete()) Keep(key, answer);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const std::string>> Answers::WaitFor(const Context& context,
                                                                    Computing& computing) {
  const CancelWake wake(context, mutex_, computing.ended);
  std::unique_lock lock(mutex_);
  ++waiting_;
  const bool done = WaitUntil(computing.ended, lock, context, [&] { return computing.done; });
  --waiting_;
  if (!done) return context.Check();
  return computing.answer;
}

std::shared_ptr<const std::string> Answers::Find(std::string_view key) {
  const auto found = places_.find(key);
  if (found == places_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found->second);
  return found->second->answer;
}

void Answers::Keep(const std::string& key, std::shared_ptr<const std::string> answer) {
  const int64_t bytes = BytesOf(key, *answer);
  const std::lock_guard lock(mutex_);
  if (bytes > budget_ / kMostOfBudget || places_.contains(key)) return;
  kept_.push_front({key, std::move(answer)});
  places_[kept_.front().key] = kept_.begin();
  bytes_ += bytes;
  while (bytes_ > budget_) {
    const Kept& last = kept_.back();
    bytes_ -= BytesOf(last.key, *last.answer);
    places_.erase(last.key);
    kept_.pop_back();
  }
  metrics_.AnswerBytes(service_, bytes_);
}

int64_t Answers::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

int Answers::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

}  // namespace steelyard::cache
