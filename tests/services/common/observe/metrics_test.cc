#include "services/common/observe/metrics.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::observe {
namespace {

using ::steelyard::testing::HasReason;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The answer to GET /metrics.
std::string Scrape(const std::string& address) {
  const int port = std::atoi(address.substr(address.rfind(':') + 1).c_str());
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  target.sin_port = htons(static_cast<uint16_t>(port));
  std::string answer;
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&target), sizeof(target)) == 0) {
    const std::string request =
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    if (send(descriptor, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
      std::array<char, 4096> buffer{};
      ssize_t got = 0;
      while ((got = recv(descriptor, buffer.data(), buffer.size(), 0)) > 0) {
        answer.append(buffer.data(), static_cast<size_t>(got));
      }
    }
  }
  close(descriptor);
  return answer;
}

TEST(MetricsTest, CountsCalls) {
  Metrics metrics;
  metrics.CallStarted("funding");
  metrics.CallStarted("funding");
  metrics.CallEnded("funding", "/F/Get", "OK", absl::Milliseconds(3));
  EXPECT_THAT(metrics.Render(), HasSubstr("steelyard_rpc_in_flight{service=\"funding\"} 1"));
  metrics.CallEnded("funding", "/F/Get", "NOT_FOUND", absl::Milliseconds(30));
  const std::string text = metrics.Render();
  for (const char* line : {
           "steelyard_rpc_calls_total{code=\"OK\",method=\"/F/Get\",service=\"funding\"} 1",
           "steelyard_rpc_calls_total{code=\"NOT_FOUND\",method=\"/F/Get\",service=\"funding\"} 1",
           "steelyard_rpc_duration_seconds_count{method=\"/F/Get\",service=\"funding\"} 2",
           "steelyard_rpc_duration_seconds_bucket{method=\"/F/Get\",service=\"funding\",le=\"0."
           "005\"} 1",
           "steelyard_rpc_in_flight{service=\"funding\"} 0",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(MetricsTest, ShowsWhatItWasToldByService) {
  Metrics metrics;
  metrics.QueueLength("funding", "dear", 3);
  metrics.QueueLength("registry", "dear", 4);
  metrics.QueueLength("funding", "dear", 2);
  metrics.PoolRunning("funding", "cheap", 5);
  metrics.PoolWait("funding", "cheap", absl::Milliseconds(3));
  metrics.Refused("funding", "dear");
  metrics.Refused("funding", "dear");
  metrics.PoolDropped("funding", "write");
  metrics.StoreRevision("registry", 17);
  metrics.ProjectionLag("funding", 5);
  metrics.AnalyticCopy("funding", 7, 900);
  metrics.Aggregated("funding", "cube");
  const std::string text = metrics.Render();
  for (const char* line : {
           "steelyard_pool_queue_length{class=\"dear\",service=\"funding\"} 2",
           "steelyard_pool_queue_length{class=\"dear\",service=\"registry\"} 4",
           "steelyard_pool_running{class=\"cheap\",service=\"funding\"} 5",
           "steelyard_pool_wait_seconds_count{class=\"cheap\",service=\"funding\"} 1",
           "steelyard_pool_wait_seconds_bucket{class=\"cheap\",service=\"funding\",le=\"0.005\"} 1",
           "steelyard_pool_refused_total{class=\"dear\",service=\"funding\"} 2",
           "steelyard_pool_dropped_total{class=\"write\",service=\"funding\"} 1",
           "steelyard_store_revision{service=\"registry\"} 17",
           "steelyard_projection_lag_revisions{service=\"funding\"} 5",
           "steelyard_analytic_copy_rows{service=\"funding\"} 7",
           "steelyard_analytic_copy_bytes{service=\"funding\"} 900",
           "steelyard_aggregates_total{answered_by=\"cube\",service=\"funding\"} 1",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(MetricsTest, ServesOverHttpOnAFreePort) {
  Metrics metrics;
  metrics.StoreRevision("registry", 17);
  const auto address = metrics.Serve("127.0.0.1:0");
  ASSERT_TRUE(address.ok()) << address.status();
  EXPECT_THAT(*address, StartsWith("127.0.0.1:"));
  EXPECT_THAT(*address, Not(::testing::EndsWith(":0")));
  const std::string answer = Scrape(*address);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr("steelyard_store_revision{service=\"registry\"} 17"));
}

TEST(MetricsTest, RefusesAddressesThatCannotBeServed) {
  Metrics first;
  const auto taken = first.Serve("127.0.0.1:0");
  ASSERT_TRUE(taken.ok());
  for (const std::string& address : {*taken, std::string("nonsense"), std::string("")}) {
    Metrics metrics;
    EXPECT_THAT(metrics.Serve(address), HasReason(common::v1::ERROR_REASON_INVALID_FIELD))
        << address;
  }
}

}  // namespace
}  // namespace steelyard::observe
