#pragma once

// Reads a formula under many definitions and facets.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/strategy/facts/facts.h"
#include "services/strategy/formula/ast.h"
#include "services/strategy/formula/axes.h"
#include "services/strategy/formula/check.h"
#include "services/strategy/formula/parser.h"
#include "steelyard/strategy/v1/formula.pb.h"

namespace steelyard::strategy::formula {

// At most this many combinations of facets are read of a formula with several statistics.
inline constexpr size_t kMostFacetChoices = 64;
// And at most so many readings in all.
inline constexpr size_t kMostReadings = 1024;

// A formula that has been parsed and checked.
struct Formula {
  std::string expression;  // as written
  Node tree;
  Type type = Type::kNumber;

  bool IsCondition() const { return type == Type::kCondition; }
};

// Parses and checks. INVALID_FORMULA.
absl::StatusOr<Formula> MakeFormula(std::string_view expression, const Limits& limits = {});

// One reading and how it came about.
struct ReadFormula {
  v1::Reading reading;
  v1::FormulaStep step;
};

struct Readings {
  // By variant, then by facet. A variant that no facet has everything of has one reading, without
  // facet and value.
  std::vector<ReadFormula> all;
  std::vector<std::string> sources;   // of the formula's figures, sorted
  common::v1::Definition definition;  // the effective one of the plan's
  // By id of each of funding's figures, how to ask for its explanation (Questions::ByFigure).
  std::map<std::string, funding::v1::ExplainFigureRequest> questions;
};

// What is read of a formula.
struct ReadingPlan {
  const Formula& formula;
  const common::v1::Definition& definition;  // what does not vary
  const std::vector<Variant>& variants;
  // Facets of this source are passed over; empty: none are.
  std::string_view without_source;
};

// How many questions the plan is known to need before any is answered; ranks ask some in turn.
size_t CountQuestions(const ReadingPlan& plan);

// Asks what the formula needs at a snapshot, each question once, and evaluates every reading.
// INVALID_FORMULA for a layer or sector that the registry does not know, and for too many readings.
// A reading whose units do not fit is UNKNOWN with the reason as long as another one fits; if none
// does, INVALID_FORMULA. A variant that funding does not offer has no value, with the reason; when
// it does not offer `definition`, DEFINITION_UNSUPPORTED.
absl::StatusOr<Readings> Read(const rpc::Call& call, const Backends& backends,
                              const std::string& snapshot, const ReadingPlan& plan);

// Several at once, in their order; the questions of all go side by side. The first error of any.
absl::StatusOr<std::vector<Readings>> ReadAll(const rpc::Call& call, const Backends& backends,
                                              const std::string& snapshot,
                                              std::span<const ReadingPlan> plans);

}  // namespace steelyard::strategy::formula
