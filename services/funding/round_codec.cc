#include "services/funding/round_codec.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "services/funding/frame.h"

namespace steelyard::funding {
namespace {

std::string TextOf(const std::optional<PartialDate>& date) { return date ? date->ToString() : ""; }

// The parts of a text, one after the other; after a fault, nothing more.
class Parts {
 public:
  explicit Parts(std::string_view text) : parts_(PartsOf(text)) {}

  std::string Text() {
    if (next_ < parts_.size()) return std::move(parts_[next_++]);
    ok_ = false;
    return "";
  }
  int64_t Number() {
    int64_t number = 0;
    ok_ = absl::SimpleAtoi(Text(), &number) && ok_;
    return number;
  }
  std::optional<PartialDate> Date() {
    const std::string text = Text();
    if (text.empty()) return std::nullopt;
    const absl::StatusOr<PartialDate> date = ParseDate(text);
    if (date.ok()) return *date;
    ok_ = false;
    return std::nullopt;
  }
  std::optional<Money> Amount() {
    std::string currency = Text();
    if (currency.empty()) return std::nullopt;
    return Money{.minor_units = Number(), .currency = std::move(currency)};
  }
  bool ok() const { return ok_; }
  bool at_end() const { return next_ == parts_.size(); }

 private:
  std::vector<std::string> parts_;
  size_t next_ = 0;
  bool ok_ = true;
};

}  // namespace

std::string EncodeRound(const Round& round) {
  Frame frame;
  frame.Add(round.id)
      .Add(round.company)
      .Add(round.announced.ToString())
      .Add(TextOf(round.closed))
      .Add(round.label)
      .Add(static_cast<int64_t>(round.stage))
      .Add(static_cast<int64_t>(round.kind))
      .Add(round.amount)
      .Add(round.post_money)
      .Add(round.included_in)
      .Add(round.note)
      .Add(round.sources);
  for (const Participation& part : round.participations) {
    frame.Add(static_cast<int64_t>(part.role)).Add(part.investor);
  }
  return frame.Take();
}

std::optional<Round> DecodeRound(std::string_view text) {
  Parts parts(text);
  Round round;
  round.id = parts.Text();
  round.company = parts.Text();
  round.announced = parts.Date().value_or(PartialDate());
  round.closed = parts.Date();
  round.label = parts.Text();
  round.stage = static_cast<Stage>(parts.Number());
  round.kind = static_cast<AmountKind>(parts.Number());
  round.amount = parts.Amount();
  round.post_money = parts.Amount();
  round.included_in = parts.Text();
  round.note = parts.Text();
  for (int64_t rest = parts.Number(); rest > 0 && parts.ok(); --rest) {
    round.sources.push_back(parts.Text());
  }
  while (parts.ok() && !parts.at_end()) {
    const auto role = static_cast<ParticipationRole>(parts.Number());
    round.participations.push_back(
        {.investor = parts.Text(), .role = role, .country = "", .investor_kind = ""});
  }
  if (!parts.ok()) return std::nullopt;
  return round;
}

}  // namespace steelyard::funding
