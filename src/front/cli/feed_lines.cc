#include "front/cli/feed_lines.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include "front/cli/output.h"
#include "scan/report/table.h"
#include "scan/report/text.h"

namespace seaworthy {

namespace {

// Lines of one kind shown without --verbose, which shows all that were kept.
constexpr std::size_t kShown = 10;

void print_rest(std::uint64_t all, std::size_t shown, const char* what, bool verbose) {
  if (all <= shown) return;
  std::printf("    and %" PRIu64 " more %s%s\n", all - shown, what,
              verbose ? "" : "; --verbose shows them");
}

void print_wrapped(const std::string& first, const std::string& text) {
  std::fputs(paragraph(first, printable(text), kTextWidth).c_str(), stdout);
}

void print_skipped(const FeedImport& feed, bool verbose) {
  std::size_t shown = 0;
  for (const auto& [reason, count] : feed.skip_reasons) {
    if (!verbose && shown == kShown) break;
    print_wrapped("    skipped " + std::to_string(count) + ": ", reason);
    ++shown;
  }
  print_rest(feed.skip_reasons.size(), shown, "reasons", verbose);
  if (!verbose) return;
  std::uint64_t named = 0;
  for (const SkippedDocument& document : feed.skipped_documents) {
    print_wrapped("      ",
                  document.path + ": " + document.reason +
                      (document.count > 1 ? ", " + std::to_string(document.count) + " times" : ""));
    named += document.count;
  }
  if (named < feed.skipped) std::printf("      and %" PRIu64 " more\n", feed.skipped - named);
}

}  // namespace

void print_feed_problems(const FeedImport& feed, bool verbose) {
  const std::size_t shown = verbose ? feed.problems.size() : std::min(feed.problems.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const Problem& problem = feed.problems[i];
    print_wrapped("    problem: ", problem.path + ": " + problem.step + ": " + problem.message);
  }
  print_rest(feed.problem_count, shown, "problems", verbose);
}

void print_feed_import(const FeedImport& feed, bool verbose) {
  if (feed.unchanged) {
    std::printf("%-28s unchanged", feed.name.c_str());
    if (feed.problem_count > 0) {
      std::printf(", with %s when it was read%s", counted(feed.problem_count, "problem").c_str(),
                  feed.problems.empty() ? "; --verbose names them" : "");
    }
    std::printf("\n");
    if (!feed.problems.empty()) print_feed_problems(feed, verbose);
    return;
  }
  std::printf("%-28s %8" PRIu64 " documents  %8" PRIu64 " records  %8" PRIu64 " written  %6" PRIu64
              " removed",
              feed.name.c_str(), feed.documents, feed.records, feed.keys_written,
              feed.keys_removed);
  if (feed.skipped > 0) std::printf("  %" PRIu64 " skipped", feed.skipped);
  if (feed.problem_count > 0) {
    std::printf("  %s", counted(feed.problem_count, "problem").c_str());
  }
  std::printf("%s\n", feed.refused ? "  left as it was" : "");
  print_feed_problems(feed, verbose);
  print_skipped(feed, verbose);
}

}  // namespace seaworthy
