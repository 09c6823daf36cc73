// A table of published Java archives that a user brings, for jars that do not say what they are:
//
//   sha1,group,artifact,version
//   0235ba8b489512805ac13a8f9ea77a1ca5ebe3e8,aopalliance,aopalliance,1.0
//
// in any order, one archive a line; the same digest may come again with other names. It speaks of
// no package and dates nothing.
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr std::string_view kHeader = "sha1,group,artifact,version";

bool recognizes_archives(const FeedDocument& document) {
  return front_of(document).starts_with(kHeader);
}

Status parse_archives(const FeedDocument& document, const Limits&, FeedSink& sink) {
  for_each_line(document.bytes, [&](std::string_view line, std::uint64_t number) {
    line = trim(line);
    if (number == 1 || line.empty() || line.starts_with('#')) return;
    const std::size_t first = line.find(',');
    const std::size_t second = first == line.npos ? first : line.find(',', first + 1);
    const std::size_t third = second == line.npos ? second : line.find(',', second + 1);
    std::string coordinates(third == line.npos ? std::string_view() : line.substr(first + 1));
    const bool plain = !coordinates.empty() && second > first + 1 && third > second + 1 &&
                       third + 1 < line.size() &&
                       coordinates.find_first_of(": \t\"") == coordinates.npos &&
                       line.find(',', third + 1) == line.npos;
    for (char& c : coordinates) c = c == ',' ? ':' : c;
    if (!plain || !sink.archive(lower_case(line.substr(0, first)), coordinates)) {
      sink.problem(unreadable_record(at_line(document.path, number), "read archives",
                                     "not a SHA-1, a group, an artifact and a version"));
      return;
    }
    sink.record();
  });
  return ok_status();
}

}  // namespace

extern const Feed kArchives;
const Feed kArchives{
    .name = "java-archives",
    .description = "Published Java archives by their SHA-1, a CSV table",
    .source = "",
    .recognizes = recognizes_archives,
    .parse = parse_archives,
};

}  // namespace seaworthy
