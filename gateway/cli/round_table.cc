#include "gateway/cli/round_table.h"

#include <vector>

#include "gateway/cli/format.h"
#include "gateway/cli/table.h"
#include "services/common/text/strings.h"

namespace steelyard::cli {
namespace {

constexpr int kInvestorsShown = 3;

std::string Investors(const funding::v1::Round& round) {
  std::string text;
  for (int i = 0; i < round.participations_size() && i < kInvestorsShown; ++i) {
    StrAppend(&text, text.empty() ? "" : ", ", round.participations(i).investor());
  }
  const int more = round.participations_size() - kInvestorsShown;
  if (more > 0) StrAppend(&text, " and ", more, " more");
  return text;
}

}  // namespace

std::string RenderRounds(const google::protobuf::RepeatedPtrField<funding::v1::Round>& rounds,
                         bool with_company) {
  std::vector<std::string> headings = {"announced", "round", "amount", "", "investors"};
  std::vector<Align> alignments = {Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft,
                                   Align::kLeft};
  if (with_company) {
    headings.insert(headings.begin() + 1, "company");
    alignments.insert(alignments.begin() + 1, Align::kLeft);
  }
  Table table(std::move(headings), std::move(alignments));
  for (const funding::v1::Round& round : rounds) {
    std::vector<std::string> cells = {
        Date(round.announced_on()), round.label(),
        round.has_amount() ? ShortAmount(round.amount()) : "undisclosed",
        round.amount().currency_code(),
        StrCat(Investors(round),
               round.included_in().empty() ? "" : StrCat(" [part of ", round.included_in(), "]"))};
    if (with_company) cells.insert(cells.begin() + 1, round.company_display_name());
    table.AddRow(std::move(cells));
  }
  return table.Render();
}

}  // namespace steelyard::cli
