// Red Hat says of one package different things for its main stream, for the extended support of a
// minor release, and for products that are layered on RHEL. Fixes of different lines have numbers
// that must not be compared (rules 22 and 25): 4.18.0-305.140.1.el8_4 is a fix, although the main
// stream's is 4.18.0-553. So each line is judged by itself, and then:
//
//  1. A layered product's statement decides for packages that are its builds, which their release
//     text shows ("1.rhaos4.16.el9", "9.el8jbcs"). Of other packages it counts only where RHEL
//     itself says nothing.
//  2. Extended support of the image's own minor release decides where it says anything. Where the
//     image has the main stream too, a package that is not of that minor release is the main
//     stream's.
//  3. Else the main stream decides: what is not fixed there is not fixed in extended support
//  either.
//     A fix that was built for a later minor release cannot be installed from extended support
//     alone: it is named, and the package is not fixed.
#include <algorithm>
#include <charconv>
#include <map>

#include "scan/match/decision.h"

namespace seaworthy {
namespace {

using Rows = std::vector<const AdvisoryRow*>;

std::string_view release_text(std::string_view version) {
  return version.substr(version.rfind('-') + 1);
}

// The letters of a release text: "el" of "19.el9_2", "rhaos.el" of "1.rhaos4.16.el9". Builds of one
// line have them in common. What follows "module" is a build's own hash.
std::string build_mark(std::string_view version) {
  std::string mark;
  std::string_view release = release_text(version);
  for (const char c : release.substr(0, release.find(".module"))) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter) {
      mark += c;
    } else if (!mark.empty() && mark.back() != '.') {
      mark += '.';
    }
  }
  while (mark.ends_with('.')) mark.pop_back();
  return mark;
}

// The minor release that a build was made for: 10 of "el8_10" and "module+el8.10.0+22213", -1 where
// the text does not say.
int minor_of(std::string_view version) {
  const std::string_view release = release_text(version);
  for (std::size_t at = release.find("el"); at != release.npos; at = release.find("el", at + 1)) {
    const std::size_t end = release.find_first_not_of("0123456789", at + 2);
    if (end == at + 2 || end == release.npos) continue;
    const bool module = release.find("module") < at;
    if (release[end] != '_' && !(module && release[end] == '.')) continue;
    int minor = -1;
    std::from_chars(release.data() + end + 1, release.data() + release.size(), minor);
    return minor;
  }
  return -1;
}

int minor_number(std::string_view release) {
  int minor = -1;
  const std::size_t dot = release.find('.');
  if (dot == release.npos) return minor;
  std::from_chars(release.data() + dot + 1, release.data() + release.size(), minor);
  return minor;
}

struct Lines {
  Rows main, extended;
  std::map<std::string_view, Rows> layered;
};

Lines lines_of(const Rows& rows, const ProductScope& scope) {
  Lines lines;
  for (const AdvisoryRow* row : rows) {
    if (row->channel.empty()) {
      lines.main.push_back(row);
    } else if (covers(scope.extended, row->channel)) {
      lines.extended.push_back(row);
    } else if (covers(scope.layered, row->channel)) {
      lines.layered[row->channel].push_back(row);
    }
  }
  return lines;
}

struct Answer {
  Decision decision;
  bool applies = false;  // the line says something about this package
};

Answer judge(const Rows& rows, const Subject& subject) {
  Answer answer;
  answer.decision = judge_together(rows, subject, answer.applies);
  return answer;
}

Answer judge_main(const Rows& rows, const Subject& subject, const ProductScope& scope) {
  Answer answer = judge(rows, subject);
  Decision& decision = answer.decision;
  const int reach = minor_number(scope.minor);
  if (scope.main || reach < 0 || decision.fix.empty() || minor_of(decision.fix) <= reach) {
    return answer;
  }
  decision.later_fix = std::move(decision.fix);
  decision.fix.clear();
  return answer;
}

Answer judge_rhel(const Lines& lines, const Subject& subject, const ProductScope& scope) {
  Answer main = judge_main(lines.main, subject, scope);
  Answer extended = judge(lines.extended, subject);
  if (!extended.applies) return main;
  const bool own_build = minor_of(subject.version) == minor_number(scope.minor);
  return scope.main && main.applies && !own_build ? std::move(main) : std::move(extended);
}

bool is_build_of(const Rows& rows, std::string_view mark) {
  return std::any_of(rows.begin(), rows.end(), [&](const AdvisoryRow* row) {
    return std::any_of(row->ranges.begin(), row->ranges.end(),
                       [&](const VersionRange& range) { return build_mark(range.fixed) == mark; });
  });
}

}  // namespace

Decision decide_by_line(const Rows& rows, const Subject& subject, const ProductScope& scope) {
  const Lines lines = lines_of(rows, scope);
  Answer rhel = judge_rhel(lines, subject, scope);
  const std::string mark = build_mark(subject.version);
  Decision layered;
  for (const auto& [channel, own] : lines.layered) {
    Answer answer = judge(own, subject);
    if (!answer.applies) continue;
    if (mark != "el" && !mark.empty() && is_build_of(own, mark)) return std::move(answer.decision);
    if (layered.kind == Decision::Kind::kNothing) layered = std::move(answer.decision);
  }
  return rhel.applies ? std::move(rhel.decision) : std::move(layered);
}

}  // namespace seaworthy
