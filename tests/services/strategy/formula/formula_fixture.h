#pragma once

// Formulas as the service evaluates them, over backends that a test fills.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/common/rpc/call.h"
#include "services/common/status/status.h"
#include "services/common/text/strings.h"
#include "services/strategy/formula/formula_answer.h"
#include "tests/support/fake_backends.h"

namespace steelyard::strategy {

// A formula and what Value says of it.
struct Evaluated {
  const char* expression;
  const char* value;
};

class FormulaFixture : public ::testing::Test {
 protected:
  absl::StatusOr<v1::EvaluateFormulaResponse> Evaluate(const std::string& expression,
                                                       const std::string& europe = "") {
    v1::EvaluateFormulaRequest request;
    request.set_expression(expression);
    if (!europe.empty()) {
      request.mutable_definition()->add_regions()->set_alias("EUROPE");
      request.mutable_definition()->mutable_regions(0)->set_region_set(europe);
    }
    return EvaluateFormula(call_, backends_, request);
  }
  // The value of the first reading; its reason when it has none; what is wrong with the formula.
  std::string Value(const std::string& expression) {
    const auto response = Evaluate(expression);
    if (!response.ok()) return std::string(ToStd(response.status().message()));
    const common::v1::Figure& figure = response->readings(0).figure();
    if (figure.status() != common::v1::VALUE_STATUS_OK) return figure.reason();
    if (figure.has_money()) return StrCat(figure.money().units(), " ", figure.unit());
    if (figure.value_case() == common::v1::Figure::kCount) return StrCat(figure.count());
    return StrCat(figure.number(), figure.unit() == "1" ? "" : " " + figure.unit());
  }

  testing::FakeBackends fakes_;
  Backends backends_{fakes_.channels().funding, fakes_.channels().registry};
  rpc::Call call_ = rpc::BackgroundCall(Context::Background(), "test");
};

}  // namespace steelyard::strategy
