#include "gateway/cli/claim_review.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gateway/cli/claim_tables.h"
#include "gateway/cli/figure_notes.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/wrappers.pb.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

using common::v1::SourceRef;
using strategy::v1::ClaimCheck;

constexpr int kBest = 5;
constexpr int kMiddle = 3;
constexpr int kWorst = 1;

std::string Quoted(const std::string& text) {
  google::protobuf::StringValue value;
  value.set_value(text);
  std::string json;
  // Fails for text that is not UTF-8 alone, which no message of the contract can carry.
  return google::protobuf::util::MessageToJsonString(value, &json).ok() ? json : "\"\"";
}

// A JSON object whose members stay in the order in which they were added.
class Object {
 public:
  explicit Object(std::string_view type) { AddText("@type", std::string(type)); }
  void AddJson(std::string_view name, const std::string& json) {
    StrAppend(&members_, members_.empty() ? "" : ", ", "\"", name, "\": ", json);
  }
  // Nothing for an empty text: an absent member says that nothing is known.
  void AddText(std::string_view name, const std::string& text) {
    if (!text.empty()) AddJson(name, Quoted(text));
  }
  std::string Render() const { return StrCat("{", members_, "}"); }

 private:
  std::string members_;
};

std::optional<int> RatingOf(strategy::v1::Verdict verdict) {
  switch (verdict) {
    case strategy::v1::VERDICT_SUPPORTED:
      return kBest;
    case strategy::v1::VERDICT_DEPENDS_ON_DEFINITION:
    case strategy::v1::VERDICT_SCOPE_CONFLICT:
      return kMiddle;
    case strategy::v1::VERDICT_CONTRADICTED:
      return kWorst;
    default:
      return std::nullopt;
  }
}

std::string Rating(strategy::v1::Verdict verdict) {
  Object rating("Rating");
  if (const std::optional<int> value = RatingOf(verdict)) {
    rating.AddJson("ratingValue", std::to_string(*value));
    rating.AddJson("bestRating", std::to_string(kBest));
    rating.AddJson("worstRating", std::to_string(kWorst));
  }
  rating.AddText("alternateName", VerdictText(verdict));
  return rating.Render();
}

std::string ItemReviewed(const strategy::v1::Claim& claim) {
  Object item("Claim");
  item.AddText("identifier", claim.id());
  item.AddText("text", claim.text());
  if (!claim.source().empty()) {
    Object author("Organization");
    author.AddText("name", SourceId(claim.source()));
    item.AddJson("author", author.Render());
  }
  return item.Render();
}

std::string BasedOn(const google::protobuf::RepeatedPtrField<SourceRef>& sources) {
  std::vector<std::string> works;
  for (const SourceRef& source : sources) {
    Object work("CreativeWork");
    work.AddText("identifier", source.name());
    work.AddText("name", source.title());
    work.AddText("publisher", source.publisher());
    work.AddText("url", source.uri());
    works.push_back(work.Render());
  }
  return StrCat("[", StrJoin(works, ", "), "]");
}

std::string DayOf(const common::v1::Snapshot& snapshot) {
  if (!snapshot.has_taken_at()) return "";
  return absl::FormatTime("%Y-%m-%d", absl::FromUnixSeconds(snapshot.taken_at().seconds()),
                          absl::UTCTimeZone());
}

std::string Review(const ClaimCheck& check, const common::v1::Snapshot& snapshot) {
  Object review("ClaimReview");
  review.AddText("@context", "https://schema.org");
  review.AddText("datePublished", DayOf(snapshot));
  review.AddText("claimReviewed", check.claim().text());
  review.AddJson("itemReviewed", ItemReviewed(check.claim()));
  review.AddJson("reviewRating", Rating(check.verdict()));
  review.AddText("reviewBody", check.explanation());
  Object author("Organization");
  author.AddText("name", "Steelyard");
  review.AddJson("author", author.Render());
  if (!check.sources().empty()) review.AddJson("isBasedOn", BasedOn(check.sources()));
  review.AddText("version", snapshot.token());
  return review.Render();
}

}  // namespace

std::string RenderClaimReviews(const strategy::v1::CheckClaimsResponse& response) {
  std::string json = "[";
  for (const ClaimCheck& check : response.checks()) {
    StrAppend(&json, json.size() > 1 ? "," : "", "\n  ", Review(check, response.snapshot()));
  }
  return StrCat(json, response.checks().empty() ? "" : "\n", "]\n");
}

}  // namespace steelyard::cli
