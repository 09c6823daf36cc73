#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "scan/advisory/csaf_products.h"

namespace seaworthy {

// Where an operating system's package stands, in the words of the database.
struct CsafPlace {
  std::string ecosystem, release;
  std::string channel;    // AdvisoryRow::channel
  std::string_view skip;  // why statements about it are not kept; "" where they are
};

// A package as a CSAF document names it.
struct CsafPackage {
  std::string name;
  std::string version;  // "" where the statement is about every version; with the epoch if not 0
  std::string arch;     // "" any, "src": the source package
  std::string module;   // "name:stream"
  std::string_view skip;
};

// What differs between the vendors that publish CSAF about an operating system. The form is one;
// what identifies a product is not.
struct CsafVendor {
  std::string_view publisher;  // document.publisher.namespace; "" any other vendor
  // The vendor's documents are its whole feed, so what they say nothing about is clean.
  bool speaks_for_releases;
  CsafPlace (*place)(const CsafItem& item);
  // `fixed`: the status list names builds, so a name without purl is read as name-version-release.
  CsafPackage (*package)(const CsafItem& item, bool fixed);
};

// By the publisher's namespace; never null.
const CsafVendor* csaf_vendor(std::string_view publisher_namespace);

}  // namespace seaworthy
