#include "services/registry/match_companies.h"

#include <string>
#include <utility>
#include <vector>

#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"
#include "services/registry/convert.h"
#include "services/registry/identifier.h"
#include "services/registry/match/matcher.h"
#include "services/registry/rules.h"

namespace steelyard::registry {
namespace {

constexpr int kMostQueries = 100;
constexpr int kMostQueryIdentifiers = 20;
constexpr int kMostQuerySectors = 20;
constexpr int kCandidates = 5;
constexpr int kMostCandidates = 50;
constexpr int kLongestCity = 200;
constexpr int kLastYear = 9999;

constexpr std::string_view kOnlyLegalForm =
    "the name is a legal form and nothing else: it never makes a match by itself";

void AddFault(const std::string& path, const std::string& fault, FieldErrors& errors) {
  if (!fault.empty()) errors.Add(path, fault);
}

void TakeIdentifiers(const v1::MatchQuery& message, const std::string& path, match::Query& query,
                     FieldErrors& errors) {
  if (message.identifiers_size() > kMostQueryIdentifiers) {
    errors.Add(path + ".identifiers", StrCat("at most ", kMostQueryIdentifiers, " are allowed"));
    return;
  }
  for (int i = 0; i < message.identifiers_size(); ++i) {
    const v1::Identifier& identifier = message.identifiers(i);
    const std::string at = StrCat(path, ".identifiers[", i, "]");
    AddFault(at + ".scheme", CheckScheme(identifier.scheme()), errors);
    AddFault(at + ".value", CheckIdentifierValue(identifier.scheme(), identifier.value()), errors);
    query.identifiers.push_back(IdentifierKeyOf(identifier.scheme(), identifier.value()));
  }
}

match::Query TakeQuery(const v1::MatchQuery& message, const std::string& path,
                       FieldErrors& errors) {
  match::Query query{.name = message.name(),
                     .country = message.country(),
                     .city = text::Fold(message.city()),
                     .sectors = {message.sectors().begin(), message.sectors().end()},
                     .founded_year = message.founded_year()};
  const bool nothing =
      message.name().empty() && message.website().empty() && message.identifiers().empty();
  if (nothing) errors.Add(path, "a name, a website or an identifier is needed");
  if (!message.name().empty()) {
    AddFault(path + ".name", CheckName(message.name()), errors);
    if (text::Fold(message.name()).empty()) {
      errors.Add(path + ".name", "has neither a letter nor a digit");
    }
  }
  AddFault(path + ".country", CheckCountry(message.country()), errors);
  AddFault(path + ".city", CheckText(message.city(), kLongestCity), errors);
  if (!message.website().empty()) {
    absl::StatusOr<std::string> domain = DomainOf(message.website());
    if (domain.ok()) {
      query.domain = *std::move(domain);
    } else {
      errors.Add(path + ".website", ToStd(domain.status().message()));
    }
  }
  TakeIdentifiers(message, path, query, errors);
  if (message.sectors_size() > kMostQuerySectors) {
    errors.Add(path + ".sectors", StrCat("at most ", kMostQuerySectors, " are allowed"));
  }
  if (message.founded_year() < 0 || message.founded_year() > kLastYear) {
    errors.Add(path + ".founded_year", StrCat("1 to ", kLastYear, " is allowed, or 0 for unknown"));
  }
  return query;
}

void TakeThresholds(const v1::MatchOptions& options, match::Method& method, FieldErrors& errors) {
  if (options.has_match_threshold()) {
    method.match_threshold = options.match_threshold();
    // Also what is no number.
    if (!(method.match_threshold > 0 && method.match_threshold < 1)) {
      errors.Add("options.match_threshold", "more than 0 and less than 1 is allowed");
    }
  }
  if (options.has_review_threshold()) {
    method.review_threshold = options.review_threshold();
  } else if (method.review_threshold > method.match_threshold) {
    method.review_threshold = method.match_threshold;
  }
  if (!(method.review_threshold > 0 && method.review_threshold <= method.match_threshold)) {
    errors.Add("options.review_threshold", "more than 0 and at most match_threshold is allowed");
  }
}

absl::StatusOr<match::Method> TakeMethod(const v1::MatchOptions& options, FieldErrors& errors) {
  const match::Method* known = options.method_version().empty()
                                   ? &match::NewestMethod()
                                   : match::FindMethod(options.method_version());
  if (known == nullptr) {
    return MakeError(common::v1::ERROR_REASON_METHOD_UNKNOWN,
                     StrCat("there is no method \"", options.method_version(),
                            "\" of matching; there is ", match::MethodVersions()),
                     {{"method_version", options.method_version()}});
  }
  match::Method method = *known;
  for (const auto& [feature, weight] : options.weights()) {
    const std::string path = StrCat("options.weights[\"", feature, "\"]");
    if (!(weight >= -match::kLargestWeight && weight <= match::kLargestWeight)) {
      errors.Add(path,
                 StrCat("-", match::kLargestWeight, " to ", match::kLargestWeight, " is allowed"));
    } else if (!match::SetWeight(feature, weight, method)) {
      std::vector<std::string> names;
      for (const auto& [name, unused] : match::WeightsOf(method)) names.emplace_back(name);
      errors.Add(path, StrCat("is no feature; there are ", StrJoin(names, ", ")));
    }
  }
  TakeThresholds(options, method, errors);
  if (options.max_candidates() < 0 || options.max_candidates() > kMostCandidates) {
    errors.Add("options.max_candidates",
               StrCat("1 to ", kMostCandidates, " is allowed, or 0 for ", kCandidates));
  }
  return method;
}

v1::MatchDecision ToProto(match::Decision decision) {
  return static_cast<v1::MatchDecision>(decision);
}

template <typename Feature, size_t kCount>
void AddFeatures(const std::array<double, kCount>& values,
                 const std::array<double, kCount>& weights, v1::MatchCandidate& message) {
  for (size_t i = 0; i < kCount; ++i) {
    if (values[i] == 0) continue;
    v1::MatchFeature& feature = *message.add_features();
    feature.set_feature(std::string(match::NameOf(static_cast<Feature>(i))));
    feature.set_value(values[i]);
    feature.set_weight(weights[i]);
  }
}

v1::MatchResult ToProto(const match::Answer& answer, const match::Method& method) {
  v1::MatchResult message;
  message.set_decision(ToProto(answer.decision));
  if (answer.only_legal_form) message.add_warnings(std::string(kOnlyLegalForm));
  for (const match::Candidate& candidate : answer.candidates) {
    v1::MatchCandidate& out = *message.add_candidates();
    out.set_company(StrCat(kCompanies, candidate.company));
    out.set_display_name(candidate.display_name);
    out.set_country(candidate.country);
    if (candidate.matched.has_value()) *out.mutable_matched() = ToProto(*candidate.matched);
    out.set_score(candidate.score);
    out.set_decision(ToProto(candidate.decision));
    AddFeatures<match::NameFeature>(candidate.name_features, method.name_weights, out);
    AddFeatures<match::ContextFeature>(candidate.context_features, method.context_weights, out);
  }
  return message;
}

v1::MatchMethod ToProto(const match::Method& method) {
  v1::MatchMethod message;
  message.set_version(method.version);
  for (const auto& [feature, weight] : match::WeightsOf(method)) {
    v1::MatchWeight& out = *message.add_weights();
    out.set_feature(std::string(feature));
    out.set_weight(weight);
  }
  message.set_match_threshold(method.match_threshold);
  message.set_review_threshold(method.review_threshold);
  return message;
}

}  // namespace

absl::Status MatchCompanies(const Context& context, match::Names& names,
                            const ledger::Ledger& ledger, const v1::MatchCompaniesRequest& request,
                            v1::MatchCompaniesResponse& response) {
  FieldErrors errors;
  if (request.queries().empty() || request.queries_size() > kMostQueries) {
    errors.Add("queries", StrCat("1 to ", kMostQueries, " queries are allowed"));
    return errors.ToStatus();
  }
  std::vector<match::Query> queries;
  for (int i = 0; i < request.queries_size(); ++i) {
    queries.push_back(TakeQuery(request.queries(i), StrCat("queries[", i, "]"), errors));
  }
  STEELYARD_ASSIGN_OR_RETURN(const match::Method method, TakeMethod(request.options(), errors));
  STEELYARD_RETURN_IF_ERROR(errors.ToStatus());

  STEELYARD_ASSIGN_OR_RETURN(const auto at, ledger.Resolve(context, request.read()));
  STEELYARD_ASSIGN_OR_RETURN(const auto index, names.At(context, at.revision));
  const int asked = request.options().max_candidates();
  const auto limit = static_cast<size_t>(asked == 0 ? kCandidates : asked);
  for (const match::Query& query : queries) {
    STEELYARD_ASSIGN_OR_RETURN(const match::Answer answer,
                               match::Match(context, *index, at.revision, query, method, limit));
    *response.add_results() = ToProto(answer, method);
  }
  *response.mutable_method() = ToProto(method);
  *response.mutable_snapshot() = ledger.Describe(at);
  return absl::OkStatus();
}

}  // namespace steelyard::registry
