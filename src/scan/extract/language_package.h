#pragma once

#include <string>
#include <string_view>

#include "core/model/cpe_name.h"
#include "core/model/package.h"
#include "scan/extract/evidence_builder.h"

namespace seaworthy {

// The value of kCpe: the names (CPE 2.3) of "vendor:product", or of several with spaces between, in
// a version.
std::string application_cpe(std::string_view products, std::string_view version);

// A package of a language's package manager: kOther, with its package URL as the property "purl".
// `name` is the one its package manager shows ("@babel/core", "group:artifact"); the URL's own
// parts are cut out of it by `separator`, at its last occurrence; 0 where names have no namespace.
Package language_package(std::string_view purl_type, std::string_view name, char separator,
                         std::string_view version);

// Adds it where name and version are plain words, else a problem that says `where`. False where no
// further one can be taken.
bool add_language_package(EvidenceBuilder& evidence, Package package, std::string_view where);

}  // namespace seaworthy
