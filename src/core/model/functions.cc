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

}  // namespace

std::uint32_t linked_function_hash(std::string_view symbol) {
  const std::size_t slash = symbol.rfind('/', symbol.find('['));
  const std::size_t path_end = slash == symbol.npos ? 0 : slash + 1;
  std::string name = unescaped(symbol.substr(path_end));
  drop_instances(name);
  std::erase_if(name, [](char letter) { return letter == '(' || letter == ')' || letter == '*'; });
  name.resize(end_of_source_name(name));
  return hash_of(unescaped(symbol.substr(0, path_end)) + name);
}

std::uint32_t advised_function_hash(std::string_view package, std::string_view symbol) {
  return hash_of(std::string(package) + "." + std::string(symbol));
}

FunctionEvidence function_evidence(const Inventory& inventory, const Package& module,
                                   std::string_view package, std::string_view symbol) {
  const auto holders = inventory.holders.find(module.property("purl"));
  if (holders == inventory.holders.end()) return FunctionEvidence::kUnknown;
  const std::uint32_t function = advised_function_hash(package, symbol);
  FunctionEvidence evidence = FunctionEvidence::kAbsent;
  for (const std::string& path : holders->second) {
    const auto functions = inventory.functions.find(path);
    if (functions == inventory.functions.end()) {
      evidence = FunctionEvidence::kUnknown;
    } else if (std::binary_search(functions->second.begin(), functions->second.end(), function)) {
      return FunctionEvidence::kPresent;
    }
  }
  return evidence;
}

}  // namespace seaworthy
