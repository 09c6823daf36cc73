#pragma once

#include "core/codec/json.h"
#include "core/model/report.h"

namespace seaworthy {

// The small values of a report as JSON objects: members of the JSON report, and the text of the
// properties in which an SBOM carries them.
void write_value(JsonWriter& out, const ReportLayer& layer);
void write_value(JsonWriter& out, const Problem& problem);
void write_value(JsonWriter& out, const Inventory::Database& database);
void write_value(JsonWriter& out, const CoverageSummary::Reason& reason);

// The member "layer": null where it is not known, because an index of -1 that a reader would apply
// from the list's end must not look valid.
void write_layer(JsonWriter& out, int layer);

// On one line.
template <class Value>
std::string json_text(const Value& value) {
  JsonWriter out(false);
  write_value(out, value);
  return out.take();
}

// The same read back; what is missing is empty, a layer that is no index -1. Whoever knows how many
// layers there are checks the index.
ReportLayer read_layer_value(const JsonValue& value);
Problem read_problem_value(const JsonValue& value);
Inventory::Database read_database_value(const JsonValue& value);

}  // namespace seaworthy
