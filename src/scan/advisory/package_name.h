#pragma once

#include <string>
#include <string_view>

namespace seaworthy {

// A package name as the database keys it. Names that an ecosystem itself treats as equal become
// one: PyPI by PEP 503 (matching rule 41), NuGet, Composer, Bitnami and GitHub Actions without
// regard to case (rule 53). Every other ecosystem's names stay as they are.
std::string normalized_package(std::string_view ecosystem, std::string_view name);

}  // namespace seaworthy
