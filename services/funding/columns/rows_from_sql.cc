#include "services/funding/columns/rows_from_sql.h"

#include <limits>

#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/funding/schema.h"

namespace steelyard::funding::columns {
namespace {

// Which versions lie between a copy and a revision.
void AddBetween(int64_t known, int64_t revision, sql::Statement& statement) {
  statement.Add(" WHERE from_revision <= ?", {revision});
  if (known == 0) return;
  statement.Add(" AND (from_revision > ? OR (to_revision > ? AND to_revision <= ?))",
                {known, known, revision});
}

int32_t EndOf(int64_t to, int64_t revision) {
  return to > revision ? kOpen : static_cast<int32_t>(to);
}

uint16_t Short(int32_t number, Numbers& numbers) {
  numbers.overflow |= number > std::numeric_limits<uint16_t>::max();
  return static_cast<uint16_t>(number);
}

// Remembers the last text: most rows have the same as the one before.
class LastNumber {
 public:
  explicit LastNumber(Dictionary& dictionary) : dictionary_(dictionary) {}
  int32_t Of(std::string_view text) {
    if (number_ < 0 || dictionary_.Text(number_) != text) number_ = dictionary_.Number(text);
    return number_;
  }

 private:
  Dictionary& dictionary_;
  int32_t number_ = -1;
};

}  // namespace

absl::Status ReadRows(sql::Connection& connection, const Context& context, int64_t known,
                      int64_t revision, Numbers& numbers,
                      const std::function<void(const ReadRow&)>& take) {
  sql::Statement statement;
  statement.Add(
      StrCat("SELECT company_id, announced_first, announced_precision, closed_first, "
             "closed_precision, stage, kind, amount_minor, COALESCE(currency, ''), "
             "sources, included_in, amount_sources, amount_low, amount_high, "
             "from_revision, to_revision, ",
             known == 0 ? "''" : "id", " FROM rounds"));
  AddBetween(known, revision, statement);
  LastNumber currency(numbers.codes.currencies);
  LastNumber sources(numbers.codes.sources);
  return sql::ForEachRow(connection, context, statement, [&](const sql::Rows& rows) {
    ReadRow read{.company = rows.Text(0), .id = rows.Text(16), .row = {}};
    Row& row = read.row;
    row.announced = Pack(DateOf(rows.Int(1), rows.Int(2)));
    if (!rows.IsNull(3)) row.closed = Pack(DateOf(rows.Int(3), rows.Int(4)));
    row.stage = static_cast<uint8_t>(rows.Int(5));
    row.kind = static_cast<uint8_t>(rows.Int(6));
    if (!rows.IsNull(7)) row.amount = rows.Int(7);
    row.currency = Short(currency.Of(rows.Text(8)), numbers);
    row.sources = sources.Of(rows.Text(9));
    if (!rows.Text(10).empty()) row.whole = numbers.wholes.ids.Number(rows.Text(10));
    row.compared = rows.Int(11) > 1;
    if (row.compared) {
      row.low = rows.Int(12);
      row.high = rows.Int(13);
    }
    row.from = static_cast<int32_t>(rows.Int(14));
    row.to = EndOf(rows.Int(15), revision);
    take(read);
  });
}

absl::Status ReadVersions(sql::Connection& connection, const Context& context, int64_t known,
                          int64_t revision, Numbers& numbers,
                          const std::function<void(const ReadVersion&)>& take) {
  sql::Statement statement;
  statement.Add(
      "SELECT company_id, display_name, country, layer, sector, source_category, from_revision, "
      "to_revision FROM company_projection");
  AddBetween(known, revision, statement);
  return sql::ForEachRow(connection, context, statement, [&](const sql::Rows& rows) {
    Codes& codes = numbers.codes;
    take({.company = rows.Text(0),
          .name = rows.Text(1),
          .facts = {.from = static_cast<int32_t>(rows.Int(6)),
                    .to = EndOf(rows.Int(7), revision),
                    .country = Short(codes.countries.Number(rows.Text(2)), numbers),
                    .layer = Short(codes.layers.Number(rows.Text(3)), numbers),
                    .sector = Short(codes.sectors.Number(rows.Text(4)), numbers),
                    .category = static_cast<uint32_t>(codes.categories.Number(rows.Text(5)))}});
  });
}

absl::Status ReadLives(sql::Connection& connection, const Context& context, int64_t revision,
                       const std::vector<int32_t>& which, Wholes& wholes) {
  wholes.lives.resize(wholes.ids.size());
  std::vector<std::string> ids;
  for (const int32_t number : which) {
    wholes.lives[static_cast<size_t>(number)].clear();
    ids.push_back(wholes.ids.Text(number));
  }
  sql::Statement statement;
  statement.Add(
      "SELECT id, from_revision, to_revision FROM rounds WHERE from_revision <= ? AND id "
      "IN",
      {revision});
  return sql::ForEachRowIn(connection, context, statement, ids, "", [&](const sql::Rows& rows) {
    const auto number = static_cast<size_t>(wholes.ids.Number(rows.Text(0)));
    wholes.lives[number].push_back(
        {.from = static_cast<int32_t>(rows.Int(1)), .to = EndOf(rows.Int(2), revision)});
  });
}

}  // namespace steelyard::funding::columns
