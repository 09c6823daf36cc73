#include "scan/advisory/package_name.h"

namespace seaworthy {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::string normalized_package(std::string_view ecosystem, std::string_view name) {
  std::string out;
  out.reserve(name.size());
  if (ecosystem.starts_with("root-") || ecosystem.starts_with("seal-")) ecosystem.remove_prefix(5);
  if (ecosystem == "pypi") {
    for (const char c : name) {
      const bool separator = c == '-' || c == '_' || c == '.';
      if (!separator) {
        out += lower(c);
      } else if (out.empty() || out.back() != '-') {
        out += '-';
      }
    }
    return out;
  }
  const bool any_case = ecosystem == "nuget" || ecosystem == "composer" || ecosystem == "bitnami" ||
                        ecosystem == "githubactions";
  for (const char c : name) out += any_case ? lower(c) : c;
  return out;
}

}  // namespace seaworthy
