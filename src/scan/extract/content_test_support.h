#pragma once

// For tests: one file through all extractors that want it by its content.

#include <string>
#include <string_view>
#include <utility>

#include "core/model/problem.h"
#include "scan/extract/content_reading.h"

namespace seaworthy::test {

// The file arrives in pieces of `piece` bytes behind its head. An error becomes a problem.
inline Evidence read_content(std::string_view path, std::string_view bytes,
                             std::size_t piece = 1 << 20, const Limits& limits = {}) {
  Evidence together;
  const std::string_view head = bytes.substr(0, kHeadBytes);
  ContentReading reading({path, bytes.size()}, head, limits);
  if (!reading.wanted()) return together;
  reading.feed(0, head);
  for (std::uint64_t at = head.size(); at < bytes.size() && reading.needs() != kNeedsNoMore;) {
    at = std::max(at, reading.needs());
    if (at >= bytes.size()) break;
    const std::string_view part = bytes.substr(at, piece);
    reading.feed(at, part);
    at += part.size();
  }
  for (ContentReading::Outcome& outcome : reading.finish()) {
    if (!outcome.evidence) {
      Problem problem;
      problem.code = problem::kOpaqueFile;
      problem.message = outcome.evidence.error().message;
      together.problems.push_back(std::move(problem));
      continue;
    }
    for (Package& package : outcome.evidence->packages) {
      const auto& known = together.packages;
      if (std::find(known.begin(), known.end(), package) == known.end()) {
        together.packages.push_back(std::move(package));
      }
    }
    for (Problem& problem : outcome.evidence->problems) {
      together.problems.push_back(std::move(problem));
    }
    if (!outcome.evidence->functions.empty()) together.functions = outcome.evidence->functions;
  }
  return together;
}

}  // namespace seaworthy::test
