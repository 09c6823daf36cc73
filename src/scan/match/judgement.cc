#include "scan/match/judgement.h"

#include <algorithm>
#include <optional>

#include "core/version/runs.h"
#include "scan/advisory/unreadable_row.h"

namespace seaworthy {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

// Rule 29: a statement that something is affected holds for packages of every architecture too; a
// statement that it is not holds for the named one only.
// A row of a source package is about all that was built from it.
bool arch_applies(const AdvisoryRow& row, const Package& package) {
  const auto any = [](std::string_view arch) {
    return arch.empty() || arch == "noarch" || arch == "all";
  };
  if (row.arch.empty() || row.arch == "src") return true;
  const bool loose = row.status != AdvisoryStatus::kNotAffected;
  if (loose && any(package.arch)) return true;
  for (std::string_view rest = row.arch;;) {
    const std::size_t bar = rest.find('|');
    const std::string_view arch = rest.substr(0, bar);
    if (arch == package.arch || (loose && any(arch))) return true;
    if (bar == rest.npos) return false;
    rest.remove_prefix(bar + 1);
  }
}

// Rule 26: Oracle builds one version in up to three flavours whose releases cannot be compared.
std::string_view oracle_flavour(std::string_view version) {
  if (contains(version, "_fips")) return "fips";
  return contains(version, ".ksplice") ? "ksplice" : "";
}

bool flavour_applies(const AdvisoryRow& row, const Subject& subject) {
  if (subject.ecosystem != "ol") return true;
  const std::string_view flavour = oracle_flavour(subject.version);
  for (const VersionRange& range : row.ranges) {
    if (!range.fixed.empty() && oracle_flavour(range.fixed) != flavour) return false;
  }
  return true;
}

// "5.10" of "kernel-5.10", "14" of "postgresql14", "" of "docker".
std::string_view number_of_line(std::string_view line) {
  std::size_t at = line.size();
  while (at > 0 && (is_digit(line[at - 1]) || line[at - 1] == '.')) --at;
  return line.substr(at);
}

bool is_of_line(std::string_view version, std::string_view number) {
  version.remove_prefix(version.find(':') == version.npos ? 0 : version.find(':') + 1);
  if (!version.starts_with(number)) return false;
  const std::string_view rest = version.substr(number.size());
  return rest.empty() || !is_digit(rest[0]);
}

// Rule 27: kernels and runtimes of several lines carry one package name on Amazon Linux. Where the
// fix shows that its package follows the line's number, only packages of that number are of the
// line; names that are in no other line (docker, runc, what a runtime brings along) go by the name
// alone.
bool line_applies(const AdvisoryRow& row, const Subject& subject) {
  if (subject.ecosystem != "amzn" || row.channel.empty()) return true;
  const std::string_view number = number_of_line(row.channel);
  if (number.empty()) return true;
  return std::none_of(row.ranges.begin(), row.ranges.end(), [&](const VersionRange& range) {
    return is_of_line(range.fixed, number) && !is_of_line(subject.version, number);
  });
}

enum class Stream { kApplies, kOther, kUnknown };

// "virt:rhel and virt-devel:rhel": the words of `module` with a colon in them.
bool names_stream(std::string_view module, std::string_view stream) {
  for (std::size_t at = module.find(stream); at != module.npos; at = module.find(stream, at + 1)) {
    const std::size_t end = at + stream.size();
    const bool starts = at == 0 || module[at - 1] == ' ' || module[at - 1] == ',';
    const bool ends =
        end == module.size() || module[end] == ' ' || module[end] == ',' || module[end] == ':';
    if (starts && ends) return true;
  }
  return false;
}

// Rules 22 and 23. A fix in one stream says nothing about another, nor about the package that the
// distribution builds outside of modules.
Stream stream_of(const AdvisoryRow& row, const Subject& subject) {
  bool row_modular = !row.module.empty();
  bool names_fix = false;
  for (const VersionRange& range : row.ranges) {
    names_fix = names_fix || !range.fixed.empty();
    row_modular = row_modular || has_module_mark(range.fixed);
  }
  // What is not modular and not affected is another build than a module's.
  if (!row_modular && subject.modular && row.status == AdvisoryStatus::kNotAffected &&
      !subject.by_source) {
    return Stream::kOther;
  }
  if (!row_modular && (!subject.modular || !names_fix)) return Stream::kApplies;
  if (row_modular != subject.modular) return Stream::kOther;
  if (row.module.empty() || subject.stream.empty()) return Stream::kUnknown;
  return names_stream(row.module, subject.stream) ? Stream::kApplies : Stream::kOther;
}

// "0" (some feeds: "<0") as a fixed version means that no version ever was affected (rules 6, 15).
bool never_affected(const VersionRange& range) {
  return range.fixed == "0" || range.fixed == "0:0" || range.fixed == "<0";
}

enum class Inside { kYes, kNo, kUnknown };

struct RangeAnswer {
  Inside inside = Inside::kNo;
  std::string bound;  // met, or not comparable
};

RangeAnswer ask_range(const VersionRange& range, const Subject& subject) {
  if (!range.introduced.empty() && range.introduced != "0") {
    const Order order = compare_installed(subject, range.introduced);
    if (order == Order::kIncomparable) return {Inside::kUnknown, range.introduced};
    if (order == Order::kLess) return {Inside::kNo, {}};
    if (order == Order::kEqual && range.introduced_excluded) return {Inside::kNo, {}};
  }
  if (!range.fixed.empty()) {
    const Order order = compare_installed(subject, range.fixed);
    if (order == Order::kIncomparable) return {Inside::kUnknown, range.fixed};
    if (order != Order::kLess) return {Inside::kNo, {}};
    return {Inside::kYes, "< " + range.fixed};
  }
  if (!range.last_affected.empty()) {
    const Order order = compare_installed(subject, range.last_affected);
    if (order == Order::kIncomparable) return {Inside::kUnknown, range.last_affected};
    if (order == Order::kGreater) return {Inside::kNo, {}};
    return {Inside::kYes, "<= " + range.last_affected};
  }
  if (range.introduced.empty() || range.introduced == "0") return {Inside::kYes, "every version"};
  return {Inside::kYes, (range.introduced_excluded ? "> " : ">= ") + range.introduced};
}

void ask_versions(const AdvisoryRow& row, const Subject& subject, RowJudgement& judgement) {
  for (const std::string& version : row.versions) {
    if (version == subject.version ||
        subject.scheme->compare(subject.version, version) == Order::kEqual) {
      judgement.verdict = RowVerdict::kAffected;
      judgement.bound = "listed as affected";
      return;
    }
  }
}

// Where the installed version stands in the row's ranges and lists; kOutside, kAffected or
// kUndetermined.
void place_version(const AdvisoryRow& row, const Subject& subject, RowJudgement& judgement) {
  judgement.verdict = RowVerdict::kOutside;
  if (row.ranges.empty() && row.versions.empty()) {
    judgement.verdict = RowVerdict::kAffected;
    judgement.bound = "every version";
    return;
  }
  for (const VersionRange& range : row.ranges) {
    if (never_affected(range)) continue;
    const RangeAnswer answer = ask_range(range, subject);
    if (answer.inside == Inside::kYes) {
      judgement.verdict = RowVerdict::kAffected;
      judgement.bound = answer.bound;
      judgement.fix = range.fixed;
      return;
    }
    if (answer.inside == Inside::kUnknown) {
      judgement.verdict = RowVerdict::kUndetermined;
      judgement.reason = subject.version.empty() ? "the package has no version"
                                                 : "version " + subject.version +
                                                       " cannot be compared with " + answer.bound;
    }
  }
  if (judgement.verdict == RowVerdict::kOutside) ask_versions(row, subject, judgement);
}

bool only_never_affected(const AdvisoryRow& row) {
  if (row.ranges.empty() || !row.versions.empty()) return false;
  for (const VersionRange& range : row.ranges) {
    if (!never_affected(range)) return false;
  }
  return true;
}

std::string_view as_precise_as(const Subject& subject, std::string_view bound) {
  const std::string_view installed = subject.version;
  if (subject.scheme == &kRpmVersions && bound.find('-') == bound.npos) {
    return installed.substr(0, installed.rfind('-'));
  }
  if (subject.scheme == &kApkVersions && bound.find("-r") == bound.npos) {
    const auto revision = installed.rfind("-r");
    if (revision != installed.npos && all_digits(installed.substr(revision + 2))) {
      return installed.substr(0, revision);
    }
  }
  // Rule 42: "1.0+cpu" is 1.0 to everyone who does not name a local version.
  if (subject.scheme == &kPep440Versions && bound.find('+') == bound.npos) {
    return installed.substr(0, installed.find('+'));
  }
  return installed;
}

// A source build is compared with the source's version. The name of a source rpm has no epoch; it
// is the binary's in all but a handful of packages.
Subject source_of(const Subject& subject) {
  Subject source = subject;
  const std::string& version = subject.package->source_version;
  if (version.empty()) return source;
  const auto epoch = subject.version.find(':');
  const bool bare = version.find(':') == std::string::npos && epoch != std::string::npos;
  source.version = (bare ? subject.version.substr(0, epoch + 1) : "") + version;
  return source;
}

}  // namespace

Order compare_installed(const Subject& subject, const std::string& bound) {
  // apk's order answers for an empty text too, but a package without a version cannot be judged.
  if (subject.version.empty() || bound.empty()) return Order::kIncomparable;
  return subject.scheme->compare(as_precise_as(subject, bound), bound);
}

bool is_about(const AdvisoryRow& row, const Subject& subject, std::string_view name) {
  if (row.arch == "src") return name == subject.package->source_name;
  return !subject.source_rows_apart || name == subject.package->name;
}

RowJudgement judge_row(const AdvisoryRow& row, const Subject& subject) {
  RowJudgement judgement;
  judgement.row = &row;
  if (!arch_applies(row, *subject.package) || !flavour_applies(row, subject) ||
      !line_applies(row, subject)) {
    return judgement;
  }
  const Stream stream = stream_of(row, subject);
  if (stream == Stream::kOther) return judgement;
  if (row.status == AdvisoryStatus::kUndetermined) {
    judgement.verdict = RowVerdict::kUndecided;
    return judgement;
  }
  if (row.status == AdvisoryStatus::kUnderInvestigation) {
    judgement.verdict = RowVerdict::kUndetermined;
    const bool unreadable = row.note.starts_with(kUnreadableNote);
    judgement.reason = unreadable ? row.note : "the vendor is still investigating";
    return judgement;
  }
  if (only_never_affected(row)) {
    judgement.verdict = RowVerdict::kNotAffected;
  } else {
    place_version(row, row.arch == "src" ? source_of(subject) : subject, judgement);
    if (row.status == AdvisoryStatus::kNotAffected) {
      // Of a version outside the range, or one that cannot be placed, the statement says nothing.
      const bool inside = judgement.verdict == RowVerdict::kAffected;
      judgement.verdict = inside ? RowVerdict::kNotAffected : RowVerdict::kNotApplicable;
    }
  }
  if (stream != Stream::kUnknown) return judgement;
  // An unknown stream changes nothing where even this row's fix is installed.
  if (judgement.verdict == RowVerdict::kAffected) {
    judgement.verdict = RowVerdict::kUndetermined;
    judgement.reason = subject.stream.empty() ? "the package's module stream is not known"
                                              : "the advisory's module stream is not known";
  } else if (judgement.verdict == RowVerdict::kNotAffected) {
    judgement.verdict = RowVerdict::kNotApplicable;
  }
  return judgement;
}

}  // namespace seaworthy
