#include "core/model/functions.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/codec/digest.h"

namespace seaworthy {
namespace {

std::uint32_t hash_of(std::string_view name) {
  return static_cast<std::uint32_t>(path_hash(name));
}

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

// The linker writes dots of a package's last path element, and what is no plain letter, as %2e.
std::string unescaped(std::string_view symbol) {
  const auto hex = [](char letter) -> int {
    if (is_digit(letter)) return letter - '0';
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < symbol.size(); ++i) {
    const bool room = symbol[i] == '%' && i + 2 < symbol.size();
    const int high = room ? hex(symbol[i + 1]) : -1;
    const int low = room ? hex(symbol[i + 2]) : -1;
    if (high < 0 || low < 0) {
      out += symbol[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

// "[...]" and what else stands in brackets are the types of one instance.
void drop_instances(std::string& name) {
  for (std::size_t open = name.find('['); open != name.npos; open = name.find('[')) {
    std::size_t end = open;
    int depth = 0;
    do {
      depth += name[end] == '[' ? 1 : name[end] == ']' ? -1 : 0;
      ++end;
    } while (end < name.size() && depth > 0);
    name.erase(open, end - open);
  }
}

// Where the part that the compiler made begins: ".func1", ".gowrap2", ".deferwrap1", "-range1",
// "-fm". What stands in front of it is the function of the source.
std::size_t end_of_source_name(std::string_view name) {
  constexpr std::array<std::string_view, 4> kMade{".func", ".gowrap", ".deferwrap", "-range"};
  std::size_t end = name.size();
  for (const std::string_view made : kMade) {
    for (std::size_t at = name.find(made); at < end; at = name.find(made, at + 1)) {
      std::size_t behind = at + made.size();
      while (behind < name.size() && is_digit(name[behind])) ++behind;
      const bool numbered = behind > at + made.size();
      const bool ends = behind == name.size() || name[behind] == '.' || name[behind] == '-';
      if (at > 0 && numbered && ends) {
        end = at;
        break;
      }
    }
  }
  if (name.substr(0, end).ends_with("-fm")) end -= 3;
  return end;
}

// Where the name of the package ends: at the first dot behind the last slash that is none of a
// type.
std::size_t end_of_package(std::string_view symbol) {
  const std::size_t slash = symbol.rfind('/', symbol.find('['));
  return std::min(symbol.find('.', slash == symbol.npos ? 0 : slash), symbol.size());
}

std::string package_of(std::string_view symbol, std::string_view main_package) {
  const std::string_view package = symbol.substr(0, end_of_package(symbol));
  if (package == "main" && !main_package.empty()) return std::string(main_package);
  return unescaped(package);
}

bool holds(const std::vector<std::uint32_t>& functions, std::uint32_t hash) {
  return std::binary_search(functions.begin(), functions.end(), hash);
}

// `values`: joined by "|"; "" any. A program that does not say what it was built for may be any.
bool built_for(const std::vector<std::uint32_t>& functions, std::string_view setting,
               std::string_view values) {
  if (values.empty() || !holds(functions, build_setting_hash(setting, ""))) return true;
  while (true) {
    const std::size_t bar = values.find('|');
    if (holds(functions, build_setting_hash(setting, values.substr(0, bar)))) return true;
    if (bar == values.npos) return false;
    values.remove_prefix(bar + 1);
  }
}

// The first function of the import that the program has; "" where it has none.
std::string function_in(const std::vector<std::uint32_t>& functions, const AffectedImport& import) {
  if (!built_for(functions, "GOOS", import.goos) ||
      !built_for(functions, "GOARCH", import.goarch)) {
    return {};
  }
  if (import.symbols.empty() && holds(functions, advised_function_hash(import.path, ""))) {
    return import.path;
  }
  for (const std::string& symbol : import.symbols) {
    if (holds(functions, advised_function_hash(import.path, symbol))) {
      return import.path + "." + symbol;
    }
  }
  return {};
}

}  // namespace

std::uint32_t linked_function_hash(std::string_view symbol, std::string_view main_package) {
  std::string name = unescaped(symbol.substr(end_of_package(symbol)));
  drop_instances(name);
  std::erase_if(name, [](char letter) { return letter == '(' || letter == ')' || letter == '*'; });
  name.resize(end_of_source_name(name));
  return hash_of(package_of(symbol, main_package) + name);
}

std::uint32_t linked_package_hash(std::string_view symbol, std::string_view main_package) {
  return advised_function_hash(package_of(symbol, main_package), "");
}

std::uint32_t advised_function_hash(std::string_view package, std::string_view symbol) {
  return hash_of(std::string(package) + "." + std::string(symbol));
}

std::uint32_t build_setting_hash(std::string_view setting, std::string_view value) {
  return hash_of(std::string(setting) + "=" + std::string(value));
}

std::uint32_t renamed_module_hash(std::string_view module) {
  return build_setting_hash("renamed", module);
}

ImportEvidence import_evidence(const Inventory& inventory, const Package& module,
                               const AffectedImport& import) {
  const auto holders = inventory.holders.find(module.property("purl"));
  if (holders == inventory.holders.end()) return {};
  const auto purl = parse_purl(module.property("purl"));
  const std::uint32_t renamed = renamed_module_hash(
      purl ? purl->name_space + (purl->name_space.empty() ? "" : "/") + purl->name : "");
  ImportEvidence answer{FunctionEvidence::kAbsent, "", ""};
  for (const std::string& path : holders->second) {
    const auto functions = inventory.functions.find(path);
    if (functions == inventory.functions.end() || holds(functions->second, renamed)) {
      answer.evidence = FunctionEvidence::kUnknown;
      answer.program = path;
      continue;
    }
    std::string found = function_in(functions->second, import);
    if (!found.empty()) return {FunctionEvidence::kPresent, std::move(found), path};
  }
  return answer;
}

}  // namespace seaworthy
