#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seaworthy {

// Append only: stored.
enum class VexStatus { kNotAffected, kAffected, kFixed, kUnderInvestigation, kEnd };
std::string_view name_of(VexStatus status);  // "not_affected", ...
std::optional<VexStatus> parse_vex_status(std::string_view text);

// What somebody says about one vulnerability in one product.
struct VexStatement {
  std::string vulnerability;         // as the statement names it: a CVE id mostly
  std::vector<std::string> aliases;  // other ids that the statement gives
  std::string product;               // purl, or what the author identifies it by
  // The parts of the product that the statement is about, as purls; empty: the product as a whole.
  std::vector<std::string> parts;
  VexStatus status = VexStatus::kUnderInvestigation;
  std::string justification;   // of kNotAffected: "vulnerable_code_not_present"
  std::string impact, action;  // in words
  std::string author, timestamp;
  std::string document;  // member path in the imported source
  std::string feed;      // filled when read from the database
  bool operator==(const VexStatement&) const = default;
};

}  // namespace seaworthy
