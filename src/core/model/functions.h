#pragma once

#include <cstdint>
#include <string_view>

#include "core/model/inventory.h"
#include "core/model/package.h"

namespace seaworthy {

// Which functions a program holds, so that an advisory that names the vulnerable ones can be judged
// by more than the version of a module. Names are kept as 32-bit hashes: two that share one make a
// function look present that is not, which errs on the side of a finding.

// Of a Go function as its linker names it: "net/http.(*Transport).RoundTrip",
// "gopkg.in/yaml%2ev3.Unmarshal". Closures and generated wrappers count as the function that they
// were written in, and all instances of a generic function are one.
std::uint32_t linked_function_hash(std::string_view symbol);
// The same function as an advisory names it: package "net/http", symbol "Transport.RoundTrip".
std::uint32_t advised_function_hash(std::string_view package, std::string_view symbol);

enum class FunctionEvidence {
  kUnknown,  // a program that holds the package does not list its functions
  kAbsent,   // every program that holds the package lists its functions, and none has this one
  kPresent,
};

// Whether the programs that hold `module` (a package of the inventory, with its property "purl")
// hold the function as well.
FunctionEvidence function_evidence(const Inventory& inventory, const Package& module,
                                   std::string_view package, std::string_view symbol);

}  // namespace seaworthy
