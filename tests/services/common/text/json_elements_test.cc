#include "services/common/text/json_elements.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace steelyard::text {
namespace {

using namespace std::string_literals;
using ::steelyard::testing::HasReason;
using ::steelyard::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Result {
  absl::Status status;
  std::vector<std::string> elements;  // "key line text"
};

Result Read(std::string_view bytes, const JsonOptions& options = {}) {
  const TempDir directory;
  Result result;
  auto reader = JsonElements::Open(directory.Write("in.json", bytes), "in.json", options);
  if (!reader.ok()) {
    result.status = reader.status();
    return result;
  }
  while (true) {
    const auto more = (*reader)->Next();
    if (!more.ok() || !*more) {
      result.status = more.status();
      const auto again = (*reader)->Next();
      EXPECT_EQ(again.ok(), more.ok());
      EXPECT_FALSE(again.ok() && *again);
      return result;
    }
    result.elements.push_back((*reader)->key() + " " + std::to_string((*reader)->line()) + " " +
                              (*reader)->text());
  }
}

TEST(JsonElements, MembersOfAnObject) {
  const Result result = Read(
      "\xEF\xBB\xBF{\"a\":{\"b\":[1,{}]},\r\n \"c\" : \"x, }]\\\"\\\\\" ,\n\"d\":-1.5e3, \"\":null "
      "}\n ");
  EXPECT_OK(result.status);
  EXPECT_THAT(result.elements,
              ElementsAre("a 1 {\"b\":[1,{}]}", "c 2 \"x, }]\\\"\\\\\"", "d 3 -1.5e3", " 3 null"));
  EXPECT_THAT(Read("{}").elements, IsEmpty());
  EXPECT_OK(Read(" [ ] ").status);
}

TEST(JsonElements, ItemsOfAList) {
  const JsonOptions options{.list = "data"};
  EXPECT_THAT(Read("{\"meta\":1,\"data\":[{},\n[2]],\"links\":[3]}", options).elements,
              ElementsAre("meta 1 1", "data 1 {}", "data 2 [2]", "links 2 [3]"));
  EXPECT_THAT(Read("{\"data\":{\"id\":1}}", options).elements, ElementsAre("data 1 {\"id\":1}"));
  EXPECT_THAT(Read("[1,\n2]", options).elements, ElementsAre(" 1 1", " 2 2"));
  EXPECT_THAT(Read("{\"data\":[]}", options).elements, IsEmpty());
  EXPECT_THAT(Read("{\"datum\":[]}", options).status.message(), HasSubstr("no member \"data\""));
}

TEST(JsonElements, Lines) {
  const JsonOptions options{.lines = true};
  EXPECT_THAT(Read("{\"a\":1}\n\n  [2] \r\n\"x\"", options).elements,
              ElementsAre(" 1 {\"a\":1}", " 3 [2]", " 4 \"x\""));
  EXPECT_OK(Read("", options).status);
  EXPECT_THAT(Read("{\"a\":1\n}\n", options).status.message(),
              HasSubstr("in.json, line 1: the JSON value that starts here is cut off"));
  EXPECT_THAT(Read("{} {}\n", options).status.message(), HasSubstr("one JSON value a line"));
}

struct Broken {
  std::string bytes;
  std::string message;
};

TEST(JsonElements, WhatIsNoJsonIsRefusedWithItsLine) {
  for (const Broken& broken : std::vector<Broken>{
           {"", "line 1: the file is empty"},
           {"\n\n5", "line 3: a JSON object or array is expected"},
           {"{", "cut off"},
           {"{\"a\"", "':' is expected"},
           {"{\"a\":", "a JSON value"},
           {"{\"a\":{\n\"b\":1", "line 1: the JSON value that starts here is cut off"},
           {"{\"a\":\"\\", "cut off"},
           {"{\"a\":1,}", "the name of a member"},
           {"{'a':1}", "the name of a member"},
           {"[1,]", "a JSON value is expected"},
           {"[1 2]", "',' or ']' is expected"},
           {"{\"a\":1]", "',' or '}' is expected"},
           {"[1]\n2", "line 2: something stands behind the end"},
           {"[\"a\0b\"]"s, "a NUL byte"},
           {"[" + std::string(40, '[') + std::string(40, ']') + "]", "nested deeper than 32"}}) {
    const Result result = Read(broken.bytes);
    EXPECT_THAT(result.status, HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED))
        << broken.bytes;
    EXPECT_THAT(std::string(result.status.message()), HasSubstr(broken.message)) << broken.bytes;
  }
}

TEST(JsonElements, ElementsAreBounded) {
  const JsonOptions options{.max_bytes = 1000};
  EXPECT_OK(Read("[\"" + std::string(998, 'x') + "\"]", options).status);
  EXPECT_THAT(Read("[1,\n\"" + std::string(999, 'x') + "\"]", options).status.message(),
              HasSubstr("line 2: the JSON value that starts here has more than 1000 bytes"));
  EXPECT_THAT(Read("{\"" + std::string(2000, 'k') + "\":1}", options).status.message(),
              HasSubstr("more than 1000 bytes"));
  EXPECT_THAT(Read("[" + std::string(2000, '1') + "]", options).status.message(),
              HasSubstr("more than 1000 bytes"));
}

// Whatever a file is cut down to, it is read or refused.
TEST(JsonElements, EveryBeginningEnds) {
  const std::string whole = "{\"a\":[1,{\"b\":\"x\\\"y\"}],\"data\":[{\"c\":null},[2]],\"d\":-1e5}";
  ASSERT_OK(Read(whole, {.list = "data"}).status);
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(Read(whole.substr(0, size), {.list = "data"}).status,
                HasReason(common::v1::ERROR_REASON_IMPORT_MALFORMED))
        << size;
  }
}

// Elements and their strings that lie across the blocks in which a file is read.
TEST(JsonElements, BlocksDoNotShow) {
  std::string bytes = "[";
  std::vector<std::string> expected;
  for (int i = 0; i < 40'000; ++i) {
    const std::string item = "{\"n\":\"\\\"é" + std::to_string(i) + "\"}";
    bytes += (i == 0 ? "" : ",\n") + item;
    expected.push_back(" " + std::to_string(i + 1) + " " + item);
  }
  const Result result = Read(bytes + "]");
  EXPECT_OK(result.status);
  EXPECT_EQ(result.elements, expected);
}

}  // namespace
}  // namespace steelyard::text
