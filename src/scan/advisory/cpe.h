#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace seaworthy {

// The parts of a CPE name that distinguish products. "" where the name leaves a part open ("*") or
// says that it does not apply ("-"). Lower case.
struct Cpe {
  char part = '\0';  // 'a' application, 'o' operating system, 'h' hardware
  std::string vendor, product, version, update, edition;
  bool operator==(const Cpe&) const = default;
};

// The ecosystem of the rows that name products as CPE does, "vendor:product"; their channel is the
// target software, or the operating system that is needed.
inline constexpr std::string_view kProductEcosystem = "cpe";
// The note of a row about a product that is affected only with something else, which the row does
// not name.
inline constexpr std::string_view kBesideAnother = "only beside another product";

// Reads both bindings of NISTIR 7695: the URI of CPE 2.2 ("cpe:/o:redhat:rhel_eus:8.4::baseos") and
// the formatted string of CPE 2.3 ("cpe:2.3:o:redhat:rhel_eus:8.4:*:baseos:*:*:*:*:*"). Empty where
// the text is neither, names no product, or is longer than any real name.
std::optional<Cpe> parse_cpe(std::string_view text);

// One of Red Hat's lines of products, as advisory rows and package repositories are told apart.
//
// A CPE of Red Hat's may end in a channel specifier ("::baseos", "::crb"). The specifier is no part
// of the line: the same build is published through several, and statements about unfixed packages
// carry none. Red Hat asks scanners to compare without it.
struct RedHatLine {
  std::string release;  // major release of RHEL that it stands on: "8"; "" where the name is silent
  std::string channel;  // "" RHEL's main stream; else "product:version", "rhel_eus:8.4"
  bool operator==(const RedHatLine&) const = default;
};
// Empty for another vendor's product.
std::optional<RedHatLine> red_hat_line(const Cpe& cpe);

// The minor release that a channel of extended support is bound to: "8.4" of "rhel_eus:8.4",
// "rhel_aus:8.4", "rhel_tus:8.4", "rhel_e4s:8.4", "enterprise_linux_eus:10.0"; "" for every other.
std::string_view extended_support_release(std::string_view channel);

}  // namespace seaworthy
