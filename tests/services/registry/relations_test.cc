// Relations, histories with validity and the history of states, over a real server and a real
// store.

#include <string>

#include "gmock/gmock.h"
#include "tests/services/registry/service_fixture.h"

namespace steelyard::registry::served {
namespace {

using ::testing::ElementsAre;
using testing::EqualsProto;
using testing::HasReason;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using testing::StatusIs;
using Stub = v1::RegistryService::Stub;

class RelationsTest : public ServiceTest {
 protected:
  auto History(const std::string& text) {
    return Call(&Stub::GetCompanyHistory, Parse<v1::GetCompanyHistoryRequest>(text));
  }
  auto Merge(const std::string& into, const std::string& from) {
    return Call(&Stub::MergeCompanies,
                Parse<v1::MergeCompaniesRequest>("into: 'companies/" + into +
                                                 "' from: 'companies/" + from + "'"));
  }
  // A company with relations.
  static std::string Owned(const std::string& id, const std::string& relations) {
    return "companies { name: 'companies/" + id + "' display_name: '" + id + "' " + relations +
           " } ";
  }
  static std::string Parent(const std::string& id, const std::string& more = "") {
    return "relations { kind: RELATION_KIND_PARENT object: 'companies/" + id + "' " + more + " }";
  }
};

TEST_F(RelationsTest, RelationsAndHistoriesComeBack) {
  ImportAll();
  const std::string company =
      "name: 'companies/x' display_name: 'X'"
      " names { text: 'X' language: 'und' kind: NAME_KIND_PREFERRED valid_from "
      "{ year: 2019 } }"
      " names { text: 'Y' language: 'en' kind: NAME_KIND_FORMER valid_to { "
      "year: 2018 month: 12 } }"
      " relations { kind: RELATION_KIND_PARENT object: 'companies/nvidia' "
      "valid_from { year: 2020"
      " month: 3 day: 9 } source: 'sources/press' }"
      " relations { kind: RELATION_KIND_BRAND_OF object: 'companies/nebius' }"
      " headquarters { country: 'FR' valid_to { year: 2020 } }"
      " headquarters { country: 'US' city: 'Austin' valid_from { year: 2020 } "
      "source:"
      " 'sources/press' }"
      " status_history { status: COMPANY_STATUS_PRIVATE valid_from { year: "
      "2015 } }";
  ASSERT_OK(Upsert("companies { " + company + " }"));
  ASSERT_OK_AND_ASSIGN(const v1::GetCompanyResponse got, Get("name: 'companies/x'"));
  EXPECT_THAT(got.company(), EqualsProto(company));
}

TEST_F(RelationsTest, WhatCannotBeSaysWhy) {
  struct Case {
    std::string request;
    std::string part;
    std::string why;
  };
  ASSERT_OK(Upsert(Owned("a", "") + Owned("b", Parent("a")) + Owned("c", Parent("b"))));
  for (const Case& test : {
           Case{Owned("x", Parent("nobody")), "companies[0].relations[0].object", "not exist"},
           Case{Owned("x", Parent("x")), "companies[0].relations[0].object", "another company"},
           Case{Owned("x", "relations { object: 'a' }"), "companies[0].relations[0].kind",
                "PARENT"},
           Case{Owned("a", Parent("c")), "companies[0].relations[0].object", "its own parent"},
           Case{Owned("x", Parent("y")) + Owned("y", Parent("x")),
                "companies[1].relations[0].object", "its own parent"},
           Case{Owned("x", Parent("a", "valid_from { year: 2020 } valid_to { year: 2019 }")),
                "companies[0].relations[0].valid_to", "2020"},
           Case{Owned("x", Parent("a", "valid_from { month: 2 }")),
                "companies[0].relations[0].valid_from", ""},
           Case{Owned("x", Parent("a", "source: 'sources/no'")), "companies[0].relations[0].source",
                "sources/no"},
           Case{Owned("x", "headquarters { city: 'Paris' }"),
                "companies[0].headquarters[0].country", "empty"},
           Case{Owned("x", "status_history { }"), "companies[0].status_history[0].status", "which"},
       }) {
    SCOPED_TRACE(test.request);
    EXPECT_THAT(Upsert(test.request), StatusIs(absl::StatusCode::kInvalidArgument,
                                               AllOf(HasSubstr(test.part), HasSubstr(test.why))));
  }
  // One that ended does not stand in the way.
  ASSERT_OK(Upsert(Owned("b", Parent("a", "valid_to { year: 2019 }"))));
  ASSERT_OK(Upsert(Owned("a", Parent("c"))));
}

// Many ways up: each is looked at once.
TEST_F(RelationsTest, ManyOwnersOfManyAreNoCircle) {
  constexpr int kCompanies = 200;
  std::string request;
  for (int i = 0; i < kCompanies; ++i) {
    std::string parents;
    for (int j = i + 1; j < kCompanies; ++j) parents += Parent("c" + std::to_string(j));
    request += Owned("c" + std::to_string(i), parents);
  }
  ASSERT_OK(Upsert(request));
  EXPECT_THAT(Upsert(Owned("c199", Parent("c0"))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("its own parent")));
}

TEST_F(RelationsTest, RelationsFollowMerges) {
  ASSERT_OK(Upsert(Owned("a", "") + Owned("b", "") + Owned("child", Parent("b")) +
                   Owned("sub", Parent("child"))));
  ASSERT_OK(Merge("a", "b"));
  ASSERT_OK_AND_ASSIGN(const v1::GetCompanyResponse child, Get("name: 'companies/child'"));
  ASSERT_THAT(child.company().relations(), SizeIs(1));
  EXPECT_EQ(child.company().relations(0).object(), "companies/a");
  EXPECT_THAT(Upsert(Owned("a", Parent("sub"))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("its own parent")));
  // A company is not related to itself.
  ASSERT_OK(Merge("child", "a"));
  ASSERT_OK_AND_ASSIGN(const v1::GetCompanyResponse merged, Get("name: 'companies/b'"));
  EXPECT_EQ(merged.company().name(), "companies/child");
  ASSERT_OK(Upsert(Owned("child", Parent("b")))) << "its record says so already";
  EXPECT_THAT(merged.company().relations(), SizeIs(0));
}

TEST_F(RelationsTest, StatesAreListedNewestFirstWithWhatChanged) {
  ASSERT_OK(Upsert(Owned("a", "country: 'FR'")));
  ASSERT_OK(Upsert(Owned("b", "")));
  ASSERT_OK(Upsert(Owned("a", "country: 'DE' city: 'Bonn' legal_country: 'LU'")));
  ASSERT_OK(Merge("a", "b"));
  ASSERT_OK_AND_ASSIGN(const v1::GetCompanyHistoryResponse page,
                       History("name: 'companies/a' page_size: 2"));
  ASSERT_THAT(page.states(), SizeIs(2));
  EXPECT_THAT(page.states(0).changed(), ElementsAre("names", "merged"));
  EXPECT_EQ(page.states(0).from_revision(), 4);
  EXPECT_EQ(page.states(0).to_revision(), 0);
  EXPECT_FALSE(page.states(0).has_to_time());
  EXPECT_THAT(page.states(1).changed(), ElementsAre("country", "city", "legal_country"));
  EXPECT_EQ(page.states(1).to_revision(), 4);
  EXPECT_THAT(page.states(1).to_time(), EqualsProto(page.states(0).from_time()));

  ASSERT_OK(Upsert(Owned("a", "country: 'IT'")));
  ASSERT_OK_AND_ASSIGN(
      const v1::GetCompanyHistoryResponse rest,
      History("name: 'companies/a' page_size: 2 page_token: '" + page.next_page_token() + "'"));
  ASSERT_THAT(rest.states(), SizeIs(1));
  EXPECT_THAT(rest.states(0).changed(), ElementsAre("display_name", "country", "names"));
  EXPECT_EQ(rest.states(0).company().country(), "FR");
  EXPECT_EQ(rest.next_page_token(), "");

  ASSERT_OK_AND_ASSIGN(const v1::GetCompanyHistoryResponse gone, History("name: 'companies/b'"));
  ASSERT_THAT(gone.states(), SizeIs(1));
  EXPECT_EQ(gone.states(0).to_revision(), 4);
  EXPECT_THAT(History("name: 'companies/nobody'"),
              HasReason(common::v1::ERROR_REASON_COMPANY_NOT_FOUND));
  EXPECT_THAT(History("name: 'a'"), HasReason(common::v1::ERROR_REASON_INVALID_FIELD));
}

}  // namespace
}  // namespace steelyard::registry::served
