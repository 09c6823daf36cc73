#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seaworthy {

// Ids of the field. A *vulnerability* id names a weakness (CVE, GHSA, GO, PYSEC, RUSTSEC, MAL,
// BIT); an *advisory* id names a vendor's document that speaks about weaknesses (DSA, RHSA, ALSA,
// USN). Advisories are never aliases of what they speak about (architecture decision 7).

struct CveNumber {
  std::uint32_t year = 0;
  std::uint64_t number = 0;
};
// The parts of a well-formed id: "CVE-" four digits "-" four to nineteen digits, no leading zero
// behind the fourth, so that the parts give back the same text.
std::optional<CveNumber> parse_cve(std::string_view id);
std::string cve_text(CveNumber cve);
inline bool is_cve(std::string_view id) {
  return parse_cve(id).has_value();
}

// True for ids of vendor documents: DSA-5380-1, ALSA-2023:6938, USN-5834-1, UBUNTU-CVE-2024-1.
bool is_advisory_id(std::string_view id);

// Bug-fix and enhancement advisories (ALBA, ALEA, RHBA, RHEA, RLBA, RLEA): no vulnerability.
bool is_maintenance_advisory(std::string_view id);

inline bool is_malicious_id(std::string_view id) {
  return id.starts_with("MAL-");
}

// Every well-formed CVE id inside a text, in order, each once. "CVE_2017-2616" and "CVE 2020-1"
// are how some feeds write it; both are read.
std::vector<std::string> cve_ids_in(std::string_view text);

// Ids in a free text such as an Alpine secfixes entry: "CVE-2017-2616 (+ regression fix)",
// "CVE-2021-28687 XSA-368", "CVE-2023-1 / GHSA-xxxx-xxxx-xxxx". CVE ids first.
struct IdsInText {
  std::vector<std::string> cves;
  std::vector<std::string> others;
};
IdsInText ids_in(std::string_view text);

}  // namespace seaworthy
