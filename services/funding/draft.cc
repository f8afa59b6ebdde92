#include <algorithm>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "absl/hash/hash.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/importers.h"

namespace steelyard::funding {
namespace {

auto PartsOf(const PartialDate& date) { return std::tuple(date.year, date.month, date.day); }

auto PartsOf(const std::optional<Money>& money) {
  return money ? std::tuple(money->minor_units, absl::string_view(money->currency))
               : std::tuple(int64_t{0}, absl::string_view());
}

// Of all that a row says: equal for equal rounds.
uint64_t ContentOf(const Round& round) {
  uint64_t content = absl::HashOf(round.id, round.company, PartsOf(round.announced),
                                  PartsOf(round.closed.value_or(PartialDate())), round.label,
                                  static_cast<int>(round.stage), static_cast<int>(round.kind),
                                  PartsOf(round.amount), PartsOf(round.post_money),
                                  round.included_in, round.note, round.sources);
  for (const Participation& part : round.participations) {
    content = absl::HashOf(content, part.investor, static_cast<int>(part.role));
  }
  return content;
}

}  // namespace

Draft::Draft(std::string source, RoundSpool rounds) : source_(std::move(source)) {
  staged_.rounds = std::move(rounds);
}

// Seeded anew in each process, so that nobody can make up ids that collide.
Draft::Fingerprint Draft::FingerprintOf(std::string_view id) {
  constexpr int kOne = 1;
  constexpr int kOther = 2;
  const absl::string_view text = ToAbsl(id);
  return {absl::HashOf(kOne, text), absl::HashOf(kOther, text)};
}

Draft::Added Draft::Add(Round round, int64_t line) {
  const uint64_t content = ContentOf(round);
  const auto [place, is_new] = rounds_.try_emplace(
      FingerprintOf(round.id), Seen{.content = content, .line = line, .file = file_});
  if (!is_new) {
    const Seen& first = place->second;
    return {.outcome = first.content == content ? Outcome::kRepeated : Outcome::kDifferent,
            .line = first.file == file_ ? first.line : 0};
  }
  if (status_.ok()) status_ = staged_.rounds.Add(std::move(round));
  return {.outcome = Outcome::kNew, .line = line};
}

Draft::Outcome Draft::Add(Investor investor) {
  const auto [place, is_new] = investors_.try_emplace(investor.name, staged_.investors.size());
  if (!is_new) {
    return staged_.investors[place->second] == investor ? Outcome::kRepeated : Outcome::kDifferent;
  }
  staged_.investors.push_back(std::move(investor));
  return Outcome::kNew;
}

bool Draft::HasRound(std::string_view id) const { return rounds_.contains(FingerprintOf(id)); }

Assertion& Draft::AmendmentOf(const std::string& round, const std::string& source) {
  Assertion amendment;
  amendment.round = round;
  amendment.source = source;
  amendment.position = kAmendmentPosition;
  const auto [place, is_new] = amendments_.try_emplace(KeyOf(amendment), staged_.amendments.size());
  if (is_new) staged_.amendments.push_back(std::move(amendment));
  return staged_.amendments[place->second];
}

// Whether each source that the round lists says something else of one of its fields.
bool Draft::LostAValue(const Round& round) const {
  const std::vector<Assertion> said = AssertionsOf(round);
  if (said.empty()) return false;
  const std::vector<AssertedField>& fields = AssertedFields();
  return std::any_of(fields.begin(), fields.end(), [&](const AssertedField& field) {
    if (!field.given(said.front())) return false;
    return std::all_of(said.begin(), said.end(), [&](const Assertion& assertion) {
      const auto place = amendments_.find(KeyOf(assertion));
      return place != amendments_.end() && field.given(staged_.amendments[place->second]);
    });
  });
}

absl::Status Draft::AssertUnsupported() {
  if (amendments_.empty()) return absl::OkStatus();
  std::unordered_set<std::string> amended;
  for (const Assertion& amendment : staged_.amendments) amended.insert(amendment.round);
  std::vector<Round> unsupported;
  STEELYARD_RETURN_IF_ERROR(staged_.rounds.ForEachBatch([&](const std::vector<Round>& batch) {
    std::copy_if(batch.begin(), batch.end(), std::back_inserter(unsupported),
                 [&](const Round& r) { return amended.contains(r.id) && LostAValue(r); });
    return absl::OkStatus();
  }));
  for (const Round& round : unsupported) {
    Amend(AssertionsOf(round).front(), AmendmentOf(round.id, source_));
  }
  return absl::OkStatus();
}

}  // namespace steelyard::funding
