// Any two names, by their words, features and trigrams: no crash, and values in their ranges.

#include <algorithm>
#include <string>

#include "services/registry/match/keys.h"
#include "services/registry/match/method.h"
#include "services/registry/match/name_features.h"
#include "tests/fuzz/fuzz_input.h"

namespace steelyard::registry::match {
namespace {

using fuzz::Require;

void CheckNames(const std::string& one_name, const std::string& other_name) {
  const ParsedName one = Parse(one_name);
  const ParsedName other = Parse(other_name);
  Require(one.tokens.size() <= kMostTokens, "words are bounded");
  Require(KeyOf(one).size() <= kLongestKey, "keys are bounded");
  Require(TrigramsOf(KeyOf(one)).size() <= kLongestKey, "trigrams are bounded");
  const NameComparison compared = Compare(one, other, WeighByTable);
  for (const double feature : compared.features) {
    Require(feature >= 0 && feature <= 1, "features are in their range");
  }
  const double score = ScoreOf(NewestMethod(), compared.features, {});
  Require(score > 0 && score < 1, "scores are in their range");
  TermsOf(one);
  QueryTermsOf(other);
}

}  // namespace
}  // namespace steelyard::registry::match

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(bytes.find('\n'), bytes.size());
  steelyard::registry::match::CheckNames(bytes.substr(0, end),
                                         bytes.substr(std::min(end + 1, bytes.size())));
  return 0;
}
