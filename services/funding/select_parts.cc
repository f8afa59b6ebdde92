#include "services/funding/select_parts.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <tuple>
#include <utility>

#include "services/common/text/strings.h"

namespace steelyard::funding {
namespace {

// More codes the registry lets no company have (kMostCodes of its rules).
constexpr int kMostCodes = 20;

// A country that companies may not have of their own; that of the headquarters then.
std::string OrHeadquarters(std::string_view column) {
  return StrCat("COALESCE(NULLIF(", column, ", ''), c.country, '')");
}

// How many codes a list has, which JoinList has made.
std::string CodesIn(std::string_view list) {
  return StrCat("(LENGTH(COALESCE(", list, ", '')) - LENGTH(REPLACE(COALESCE(", list,
                ", ''), '|', '')) - 1)");
}

// A row for each code of a list, or one with NULL. Numbers are joined, because no function that
// makes rows of a text is there in all engines.
void JoinCodes(std::string_view list, std::string_view name, Statement& statement) {
  std::string numbers;
  for (int i = 1; i <= kMostCodes; ++i) StrAppend(&numbers, i == 1 ? "(" : ", (", i, ")");
  statement.Add(
      StrCat(" LEFT JOIN (VALUES ", numbers, ") ", name, "(n) ON ", name, ".n <= ", CodesIn(list)));
}

std::string CodeAt(std::string_view list, std::string_view name) {
  return StrCat("COALESCE(SPLIT_PART(", list, ", '|', ", name, ".n + 1), '')");
}

// The place of a code in its list from 1, and how many there are, at least 1.
std::string PlaceAndCount(bool divided, std::string_view list, std::string_view name) {
  if (!divided) return "CAST(1 AS BIGINT), CAST(1 AS BIGINT)";
  return StrCat("CAST(COALESCE(", name, ".n, 1) AS BIGINT), CAST(GREATEST(", CodesIn(list),
                ", 1) AS BIGINT)");
}

}  // namespace

CountedColumns ColumnsOf(const Division& division) {
  CountedColumns columns{.country = "COALESCE(c.country, '')",
                         .layer = std::string(kLayerColumn),
                         .sector = std::string(kSectorColumn)};
  switch (division.attribution) {
    case common::v1::ATTRIBUTION_INVESTOR_ORIGIN:
      columns.country = "COALESCE(i.country, '')";
      break;
    case common::v1::ATTRIBUTION_LEGAL_DOMICILE:
      columns.country = OrHeadquarters("c.legal_country");
      break;
    case common::v1::ATTRIBUTION_FOUNDING_COUNTRY:
      columns.country = OrHeadquarters("c.founding_country");
      break;
    default:
      break;
  }
  if (division.by_layer) columns.layer = CodeAt("c.layers", "layer_at");
  if (division.by_sector) columns.sector = CodeAt("c.sectors", "sector_at");
  return columns;
}

Statement JoinParts(const Division& division, int64_t revision, const RoundTables& tables) {
  Statement joins;
  if (division.by_layer) JoinCodes("c.layers", "layer_at", joins);
  if (division.by_sector) JoinCodes("c.sectors", "sector_at", joins);
  if (!division.by_investor) return joins;
  // Participations share the interval of their round.
  joins.Add(StrCat(" LEFT JOIN ", tables.participations,
                   " p ON p.company_id = r.company_id AND p.round_id = r.id AND "
                   "p.from_revision = r.from_revision LEFT JOIN investors i ON i.name = p.investor "
                   "AND i.from_revision <= ? AND ? < i.to_revision LEFT JOIN (SELECT company_id, "
                   "round_id, from_revision, COUNT(*) AS investors FROM ",
                   tables.participations,
                   " q GROUP BY company_id, round_id, from_revision) k ON k.company_id = "
                   "r.company_id AND k.round_id = r.id AND k.from_revision = r.from_revision"),
            {revision, revision});
  return joins;
}

std::string PartColumns(const Division& division) {
  const CountedColumns counted = ColumnsOf(division);
  const std::string_view investor =
      division.by_investor
          ? "COALESCE(p.investor, ''), COALESCE(i.country, ''), COALESCE(i.kind, ''), "
            "COALESCE(p.position, 1), COALESCE(k.investors, 1)"
          : "'', '', '', CAST(1 AS BIGINT), CAST(1 AS BIGINT)";
  return StrCat("r.id, ", counted.country, ", ", counted.layer, ", ", counted.sector, ", ",
                investor, ", ", PlaceAndCount(division.by_layer, "c.layers", "layer_at"), ", ",
                PlaceAndCount(division.by_sector, "c.sectors", "sector_at"));
}

bool PartReader::IsNew(const sql::Rows& rows) {
  const auto [found, is_new] = rounds_.try_emplace(std::string(rows.Text(column_)),
                                                   static_cast<int32_t>(selection_.rounds.size()));
  round_ = found->second;
  return is_new;
}

void PartReader::Take(const sql::Rows& rows) {
  const auto text = [&](int column) {
    return selection_.texts.Number(rows.Text(column_ + column));
  };
  const auto number = [&](int column) { return static_cast<int32_t>(rows.Int(column_ + column)); };
  RoundPart part{.country = text(1),
                 .layer = text(2),
                 .sector = text(3),
                 .investor = text(4),
                 .investor_country = text(5),
                 .investor_kind = text(6),
                 .slot = number(7) - 1,
                 .slots = number(8)};
  if (!division_.full) {
    part.slot = (part.slot * number(10) + number(9) - 1) * number(12) + number(11) - 1;
    part.slots *= number(10) * number(12);
  }
  selection_.parts.push_back(part);
  round_of_.push_back(round_);
}

void PartReader::Finish() {
  std::vector<size_t> order(round_of_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::tuple(round_of_[a], selection_.parts[a].slot, selection_.parts[a].layer,
                      selection_.parts[a].sector) <
           std::tuple(round_of_[b], selection_.parts[b].slot, selection_.parts[b].layer,
                      selection_.parts[b].sector);
  });
  std::vector<RoundPart> parts;
  parts.reserve(order.size());
  for (const size_t old : order) {
    SelectedRound& round = selection_.rounds[static_cast<size_t>(round_of_[old])];
    if (round.parts++ == 0) round.first_part = static_cast<int32_t>(parts.size());
    parts.push_back(selection_.parts[old]);
  }
  selection_.parts = std::move(parts);
}

}  // namespace steelyard::funding
