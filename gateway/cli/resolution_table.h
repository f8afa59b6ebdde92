#pragma once

// How the fields of a round or a company were resolved, as a table.

#include <algorithm>
#include <string>

#include "gateway/cli/table.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {

// A text for a table's cell.
inline std::string Cell(const std::string& text) {
  constexpr int kWidest = 60;
  std::string cut = text::Truncate(text, kWidest);
  return cut.size() < text.size() ? StrCat(cut, "...") : text;
}

// "listed-order/1", and how many of those who say anything of the field say the same.
template <typename Field>
std::string Why(const Field& field) {
  if (field.losers().empty()) return "nobody else says";
  const auto agree =
      std::count_if(field.losers().begin(), field.losers().end(),
                    [&](const auto& loser) { return loser.value() == field.winner().value(); });
  const int others = field.losers_size();
  if (agree == others) return StrCat("all ", others + 1, " agree");
  return StrCat(field.policy(), ", ", agree + 1, " of ", others + 1, " say so");
}

// The fields, and beneath each that is disputed what the others say. `who` gives who says a value,
// `note` what stands beside the first of the others.
template <typename Fields, typename Who, typename Note>
std::string RenderFields(const Fields& fields, Who who, Note note) {
  Table table({"field", "value", "source", "why"},
              {Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft});
  for (const auto& field : fields) {
    table.AddRow({field.field(), Cell(field.winner().value()), who(field.winner()), Why(field)});
    std::string beside = note(field);
    for (const auto& loser : field.losers()) {
      if (loser.value() == field.winner().value()) continue;
      table.AddRow({"", StrCat("not ", Cell(loser.value())), who(loser), beside});
      beside.clear();
    }
  }
  return table.Render();
}

}  // namespace steelyard::cli
