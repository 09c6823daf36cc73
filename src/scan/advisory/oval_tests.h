#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace seaworthy {

// What a criterion of an OVAL document asks of a system, as far as advisories need it.
struct OvalQuestion {
  enum class Kind {
    kPackage,  // an rpm of this name, where `operation` holds for its version
    kOther,    // an rpm's version, architecture or signature without its full version
    kForeign,  // not about an rpm
  };
  Kind kind = Kind::kForeign;
  std::string name;       // of the rpm
  std::string operation;  // "less than"; "" where any version will do
  std::string evr;        // without an epoch of 0
  std::string arch;       // as the document has it: "x86_64", "aarch64|x86_64"; "" any
};

// The tests of an OVAL document, joined with the objects and states that they refer to. One thread;
// a few hundred bytes for each test.
class OvalTests {
 public:
  // Walks the whole document once. kInvalidInput and kLimitExceeded as XmlReader::next.
  static Result<OvalTests> read(std::string_view bytes, const Limits& limits);
  // Null where the document has no such test.
  const OvalQuestion* find(std::string_view id) const;
  std::string_view timestamp() const { return timestamp_; }  // of the generator

 private:
  std::unordered_map<std::string, OvalQuestion> questions_;
  std::string timestamp_;
};

}  // namespace seaworthy
