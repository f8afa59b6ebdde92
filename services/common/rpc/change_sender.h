#pragma once

// The changes of one commit on a watch's stream, split into messages that any caller takes.

#include <cstddef>
#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "google/protobuf/repeated_field.h"
#include "services/common/rpc/handler.h"
#include "services/common/status/status.h"

namespace steelyard::rpc {

// `Message` has a field `more`, which is set in all messages of a commit but the last one;
// `subjects` is its repeated field of changed subjects. Not thread-safe.
template <typename Message, typename Subject>
class ChangeSender {
 public:
  using Subjects = google::protobuf::RepeatedPtrField<Subject>* (Message::*)();

  // `empty` is what every message of the commit holds beside its subjects.
  ChangeSender(Message empty, Subjects subjects, const Send<Message>& send)
      : empty_(std::move(empty)), message_(empty_), subjects_(subjects), send_(send) {}

  absl::Status Add(Subject subject) {
    const size_t size = subject.ByteSizeLong();
    const int count = (message_.*subjects_)()->size();
    if (count == kMostSubjects || (count > 0 && bytes_ + size > kMostBytes)) {
      message_.set_more(true);
      STEELYARD_RETURN_IF_ERROR(send_(message_));
      message_ = empty_;
      bytes_ = 0;
    }
    *(message_.*subjects_)()->Add() = std::move(subject);
    bytes_ += size;
    return absl::OkStatus();
  }
  // Sends the last message, which may have no subjects: readers learn of the revision by it.
  absl::Status Finish() { return send_(message_); }

  static constexpr int kMostSubjects = 1000;

 private:
  // Well under the 4 MiB that a caller takes by default.
  static constexpr size_t kMostBytes = size_t{2} * 1024 * 1024;

  const Message empty_;
  Message message_;
  const Subjects subjects_;
  size_t bytes_ = 0;
  const Send<Message>& send_;
};

}  // namespace steelyard::rpc
