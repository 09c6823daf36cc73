#include <charconv>
#include <optional>

#include "scan/advisory/advisory_id.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

// EPSS scores (FIRST). The official file begins with "#model_version:...,score_date:2026-08-01T..."
// and a header "cve,epss,percentile"; mirrors split it by year, with ";" and no header or date.

bool recognizes_epss(const FeedDocument& document) {
  std::string_view front = front_of(document);
  if (front.starts_with("#model_version")) return true;
  if (front.starts_with("cve,epss,percentile")) return true;
  const std::string_view line = front.substr(0, front.find('\n'));
  const std::size_t separator = line.find_first_of(",;");
  if (separator == std::string_view::npos || !is_cve(line.substr(0, separator))) return false;
  return line.find_first_of(",;", separator + 1) != std::string_view::npos &&
         line.substr(separator + 1).find_first_not_of("0123456789.,;eE-\r") ==
             std::string_view::npos;
}

std::optional<double> probability(std::string_view text) {
  text = trim(text);
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value <= 1)) {
    return {};
  }
  return value;
}

// The date behind "score_date:"; the time of day is always midnight.
std::string date_of(std::string_view comment) {
  constexpr std::string_view kName = "score_date:";
  const std::size_t at = comment.find(kName);
  if (at == std::string_view::npos) return {};
  const std::string_view text = comment.substr(at + kName.size(), 10);
  return parse_time(text) ? std::string(text) : std::string{};
}

Status parse_epss(const FeedDocument& document, const Limits&, FeedSink& sink) {
  std::string date;
  for_each_line(document.bytes, [&](std::string_view line, std::uint64_t number) {
    if (number == 1 && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
    if (line.starts_with('#')) {
      date = date_of(line);
      if (const auto time = parse_time(date)) sink.data_as_of(*time);
      return;
    }
    if (trim(line).empty() || line.starts_with("cve,")) return;
    const std::size_t first = line.find_first_of(",;");
    const std::size_t second =
        first == std::string_view::npos ? first : line.find_first_of(",;", first + 1);
    const bool whole = second != std::string_view::npos && is_cve(line.substr(0, first));
    const auto score =
        whole ? probability(line.substr(first + 1, second - first - 1)) : std::nullopt;
    const auto percentile = whole ? probability(line.substr(second + 1)) : std::nullopt;
    if (!score || !percentile) {
      sink.problem(unreadable_record(at_line(document.path, number), "read epss",
                                     "not a CVE id, a score and a percentile"));
      return;
    }
    sink.record();
    sink.epss(line.substr(0, first), *score, *percentile, date);
  });
  return ok_status();
}

}  // namespace

extern const Feed kEpss;
const Feed kEpss{
    .name = "epss",
    .description = "EPSS: probability of exploitation in the next 30 days",
    .source = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
    .recognizes = recognizes_epss,
    .parse = parse_epss,
};

}  // namespace seaworthy
