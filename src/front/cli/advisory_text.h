#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/codec/json.h"
#include "scan/advisory/database.h"

namespace seaworthy {

// What feeds say of packages, for people and for programs.

// One table for each feed of the rows, which stand by feed, under its name. Rows that differ only
// in the package are one line, and advisories' documents stand once, below. Where all rows of a
// feed are about `id`, it is not repeated.
std::string rows_text(const std::vector<KeyedRow>& rows, std::string_view id);

// An array of objects, every field of every row.
void write_rows(JsonWriter& out, const std::vector<KeyedRow>& rows);

// ">= 1.0, < 1.2; <= 0.9", "1.0, 1.1", "every version", "not affected".
std::string affected_text(const AdvisoryRow& row);

}  // namespace seaworthy
