#include "services/strategy/facts/sources.h"

#include <map>
#include <string_view>

namespace steelyard::strategy {

void AppendSources(const std::vector<std::string>& names,
                   const std::vector<common::v1::SourceRef>& known,
                   google::protobuf::RepeatedPtrField<common::v1::SourceRef>& out) {
  std::map<std::string_view, const common::v1::SourceRef*> by_name;
  for (const common::v1::SourceRef& source : known) by_name.emplace(source.name(), &source);
  for (const std::string& name : names) {
    const auto found = by_name.find(name);
    if (found != by_name.end()) {
      *out.Add() = *found->second;
    } else {
      out.Add()->set_name(name);  // the registry does not know it: nothing but its name
    }
  }
}

void SetSources(const Facts& facts,
                google::protobuf::RepeatedPtrField<common::v1::SourceRef>& out) {
  if (facts.unreachable.empty()) AppendSources(facts.source_names, facts.sources, out);
}

}  // namespace steelyard::strategy
