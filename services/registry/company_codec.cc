#include "services/registry/company_codec.h"

#include <optional>
#include <utility>

namespace steelyard::registry {
namespace {

using text::PartReader;
using text::PartWriter;

// A year of 0 stands for no date.
void Write(const std::optional<PartialDate>& date, PartWriter& writer) {
  const PartialDate known = date.value_or(PartialDate{.year = 0});
  writer.Number(known.year);
  if (known.year != 0) writer.Number(known.month).Number(known.day);
}
std::optional<PartialDate> ReadDate(PartReader& reader) {
  PartialDate date;
  date.year = static_cast<int>(reader.Number());
  if (date.year == 0) return std::nullopt;
  date.month = static_cast<int>(reader.Number());
  date.day = static_cast<int>(reader.Number());
  return date;
}

void Write(const Validity& valid, PartWriter& writer) {
  Write(valid.from, writer);
  Write(valid.to, writer);
}
Validity ReadValidity(PartReader& reader) {
  Validity valid;
  valid.from = ReadDate(reader);
  valid.to = ReadDate(reader);
  return valid;
}

std::string ReadText(PartReader& reader) { return std::string(reader.Text()); }

// A list with its length; `write` writes an item, `read` reads one.
template <typename T, typename WriteOne>
void Write(const std::vector<T>& items, PartWriter& writer, WriteOne write) {
  writer.Number(static_cast<int64_t>(items.size()));
  for (const T& item : items) write(item);
}
template <typename T, typename ReadOne>
void ReadInto(std::vector<T>& items, PartReader& reader, ReadOne read) {
  for (int64_t rest = reader.Number(); rest > 0 && reader.ok(); --rest) items.push_back(read());
}

void WriteNames(const std::vector<CompanyName>& names, PartWriter& writer) {
  Write(names, writer, [&](const CompanyName& name) {
    writer.Text(name.text).Text(name.language).Number(static_cast<int64_t>(name.kind));
    writer.Text(name.source);
    Write(name.valid, writer);
  });
}

CompanyName ReadName(PartReader& reader) {
  CompanyName name;
  name.text = ReadText(reader);
  name.language = ReadText(reader);
  name.kind = static_cast<NameKind>(reader.Number());
  name.source = ReadText(reader);
  name.valid = ReadValidity(reader);
  return name;
}

// What holds for a time.
void WritePeriods(const Company& company, PartWriter& writer) {
  Write(company.relations, writer, [&](const Relation& relation) {
    writer.Number(static_cast<int64_t>(relation.kind)).Text(relation.object).Text(relation.source);
    Write(relation.valid, writer);
  });
  Write(company.headquarters, writer, [&](const Headquarters& place) {
    writer.Text(place.country).Text(place.city).Text(place.source);
    Write(place.valid, writer);
  });
  Write(company.status_history, writer, [&](const StatusPeriod& period) {
    writer.Number(static_cast<int64_t>(period.status)).Text(period.source);
    Write(period.valid, writer);
  });
}

void ReadPeriods(PartReader& reader, Company& company) {
  ReadInto(company.relations, reader, [&] {
    Relation relation;
    relation.kind = static_cast<RelationKind>(reader.Number());
    relation.object = ReadText(reader);
    relation.source = ReadText(reader);
    relation.valid = ReadValidity(reader);
    return relation;
  });
  ReadInto(company.headquarters, reader, [&] {
    Headquarters place;
    place.country = ReadText(reader);
    place.city = ReadText(reader);
    place.source = ReadText(reader);
    place.valid = ReadValidity(reader);
    return place;
  });
  ReadInto(company.status_history, reader, [&] {
    StatusPeriod period;
    period.status = static_cast<CompanyStatus>(reader.Number());
    period.source = ReadText(reader);
    period.valid = ReadValidity(reader);
    return period;
  });
}

}  // namespace

void EncodeCompany(const Company& company, PartWriter& writer) {
  writer.Text(company.id).Text(company.display_name).Text(company.country).Text(company.city);
  writer.Text(company.legal_country);
  Write(company.founded_on, writer);
  writer.Number(static_cast<int64_t>(company.status)).Text(company.website);
  const auto write_text = [&](const std::string& text) { writer.Text(text); };
  Write(company.layers, writer, write_text);
  Write(company.sectors, writer, write_text);
  Write(company.sources, writer, write_text);
  writer.Text(company.source_category);
  WriteNames(company.names, writer);
  Write(company.identifiers, writer, [&](const Identifier& identifier) {
    writer.Text(identifier.scheme).Text(identifier.value).Text(identifier.source);
  });
  WritePeriods(company, writer);
}

Company DecodeCompany(PartReader& reader) {
  Company company;
  company.id = ReadText(reader);
  company.display_name = ReadText(reader);
  company.country = ReadText(reader);
  company.city = ReadText(reader);
  company.legal_country = ReadText(reader);
  company.founded_on = ReadDate(reader);
  company.status = static_cast<CompanyStatus>(reader.Number());
  company.website = ReadText(reader);
  const auto read_text = [&] { return ReadText(reader); };
  ReadInto(company.layers, reader, read_text);
  ReadInto(company.sectors, reader, read_text);
  ReadInto(company.sources, reader, read_text);
  company.source_category = ReadText(reader);
  ReadInto(company.names, reader, [&] { return ReadName(reader); });
  ReadInto(company.identifiers, reader, [&] {
    Identifier identifier;
    identifier.scheme = ReadText(reader);
    identifier.value = ReadText(reader);
    identifier.source = ReadText(reader);
    return identifier;
  });
  ReadPeriods(reader, company);
  return company;
}

}  // namespace steelyard::registry
