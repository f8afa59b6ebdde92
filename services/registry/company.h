#pragma once

// What the registry knows about: companies, the sources that vouch for them, and codelists. Plain
// values; ids are bare here ("mistral-ai"), resource names exist only at the RPC edge.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/time/date.h"

namespace steelyard::registry {

// What a name is to its company. The numbers are stored and equal those of the contract.
enum class NameKind {
  kPreferred = 1,
  kAlias = 2,
  kFormer = 3,
  kLegal = 4,
  kTrading = 5,
  kTranslation = 6,
  kTransliteration = 7,
  kMachineTranslation = 8,
  kTicker = 9,
};

// Whether a company still acts on its own. Numbers as above.
enum class CompanyStatus {
  kUnknown = 0,
  kPrivate = 1,
  kPublic = 2,
  kAcquired = 3,
  kClosed = 4,
};

// How a name matched a query, best first. Numbers as above.
enum class MatchRank {
  kExact = 1,
  kPrefix = 2,
  kWordPrefix = 3,
  kSubstring = 4,
  kSimilar = 5,
};

// What a company is related to another one by: what the other one is to it. Numbers as above.
enum class RelationKind {
  kParent = 1,
  kUltimateParent = 2,
  kSuccessor = 3,
  kBrandOf = 4,
};

// When something holds, both ends included; an absent end is open or not known.
struct Validity {
  std::optional<PartialDate> from;
  std::optional<PartialDate> to;

  auto operator<=>(const Validity&) const = default;
};

// A name of a company. A company bears the same text, language and kind once.
struct CompanyName {
  std::string text;
  std::string language;  // BCP 47
  NameKind kind = NameKind::kPreferred;
  std::string source;  // id; empty when nobody in particular says so
  Validity valid = {};

  bool operator==(const CompanyName&) const = default;
};

// A code that a scheme gives to a company. A code belongs to one company.
struct Identifier {
  std::string scheme;
  std::string value;
  std::string source;

  bool operator==(const Identifier&) const = default;
};

// A relation of a company to another one. A company has the same kind, object, validity and source
// once.
struct Relation {
  RelationKind kind = RelationKind::kParent;
  std::string object;  // id of the other one
  Validity valid;
  std::string source;

  bool operator==(const Relation&) const = default;
};

// Where a company was, and what its status was, for a time. Each once.
struct Headquarters {
  std::string country;
  std::string city;
  Validity valid;
  std::string source;

  bool operator==(const Headquarters&) const = default;
};
struct StatusPeriod {
  CompanyStatus status = CompanyStatus::kUnknown;
  Validity valid;
  std::string source;

  bool operator==(const StatusPeriod&) const = default;
};

// A company with everything about it.
struct Company {
  std::string id;
  std::string display_name;
  std::string country;  // ISO 3166-1 alpha-2; empty: unknown, as in every text below
  std::string city;
  std::string legal_country;  // where it is incorporated, ISO 3166-1 alpha-2
  std::optional<PartialDate> founded_on;
  CompanyStatus status = CompanyStatus::kUnknown;
  std::string website;
  std::vector<std::string> layers;   // most important first
  std::vector<std::string> sectors;  // most important first
  std::vector<CompanyName> names;
  std::vector<Identifier> identifiers;
  std::vector<std::string> sources;  // most important first
  std::string source_category;
  std::vector<std::string> merged;  // other ids that are part of it, sorted; none of a record
  std::vector<Relation> relations;
  std::vector<Headquarters> headquarters;    // of the past and now
  std::vector<StatusPeriod> status_history;  // of the past and now

  bool operator==(const Company&) const = default;
};

// Who says so.
struct Source {
  std::string id;
  std::string publisher;
  std::string title;
  std::string uri;
  std::optional<PartialDate> published_on;
  std::string kind;

  bool operator==(const Source&) const = default;
};

// A code of a codelist.
struct Code {
  std::string code;
  int position = 0;  // from 1
  std::string label;
  std::string label_fr;
  std::string parent;

  bool operator==(const Code&) const = default;
};

// An ordered list of codes.
struct Codelist {
  std::string id;
  std::vector<Code> codes;  // by position

  bool operator==(const Codelist&) const = default;
};

// Brings a company into the one form in which it is stored and compared: identifiers as StoredValue
// writes them; names by kind (preferred first), language and text; identifiers by scheme and value;
// relations by kind, object, validity and source; headquarters and status by validity, then by the
// rest;
// what repeats is dropped, the first of it kept. When no preferred name reads like the display name
// (an undetermined language, said by the first source), one is added, so that a search finds it.
void Normalize(Company& company);

// The complete content as bytes: equal exactly when the subjects are equal.
std::string Canonical(const Company& company);
std::string Canonical(const Source& source);
std::string Canonical(const Codelist& codelist);

// The words that files use for kinds and status ("PREFERRED", "private"), whatever their case;
// nullopt for any other word. "" is kUnknown.
std::optional<NameKind> ParseNameKind(std::string_view word);
std::optional<CompanyStatus> ParseStatus(std::string_view word);
std::optional<RelationKind> ParseRelationKind(std::string_view word);
// Those words, for messages.
std::string_view NameKindWords();
std::string_view StatusWords();
std::string_view RelationKindWords();

}  // namespace steelyard::registry
