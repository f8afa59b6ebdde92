#pragma once

// Funding rounds as the service thinks of them: bare ids, exact money, dates as precise as their
// source gave them. Free of RPC and SQL; of the contracts only the codes are used.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/money/money.h"
#include "services/common/time/date.h"
#include "steelyard/common/v1/definition.pb.h"
#include "steelyard/funding/v1/funding.pb.h"

namespace steelyard::funding {

using common::v1::AmountKind;
using v1::ParticipationRole;
using v1::Stage;

// An investor's part in a round.
struct Participation {
  std::string investor;
  ParticipationRole role = v1::PARTICIPATION_ROLE_PARTICIPANT;
  std::string country;        // read only: from the table of investors; empty when unknown
  std::string investor_kind;  // read only: likewise

  bool operator==(const Participation&) const = default;
};

// How far sources are apart on an amount: over those that give it in the currency of the one that
// counts; nothing when fewer than two do.
struct AmountSpread {
  int64_t sources = 0;
  int64_t low = 0;  // minor units
  int64_t high = 0;

  bool operator==(const AmountSpread&) const = default;
};

// A round with everything that belongs to it: as a writer gives it, or as it was resolved from what
// sources say.
struct Round {
  std::string id;
  std::string company;
  std::string company_name;  // read only: the registry's, or the id when it does not know it
  PartialDate announced;
  std::optional<PartialDate> closed;  // nullopt: unknown
  std::string label;
  Stage stage = v1::STAGE_UNKNOWN;
  AmountKind kind = common::v1::AMOUNT_KIND_EQUITY;
  std::optional<Money> amount;                // nullopt: undisclosed
  std::optional<Money> post_money;            // nullopt: undisclosed
  std::vector<Participation> participations;  // leads first, then in the source's order
  std::vector<std::string> sources;           // most important first
  std::string included_in;  // id of the round whose amount has this one's; or empty
  std::string note;
  std::vector<std::string> aliases;  // read only: its other ids, bytewise
  AmountSpread spread;               // read only

  bool operator==(const Round&) const = default;
};

// What is known of an investor.
struct Investor {
  std::string name;
  std::string country;  // ISO 3166-1 alpha-2; empty when unknown
  std::string kind;     // one of InvestorKinds(); empty when unknown

  bool operator==(const Investor&) const = default;
};

// What funding keeps of a company of the registry, for grouping.
struct CompanyFacts {
  std::string id;
  std::string display_name;
  std::string country;        // ISO 3166-1 alpha-2; empty when unknown
  std::string legal_country;  // where it is incorporated; empty when unknown
  // Of the oldest headquarters that is known; empty: that of `country`.
  std::string founding_country;
  std::vector<std::string> layers;   // most important first
  std::vector<std::string> sectors;  // most important first
  std::string source_category;
  std::vector<std::string> merged;  // other ids that are part of it

  bool operator==(const CompanyFacts&) const = default;
};

// The date of a round that counts: when it was closed, where that is known and asked for, else when
// it was announced.
PartialDate CountedDate(const Round& round, common::v1::DateBasis basis);

// Ids are 1 to 128 lower-case letters, digits, '.', '_' and '-'; sources' at most 64.
bool IsId(std::string_view text, size_t most = 128);

// "SERIES_A" of STAGE_SERIES_A and back; nullopt for names that are no stage.
std::string StageName(Stage stage);
std::optional<Stage> StageOf(std::string_view name);
// Every stage that may be stored, in the order of its number.
const std::vector<Stage>& Stages();
// "EQUITY" of AMOUNT_KIND_EQUITY.
std::string KindName(AmountKind kind);
// The kind of such a name; nullopt for names that are none.
std::optional<AmountKind> KindOf(std::string_view name);
// Every kind that may be stored, in the order of its number.
const std::vector<AmountKind>& Kinds();
// "VC", "CORPORATE", "PUBLIC", "ANGEL", "PRIVATE_EQUITY", "SOVEREIGN", "OTHER".
const std::vector<std::string>& InvestorKinds();

// The kind of money that a stage stands for when nothing else is said: loans, grants, secondaries,
// offerings and acquisitions are their own; every other stage is equity.
AmountKind KindOfStage(Stage stage);

// Leads first, then participants, then acquirers, each in the order given; an investor that occurs
// twice keeps its first place.
std::vector<Participation> Ordered(const std::vector<Participation>& participations);

// Everything that is stored of it in its row, in one unambiguous text: equal rounds, and only they,
// are equal. What comes from the registry or the table of investors plays no part, nor do the ids
// that were merged into a company. A company founded in its country is as one that says nothing of
// where it was founded.
std::string Canonical(const Round& round);
std::string Canonical(const Investor& investor);
std::string Canonical(const CompanyFacts& company);

}  // namespace steelyard::funding
