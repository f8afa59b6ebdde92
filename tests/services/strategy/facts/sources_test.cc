#include "services/strategy/facts/sources.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/proto_matchers.h"

namespace steelyard::strategy {
namespace {

using ::steelyard::testing::EqualsProto;

Facts WithSources() {
  Facts facts;
  facts.source_names = {"sources/a", "sources/b"};
  for (const char* name : {"sources/z", "sources/b"}) {
    facts.sources.emplace_back().set_name(name);
    facts.sources.back().set_title("Title");
  }
  return facts;
}

TEST(SetSourcesTest, FollowsTheNamesWhateverTheRegistryKnows) {
  google::protobuf::RepeatedPtrField<common::v1::SourceRef> sources;
  SetSources(WithSources(), sources);
  ASSERT_EQ(sources.size(), 2);
  EXPECT_THAT(sources[0], EqualsProto("name: 'sources/a'"));
  EXPECT_THAT(sources[1], EqualsProto("name: 'sources/b' title: 'Title'"));
}

TEST(SetSourcesTest, NamesNoneWithoutTheRegistry) {
  Facts facts = WithSources();
  facts.unreachable = {"services/registry"};
  google::protobuf::RepeatedPtrField<common::v1::SourceRef> sources;
  SetSources(facts, sources);
  EXPECT_TRUE(sources.empty());
}

}  // namespace
}  // namespace steelyard::strategy
