// Licence expressions of SPDX 2.3, annex D: ids joined by AND, OR and WITH (an exception), with
// parentheses; an id may end in "+". apk and modern rpm packages carry such expressions, older ones
// free text ("GPLv2+ and BSD"), which must not pass for one.
#include "scan/sbom/spdx_license.h"

#include <algorithm>
#include <array>

#include "core/codec/digest.h"

namespace seaworthy {
namespace {

// Sorted.
constexpr std::array<std::string_view, 108> kIds{
    "0BSD",
    "AFL-2.1",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "Apache-1.0",
    "Apache-1.1",
    "Apache-2.0",
    "Artistic-1.0",
    "Artistic-1.0-Perl",
    "Artistic-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-2-Clause-Patent",
    "BSD-3-Clause",
    "BSD-4-Clause",
    "BSD-4-Clause-UC",
    "BSL-1.0",
    "Beerware",
    "BlueOak-1.0.0",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC-BY-SA-3.0",
    "CC-BY-SA-4.0",
    "CC0-1.0",
    "CDDL-1.0",
    "CDDL-1.1",
    "CPL-1.0",
    "ClArtistic",
    "EPL-1.0",
    "EPL-2.0",
    "EUPL-1.2",
    "FSFAP",
    "FSFUL",
    "FSFULLR",
    "FTL",
    "GFDL-1.2-or-later",
    "GFDL-1.3-or-later",
    "GPL-1.0-only",
    "GPL-1.0-or-later",
    "GPL-2.0",
    "GPL-2.0+",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0",
    "GPL-3.0+",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "HPND",
    "HPND-sell-variant",
    "ICU",
    "IJG",
    "IPL-1.0",
    "ISC",
    "Info-ZIP",
    "JasPer-2.0",
    "LGPL-2.0",
    "LGPL-2.0+",
    "LGPL-2.0-only",
    "LGPL-2.0-or-later",
    "LGPL-2.1",
    "LGPL-2.1+",
    "LGPL-2.1-only",
    "LGPL-2.1-or-later",
    "LGPL-3.0",
    "LGPL-3.0+",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "LPPL-1.3c",
    "Libpng",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MIT-Modern-Variant",
    "MPL-1.0",
    "MPL-1.1",
    "MPL-2.0",
    "MS-PL",
    "NAIST-2003",
    "NCSA",
    "NTP",
    "OFL-1.1",
    "OLDAP-2.8",
    "OpenSSL",
    "PHP-3.01",
    "PSF-2.0",
    "PostgreSQL",
    "Python-2.0",
    "QPL-1.0",
    "RSA-MD",
    "Ruby",
    "SISSL",
    "SMLNJ",
    "SSH-OpenSSH",
    "SSH-short",
    "Sleepycat",
    "Spencer-94",
    "TCL",
    "UPL-1.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Vim",
    "W3C",
    "WTFPL",
    "X11",
    "XFree86-1.1",
    "ZPL-2.1",
    "Zlib",
    "curl",
};

constexpr std::array<std::string_view, 11> kExceptions{
    "Autoconf-exception-2.0",  "Autoconf-exception-3.0", "Bison-exception-2.2",
    "Classpath-exception-2.0", "Font-exception-2.0",     "GCC-exception-2.0",
    "GCC-exception-3.1",       "LLVM-exception",         "Libtool-exception",
    "Linux-syscall-note",      "Qt-GPL-exception-1.0"};

bool is_exception(std::string_view text) {
  return std::find(kExceptions.begin(), kExceptions.end(), text) != kExceptions.end();
}

std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> tokens;
  while (!text.empty()) {
    std::size_t size = text.find_first_of(" ()");
    if (size == 0) size = 1;
    const std::string_view token = text.substr(0, size);
    if (token != " ") tokens.push_back(token);
    text.remove_prefix(std::min(size, text.size()));
  }
  return tokens;
}

}  // namespace

bool is_spdx_license(std::string_view text) {
  return std::binary_search(kIds.begin(), kIds.end(), text);
}

bool is_spdx_expression(std::string_view text) {
  std::size_t open = 0;
  bool wants_operand = true, after_id = false;
  std::string_view before;
  for (const std::string_view token : tokens_of(text)) {
    const bool joins = token == "AND" || token == "OR" || token == "WITH";
    if (token == "(") {
      if (!wants_operand || before == "WITH") return false;
      ++open;
    } else if (token == ")") {
      if (wants_operand || open-- == 0) return false;
      after_id = false;
    } else if (joins) {
      if (wants_operand || (token == "WITH" && !after_id)) return false;
      wants_operand = true;
    } else {
      const bool known = before == "WITH" ? is_exception(token) : is_spdx_license(token);
      if (!wants_operand || !known) return false;
      wants_operand = false;
      after_id = before != "WITH";
    }
    before = token;
  }
  return !wants_operand && open == 0;
}

std::string spdx_expression(const std::vector<std::string>& licenses,
                            std::map<std::string, std::string>& own) {
  std::string expression;
  for (const std::string& text : licenses) {
    std::string part = text;
    if (!is_spdx_expression(text)) {
      part = "LicenseRef-" + sha256(text).substr(7, 16);
      own.emplace(part, text);
    } else if (licenses.size() > 1 && text.find(' ') != std::string::npos) {
      part = "(" + text + ")";
    }
    expression += (expression.empty() ? "" : " AND ") + part;
  }
  return expression.empty() ? "NOASSERTION" : expression;
}

}  // namespace seaworthy
