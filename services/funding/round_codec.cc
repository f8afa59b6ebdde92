#include "services/funding/round_codec.h"

#include <cstdint>
#include <vector>

#include "services/common/text/parts.h"

namespace steelyard::funding {
namespace {

using text::PartReader;
using text::PartWriter;

// A year of 0 stands for none.
void Write(const PartialDate& date, PartWriter& writer) {
  writer.Number(date.year).Number(date.month).Number(date.day);
}
PartialDate ReadDate(PartReader& reader) {
  PartialDate date;
  date.year = static_cast<int>(reader.Number());
  date.month = static_cast<int>(reader.Number());
  date.day = static_cast<int>(reader.Number());
  return date;
}

// A currency that is empty stands for none.
void Write(const std::optional<Money>& money, PartWriter& writer) {
  if (!money) {
    writer.Text("");
  } else {
    writer.Text(money->currency).Number(money->minor_units);
  }
}
std::optional<Money> ReadMoney(PartReader& reader) {
  const std::string_view currency = reader.Text();
  if (currency.empty()) return std::nullopt;
  return Money{.minor_units = reader.Number(), .currency = std::string(currency)};
}

}  // namespace

void EncodeRound(const Round& round, std::string& to) {
  PartWriter writer(to);
  writer.Text(round.id).Text(round.company);
  Write(round.announced, writer);
  Write(round.closed.value_or(PartialDate()), writer);
  writer.Text(round.label).Number(round.stage).Number(round.kind);
  Write(round.amount, writer);
  Write(round.post_money, writer);
  writer.Text(round.included_in).Text(round.note);
  writer.Number(static_cast<int64_t>(round.sources.size()));
  for (const std::string& source : round.sources) writer.Text(source);
  writer.Number(static_cast<int64_t>(round.participations.size()));
  for (const Participation& part : round.participations) {
    writer.Number(part.role).Text(part.investor);
  }
}

std::optional<Round> DecodeRound(std::string_view bytes) {
  PartReader reader(bytes);
  Round round;
  round.id = reader.Text();
  round.company = reader.Text();
  round.announced = ReadDate(reader);
  if (const PartialDate closed = ReadDate(reader); closed.year != 0) round.closed = closed;
  round.label = reader.Text();
  round.stage = static_cast<Stage>(reader.Number());
  round.kind = static_cast<AmountKind>(reader.Number());
  round.amount = ReadMoney(reader);
  round.post_money = ReadMoney(reader);
  round.included_in = reader.Text();
  round.note = reader.Text();
  for (int64_t rest = reader.Number(); rest > 0 && reader.ok(); --rest) {
    round.sources.emplace_back(reader.Text());
  }
  for (int64_t rest = reader.Number(); rest > 0 && reader.ok(); --rest) {
    const auto role = static_cast<ParticipationRole>(reader.Number());
    round.participations.push_back(
        {.investor = std::string(reader.Text()), .role = role, .country = "", .investor_kind = ""});
  }
  if (!reader.ok() || !reader.at_end()) return std::nullopt;
  return round;
}

}  // namespace steelyard::funding
