#include "services/strategy/explain/find_figure.h"

#include <algorithm>
#include <functional>

namespace steelyard::strategy {
namespace {

using common::v1::Figure;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Calls `visit` on every figure until it returns false; whether it never did.
bool Visit(const Message& message, const std::function<bool(const Figure&)>& visit) {
  if (message.GetDescriptor() == Figure::descriptor()) {
    return visit(static_cast<const Figure&>(message));
  }
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;  // that are set, by number
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (!Visit(reflection.GetMessage(message, field), visit)) return false;
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (!Visit(reflection.GetRepeatedMessage(message, field, i), visit)) return false;
    }
  }
  return true;
}

}  // namespace

const Figure* FindFigure(const Message& answer, std::string_view id) {
  const Figure* found = nullptr;
  Visit(answer, [&](const Figure& figure) {
    if (figure.id() == id) found = &figure;
    return found == nullptr;
  });
  return found;
}

std::vector<std::string> FigureIds(const Message& answer, size_t most) {
  std::vector<std::string> ids;
  Visit(answer, [&](const Figure& figure) {
    if (std::find(ids.begin(), ids.end(), figure.id()) == ids.end()) ids.push_back(figure.id());
    return ids.size() < most;
  });
  return ids;
}

}  // namespace steelyard::strategy
