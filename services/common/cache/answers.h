#pragma once

// Answers under a snapshot token never change: they are kept by what was asked, within a budget of
// bytes, and equal questions at the same time are answered by one computation.

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/common/context/context.h"
#include "services/common/observe/metrics.h"

namespace steelyard::cache {

// What a kept answer is found by: the method, the token and the question. Fields of the question
// that are not set are left out, repeated ones keep their order, which answers follow.
std::string KeyOf(std::string_view method, std::string_view token,
                  const google::protobuf::Message& question);

// Thread-safe. Must outlive its calls.
class Answers {
 public:
  // Keys and answers take at most `budget` bytes, those used long ago go first; an answer of more
  // than a quarter of that is not kept. 0 keeps none.
  Answers(std::string service, int64_t budget, observe::Metrics& metrics);
  ~Answers();

  // Whether an answer is to be kept; an empty function keeps all.
  using Complete = std::function<bool()>;

  // Fills `response` with the answer under `key`: the kept one, that of another caller who is
  // computing it, or what `compute` fills in. Failures are not kept and not shared: who waited for
  // one computes for itself, and waits for nobody else. CANCELLED and DEADLINE_EXCEEDED of a caller
  // that waits, and what `compute` returns. `complete` is asked after a computation without
  // failure; an answer that is not complete goes to those who waited for it, and is not kept.
  absl::Status Fill(const Context& context, const std::string& key,
                    google::protobuf::Message& response,
                    const std::function<absl::Status()>& compute, const Complete& complete = {});

  // What the kept answers and their keys take.
  int64_t bytes() const;
  // Callers who wait for another one's computation.
  int waiting() const;

 private:
  struct Kept {
    std::string key;
    std::shared_ptr<const std::string> answer;
  };
  struct Computing;

  // The kept answer, moved to the front; null without one. With mutex_.
  std::shared_ptr<const std::string> Find(std::string_view key);
  // Waits for a computation; its answer, or null when there is none to share.
  absl::StatusOr<std::shared_ptr<const std::string>> WaitFor(const Context& context,
                                                             Computing& computing);
  // Computes, and lets go those who wait for `own`, if anybody does.
  absl::Status Compute(const std::string& key, Computing& own, google::protobuf::Message& response,
                       const std::function<absl::Status()>& compute, const Complete& complete);
  void Keep(const std::string& key, std::shared_ptr<const std::string> answer);

  const std::string service_;
  const int64_t budget_;
  observe::Metrics& metrics_;
  mutable std::mutex mutex_;
  std::list<Kept> kept_;  // with mutex_, as what follows; the one used last comes first
  absl::flat_hash_map<std::string_view, std::list<Kept>::iterator> places_;
  std::map<std::string, std::shared_ptr<Computing>, std::less<>> computing_;
  int64_t bytes_ = 0;
  int waiting_ = 0;
};

// Fills `response` with the answer of a method to a request at the snapshot `token`, as
// Answers::Fill does.
template <typename Request>
absl::Status Answer(Answers& answers, const Context& context, std::string_view method,
                    std::string_view token, const Request& request,
                    google::protobuf::Message& response,
                    const std::function<absl::Status()>& compute,
                    const Answers::Complete& complete = {}) {
  // The token says at what; how the caller came by it does not matter.
  Request question = request;
  question.clear_read();
  return answers.Fill(context, KeyOf(method, token, question), response, compute, complete);
}

}  // namespace steelyard::cache
