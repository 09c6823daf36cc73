#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/advisory.h"
#include "core/model/inventory.h"
#include "core/model/package.h"

namespace seaworthy {

// Which functions a program holds, so that an advisory that names the vulnerable ones can be judged
// by more than the version of a module. Names are kept as 32-bit hashes: two that share one make a
// function look present that is not, which errs on the side of a finding. Among them stand the
// packages that any function is of, and the system that the program was built for.

// Of a Go function as its linker names it: "net/http.(*Transport).RoundTrip",
// "gopkg.in/yaml%2ev3.Unmarshal". Closures and generated wrappers count as the function that they
// were written in, and all instances of a generic function are one. `main_package`: the path of the
// package that the linker calls "main"; "" where it is not known.
std::uint32_t linked_function_hash(std::string_view symbol, std::string_view main_package = {});
// Of the package that such a function is of.
std::uint32_t linked_package_hash(std::string_view symbol, std::string_view main_package = {});
// The same function as an advisory names it: package "net/http", symbol "Transport.RoundTrip".
// Without a symbol: the package.
std::uint32_t advised_function_hash(std::string_view package, std::string_view symbol);
// What a program was built for: "GOOS", "linux". Without a value: that it is recorded.
std::uint32_t build_setting_hash(std::string_view setting, std::string_view value);

// That the packages of a module have other names in a program: it stands in the place of another.
std::uint32_t renamed_module_hash(std::string_view module);

enum class FunctionEvidence {
  kUnknown,  // a program that holds the package does not list its functions
  kAbsent,   // every program that holds the package lists its functions, and none has these
  kPresent,
};

struct ImportEvidence {
  FunctionEvidence evidence = FunctionEvidence::kUnknown;
  std::string function;  // kPresent: the first that was found, "net/http.Client.Do"
  std::string program;   // kPresent: which has it; kUnknown: which does not list its functions
};

// Whether the programs that hold `module` (a package of the inventory, with its property "purl")
// hold a vulnerable function of `import` as well; where it names none, any function of it. Programs
// that were built for a system of which the import is not vulnerable do not.
ImportEvidence import_evidence(const Inventory& inventory, const Package& module,
                               const AffectedImport& import);

}  // namespace seaworthy
