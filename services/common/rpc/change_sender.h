#pragma once

// The changes of one commit on a watch's stream, split into messages that any caller takes.

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "google/protobuf/message_lite.h"
#include "google/protobuf/repeated_field.h"
#include "services/common/rpc/handler.h"
#include "services/common/status/status.h"

namespace steelyard::rpc {

// `Message` has a field `more`, which is set in all messages of a commit but the last one. Not
// thread-safe.
template <typename Message>
class ChangeSender {
 public:
  // A repeated field of the message, such as &Message::mutable_rounds.
  template <typename Subject>
  using Field = google::protobuf::RepeatedPtrField<Subject>* (Message::*)();

  // `empty` is what every message of the commit holds beside its subjects.
  ChangeSender(Message empty, const Send<Message>& send)
      : empty_(std::move(empty)), message_(empty_), send_(send) {}

  template <typename Subject>
  absl::Status Add(Subject subject, Field<Subject> field) {
    const size_t size = SizeOf(subject);
    if (count_ == kMostSubjects || (count_ > 0 && bytes_ + size > kMostBytes)) {
      message_.set_more(true);
      STEELYARD_RETURN_IF_ERROR(send_(message_));
      message_ = empty_;
      bytes_ = 0;
      count_ = 0;
    }
    *(message_.*field)()->Add() = std::move(subject);
    bytes_ += size;
    ++count_;
    return absl::OkStatus();
  }
  // Sends the last message, which may have no subjects: readers learn of the revision by it.
  absl::Status Finish() { return send_(message_); }

  static constexpr int kMostSubjects = 1000;

 private:
  // Well under the 4 MiB that a caller takes by default.
  static constexpr size_t kMostBytes = size_t{2} * 1024 * 1024;

  static size_t SizeOf(const std::string& text) { return text.size(); }
  static size_t SizeOf(const google::protobuf::MessageLite& message) {
    return message.ByteSizeLong();
  }

  const Message empty_;
  Message message_;
  size_t bytes_ = 0;
  int count_ = 0;
  const Send<Message>& send_;
};

}  // namespace steelyard::rpc
