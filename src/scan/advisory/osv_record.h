#pragma once

#include <string_view>

#include "core/codec/json.h"
#include "scan/advisory/feed.h"

namespace seaworthy {

// One OSV record (ossf.github.io/osv-schema, versions 1.0 to 1.7) into rows and details.
// `document`: where it stands, "path" or "path:line".
void read_osv_record(const JsonValue& record, std::string_view document, FeedSink& sink);

}  // namespace seaworthy
