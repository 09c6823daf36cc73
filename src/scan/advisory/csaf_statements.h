#pragma once

#include <string>
#include <string_view>

#include "scan/advisory/csaf_products.h"
#include "scan/advisory/csaf_vendor.h"
#include "scan/advisory/feed.h"

namespace seaworthy {

// What the rows of one vulnerability have in common.
struct CsafSubject {
  std::string vulnerability;  // CVE id where there is one
  std::string_view advisory;  // the document's own id where it is an erratum
  std::string_view document;
  Severity severity = Severity::kUnknown;  // of the document, where a product has none of its own
  AdvisoryState state = AdvisoryState::kActive;
};

// Gives the sink the rows of one element of `vulnerabilities`. Rows that differ in nothing but the
// architecture become one. What is not kept is counted with its reason; an id that the product tree
// does not define is a problem, one for each document.
void read_csaf_statements(const JsonValue& vulnerability, const CsafProducts& products,
                          const CsafVendor& vendor, const CsafSubject& subject, FeedSink& sink);

}  // namespace seaworthy
