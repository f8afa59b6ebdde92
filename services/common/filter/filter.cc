#include "services/common/filter/filter.h"

#include <algorithm>
#include <utility>

#include "services/common/filter/operand.h"
#include "services/common/filter/parser.h"
#include "services/common/status/status.h"
#include "services/common/text/fold.h"
#include "services/common/text/strings.h"

namespace steelyard::filter {
namespace {

std::string NamesOf(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const Field& field : fields) {
    names.push_back(field.name);
  }
  return StrJoin(names, ", ");
}

std::string OperatorsOf(const Field& field) {
  if (field.type == FieldType::kHas) {
    return ":";
  }
  return field.equality_only ? "= !=" : "= != < <= > >=";
}

bool Allows(const Field& field, std::string_view op) {
  const std::string padded = StrCat(" ", OperatorsOf(field), " ");
  return padded.find(StrCat(" ", op, " ")) != std::string::npos;
}

class Compiler {
 public:
  Compiler(const std::vector<Field>& fields, const Refuse& refuse)
      : fields_(fields), refuse_(refuse) {}

  absl::Status Add(const Node& node) {
    switch (node.kind) {
      case Node::Kind::kAnd:
        return AddJoined(node, " AND ");
      case Node::Kind::kOr:
        return AddJoined(node, " OR ");
      case Node::Kind::kNot:
        // What is unknown is not true, so its negation holds.
        predicate_.sql += "(NOT COALESCE(";
        STEELYARD_RETURN_IF_ERROR(Add(node.children.front()));
        predicate_.sql += ", FALSE))";
        return absl::OkStatus();
      case Node::Kind::kComparison:
        return AddComparison(node);
    }
    return absl::OkStatus();
  }

  Predicate Take() { return std::move(predicate_); }

 private:
  absl::Status AddJoined(const Node& node, std::string_view joint) {
    predicate_.sql += "(";
    for (size_t i = 0; i < node.children.size(); ++i) {
      if (i > 0) {
        predicate_.sql += joint;
      }
      STEELYARD_RETURN_IF_ERROR(Add(node.children[i]));
    }
    predicate_.sql += ")";
    return absl::OkStatus();
  }

  absl::Status AddComparison(const Node& node) {
    const auto field = std::find_if(fields_.begin(), fields_.end(),
                                    [&node](const Field& f) { return f.name == node.field; });
    if (field == fields_.end()) {
      return refuse_(node.position,
                     StrCat("unknown field \"", node.field, "\"; allowed are ", NamesOf(fields_)));
    }
    if (!Allows(*field, node.op)) {
      return refuse_(node.op_position,
                     StrCat("\"", node.op, "\" is not allowed for \"", field->name,
                            "\"; allowed are ", OperatorsOf(*field)));
    }
    auto sql = Compare(*field, node.op, node.value, predicate_.parameters);
    if (!sql.ok()) {
      return refuse_(node.value.position, ToStd(sql.status().message()));
    }
    predicate_.sql += *sql;
    return absl::OkStatus();
  }

  const std::vector<Field>& fields_;
  const Refuse& refuse_;
  Predicate predicate_;
};

// Calls `take` with each comparison of the field with a text that has no wildcards.
template <typename TheNode, typename Take>
void ForEachText(TheNode& node, std::string_view field, Take take) {
  if (node.kind == Node::Kind::kComparison) {
    const bool equality = node.op == "=" || node.op == "!=";
    if (node.field == field && equality && !node.value.HasWildcard()) take(node);
    return;
  }
  for (auto& child : node.children) ForEachText(child, field, take);
}

// Makes a comparison one with any of the texts.
void CompareWith(const std::vector<std::string>& texts, Node& node) {
  std::vector<Node> each;
  for (const std::string& text : texts) {
    each.push_back(node);
    each.back().value.pieces = {text};
  }
  if (each.size() == 1) {
    node = std::move(each.front());
    return;
  }
  node.kind = node.op == "=" ? Node::Kind::kOr : Node::Kind::kAnd;
  node.children = std::move(each);
}

bool Compares(const Node& node, std::string_view field) {
  if (node.kind == Node::Kind::kComparison) return node.field == field;
  return std::any_of(node.children.begin(), node.children.end(),
                     [&](const Node& child) { return Compares(child, field); });
}

}  // namespace

std::vector<std::string> TextsOf(const Predicate& predicate, std::string_view field) {
  std::vector<std::string> texts;
  if (predicate.tree == nullptr) return texts;
  ForEachText(*predicate.tree, field,
              [&](const Node& node) { texts.push_back(node.value.Text()); });
  return texts;
}

bool Compares(const Predicate& predicate, std::string_view field) {
  return predicate.tree != nullptr && Compares(*predicate.tree, field);
}

Predicate Renamed(const Predicate& predicate, const std::vector<Field>& fields,
                  std::string_view field,
                  const std::function<std::vector<std::string>(const std::string& text)>& rename) {
  if (predicate.tree == nullptr) return predicate;
  Node node = *predicate.tree;
  ForEachText(node, field, [&](Node& one) { CompareWith(rename(one.value.Text()), one); });
  // It was right before: other texts in the place of texts leave it so.
  const Refuse refuse = [](size_t /*position*/, std::string_view problem) {
    return MakeError(common::v1::ERROR_REASON_INTERNAL, problem);
  };
  Compiler compiler(fields, refuse);
  if (!compiler.Add(node).ok()) return predicate;
  Predicate renamed = compiler.Take();
  renamed.tree = std::make_shared<const Node>(std::move(node));
  return renamed;
}

absl::StatusOr<Predicate> Compile(std::string_view filter, const std::vector<Field>& fields) {
  const std::string allowed = NamesOf(fields);
  const Refuse refuse = [&allowed](size_t position, std::string_view problem) {
    return MakeError(common::v1::ERROR_REASON_INVALID_FILTER,
                     StrCat("filter, byte ", position, ": ", problem),
                     {{"position", StrCat(position)}, {"allowed", allowed}});
  };
  if (filter.size() > kMostBytes) {
    return refuse(kMostBytes, StrCat("longer than ", kMostBytes, " bytes"));
  }
  if (!text::IsUtf8(filter)) {
    size_t valid = 0;
    while (valid < filter.size() && text::IsUtf8(filter.substr(0, valid + 1))) {
      ++valid;
    }
    return refuse(valid, "not UTF-8");
  }
  if (IsBlank(filter)) {
    return Predicate{.sql = "TRUE", .parameters = {}};
  }
  STEELYARD_ASSIGN_OR_RETURN(Node node, Parse(filter, refuse));
  Compiler compiler(fields, refuse);
  STEELYARD_RETURN_IF_ERROR(compiler.Add(node));
  Predicate predicate = compiler.Take();
  predicate.tree = std::make_shared<const Node>(std::move(node));
  return predicate;
}

}  // namespace steelyard::filter
