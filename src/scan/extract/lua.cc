// Lua rocks that LuaRocks installed: rocks-5.1/NAME/VERSION/NAME-VERSION.rockspec (luarocks.org,
// "Rockspec format"). A rockspec is Lua that assigns; package and version are plain texts in it,
// and the directories have the same names. Names are in lower case, as LuaRocks compares
// them. The version ends in the rockspec's own revision
// ("1.0-2").
#include <string>

#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/language_package.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

bool wants_lua(const FileInfo& file) {
  if (!file.path.ends_with(".rockspec")) return false;
  // A rockspec elsewhere is of a source; below rocks or rocks-5.x it is of what is installed.
  return file.path.find("/rocks/") != std::string_view::npos ||
         file.path.find("/rocks-5.") != std::string_view::npos;
}

// The text of `name = "text"` at the beginning of a line.
std::string_view assigned(std::string_view text, std::string_view name) {
  LineReader lines(text);
  for (std::string_view line; lines.next(line);) {
    line = trim(line);
    if (!line.starts_with(name)) continue;
    std::string_view rest = trim(line.substr(name.size()));
    if (!rest.starts_with('=')) continue;
    rest = trim(rest.substr(1));
    if (rest.empty() || (rest.front() != '"' && rest.front() != '\'')) continue;
    return rest.substr(1, rest.find(rest.front(), 1) - 1);
  }
  return {};
}

Result<Evidence> extract_lua(std::span<const FileView> files, const Limits&) {
  EvidenceBuilder evidence("lang/lua", files[0].path);
  const std::string_view text = files[0].bytes;
  Package package = language_package("luarocks", lower_case(assigned(text, "package")), 0,
                                     assigned(text, "version"));
  if (const auto license = assigned(text, "license"); is_plain_word(license)) {
    package.licenses.emplace_back(license);
  }
  add_language_package(evidence, std::move(package), "");
  return evidence.take();
}

}  // namespace

extern const Extractor kLua;
const Extractor kLua{
    .name = "lang/lua",
    .description = "Lua rocks by their installed rockspecs",
    .max_file_bytes = 4 * kMiB,
    .is_database = false,
    .wants = wants_lua,
    .extract = extract_lua,
    .companions = nullptr,
    .anchors = {},
};

}  // namespace seaworthy
