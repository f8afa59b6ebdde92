#pragma once

// Memory for the messages of methods with large answers.

#include <cstddef>

#include "google/protobuf/arena.h"
#include "grpcpp/support/message_allocator.h"

namespace steelyard::rpc {

// The arena of an answer: blocks that the system's allocator has at hand, few of them.
inline google::protobuf::ArenaOptions AnswerArena() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = size_t{4} << 10;
  options.max_block_size = size_t{64} << 10;
  return options;
}

// Puts request and answer of each call on an arena: an answer of a thousand rows is some thirty
// thousand allocations otherwise, which take longer than all else that makes it. For
// SetMessageAllocatorFor_METHOD; must outlive the service's calls. Thread-safe.
template <typename Request, typename Response>
class ArenaMessages final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return new Held; }

 private:
  class Held final : public grpc::MessageHolder<Request, Response> {
   public:
    Held() : arena_(AnswerArena()) {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override { delete this; }

   private:
    google::protobuf::Arena arena_;
  };
};

}  // namespace steelyard::rpc
