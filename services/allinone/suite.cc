#include "services/allinone/suite.h"

#include "absl/memory/memory.h"
#include "services/common/status/status.h"

namespace steelyard::allinone {

absl::StatusOr<std::unique_ptr<Suite>> Suite::Create(const config::v1::ServerConfig& config,
                                                     observe::Metrics& metrics) {
  auto suite = absl::WrapUnique(new Suite());
  STEELYARD_ASSIGN_OR_RETURN(suite->registry_, registry::App::Create(config, metrics));
  suite->registry_server_ = std::make_unique<rpc::InProcessServer>(suite->registry_->services(),
                                                                   suite->registry_->runtime());
  const std::shared_ptr<grpc::Channel> registry = suite->registry_server_->Channel();
  STEELYARD_ASSIGN_OR_RETURN(suite->funding_, funding::App::Create(config, metrics, registry));
  suite->funding_server_ = std::make_unique<rpc::InProcessServer>(suite->funding_->services(),
                                                                  suite->funding_->runtime());
  const std::shared_ptr<grpc::Channel> funding = suite->funding_server_->Channel();
  suite->strategy_ = strategy::App::Create(config, metrics, funding, registry);
  suite->strategy_server_ = std::make_unique<rpc::InProcessServer>(suite->strategy_->services(),
                                                                   suite->strategy_->runtime());
  suite->gateway_ = gateway::App::Create(
      config, metrics,
      {.registry = registry, .funding = funding, .strategy = suite->strategy_server_->Channel()});
  return suite;
}

}  // namespace steelyard::allinone
