// SUSE sells one set of packages as many products. Since SLE 15 the packages of an image come from
// modules ("Basesystem", "Server Applications") that os-release does not name; their builds are
// those of the service pack, so they count for it, as desktop, HPC and SAP editions and extensions
// do. What is sold for longer (LTSS, ESPOS, BCL, TERADATA) is another line of builds: a channel of
// its own.
#include "scan/advisory/suse_products.h"

#include <array>

#include "core/base/text.h"

namespace seaworthy {
namespace {

struct Product {
  std::string_view front, ecosystem, channel;
};
// The first that a name begins with.
constexpr std::array kProducts{
    Product{"Linux Enterprise Server for SAP Applications", "sles", ""},
    Product{"Linux Enterprise Server for the Raspberry Pi", "", ""},
    Product{"Linux Enterprise Server LTSS Extended Security", "sles", "ltss-extended-security"},
    Product{"Linux Enterprise Server LTSS", "sles", "ltss"},
    Product{"Linux Enterprise Server Business Critical Linux", "sles", "bcl"},
    Product{"Linux Enterprise Server Teradata", "sles", "teradata"},
    Product{"Linux Enterprise Server", "sles", ""},
    Product{"Linux Enterprise Module for Live Patching", "sles", "live-patching"},
    Product{"Linux Enterprise Live Patching", "sles", "live-patching"},
    Product{"Linux Enterprise Module for", "sles", ""},
    Product{"Linux Enterprise Desktop", "sles", ""},
    Product{"Linux Enterprise High Performance Computing", "sles", ""},
    Product{"Linux Enterprise High Availability Extension", "sles", ""},
    Product{"Linux Enterprise Workstation Extension", "sles", ""},
    Product{"Linux Enterprise Software Development Kit", "sles", ""},
    Product{"Linux Enterprise Micro", "sle-micro", ""},
    Product{"Linux Micro", "sl-micro", ""},
    Product{"Package Hub", "sles", ""},
    Product{"Leap Micro", "opensuse-leap-micro", ""},
    Product{"Leap", "opensuse-leap", ""},
    Product{"Tumbleweed", "opensuse-tumbleweed", ""},
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view take_number(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
  const std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  return number;
}

// "Basesystem 15 SP4-LTSS": the version begins at the last word that is a number.
std::string_view version_part(std::string_view rest) {
  std::size_t at = std::string_view::npos;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (is_digit(rest[i]) && (i == 0 || rest[i - 1] == ' ')) at = i;
  }
  return at == std::string_view::npos ? std::string_view{} : rest.substr(at);
}

}  // namespace

Ecosystem map_suse_product(std::string_view product) {
  Ecosystem out;
  out.skip = "a SUSE product that os-release does not name";
  for (const std::string_view maker : {"SUSE ", "openSUSE "}) {
    if (product.starts_with(maker)) product.remove_prefix(maker.size());
  }
  for (const Product& row : kProducts) {
    if (!product.starts_with(row.front)) continue;
    const std::string_view behind = product.substr(row.front.size());
    if (row.ecosystem.empty() || (!behind.empty() && behind[0] != ' ')) return out;
    if (row.ecosystem == "opensuse-tumbleweed") return {std::string(row.ecosystem), "", "", ""};
    std::string_view version = version_part(behind);
    std::string release(take_number(version));
    if (release.empty()) return out;
    if (version.starts_with(" SP")) {
      version.remove_prefix(3);
      release.append(".").append(take_number(version));
    }
    out.channel = row.channel;
    if (version.starts_with('-'))
      out.channel = lower_case(version.substr(1));
    else if (!version.empty())
      return out;
    out.name = row.ecosystem;
    out.release = std::move(release);
    out.skip = {};
    return out;
  }
  return out;
}

}  // namespace seaworthy
