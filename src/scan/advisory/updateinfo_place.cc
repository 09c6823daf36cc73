// updateinfo.xml is the form that yum, dnf and zypper read; it describes one repository and does
// not say which. What it is about is told by other things, differently for each vendor:
//
// Amazon      the id: ALAS-2018-1 is Amazon Linux 1, ALAS2-..., ALAS2023-... are the others. Extras
// of
//             Amazon Linux 2 are lines of their own (rule 27): the collection is
//             "amazon-linux-2---docker", or the id is ALASDOCKER-2021-1 or ALAS2KERNEL-5.10-2022-1,
//             or the document lies in a directory "amzn2extra-docker". Nothing in a package says
//             whether it is from core or from an extra, so core alone does not speak for the
//             release.
// Fedora      the dist tag: 1.fc40. EPEL's packages are not the distribution's.
// SUSE        the id: SUSE-SLE-Module-Basesystem-15-SP4-2022-2296, openSUSE-SLE-15.4-2022-2296. One
//             repository is one module of many, so it does not speak for the whole.
// Bottlerocket  the id, BRSA-..., and one release.
// Clones of RHEL (ALSA, RLSA, ELSA)  the dist tag: 6.el8_5.
#include "scan/advisory/updateinfo_place.h"

#include <array>
#include <vector>

#include "core/base/text.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

std::string_view digits_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return text.substr(at, end - at);
}

UpdatePlace skipped(std::string_view why) {
  UpdatePlace place;
  place.skip = why;
  return place;
}

// The number behind ".fc" or ".el" in an rpm release.
std::string tagged(std::string_view rpm_release, std::string_view tag) {
  const std::size_t at = rpm_release.rfind(tag);
  if (at == rpm_release.npos) return {};
  return std::string(digits_at(rpm_release, at + tag.size()));
}

// What stands between "ALAS" and "-2022-001", without the number of the distribution.
std::string_view line_in_id(std::string_view rest) {
  for (int parts = 0; parts < 2; ++parts) {
    const std::size_t dash = rest.rfind('-');
    if (dash == rest.npos || !is_number(rest.substr(dash + 1))) return {};
    rest = rest.substr(0, dash);
  }
  return rest;
}

std::string amazon_line(std::string_view id_line, std::string_view collection,
                        std::string_view path) {
  if (const std::size_t mark = collection.find("---"); mark != collection.npos) {
    return lower_case(collection.substr(mark + 3));
  }
  constexpr std::string_view kExtra = "amzn2extra-";
  if (const std::size_t at = path.find(kExtra); at != path.npos) {
    const std::string_view rest = path.substr(at + kExtra.size());
    return lower_case(rest.substr(0, rest.find('/')));
  }
  return lower_case(id_line);
}

UpdatePlace amazon(std::string_view id, std::string_view collection, std::string_view path) {
  const std::string_view behind = id.substr(4);
  const std::string_view number = digits_at(behind, 0);
  const std::string_view id_line = line_in_id(behind.substr(number.size()));
  UpdatePlace place{"amzn", std::string(number), amazon_line(id_line, collection, path), "", true,
                    ""};
  // "ALASKERNEL-5.4-2022-7": only Amazon Linux 2 has lines without a number in the id.
  if (number.empty()) place.release = place.channel.empty() ? "1" : "2";
  if (place.channel == "core" || place.channel == "main" || place.channel == "updates") {
    place.channel.clear();
  }
  place.whole = place.channel.empty();
  if (place.release == "2") {
    place.repository = place.channel.empty() ? "core" : "extra " + place.channel;
  }
  return place;
}

// "SLE-Module-Basesystem-15-SP4" or "SLE-Product-SLES-15-SP4-LTSS": a number, a service pack, a
// line.
UpdatePlace suse_enterprise(std::string_view product) {
  std::vector<std::string> words;
  for (;;) {
    const std::size_t dash = product.find('-');
    words.push_back(lower_case(product.substr(0, dash)));
    if (dash == product.npos) break;
    product.remove_prefix(dash + 1);
  }
  UpdatePlace place;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (place.release.empty()) {
      if (word == "micro" || word == "micros" || word == "microos") place.ecosystem = "sle-micro";
      if (word == "live" || word == "livepatching") place.channel = "live-patching";
      if (is_digit(word[0]) && i > 0) place.release = word;
    } else if (word.starts_with("sp") && is_number(std::string_view(word).substr(2))) {
      place.release += "." + word.substr(2);
    } else if (place.channel.empty()) {
      place.channel = word;
    }
  }
  if (place.ecosystem.empty()) place.ecosystem = "sles";
  if (place.release.empty()) return skipped("updateinfo: a SUSE product without a version");
  return place;
}

UpdatePlace suse(std::string_view id) {
  const bool open = id.starts_with("openSUSE-");
  const std::string_view product = line_in_id(id);
  if (!open) return suse_enterprise(product.substr(std::min(product.size(), std::size_t{5})));
  for (const std::string_view front : {"openSUSE-SLE-", "openSUSE-Leap-", "openSUSE-"}) {
    if (!product.starts_with(front)) continue;
    const std::string_view version = product.substr(front.size());
    if (version.empty() || !is_digit(version[0])) break;
    return {"opensuse-leap", std::string(version), "", "", false, ""};
  }
  return skipped("updateinfo: an openSUSE product without a version");
}

struct Clone {
  std::string_view id, ecosystem;
};
constexpr std::array kClones{Clone{"ALSA-", "almalinux"}, Clone{"ALBA-", "almalinux"},
                             Clone{"ALEA-", "almalinux"}, Clone{"RLSA-", "rocky"},
                             Clone{"RLBA-", "rocky"},     Clone{"RLEA-", "rocky"},
                             Clone{"ELSA-", "ol"},        Clone{"ELBA-", "ol"}};

}  // namespace

UpdatePlace place_of_update(std::string_view id, std::string_view collection, std::string_view path,
                            std::string_view rpm_release) {
  if (id.starts_with("ALAS")) return amazon(id, collection, path);
  if (id.starts_with("BRSA-")) return {"bottlerocket", "", "", "", true, ""};
  if (id.starts_with("FEDORA-EPEL-")) {
    return skipped("updateinfo: EPEL, whose packages are not the distribution's");
  }
  if (id.starts_with("FEDORA-")) {
    UpdatePlace place{"fedora", tagged(rpm_release, ".fc"), "", "", true, ""};
    if (place.release.empty()) return skipped("updateinfo: a Fedora package without a release");
    return place;
  }
  if (id.starts_with("SUSE-") || id.starts_with("openSUSE-")) return suse(id);
  for (const Clone& clone : kClones) {
    if (!id.starts_with(clone.id)) continue;
    UpdatePlace place{std::string(clone.ecosystem), tagged(rpm_release, ".el"), "", "", true, ""};
    if (place.release.empty()) return skipped("updateinfo: a package without a release");
    return place;
  }
  return skipped("updateinfo of a vendor that is not known");
}

}  // namespace seaworthy
