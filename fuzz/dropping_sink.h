#pragma once

#include <cstdint>
#include <string_view>

#include "scan/advisory/feed.h"

namespace seaworthy {

// Takes what a parser gives and keeps nothing.
class DroppingSink : public FeedSink {
 public:
  void row(const PackageKey&, AdvisoryRow) override {}
  void details(VulnerabilityDetails) override {}
  void epss(std::string_view, double, double, std::string_view) override {}
  void kev(std::string_view, const Kev&) override {}
  void exploit(std::string_view, const Exploit&) override {}
  void end_of_life(std::string_view, std::string_view, std::string_view, bool) override {}
  void repository(std::string_view, const std::vector<std::string>&) override {}
  void vex(VexStatement) override {}
  bool archive(std::string_view, std::string_view) override { return true; }
  void scope(std::string_view, std::string_view) override {}
  void mentions(std::string_view, std::string_view) override {}
  void piece_of(std::string_view, std::string_view) override {}
  void repository_of(std::string_view, std::string_view, std::string_view) override {}
  void begin_entry() override {}
  void data_as_of(UnixSeconds) override {}
  bool listed(std::string_view, UnixSeconds, bool) override { return true; }
  bool is_removed(std::string_view, UnixSeconds) override { return false; }
  void record() override {}
  void reading(std::string_view, std::string_view) override {}
  void skipped(std::string_view) override {}
  void problem(Problem) override {}
};

// Limits that let a fuzzer reach them.
inline Limits fuzz_limits() {
  Limits limits;
  limits.document_bytes = 1 * kMiB;
  return limits;
}

// Parses the input with the feed of that name, whatever it recognizes.
inline void parse_as(std::string_view feed_name, std::string_view path, const std::uint8_t* data,
                     std::size_t size) {
  const FeedDocument document{path, {reinterpret_cast<const char*>(data), size}};
  DroppingSink sink;
  for (const Feed* feed : all_feeds()) {
    if (feed->name == feed_name) (void)feed->parse(document, fuzz_limits(), sink);
  }
}

}  // namespace seaworthy
