// log4j-core by its classes: where it was shaded into another jar, or moved into an agent's own
// package (".../log4j/core/lookup/JndiLookup.esclazz"), no metadata names it (rule 47).
//
// CVE-2021-44228 and CVE-2021-45046 need the class JndiLookup; removing it from the jar was the
// advice for those who could not upgrade. Which releases have which classes, and which names stand
// in the constant pool of JndiManager, was read from the releases themselves (2.0-beta9 to 2.24.0):
//
//   core/net/JndiManager                       2.1
//   core/config/builder/api/Builder            2.4
//   core/lookup/LowerLookup                    2.13
//   core/config/arbiters/Arbiter               2.15
//   core/lookup/PropertiesLookup               2.17.1
//   JndiManager: allowedJndiProtocols          2.15.0 and 2.16.0 only
//                isJndiEnabled                 2.16.0, 2.12.2 (Java 7), 2.3.1 (Java 6) and later
//                isJndiLookupEnabled           2.17.0, 2.12.3, 2.3.1 and later
#include "scan/extract/log4j_classes.h"

#include <array>

namespace seaworthy {
namespace {

constexpr std::string_view kCore = "log4j/core/";

struct ClassMark {
  std::string_view name;
  std::uint32_t mark;
};

}  // namespace

bool Log4jClasses::see(std::string_view name) {
  const std::size_t core = name.rfind(kCore);
  if (core == name.npos) return false;
  const std::size_t dot = name.rfind('.');
  const std::string_view ending = dot == name.npos ? std::string_view() : name.substr(dot);
  if (ending != ".class" && ending != ".esclazz" && ending != ".classdata") return false;
  const std::size_t begin = core + kCore.size();
  if (dot < begin) return false;
  constexpr std::array kMarks{
      ClassMark{"Logger", kLogger},
      ClassMark{"lookup/JndiLookup", kJndiLookup},
      ClassMark{"net/JndiManager", kJndiManager},
      ClassMark{"config/builder/api/Component", kBuilder},
      ClassMark{"lookup/LowerLookup", kLowerLookup},
      ClassMark{"config/arbiters/Arbiter", kArbiter},
      ClassMark{"lookup/PropertiesLookup", kPropertiesLookup},
  };
  const std::string_view inner = name.substr(begin, dot - begin);
  for (const ClassMark& each : kMarks) {
    if (inner != each.name) continue;
    seen_ |= each.mark;
    return each.mark == kJndiManager;
  }
  return false;
}

void Log4jClasses::see_content(std::string_view bytes) {
  const auto has = [&](std::string_view text) { return bytes.find(text) != bytes.npos; };
  if (has("allowedJndiProtocols")) seen_ |= kProtocols;
  if (has("isJndiEnabled")) seen_ |= kSwitch;
  if (has("isJndiLookupEnabled")) seen_ |= kLookupSwitch;
}

std::string Log4jClasses::first_version() const {
  const auto has = [&](std::uint32_t mark) { return (seen_ & mark) != 0; };
  if (has(kProtocols)) return has(kSwitch) ? "2.16.0" : "2.15.0";
  if (has(kLookupSwitch)) {
    if (has(kPropertiesLookup)) return "2.17.1";
    if (has(kArbiter)) return "2.17.0";
    return has(kBuilder) ? "2.12.3" : "2.3.1";
  }
  if (has(kSwitch)) return "2.12.2";
  if (has(kLowerLookup)) return "2.13.0";
  if (has(kBuilder)) return "2.4";
  return has(kJndiManager) ? "2.1" : "2.0-beta9";
}

}  // namespace seaworthy
