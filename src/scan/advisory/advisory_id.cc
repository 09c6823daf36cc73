#include "scan/advisory/advisory_id.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

namespace seaworthy {
namespace {

// Prefixes of ids that name documents of a vendor. "-CVE-" forms are one document per CVE and
// distribution: the CVE is the weakness there as well.
constexpr std::array<std::string_view, 40> kAdvisoryPrefixes{
    "DSA-",        "DLA-",        "DTSA-",       "ELA-",       "ALSA-",     "RHSA-",    "RLSA-",
    "RXSA-",       "ELSA-",       "ALAS",        "USN-",       "LSN-",      "SUSE-SU-", "SUSE-RU-",
    "SUSE-FU-",    "SUSE-OU-",    "openSUSE-S",  "openSUSE-R", "MGASA-",    "OESA-",    "CGA-",
    "GLSA-",       "FEDORA-",     "PHSA-",       "CESA-",      "AZL-",      "MINI-",    "ECHO-",
    "ROOT-",       "BELL-",       "CLSA-",       "BRSA-",      "AVG-",      "ASA-",     "SUSE-SLE-",
    "UBUNTU-CVE-", "DEBIAN-CVE-", "ALPINE-CVE-", "XSA-",       "openEuler-"};
constexpr std::array<std::string_view, 7> kMaintenancePrefixes{"ALBA-", "ALEA-", "RHBA-", "RHEA-",
                                                               "RLBA-", "RLEA-", "ELBA-"};

bool starts_with_any(std::string_view id, std::span<const std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return id.starts_with(prefix); });
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void add_once(std::vector<std::string>& list, std::string value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

// "TALOS-2023-1", "GHSA-xxxx-xxxx-xxxx", "VSV00004": begins with two upper-case letters, has a
// digit, and only the characters of ids.
bool is_other_id(std::string_view token) {
  if (token.size() < 4 || token.size() > 64 || token.starts_with("CVE")) return false;
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (!upper(token[0]) || !upper(token[1])) return false;
  const bool ghsa = token.starts_with("GHSA-");
  return std::all_of(token.begin(), token.end(),
                     [](char c) { return is_alnum(c) || c == '-' || c == ':' || c == '_'; }) &&
         (ghsa || std::any_of(token.begin(), token.end(), is_digit));
}

}  // namespace

std::optional<CveNumber> parse_cve(std::string_view id) {
  if (id.size() < 13 || id.size() > 28 || !id.starts_with("CVE-") || id[8] != '-') return {};
  CveNumber cve;
  const auto read = [](std::string_view text, auto& value) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc{} && end == text.data() + text.size();
  };
  const std::string_view number = id.substr(9);
  if (!is_digit(id[4]) || !is_digit(number[0])) return {};
  if (!read(id.substr(4, 4), cve.year) || !read(number, cve.number)) return {};
  if (number.size() > 4 && number[0] == '0') return {};
  return cve;
}

std::string cve_text(CveNumber cve) {
  std::string year = std::to_string(cve.year);
  year.insert(0, year.size() < 4 ? 4 - year.size() : 0, '0');
  std::string number = std::to_string(cve.number);
  number.insert(0, number.size() < 4 ? 4 - number.size() : 0, '0');
  return "CVE-" + year + "-" + number;
}

bool is_advisory_id(std::string_view id) {
  return starts_with_any(id, kAdvisoryPrefixes) || is_maintenance_advisory(id);
}

bool is_maintenance_advisory(std::string_view id) {
  return starts_with_any(id, kMaintenancePrefixes);
}

std::vector<std::string> cve_ids_in(std::string_view text) {
  std::vector<std::string> found;
  for (std::size_t at = text.find("CVE"); at != std::string_view::npos; at = text.find("CVE", at)) {
    at += 3;
    if (at >= text.size() || (text[at] != '-' && text[at] != '_' && text[at] != ' ')) continue;
    if (at >= 4 && is_alnum(text[at - 4])) continue;
    std::string id = "CVE-";
    std::size_t next = at + 1;
    while (next < text.size() && is_digit(text[next])) id += text[next++];
    if (id.size() != 8 || next >= text.size() || (text[next] != '-' && text[next] != '_')) continue;
    id += '-';
    for (++next; next < text.size() && is_digit(text[next]);) id += text[next++];
    if (is_cve(id)) add_once(found, std::move(id));
    at = next;
  }
  return found;
}

IdsInText ids_in(std::string_view text) {
  IdsInText ids;
  ids.cves = cve_ids_in(text);
  constexpr std::string_view kSeparators = " \t,;/()+[]\"'";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(kSeparators), text.size());
    const std::string_view token = text.substr(0, end);
    if (is_other_id(token)) add_once(ids.others, std::string(token));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return ids;
}

}  // namespace seaworthy
