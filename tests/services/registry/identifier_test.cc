#include "services/registry/identifier.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace steelyard::registry {
namespace {

TEST(IdentifierTest, DomainsOfAddresses) {
  struct Case {
    std::string address;
    std::string domain;
  };
  for (const Case& test : {
           Case{"mistral.ai", "mistral.ai"},
           Case{"https://www.Mistral.AI/news?x=1#top", "mistral.ai"},
           Case{"HTTP://user:secret@mistral.ai:8080/", "mistral.ai"},
           Case{"www.mistral.ai.", "mistral.ai"},
           Case{" chat.mistral.ai ", "chat.mistral.ai"},
           Case{"www.ai", "www.ai"},  // a domain of its own
           Case{"bücher.de", "xn--bcher-kva.de"},
           Case{"//example.org?q", ""},
           Case{"mistral", ""},
           Case{"", ""},
           Case{"https://", ""},
           Case{"a b.com", ""},
           Case{"under_score.com", ""},
           Case{std::string(300, 'a') + ".com", ""},
       }) {
    SCOPED_TRACE(test.address);
    const absl::StatusOr<std::string> domain = DomainOf(test.address);
    if (test.domain.empty()) {
      EXPECT_THAT(domain, testing::HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
    } else {
      EXPECT_THAT(domain, testing::IsOkAndHolds(test.domain));
    }
  }
}

TEST(IdentifierTest, KeysForgetCaseAndTheWayADomainIsWritten) {
  EXPECT_EQ(IdentifierKeyOf("github", "DeepLcom"), "github:deeplcom");
  EXPECT_EQ(IdentifierKeyOf("domain", "https://www.DeepL.com/"), "domain:deepl.com");
  EXPECT_EQ(StoredValue("github", "DeepLcom"), "DeepLcom");
  EXPECT_EQ(StoredValue("domain", "WWW.deepl.com"), "deepl.com");
  EXPECT_EQ(StoredValue("isin", "fr0013230950"), "FR0013230950");
}

}  // namespace
}  // namespace steelyard::registry
