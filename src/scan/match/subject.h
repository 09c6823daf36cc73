#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/model/package.h"
#include "core/version/version.h"

namespace seaworthy {

// A package as the vendor's advisories speak of it: which name they use, and which version their
// fixes are compared with.
struct Subject {
  const Package* package = nullptr;
  const VersionScheme* scheme = nullptr;
  std::string ecosystem;
  std::string label;               // "debian 12"
  std::vector<std::string> names;  // database keys: source or binary name, see subject_of
  std::string version;             // compared with fixes
  bool by_source = false;
  bool source_rows_apart = false;  // rows under the source's name hold only where they say "src"
  // Advisories go by source, which is not known; the binary's name stands in for it.
  bool source_unknown = false;
  bool modular = false;  // rpm: built in a module
  std::string stream;    // "nodejs:18"; "" where the module stream is unknown
  bool fips = false;     // comes from a FIPS pocket
  bool kernel_headers = false;
  bool product = false;  // a program without a package manager (product.h)
};

Subject subject_of(const Package& package, const std::string& ecosystem, const std::string& label);

// rpm: a version or release text that a module build leaves behind.
bool has_module_mark(std::string_view version);

// Whether an installed version is proof of an Ubuntu Pro (ESM) subscription.
bool has_esm_mark(std::string_view version);

// Why the distribution's advisories do not speak about this package: "third-party package: Docker";
// "" where it is the distribution's own as far as its metadata tells.
std::string third_party(const Package& package, const std::string& ecosystem);

// Why a package for which no advisory was found is not called clean all the same: something in the
// image says that its advisories may be elsewhere. "" where nothing does. `is_known`: whether the
// advisories of the distribution speak of its source in some release; asked only where that counts.
std::string doubt_about(const Package& package, const Subject& subject, const Distro& distro,
                        const std::function<bool()>& is_known);

// Why a record of the package database is nothing that could be vulnerable; "" otherwise.
std::string not_a_package(const Package& package);

}  // namespace seaworthy
