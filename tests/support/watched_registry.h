#pragma once

// A registry of which only WatchCompanies works, inside the test, which says what happens in it.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "services/common/rpc/keep_grpc.h"
#include "services/common/status/status.h"
#include "steelyard/registry/v1/registry.grpc.pb.h"

namespace steelyard::testing {

// Thread-safe.
class WatchedRegistry final : public registry::v1::RegistryService::Service {
 public:
  WatchedRegistry() {
    rpc::KeepGrpc();
    Start();
  }
  ~WatchedRegistry() override { Stop(); }

  std::shared_ptr<grpc::Channel> Channel() {
    return grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
  }

  // Commits companies as the next revision, which it returns; a watcher gets them in messages of at
  // most `at_once` companies.
  int64_t Commit(const std::vector<registry::v1::Company>& companies, size_t at_once = 1000) {
    const std::lock_guard lock(mutex_);
    ++head_;
    registry::v1::WatchCompaniesResponse message;
    const auto send = [&](bool more) {
      message.set_revision(head_);
      message.set_more(more);
      message.mutable_committed_at()->set_seconds(head_);
      messages_.push_back(message);
      message.Clear();
    };
    for (const registry::v1::Company& company : companies) {
      if (static_cast<size_t>(message.companies_size()) == at_once) send(true);
      *message.add_companies() = company;
    }
    send(false);
    changed_.notify_all();
    return head_;
  }
  // Ends the streams that run with an error; watchers may come back at once.
  void BreakStreams() {
    const std::lock_guard lock(mutex_);
    ++generation_;
    changed_.notify_all();
  }
  // Goes away, and comes back at the same address with everything it had.
  void Stop() {
    if (server_ == nullptr) return;
    BreakStreams();
    server_->Shutdown();
    server_.reset();
  }
  void Start() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(address_.empty() ? "127.0.0.1:0" : address_,
                             grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  // The after_revision of every stream so far.
  std::vector<int64_t> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

  grpc::Status WatchCompanies(
      grpc::ServerContext* context, const registry::v1::WatchCompaniesRequest* request,
      grpc::ServerWriter<registry::v1::WatchCompaniesResponse>* writer) override {
    std::unique_lock lock(mutex_);
    asked_.push_back(request->after_revision());
    const int64_t generation = generation_;
    size_t next = 0;
    if (head_ == request->after_revision()) {
      registry::v1::WatchCompaniesResponse beat;
      beat.set_revision(head_);
      writer->Write(beat);
    }
    while (!context->IsCancelled() && generation == generation_) {
      if (next == messages_.size()) {
        // A watcher that goes away is noticed by looking.
        changed_.wait_for(lock, std::chrono::milliseconds(20));
        continue;
      }
      const registry::v1::WatchCompaniesResponse message = messages_[next++];
      if (message.revision() <= request->after_revision()) continue;
      lock.unlock();
      writer->Write(message);
      lock.lock();
    }
    return {grpc::StatusCode::UNAVAILABLE, "the test broke the stream"};
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<registry::v1::WatchCompaniesResponse> messages_;
  std::vector<int64_t> asked_;
  int64_t head_ = 0;
  int64_t generation_ = 0;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

inline registry::v1::Company MakeCompany(const std::string& id, const std::string& country,
                                         const std::string& layer = "") {
  registry::v1::Company company;
  company.set_name("companies/" + id);
  company.set_display_name("The " + id);
  company.set_country(country);
  if (!layer.empty()) company.add_layers(layer);
  return company;
}

}  // namespace steelyard::testing
