#include "services/funding/round_codec.h"

#include <cstdint>
#include <vector>

namespace steelyard::funding {
namespace {

constexpr unsigned kBitsInByte = 7;  // of a number; the eighth says that more follow
constexpr uint64_t kMore = uint64_t{1} << kBitsInByte;

// Appends parts: numbers in as few bytes as they need, texts with their length before them.
class Writer {
 public:
  explicit Writer(std::string& to) : to_(to) {}

  Writer& Number(int64_t number) {
    auto rest = static_cast<uint64_t>(number);
    for (; rest >= kMore; rest >>= kBitsInByte) to_.push_back(static_cast<char>(rest | kMore));
    to_.push_back(static_cast<char>(rest));
    return *this;
  }
  Writer& Text(std::string_view text) {
    Number(static_cast<int64_t>(text.size()));
    to_ += text;
    return *this;
  }
  // A year of 0 stands for none.
  Writer& Date(const PartialDate& date) {
    return Number(date.year).Number(date.month).Number(date.day);
  }
  // A currency that is empty stands for none.
  Writer& Amount(const std::optional<Money>& money) {
    if (!money) return Text("");
    return Text(money->currency).Number(money->minor_units);
  }

 private:
  std::string& to_;
};

// Takes the parts one after the other; after a fault, nothing more.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  int64_t Number() {
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += kBitsInByte) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= (byte & (kMore - 1)) << shift;
      if (byte < kMore) return static_cast<int64_t>(number);
    }
    ok_ = false;
    return 0;
  }
  std::string_view Text() {
    const auto size = static_cast<uint64_t>(Number());
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  PartialDate Date() {
    PartialDate date;
    date.year = static_cast<int>(Number());
    date.month = static_cast<int>(Number());
    date.day = static_cast<int>(Number());
    return date;
  }
  std::optional<Money> Amount() {
    const std::string_view currency = Text();
    if (currency.empty()) return std::nullopt;
    return Money{.minor_units = Number(), .currency = std::string(currency)};
  }
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

void EncodeRound(const Round& round, std::string& to) {
  Writer writer(to);
  writer.Text(round.id)
      .Text(round.company)
      .Date(round.announced)
      .Date(round.closed.value_or(PartialDate()))
      .Text(round.label)
      .Number(round.stage)
      .Number(round.kind)
      .Amount(round.amount)
      .Amount(round.post_money)
      .Text(round.included_in)
      .Text(round.note)
      .Number(static_cast<int64_t>(round.sources.size()));
  for (const std::string& source : round.sources) writer.Text(source);
  writer.Number(static_cast<int64_t>(round.participations.size()));
  for (const Participation& part : round.participations) {
    writer.Number(part.role).Text(part.investor);
  }
}

std::optional<Round> DecodeRound(std::string_view bytes) {
  Reader reader(bytes);
  Round round;
  round.id = reader.Text();
  round.company = reader.Text();
  round.announced = reader.Date();
  if (const PartialDate closed = reader.Date(); closed.year != 0) round.closed = closed;
  round.label = reader.Text();
  round.stage = static_cast<Stage>(reader.Number());
  round.kind = static_cast<AmountKind>(reader.Number());
  round.amount = reader.Amount();
  round.post_money = reader.Amount();
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
