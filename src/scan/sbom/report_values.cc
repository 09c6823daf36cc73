#include "scan/sbom/report_values.h"

#include <algorithm>

namespace seaworthy {
namespace {

std::uint64_t count_of(const JsonValue& value) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(value.integer(), 0));
}

int layer_of(const JsonValue& value) {
  constexpr std::int64_t kMostLayers = 1 << 20;
  const JsonValue layer = value["layer"];
  const std::int64_t index = layer.is_number() ? layer.integer() : -1;
  return static_cast<int>(index < 0 || index >= kMostLayers ? -1 : index);
}

std::string text_of(const JsonValue& value, std::string_view name) {
  return std::string(value[name].text());
}

}  // namespace

void write_layer(JsonWriter& out, int layer) {
  out.key("layer");
  if (layer < 0) {
    out.null();
  } else {
    out.value(layer);
  }
}

void write_value(JsonWriter& out, const ReportLayer& layer) {
  out.begin_object();
  out.member("digest", layer.digest);
  out.member("diff_id", layer.diff_id);
  out.member("size", layer.size);
  out.member("created_by", layer.created_by);
  out.key("table");
  if (layer.table.form.empty()) {
    out.null();
  } else {
    out.begin_object();
    out.member("form", layer.table.form);
    out.member("digest", layer.table.digest);
    out.member("verified", !layer.table.read_by_it());
    out.member("fetched_bytes", layer.table.fetched_bytes);
    out.member("refused", layer.table.refused);
    out.end_object();
  }
  out.end_object();
}

void write_value(JsonWriter& out, const Problem& problem) {
  out.begin_object();
  out.member("path", problem.path);
  write_layer(out, problem.layer);
  out.member("step", problem.step);
  out.member("code", problem.code);
  out.member("message", problem.message);
  out.end_object();
}

void write_value(JsonWriter& out, const Inventory::Database& database) {
  out.begin_object();
  out.member("path", database.path);
  out.member("extractor", database.extractor);
  write_layer(out, database.layer);
  out.member("packages", static_cast<std::uint64_t>(database.packages));
  out.end_object();
}

void write_value(JsonWriter& out, const CoverageSummary::Reason& reason) {
  out.begin_object();
  out.member("reason", reason.reason);
  out.member("count", reason.count);
  out.end_object();
}

ReportLayer read_layer_value(const JsonValue& value) {
  ReportLayer layer{text_of(value, "digest"), text_of(value, "diff_id"), count_of(value["size"]),
                    text_of(value, "created_by")};
  const JsonValue table = value["table"];
  if (table["form"].text().empty()) return layer;
  layer.table = {text_of(table, "form"), text_of(table, "digest"), text_of(table, "refused"),
                 count_of(table["fetched_bytes"])};
  return layer;
}

Problem read_problem_value(const JsonValue& value) {
  return {text_of(value, "path"), layer_of(value), text_of(value, "step"), text_of(value, "code"),
          text_of(value, "message")};
}

Inventory::Database read_database_value(const JsonValue& value) {
  return {text_of(value, "path"), text_of(value, "extractor"), layer_of(value),
          count_of(value["packages"])};
}

}  // namespace seaworthy
