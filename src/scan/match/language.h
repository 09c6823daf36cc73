#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/package.h"
#include "core/version/version.h"
#include "scan/match/subject.h"

namespace seaworthy {

// A package manager whose advisories go by its own names and versions, whatever the distribution.
struct Language {
  std::string_view purl_type;
  std::string_view ecosystem;  // of the advisory database; its release is ""
  std::string_view label;      // for people: "PyPI"
  const VersionScheme* scheme;
  // The command that installs a fix, "{name}" and "{fix}" in it; "" where there is none.
  std::string_view upgrade;
};

// Null where advisories of this type are not read.
const Language* language_of(std::string_view purl_type);
const Language* find_language(std::string_view ecosystem);

// How the ecosystem's advisories name it: "@scope/name", "group:artifact", "vendor/name".
std::string advisory_name(const Language& language, const Purl& purl);

Subject language_subject(const Package& package, const Language& language, const Purl& purl);

}  // namespace seaworthy
