// Erlang and Elixir applications that are compiled: ebin/NAME.app, an Erlang term (erlang.org,
// "app" in kernel's reference manual):
//
//   {application, cowboy, [{description, "Small HTTP server"}, {vsn, "2.9.0"}, ...]}.
//
// Applications of Erlang/OTP and of Elixir themselves are parts of those, which releases copy
// beside their own; they have the purl type otp. Everything else was fetched from Hex.
#include <algorithm>
#include <array>
#include <string>

#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::array<std::string_view, 44> kOwnParts{
    "asn1",       "common_test", "compiler",      "crypto",     "debugger",      "dialyzer",
    "diameter",   "edoc",        "eldap",         "erl_docgen", "erl_interface", "erts",
    "et",         "eunit",       "ftp",           "inets",      "jinterface",    "kernel",
    "megaco",     "mnesia",      "observer",      "odbc",       "os_mon",        "parsetools",
    "public_key", "reltool",     "runtime_tools", "sasl",       "snmp",          "ssh",
    "ssl",        "stdlib",      "syntax_tools",  "tftp",       "tools",         "wx",
    "xmerl",      "elixir",      "eex",           "ex_unit",    "iex",           "logger",
    "mix",        "hipe"};

bool wants_erlang(const FileInfo& file) {
  return file.path.ends_with(".app") && file.path.find("/ebin/") != std::string_view::npos;
}

// The text in quotes behind "{KEY," with any white space between.
std::string_view quoted_value(std::string_view term, std::string_view key) {
  for (std::size_t at = term.find(key); at != term.npos; at = term.find(key, at + 1)) {
    const bool opens =
        at > 0 && trim(term.substr(0, at).substr(at > 8 ? at - 8 : 0)).ends_with('{');
    std::string_view rest = trim(term.substr(at + key.size()));
    if (!opens || !rest.starts_with(',')) continue;
    rest = trim(rest.substr(1));
    if (!rest.starts_with('"')) return {};
    return rest.substr(1, rest.find('"', 1) - 1);
  }
  return {};
}

Result<Evidence> extract_erlang(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder evidence("lang/erlang", files[0].path);
  std::string_view name = base_name(files[0].path);
  name.remove_suffix(4);
  constexpr std::size_t kFront = 64 * kKiB;  // the version stands in front of the lists of modules
  const std::string_view term = files[0].bytes.substr(0, kFront);
  if (term.find("application") == term.npos) {
    return Error{ErrorCode::kInvalidInput, "no term {application, ...}"};
  }
  const bool own = std::find(kOwnParts.begin(), kOwnParts.end(), name) != kOwnParts.end();
  Package package = language_package(own ? "otp" : "hex", name, 0, quoted_value(term, "vsn"));
  add_language_package(evidence, std::move(package), "");
  return evidence.take();
}

}  // namespace

extern const Extractor kErlang;
const Extractor kErlang{
    .name = "lang/erlang",
    .description = "Erlang and Elixir applications by their .app files",
    .max_file_bytes = 4 * kMiB,
    .is_database = false,
    .wants = wants_erlang,
    .extract = extract_erlang,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
