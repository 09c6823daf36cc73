#pragma once

#include <string>
#include <string_view>

#include "scan/advisory/feed.h"

namespace seaworthy {

// What the Ubuntu CVE tracker says of one package in one release, in its own words.
struct UbuntuStatus {
  std::string_view release;  // codename, with the pocket: "jammy", "esm-infra/bionic", "trusty/esm"
  std::string_view package;
  std::string_view status;  // released, needed, ignored, ...
  std::string_view detail;  // fixed version, or why
};

struct UbuntuCve {
  std::string id;
  std::string document;
  Severity severity = Severity::kUnknown;
  AdvisoryState state = AdvisoryState::kActive;
};

// Gives the sink the row that a status means (matching rule 12), or counts why there is none.
void add_ubuntu_row(const UbuntuCve& cve, const UbuntuStatus& status, FeedSink& sink);

Severity ubuntu_severity(std::string_view priority);

}  // namespace seaworthy
