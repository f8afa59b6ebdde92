// Who is who, over a real server and a real store: merges, splits, pairs that are different, and
// the review queue.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/services/registry/service_fixture.h"

namespace steelyard::registry::served {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::HasReason;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::StatusIs;
using ::testing::UnorderedElementsAre;
using Stub = v1::RegistryService::Stub;

class DecideTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    ImportAll();
    ASSERT_OK(
        Upsert("companies { name: 'companies/cb-deepl' display_name: 'DeepL SE' country: 'DE'"
               " website: 'https://www.deepl.com/pro' sources: 'sources/press'"
               " names { text: 'Deep-L' language: 'en' kind: NAME_KIND_ALIAS }"
               " identifiers { scheme: 'crunchbase' value: 'deepl' } }"
               " companies { name: 'companies/linguee' display_name: 'Linguee' }"));
  }

  auto Merge(const std::string& text) {
    return Call(&Stub::MergeCompanies, Parse<v1::MergeCompaniesRequest>(text));
  }
  auto Split(const std::string& text) {
    return Call(&Stub::SplitCompany, Parse<v1::SplitCompanyRequest>(text));
  }
  auto Distinguish(const std::string& text) {
    return Call(&Stub::DistinguishCompanies, Parse<v1::DistinguishCompaniesRequest>(text));
  }
  auto Decisions(const std::string& text) {
    return Call(&Stub::ListIdentityDecisions, Parse<v1::ListIdentityDecisionsRequest>(text));
  }
  auto Duplicates(const std::string& text) {
    return Call(&Stub::ListDuplicateCompanies, Parse<v1::ListDuplicateCompaniesRequest>(text));
  }
  v1::Company Company(const std::string& id, const std::string& token = "") {
    const std::string read = token.empty() ? "" : " read { snapshot: '" + token + "' }";
    const auto response = Get("name: 'companies/" + id + "'" + read);
    EXPECT_OK(response);
    return response.ok() ? response->company() : v1::Company();
  }

  const std::string merge_ = "into: 'companies/deepl' from: 'companies/cb-deepl'";
};

TEST_F(DecideTest, AMergedIdLeadsToTheSurvivorEverywhere) {
  const v1::Company before = Company("cb-deepl");
  const std::string token = Status().snapshot().token();
  ASSERT_OK_AND_ASSIGN(const v1::MergeCompaniesResponse merged,
                       Merge(merge_ + " source: 'sources/press' comment: 'same site'"));
  EXPECT_THAT(merged.changed(), ElementsAre("companies/deepl"));
  EXPECT_EQ(merged.snapshot().registry_revision(), 3);

  ASSERT_OK_AND_ASSIGN(const v1::GetCompanyResponse got, Get("name: 'companies/cb-deepl'"));
  EXPECT_EQ(got.redirected_from(), "companies/cb-deepl");
  EXPECT_EQ(got.company().name(), "companies/deepl");
  EXPECT_EQ(got.company().website(), "https://www.deepl.com/pro");
  EXPECT_EQ(got.company().names_size(), 4);
  ASSERT_OK_AND_ASSIGN(const v1::GetCompanyResponse survivor, Get("name: 'companies/deepl'"));
  EXPECT_EQ(survivor.redirected_from(), "");
  EXPECT_THAT(survivor.company(), EqualsProto(got.company()));

  ASSERT_OK_AND_ASSIGN(
      const v1::BatchGetCompaniesResponse batch,
      BatchGet("names: 'companies/cb-deepl' names: 'companies/nebius' names: 'companies/deepl'"));
  ASSERT_EQ(batch.companies_size(), 3);
  EXPECT_EQ(batch.companies(0).name(), "companies/deepl");
  EXPECT_EQ(batch.companies(1).name(), "companies/nebius");
  ASSERT_EQ(batch.redirects_size(), 1);
  EXPECT_THAT(batch.redirects(0),
              EqualsProto("company: 'companies/cb-deepl' into: 'companies/deepl'"));

  ASSERT_OK_AND_ASSIGN(const v1::LookupCompanyResponse found,
                       Lookup("scheme: 'crunchbase' value: 'deepl'"));
  EXPECT_EQ(found.company().name(), "companies/deepl");
  EXPECT_EQ(found.redirected_from(), "companies/cb-deepl");
  EXPECT_THAT(BatchGet("names: 'companies/cb-deepl' names: 'companies/nobody'"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("companies/nobody")));

  EXPECT_THAT(Company("cb-deepl", token), EqualsProto(before));
}

TEST_F(DecideTest, NothingRevivesAMergedIdAndASplitBringsItBack) {
  ASSERT_OK(Merge(merge_));
  ASSERT_OK_AND_ASSIGN(
      const v1::UpsertCompaniesResponse written,
      Upsert("companies { name: 'companies/cb-deepl' display_name: 'DeepL SE'"
             " sources: 'sources/press' country: 'DE' founded_on { year: 2018 }"
             " identifiers { scheme: 'crunchbase' value: 'deepl' }"
             " names { text: 'DeepL Write' language: 'en' kind: NAME_KIND_TRADING } }"));
  EXPECT_THAT(written.changed(), ElementsAre("companies/deepl"));
  ASSERT_OK(
      Import({{"steelyard-companies", "id,name,hq_country,hq_city\ncb-deepl,DeepL SE,DE,Köln\n"},
              {"steelyard-identifiers", "company_id,scheme,value\ncb-deepl,github,DeepL\n"}}));
  EXPECT_EQ(Status().companies(), 6);
  ASSERT_OK_AND_ASSIGN(const v1::LookupCompanyResponse found,
                       Lookup("scheme: 'github' value: 'deepl'"));
  EXPECT_EQ(found.company().name(), "companies/deepl");
  EXPECT_EQ(found.company().city(), "Cologne");

  ASSERT_OK_AND_ASSIGN(const v1::SplitCompanyResponse split,
                       Split("name: 'companies/cb-deepl' comment: 'two after all'"));
  EXPECT_THAT(split.changed(), ElementsAre("companies/cb-deepl", "companies/deepl"));
  const v1::Company back = Company("cb-deepl");
  EXPECT_EQ(back.name(), "companies/cb-deepl");
  EXPECT_EQ(back.city(), "Köln");
  EXPECT_EQ(back.founded_on().year(), 2018);
  EXPECT_EQ(back.identifiers_size(), 2);
  EXPECT_EQ(Company("deepl").identifiers_size(), 1);
  EXPECT_EQ(Company("deepl").names_size(), 2);
  EXPECT_EQ(Status().companies(), 7);
}

TEST_F(DecideTest, AMergedCompanyCanBeWrittenBackAsItWasRead) {
  ASSERT_OK(Merge(merge_));
  v1::UpsertCompaniesRequest request;
  *request.add_companies() = Company("deepl");
  ASSERT_OK_AND_ASSIGN(const v1::UpsertCompaniesResponse same,
                       Call(&Stub::UpsertCompanies, request));
  EXPECT_THAT(same.changed(), IsEmpty());
  request.mutable_companies(0)->set_city("Köln");
  ASSERT_OK_AND_ASSIGN(const v1::UpsertCompaniesResponse moved,
                       Call(&Stub::UpsertCompanies, request));
  EXPECT_THAT(moved.changed(), ElementsAre("companies/deepl"));
  ASSERT_OK(Split("name: 'companies/cb-deepl'"));
  EXPECT_EQ(Company("cb-deepl").identifiers_size(), 1);
}

TEST_F(DecideTest, WhatCannotBeMergedSaysWhy) {
  EXPECT_THAT(Merge(""), StatusIs(absl::StatusCode::kInvalidArgument,
                                  AllOf(HasSubstr("into"), HasSubstr("from"))));
  EXPECT_THAT(Merge("into: 'companies/deepl' from: 'companies/nebius' from: 'companies/deepl'"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("from[1]")));
  EXPECT_THAT(Merge("into: 'companies/deepl' from: 'companies/nebius' from: 'companies/nebius'"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("from[1]")));
  EXPECT_THAT(Merge(merge_ + " source: 'sources/nobody'"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("sources/nobody")));
  EXPECT_THAT(Merge("into: 'companies/x' from: 'companies/deepl' from: 'companies/y'"),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("companies/x"), HasSubstr("companies/y"))));

  ASSERT_OK(Merge(merge_));
  ASSERT_OK(Merge(merge_)) << "it is so already";
  for (const char* request : {
           "into: 'companies/cb-deepl' from: 'companies/deepl'",    // a cycle
           "into: 'companies/cb-deepl' from: 'companies/linguee'",  // merged away itself
           "into: 'companies/linguee' from: 'companies/cb-deepl'",  // part of another
       }) {
    const auto refused = Merge(request);
    EXPECT_THAT(refused, HasReason(common::v1::ERROR_REASON_COMPANY_MERGED)) << request;
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr("companies/deepl"));
  }
  EXPECT_THAT(Split("name: 'companies/deepl'"),
              HasReason(common::v1::ERROR_REASON_COMPANY_NOT_MERGED));
  EXPECT_THAT(Split("name: 'companies/nobody'"),
              HasReason(common::v1::ERROR_REASON_COMPANY_NOT_FOUND));
}

TEST_F(DecideTest, RequestsAreRememberedAndTriedWithoutWriting) {
  ASSERT_OK_AND_ASSIGN(const v1::MergeCompaniesResponse tried,
                       Merge(merge_ + " request_id: 'm' validate_only: true"));
  EXPECT_THAT(tried.changed(), ElementsAre("companies/deepl"));
  EXPECT_FALSE(tried.has_snapshot());
  EXPECT_EQ(Company("cb-deepl").name(), "companies/cb-deepl");

  ASSERT_OK_AND_ASSIGN(const v1::MergeCompaniesResponse merged, Merge(merge_ + " request_id: 'm'"));
  ASSERT_OK(Split("name: 'companies/cb-deepl' request_id: 's'"));
  EXPECT_THAT(Merge(merge_ + " request_id: 'm'"), testing::IsOkAndHolds(EqualsProto(merged)));
  ASSERT_OK(Split("name: 'companies/cb-deepl' request_id: 's'"));
  EXPECT_EQ(Company("cb-deepl").name(), "companies/cb-deepl");
  EXPECT_THAT(Merge(merge_ + " comment: 'x' request_id: 'm'"),
              HasReason(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
  EXPECT_THAT(Distinguish("company: 'companies/deepl' other: 'companies/nebius' request_id: 's'"),
              HasReason(common::v1::ERROR_REASON_REQUEST_ID_REUSED));
}

TEST_F(DecideTest, DifferentCompaniesAreNotMerged) {
  const std::string pair = "company: 'companies/linguee' other: 'companies/deepl'";
  ASSERT_OK(Distinguish(pair + " source: 'sources/press' comment: 'two products'"));
  ASSERT_OK(Merge(merge_));
  // Also not when one of them is part of another company by now, and whatever is imported.
  ImportAll();
  ASSERT_OK(Merge("into: 'companies/nebius' from: 'companies/linguee'"));
  const auto refused = Merge("into: 'companies/nebius' from: 'companies/deepl'");
  EXPECT_THAT(refused, HasReason(common::v1::ERROR_REASON_COMPANIES_DISTINCT));
  EXPECT_THAT(std::string(refused.status().message()),
              AllOf(HasSubstr("companies/linguee"), HasSubstr("two products")));

  EXPECT_THAT(Distinguish("company: 'companies/deepl' other: 'companies/cb-deepl'"),
              HasReason(common::v1::ERROR_REASON_COMPANY_MERGED));
  EXPECT_THAT(Distinguish("company: 'companies/deepl' other: 'companies/deepl'"),
              HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
  EXPECT_THAT(Distinguish("company: 'companies/deepl' other: 'companies/nobody'"),
              HasReason(common::v1::ERROR_REASON_COMPANY_NOT_FOUND));
  EXPECT_THAT(Distinguish("company: 'companies/deepl' other: 'companies/nvidia' withdraw: true"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not decided")));

  ASSERT_OK(Distinguish(pair + " withdraw: true"));
  ASSERT_OK(Distinguish(pair + " withdraw: true")) << "it is so already";
  ASSERT_OK(Merge("into: 'companies/nebius' from: 'companies/deepl'"));
  EXPECT_EQ(Company("cb-deepl").name(), "companies/nebius");
}

TEST_F(DecideTest, DecisionsAreListedAsTheyStand) {
  ASSERT_OK(Distinguish("company: 'companies/linguee' other: 'companies/deepl'"));
  ASSERT_OK(Merge(merge_ + " source: 'sources/press' comment: 'same site'"));
  ASSERT_OK_AND_ASSIGN(const v1::ListIdentityDecisionsResponse first, Decisions("page_size: 1"));
  ASSERT_EQ(first.decisions_size(), 1);
  EXPECT_THAT(first.decisions(0), EqualsProto(R"pb(
                kind: DECISION_KIND_MERGED
                company: 'companies/cb-deepl'
                other: 'companies/deepl'
                source: 'sources/press'
                comment: 'same site'
                revision: 4)pb"));
  ASSERT_OK(Split("name: 'companies/cb-deepl'"));
  ASSERT_OK_AND_ASSIGN(const v1::ListIdentityDecisionsResponse second,
                       Decisions("page_size: 1 page_token: '" + first.next_page_token() + "'"));
  ASSERT_EQ(second.decisions_size(), 1);
  EXPECT_EQ(second.decisions(0).kind(), v1::DECISION_KIND_DISTINCT);
  EXPECT_EQ(second.next_page_token(), "");
  ASSERT_OK_AND_ASSIGN(const v1::ListIdentityDecisionsResponse of,
                       Decisions("company: 'companies/cb-deepl'"));
  ASSERT_EQ(of.decisions_size(), 1);
  EXPECT_EQ(of.decisions(0).kind(), v1::DECISION_KIND_SPLIT);
  EXPECT_THAT(Decisions("company: 'deepl'"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(DecideTest, TheReviewQueueLeavesOutWhatIsDecided) {
  ASSERT_OK(
      Upsert("companies { name: 'companies/nebius-nv' display_name: 'NEBIUS' }"
             " companies { name: 'companies/nvidia-corp' display_name: 'Nvidia' country: 'US' }"));
  const auto pairs = [&] {
    std::vector<std::string> found;
    const auto response = Duplicates("");
    EXPECT_OK(response);
    if (!response.ok()) return found;
    for (const v1::DuplicateCompanies& pair : response->pairs()) {
      found.push_back(pair.company().name().substr(10) + " " + pair.other().name().substr(10));
      for (const v1::DuplicateReason& reason : pair.reasons()) {
        found.back() +=
            " " + v1::DuplicateReasonKind_Name(reason.kind()).substr(22) + "=" + reason.value();
      }
    }
    return found;
  };
  const std::string nvidia = "nvidia nvidia-corp NAME_AND_COUNTRY=nvidia";
  const std::string nebius = "nebius nebius-nv NAME=nebius";
  EXPECT_THAT(pairs(),
              ElementsAre("cb-deepl deepl DOMAIN=deepl.com SIMILAR_NAME=DeepL", nvidia, nebius));

  ASSERT_OK_AND_ASSIGN(const v1::ListDuplicateCompaniesResponse first, Duplicates("page_size: 1"));
  ASSERT_THAT(first.pairs(), SizeIs(1));
  ASSERT_OK(Merge(merge_));
  EXPECT_THAT(pairs(), ElementsAre(nvidia, nebius));
  ASSERT_OK_AND_ASSIGN(const v1::ListDuplicateCompaniesResponse rest,
                       Duplicates("page_size: 2 page_token: '" + first.next_page_token() + "'"));
  EXPECT_THAT(rest.pairs(), SizeIs(2)) << "every page reads the same state";
  EXPECT_EQ(rest.next_page_token(), "");

  ASSERT_OK(Distinguish("company: 'companies/nebius' other: 'companies/nebius-nv'"));
  ASSERT_OK(Split("name: 'companies/cb-deepl'"));
  EXPECT_THAT(pairs(), ElementsAre(nvidia));
  ASSERT_OK(Distinguish("company: 'companies/nebius' other: 'companies/nebius-nv' withdraw: true"));
  EXPECT_THAT(pairs(), ElementsAre(nvidia, nebius));
}

TEST_F(DecideTest, TheReviewQueueHasSimilarNames) {
  ASSERT_OK(
      Upsert("companies { name: 'companies/blue' display_name: 'BlueHorizon AG' country: 'DE' }"
             " companies { name: 'companies/blue-2' display_name: 'Blue Horizon' country: 'DE' }"
             " companies { name: 'companies/blue-3' display_name: 'Blue Horizn AG' country: 'DE' }"
             " companies { name: 'companies/green' display_name: 'Green Horizon' country: 'DE' }"));
  ASSERT_OK_AND_ASSIGN(const v1::ListDuplicateCompaniesResponse all, Duplicates(""));
  ASSERT_THAT(all.pairs(), SizeIs(2)) << "the queue has what is spelt alike but for one company";
  EXPECT_EQ(all.pairs(1).company().name(), "companies/blue");
  EXPECT_EQ(all.pairs(1).other().name(), "companies/blue-2");
  ASSERT_THAT(all.pairs(1).reasons(), SizeIs(1));
  EXPECT_EQ(all.pairs(1).reasons(0).kind(), v1::DUPLICATE_REASON_KIND_SIMILAR_NAME);
  EXPECT_EQ(all.pairs(1).reasons(0).value(), "Blue Horizon");
  EXPECT_GE(all.pairs(1).reasons(0).score(), 0.5);

  ASSERT_OK_AND_ASSIGN(const v1::ListDuplicateCompaniesResponse one,
                       Duplicates("company: 'companies/blue-3'"));
  std::vector<std::string> others;
  for (const v1::DuplicateCompanies& pair : one.pairs()) {
    EXPECT_EQ(pair.other().name(), "companies/blue-3");
    EXPECT_EQ(pair.reasons(0).value(), "Blue Horizn AG") << "the other company's name";
    others.push_back(pair.company().name());
  }
  EXPECT_THAT(others, UnorderedElementsAre("companies/blue", "companies/blue-2"));

  ASSERT_OK(Distinguish("company: 'companies/blue-3' other: 'companies/blue'"));
  ASSERT_OK(Distinguish("company: 'companies/blue-3' other: 'companies/blue-2'"));
  ASSERT_OK_AND_ASSIGN(const v1::ListDuplicateCompaniesResponse none,
                       Duplicates("company: 'companies/blue-3'"));
  EXPECT_THAT(none.pairs(), IsEmpty());
  ASSERT_OK(Merge("into: 'companies/blue' from: 'companies/blue-2'"));
  EXPECT_OK(Duplicates("company: 'companies/blue-2'")) << "what it is part of is asked for";
  EXPECT_THAT(Duplicates("company: 'companies/nobody'"),
              HasReason(common::v1::ERROR_REASON_COMPANY_NOT_FOUND));
  EXPECT_THAT(Duplicates("company: 'nobody'"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

TEST_F(DecideTest, WhoAsksForOneCompanySeesItsNamesakesAbroad) {
  ASSERT_OK(
      Upsert("companies { name: 'companies/sky' display_name: 'Skylark' country: 'DE' }"
             " companies { name: 'companies/sky-2' display_name: 'SkyLark' country: 'US' }"));
  const auto pairs_with_sky = [&](const std::string& request) {
    int found = 0;
    const auto response = Duplicates(request);
    EXPECT_OK(response);
    if (!response.ok()) return -1;
    for (const v1::DuplicateCompanies& pair : response->pairs()) {
      if (pair.other().name() != "companies/sky-2") continue;
      EXPECT_EQ(pair.reasons(0).kind(), v1::DUPLICATE_REASON_KIND_SIMILAR_NAME);
      EXPECT_EQ(pair.reasons(0).value(), "SkyLark");
      ++found;
    }
    return found;
  };
  EXPECT_EQ(pairs_with_sky(""), 0) << "among all, a country tells companies apart";
  EXPECT_EQ(pairs_with_sky("company: 'companies/sky'"), 1);
}

TEST_F(DecideTest, WatchTellsWhatWasMergedAndWhatCameBack) {
  ASSERT_OK(Merge(merge_));
  ASSERT_OK(Split("name: 'companies/cb-deepl'"));
  v1::WatchCompaniesRequest request;
  request.set_after_revision(2);
  grpc::ClientContext context;
  const auto stream = stub_->WatchCompanies(&context, request);
  v1::WatchCompaniesResponse merged;
  ASSERT_TRUE(stream->Read(&merged));
  EXPECT_EQ(merged.revision(), 3);
  ASSERT_EQ(merged.companies_size(), 1);
  EXPECT_EQ(merged.companies(0).name(), "companies/deepl");
  EXPECT_THAT(merged.companies(0).merged(), ElementsAre("companies/cb-deepl"));
  v1::WatchCompaniesResponse split;
  ASSERT_TRUE(stream->Read(&split));
  EXPECT_EQ(split.companies_size(), 2);
  EXPECT_THAT(split.companies(1).merged(), IsEmpty());
  context.TryCancel();
}

}  // namespace
}  // namespace steelyard::registry::served
