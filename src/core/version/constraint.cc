// Sets of versions as package managers write them, read into intervals.
//
//   npm     https://github.com/npm/node-semver (ranges): alternatives joined by "||", comparators
//           joined by blanks, "A - B", "^", "~", and x for any number.
//   Cargo   the Cargo book, "Specifying Dependencies": requirements joined by commas.
//   gem     Gem::Requirement: requirements joined by commas; "~> 2.1.3" is at least 2.1.3 and
//   of 2.1.
//
// "^1.2" ends in front of 2.0.0 and its pre-releases, so its upper bound is written "2.0.0-0", the
// first of them (as npm does), and gem's "~> 2.1.3" ends at "2.2.a". npm and Cargo take
// pre-releases only where a comparator names one; that rule chooses what to install, and is left
// out here, where sets say what is affected.
#include "core/version/constraint.h"

#include <algorithm>
#include <optional>

#include "core/version/runs.h"
#include "core/version/semantic.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxText = 4096;
constexpr std::size_t kMaxIntervals = 256;

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Cuts an operator from the front of `text`.
std::string_view take_operator(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("<>=~^!"), text.size());
  const std::string_view sign = text.substr(0, end);
  text = without_blanks(text.substr(end));
  return sign;
}

std::string one_more(std::string_view digits) {
  std::string out(digits);
  for (std::size_t at = out.size(); at-- > 0;) {
    if (out[at] != '9') {
      ++out[at];
      return out;
    }
    out[at] = '0';
  }
  return "1" + out;
}

// "1.2.x", "1", "1.2.3-beta": up to three numbers, fewer where the rest may be anything.
struct Partial {
  std::vector<std::string> numbers;
  std::string tail;  // "-beta"

  // The first version that it may stand for.
  std::string first() const {
    std::string out;
    for (std::size_t i = 0; i < 3; ++i) {
      out += (i == 0 ? "" : ".") + (i < numbers.size() ? numbers[i] : "0");
    }
    return out + tail;
  }
  // The first version, its pre-releases counted, whose number at `place` is one higher.
  std::string after(std::size_t place) const {
    Partial next{{numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(place) + 1}, "-0"};
    next.numbers[place] = one_more(next.numbers[place]);
    return next.first();
  }
};

bool is_any_number(std::string_view text) {
  return text == "x" || text == "X" || text == "*";
}

std::optional<Partial> parse_partial(std::string_view text) {
  if (text.starts_with('v') || text.starts_with('V')) text.remove_prefix(1);
  Partial out;
  text = text.substr(0, text.find('+'));
  const std::size_t hyphen = text.find('-');
  if (hyphen != text.npos) out.tail = text.substr(hyphen);
  std::string_view rest = text.substr(0, hyphen);
  bool any = false;
  for (int parts = 0; parts == 0 || !rest.empty(); ++parts) {
    const std::string_view part = take_until(rest, ".");
    if (is_any_number(part) || (part.empty() && parts == 0)) {
      any = true;
    } else if (!all_digits(part) || any || parts == 3) {
      return std::nullopt;
    } else {
      out.numbers.emplace_back(part);
    }
  }
  if (out.numbers.size() < 3 && !out.tail.empty()) return std::nullopt;
  return out;
}

VersionInterval at_least(std::string lower) {
  return {std::move(lower), "", true, false};
}
VersionInterval below(std::string upper) {
  return {"", std::move(upper), true, false};
}
VersionInterval exactly(const std::string& version) {
  return {version, version, true, true};
}
VersionSet everything() {
  return {VersionInterval{}};
}

// "~1.2.3", "~1.2" and "1.2.x" end behind 1.2, "~1" and "1.x" behind 1.
VersionInterval of_the_line(const Partial& version, std::size_t most_numbers) {
  const std::size_t place = std::min(version.numbers.size(), most_numbers) - 1;
  return {version.first(), version.after(place), true, false};
}

// The leftmost number that is not 0 must stay.
VersionInterval compatible(const Partial& version) {
  std::size_t place = 0;
  while (place + 1 < version.numbers.size() &&
         version.numbers[place].find_first_not_of('0') == std::string::npos) {
    ++place;
  }
  return {version.first(), version.after(place), true, false};
}

// One comparator of npm or Cargo; nullopt: not of their form.
std::optional<VersionSet> semantic_comparator(std::string_view sign, std::string_view text,
                                              ConstraintSyntax syntax) {
  const auto version = parse_partial(text);
  if (!version || text.empty()) return std::nullopt;
  if (version->numbers.empty()) {
    // "<*" is nothing at all.
    return sign == "<" || sign == ">" ? VersionSet{} : everything();
  }
  const bool whole = version->numbers.size() == 3;
  const std::size_t last = version->numbers.size() - 1;
  if (sign.empty()) sign = syntax == ConstraintSyntax::kCargo ? "^" : "=";
  if (sign == "^") return VersionSet{compatible(*version)};
  if (sign == "~" || sign == "~>") return VersionSet{of_the_line(*version, 2)};
  if (sign == ">=") return VersionSet{at_least(version->first())};
  if (sign == "<") return VersionSet{below(whole ? version->first() : version->first() + "-0")};
  if (sign == "<=") {
    if (!whole) return VersionSet{below(version->after(last))};
    return VersionSet{{"", version->first(), true, true}};
  }
  if (sign == ">") {
    if (!whole) return VersionSet{at_least(version->after(last))};
    return VersionSet{{version->first(), "", false, false}};
  }
  if (sign != "=" && sign != "==") return std::nullopt;
  return VersionSet{whole ? exactly(version->first()) : of_the_line(*version, 3)};
}

// "2.1.3" and "2.1.3.rc1" give "2.2.a": the last number but one is raised.
std::string end_of_gem_line(std::string_view version) {
  std::vector<std::string> numbers;
  while (!version.empty()) {
    const std::string_view part = take_until(version, ".");
    if (!all_digits(part)) break;
    numbers.emplace_back(part);
  }
  if (numbers.empty()) return {};
  if (numbers.size() > 1) numbers.pop_back();
  numbers.back() = one_more(numbers.back());
  std::string out;
  for (const std::string& number : numbers) out += number + ".";
  return out + "a";
}

std::optional<VersionSet> plain_comparator(std::string_view sign, std::string_view text,
                                           ConstraintSyntax syntax) {
  const std::string version(text);
  if (version.empty()) return std::nullopt;
  if (sign.empty() || sign == "=" || sign == "==") return VersionSet{exactly(version)};
  if (sign == ">=") return VersionSet{at_least(version)};
  if (sign == ">") return VersionSet{{version, "", false, false}};
  if (sign == "<") return VersionSet{below(version)};
  if (sign == "<=") return VersionSet{{"", version, true, true}};
  if (sign == "!=") return VersionSet{below(version), {version, "", false, false}};
  const std::string end = end_of_gem_line(text);
  if (sign != "~>" || syntax != ConstraintSyntax::kGem || end.empty()) return std::nullopt;
  return VersionSet{{version, end, true, false}};
}

bool is_ordered(const std::string& version, const VersionScheme& scheme) {
  return version.empty() || scheme.compare(version, version) == Order::kEqual;
}

class Parser {
 public:
  Parser(ConstraintSyntax syntax, std::string_view text, const VersionScheme& scheme)
      : syntax_(syntax), text_(text), scheme_(scheme) {}

  Result<VersionSet> parse() {
    if (text_.size() > kMaxText) {
      return Error{ErrorCode::kLimitExceeded, "a constraint of more than 4 KiB"};
    }
    VersionSet out;
    for (std::string_view rest = text_;;) {
      const std::size_t bars = rest.find("||");
      const bool more = bars != rest.npos && syntax_ == ConstraintSyntax::kNpm;
      ASSIGN_OR_RETURN(const VersionSet one, alternative(more ? rest.substr(0, bars) : rest));
      out.insert(out.end(), one.begin(), one.end());
      if (out.size() > kMaxIntervals) {
        return Error{ErrorCode::kLimitExceeded, "a constraint of more than 256 alternatives"};
      }
      if (!more) return out;
      rest.remove_prefix(bars + 2);
    }
  }

 private:
  Error bad(std::string_view what) const {
    return {ErrorCode::kInvalidInput, "'" + std::string(what) + "' is no constraint of versions"};
  }

  Result<VersionSet> alternative(std::string_view text) const {
    text = without_blanks(text);
    VersionSet out = everything();
    if (syntax_ == ConstraintSyntax::kNpm) {
      const std::size_t hyphen = text.find(" - ");
      if (hyphen != text.npos) {
        ASSIGN_OR_RETURN(const VersionSet low, comparator(">=", text.substr(0, hyphen)));
        ASSIGN_OR_RETURN(const VersionSet high, comparator("<=", text.substr(hyphen + 3)));
        return intersection(low, high, scheme_);
      }
      if (text.empty()) return out;
    }
    const std::string_view between = syntax_ == ConstraintSyntax::kNpm ? " \t" : ",";
    for (bool first = true; first || !text.empty(); first = false) {
      std::string_view sign = take_operator(text);
      ASSIGN_OR_RETURN(const VersionSet one,
                       comparator(sign, without_blanks(take_until(text, between))));
      out = intersection(out, one, scheme_);
      text = without_blanks(text);
    }
    return out;
  }

  Result<VersionSet> comparator(std::string_view sign, std::string_view version) const {
    const bool semantic = syntax_ == ConstraintSyntax::kNpm || syntax_ == ConstraintSyntax::kCargo;
    version = without_blanks(version);
    auto out = semantic ? semantic_comparator(sign, version, syntax_)
                        : plain_comparator(sign, version, syntax_);
    if (!out) return bad(std::string(sign) + std::string(version));
    for (const VersionInterval& interval : *out) {
      if (!is_ordered(interval.lower, scheme_) || !is_ordered(interval.upper, scheme_)) {
        return bad(std::string(sign) + std::string(version));
      }
    }
    return *std::move(out);
  }

  const ConstraintSyntax syntax_;
  const std::string_view text_;
  const VersionScheme& scheme_;
};

bool is_empty(const VersionInterval& interval, const VersionScheme& scheme) {
  if (interval.lower.empty() || interval.upper.empty()) return false;
  const Order order = scheme.compare(interval.lower, interval.upper);
  if (order == Order::kEqual) return !interval.includes_lower || !interval.includes_upper;
  return order != Order::kLess;
}

VersionInterval overlap(const VersionInterval& a, const VersionInterval& b,
                        const VersionScheme& scheme) {
  VersionInterval out = a;
  if (!b.lower.empty()) {
    const Order order = a.lower.empty() ? Order::kLess : scheme.compare(a.lower, b.lower);
    if (order == Order::kLess) {
      out.lower = b.lower;
      out.includes_lower = b.includes_lower;
    } else if (order == Order::kEqual) {
      out.includes_lower = a.includes_lower && b.includes_lower;
    }
  }
  if (!b.upper.empty()) {
    const Order order = a.upper.empty() ? Order::kGreater : scheme.compare(a.upper, b.upper);
    if (order == Order::kGreater) {
      out.upper = b.upper;
      out.includes_upper = b.includes_upper;
    } else if (order == Order::kEqual) {
      out.includes_upper = a.includes_upper && b.includes_upper;
    }
  }
  return out;
}

}  // namespace

Result<VersionSet> parse_constraint(ConstraintSyntax syntax, std::string_view text,
                                    const VersionScheme& scheme) {
  return Parser(syntax, text, scheme).parse();
}

VersionSet intersection(const VersionSet& a, const VersionSet& b, const VersionScheme& scheme) {
  VersionSet out;
  for (const VersionInterval& one : a) {
    for (const VersionInterval& other : b) {
      VersionInterval both = overlap(one, other, scheme);
      if (!is_empty(both, scheme)) out.push_back(std::move(both));
    }
  }
  return out;
}

VersionSet complement(const VersionSet& set, const VersionScheme& scheme) {
  VersionSet out = everything();
  for (const VersionInterval& interval : set) {
    VersionSet outside;
    if (!interval.lower.empty()) {
      outside.push_back({"", interval.lower, true, !interval.includes_lower});
    }
    if (!interval.upper.empty()) {
      outside.push_back({interval.upper, "", !interval.includes_upper, false});
    }
    out = intersection(out, outside, scheme);
  }
  std::sort(out.begin(), out.end(), [&](const VersionInterval& a, const VersionInterval& b) {
    if (a.lower.empty() || b.lower.empty()) return a.lower.empty() && !b.lower.empty();
    return scheme.compare(a.lower, b.lower) == Order::kLess;
  });
  return out;
}

}  // namespace seaworthy
