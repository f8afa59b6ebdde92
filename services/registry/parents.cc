#include "services/registry/parents.h"

#include <utility>
#include <vector>

namespace steelyard::registry {
namespace {

using Ids = std::set<std::string>;

// Adds what is reached from `start` and was not seen, each behind all that is reached from it.
void Visit(const std::string& start, const Parents& next, Ids& seen,
           std::vector<std::string>& finished) {
  static const Ids kNone;
  struct Step {
    std::string id;
    Ids::const_iterator at;
    Ids::const_iterator end;
  };
  std::vector<Step> path;
  const auto enter = [&](const std::string& id) {
    if (!seen.insert(id).second) return;
    const auto found = next.find(id);
    const Ids& ids = found == next.end() ? kNone : found->second;
    path.push_back({.id = id, .at = ids.begin(), .end = ids.end()});
  };
  enter(start);
  while (!path.empty()) {
    Step& step = path.back();
    if (step.at == step.end) {
      finished.push_back(std::move(step.id));
      path.pop_back();
    } else {
      enter(*step.at++);
    }
  }
}

}  // namespace

bool IsParent(const Relation& relation) {
  return relation.kind == RelationKind::kParent && !relation.valid.to.has_value();
}

// Kosaraju's strongly connected components.
std::map<std::string, size_t> CirclesOf(const Parents& parents) {
  Parents children;
  for (const auto& [company, ids] : parents) {
    for (const std::string& parent : ids) children[parent].insert(company);
  }
  std::vector<std::string> finished;
  Ids seen;
  for (const auto& [company, ids] : parents) Visit(company, parents, seen, finished);
  std::map<std::string, size_t> circles;
  Ids numbered;
  for (size_t i = finished.size(); i-- > 0;) {
    std::vector<std::string> members;
    Visit(finished[i], children, numbered, members);
    for (const std::string& member : members) circles.emplace(member, i);
  }
  return circles;
}

}  // namespace steelyard::registry
