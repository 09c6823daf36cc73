#pragma once

#include <string>
#include <vector>

#include "core/codec/xml.h"
#include "core/model/advisory.h"
#include "scan/advisory/oval_tests.h"

namespace seaworthy {

struct OvalPlace {
  std::string ecosystem, release, channel;
  auto operator<=>(const OvalPlace&) const = default;
};

// What a definition says about one package: affected where the range or version holds.
struct OvalStatement {
  OvalPlace place;  // all empty: the criteria name none
  std::string package, module;
  std::vector<std::string> archs;  // empty: any
  VersionRange range;
  std::string version;        // this one only
  bool not_affected = false;  // the vendor's way to say so: "less than 0:0-0"
  bool understood = true;     // false: other conditions stand beside it that cannot be told
};

struct OvalAnswer {
  std::vector<OvalStatement> statements;
  std::vector<std::string> skipped;         // why products were left out, one each
  std::vector<std::string> not_understood;  // what, at most a few
};

// Turns the criteria of a definition into statements. kLimitExceeded: more than a hundred thousand.
Result<OvalAnswer> evaluate_criteria(const XmlElement& criteria, const OvalTests& tests);

}  // namespace seaworthy
