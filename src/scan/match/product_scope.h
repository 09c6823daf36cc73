#pragma once

#include <string>
#include <vector>

#include "scan/match/lookup.h"
#include "scan/match/release.h"

namespace seaworthy {

// Which of Red Hat's lines of products an image draws its packages from (rules 21 and 25).
struct ProductScope {
  bool main = true;                   // RHEL's main stream
  std::vector<std::string> extended;  // extended support of the image's own minor release
  std::vector<std::string> layered;   // every other line: "jboss_core_services:1"
  std::string minor;                  // that minor release: "8.4"; "" unknown
  // What people must know of it: the main stream was assumed, repositories are not known. "" else.
  std::string caution;
};

// From the repositories and labels of the image, by the database's mapping of repositories to
// products. Without any that is known: the main stream of the release, and a caution.
ProductScope product_scope(const Distro& distro, const AdvisoryLookup& lookup);

// Whether a row of `channel` is about one of `lines`: the same product, and a version that is the
// same or the beginning of the other ("openshift:4" and "openshift:4.16").
bool covers(const std::vector<std::string>& lines, std::string_view channel);

}  // namespace seaworthy
