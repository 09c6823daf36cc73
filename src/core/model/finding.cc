#include "core/model/finding.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace seaworthy {

std::string_view name_of(Severity severity) {
  static constexpr std::array<std::string_view, 6> kNames{"unknown", "negligible", "low",
                                                          "medium",  "high",       "critical"};
  return kNames.at(static_cast<std::size_t>(severity));
}

std::optional<Severity> parse_severity(std::string_view text) {
  struct Word {
    std::string_view word;
    Severity severity;
  };
  static constexpr std::array kWords{
      Word{"critical", Severity::kCritical},
      Word{"high", Severity::kHigh},
      Word{"important", Severity::kHigh},
      Word{"medium", Severity::kMedium},
      Word{"moderate", Severity::kMedium},
      Word{"low", Severity::kLow},
      Word{"minor", Severity::kLow},
      Word{"negligible", Severity::kNegligible},
      Word{"unimportant", Severity::kNegligible},
      Word{"unknown", Severity::kUnknown},
      Word{"untriaged", Severity::kUnknown},
      Word{"none", Severity::kUnknown},
  };
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const Word& known : kWords) {
    if (known.word == lower) return known.severity;
  }
  return std::nullopt;
}

std::string_view name_of(FixState state) {
  static constexpr std::array<std::string_view, 6> kNames{"unknown",  "fixed",    "not_fixed",
                                                          "wont_fix", "deferred", "end_of_life"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::string_view name_of(FindingStatus status) {
  static constexpr std::array<std::string_view, 4> kNames{"affected", "undetermined",
                                                          "not_affected", "suppressed"};
  return kNames.at(static_cast<std::size_t>(status));
}

std::string_view name_of(AdvisoryState state) {
  static constexpr std::array<std::string_view, 4> kNames{"active", "disputed", "rejected",
                                                          "withdrawn"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::string_view name_of(FindingKind kind) {
  return kind == FindingKind::kMalicious ? "malicious" : "vulnerability";
}

std::string_view name_of(CoverageState state) {
  static constexpr std::array<std::string_view, 3> kNames{"matched", "clean", "unassessed"};
  return kNames.at(static_cast<std::size_t>(state));
}

bool is_raised(const Finding& finding) {
  return finding.status != FindingStatus::kSuppressed &&
         finding.status != FindingStatus::kNotAffected;
}

}  // namespace seaworthy
