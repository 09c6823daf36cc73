#include "scan/advisory/row_codec.h"

#include <algorithm>
#include <utility>

#include "core/codec/pack.h"
#include "scan/advisory/advisory_id.h"

namespace seaworthy {
namespace {

struct RangeNumbers {
  std::uint32_t introduced = 0, fixed = 0, last_affected = 0;
  bool introduced_excluded = false;
};

// An AdvisoryRow whose strings are numbers.
struct RowNumbers {
  CveNumber cve;                    // year 0: `vulnerability` is a string
  std::uint32_t vulnerability = 0;  // used where there is no CVE
  std::uint64_t facts = 0;          // status, fix state, severity, kind, state, unimportant
  std::uint32_t advisory_id = 0, module = 0, arch = 0, channel = 0, note = 0, document = 0;
  std::uint64_t line = 0;
  std::vector<RangeNumbers> ranges;
  std::vector<std::uint32_t> versions;
  std::vector<std::vector<std::uint32_t>> imports;  // path, GOOS, GOARCH, then the symbols
};

enum : std::uint64_t {
  kHasAdvisory = 1,
  kHasModule = 2,
  kHasArch = 4,
  kHasChannel = 8,
  kHasNote = 16,
  kHasVersions = 32,
  kHasRanges = 64,  // any but exactly one "0 to fixed"
  kHasLine = 128,
  kPlainFix = 256,  // one range from "0" to a fixed version
  kHasExcluded = 512,
  kHasImports = 1024,
};
constexpr std::size_t kImportFields = 3;  // of an import, in front of its symbols

std::uint64_t facts_of(const AdvisoryRow& row) {
  const auto part = [](auto value, unsigned shift) {
    return static_cast<std::uint64_t>(value) << shift;
  };
  return part(row.status, 0) | part(row.fix_state, 2) | part(row.severity, 5) | part(row.state, 8) |
         part(row.kind, 10) | part(row.unimportant ? 1 : 0, 11);
}

bool set_facts(AdvisoryRow& row, std::uint64_t facts) {
  const auto part = [&](unsigned shift, std::uint64_t mask) { return (facts >> shift) & mask; };
  if (facts >> 12 != 0 || part(0, 3) >= static_cast<std::uint64_t>(AdvisoryStatus::kEnd) ||
      part(2, 7) >= static_cast<std::uint64_t>(FixState::kEnd) ||
      part(5, 7) >= static_cast<std::uint64_t>(Severity::kEnd) ||
      part(8, 3) >= static_cast<std::uint64_t>(AdvisoryState::kEnd) ||
      part(10, 1) >= static_cast<std::uint64_t>(FindingKind::kEnd)) {
    return false;
  }
  row.status = static_cast<AdvisoryStatus>(part(0, 3));
  row.fix_state = static_cast<FixState>(part(2, 7));
  row.severity = static_cast<Severity>(part(5, 7));
  row.state = static_cast<AdvisoryState>(part(8, 3));
  row.kind = static_cast<FindingKind>(part(10, 1));
  row.unimportant = part(11, 1) != 0;
  return true;
}

// Which of the optional parts follow. `zero`: the number of the text "0".
std::uint64_t parts_of(const RowNumbers& row, std::uint32_t zero) {
  const bool plain_fix = row.versions.empty() && row.ranges.size() == 1 &&
                         row.ranges[0].introduced == zero && zero != 0 &&
                         row.ranges[0].fixed != 0 && row.ranges[0].last_affected == 0 &&
                         !row.ranges[0].introduced_excluded;
  std::uint64_t has = 0;
  if (row.advisory_id != 0) has |= kHasAdvisory;
  if (row.module != 0) has |= kHasModule;
  if (row.arch != 0) has |= kHasArch;
  if (row.channel != 0) has |= kHasChannel;
  if (row.note != 0) has |= kHasNote;
  if (!row.versions.empty()) has |= kHasVersions;
  if (row.line != 0) has |= kHasLine;
  if (plain_fix) {
    has |= kPlainFix;
  } else if (!row.ranges.empty()) {
    has |= kHasRanges;
  }
  if (std::any_of(row.ranges.begin(), row.ranges.end(),
                  [](const RangeNumbers& range) { return range.introduced_excluded; })) {
    has |= kHasExcluded;
  }
  if (!row.imports.empty()) has |= kHasImports;
  return has;
}

void write(Packer& out, const RowNumbers& row, std::uint32_t zero) {
  const std::uint64_t has = parts_of(row, zero);
  out.number(has);
  out.number(row.facts);
  out.number(row.cve.year);
  out.number(row.cve.year != 0 ? row.cve.number : row.vulnerability);
  out.number(row.document);
  if (has & kHasLine) out.number(row.line);
  if (has & kHasAdvisory) out.number(row.advisory_id);
  if (has & kHasModule) out.number(row.module);
  if (has & kHasArch) out.number(row.arch);
  if (has & kHasChannel) out.number(row.channel);
  if (has & kHasNote) out.number(row.note);
  if (has & kPlainFix) {
    out.number(row.ranges[0].introduced);
    out.number(row.ranges[0].fixed);
  }
  if (has & kHasRanges) {
    out.list(row.ranges, [&](const RangeNumbers& range) {
      out.number(range.introduced);
      out.number(range.fixed);
      out.number(range.last_affected);
      if (has & kHasExcluded) out.number(range.introduced_excluded ? 1 : 0);
    });
  }
  const auto string = [&](std::uint32_t number) { out.number(number); };
  if (has & kHasVersions) out.list(row.versions, string);
  if (has & kHasImports) {
    out.list(row.imports, [&](const auto& import) { out.list(import, string); });
  }
}

void read(Unpacker& in, RowNumbers& row) {
  const auto string = [&] { return static_cast<std::uint32_t>(in.number()); };
  const std::uint64_t has = in.number();
  row.facts = in.number();
  row.cve.year = string();
  row.cve.number = in.number();
  row.vulnerability = static_cast<std::uint32_t>(row.cve.number);
  row.document = string();
  row.line = has & kHasLine ? in.number() : 0;
  row.advisory_id = has & kHasAdvisory ? string() : 0;
  row.module = has & kHasModule ? string() : 0;
  row.arch = has & kHasArch ? string() : 0;
  row.channel = has & kHasChannel ? string() : 0;
  row.note = has & kHasNote ? string() : 0;
  row.ranges.clear();
  row.versions.clear();
  if (has & kPlainFix) {
    const std::uint32_t introduced = string();
    row.ranges.push_back(RangeNumbers{introduced, string(), 0});
  }
  if (has & kHasRanges) {
    row.ranges.resize(in.list_size(3));
    for (RangeNumbers& range : row.ranges) {
      range.introduced = string();
      range.fixed = string();
      range.last_affected = string();
      range.introduced_excluded = has & kHasExcluded && in.number() != 0;
    }
  }
  if (has & kHasVersions) {
    row.versions.resize(in.list_size());
    for (std::uint32_t& version : row.versions) version = string();
  }
  row.imports.clear();
  if (has & kHasImports) {
    row.imports.resize(in.list_size());
    for (auto& import : row.imports) {
      import.resize(in.list_size());
      for (std::uint32_t& text : import) text = string();
    }
  }
}

// "path:12" is path and line 12; a path that merely ends in ":" stays as it is.
std::pair<std::string_view, std::uint64_t> split_line(std::string_view document) {
  const std::size_t colon = document.rfind(':');
  if (colon == std::string_view::npos) return {document, 0};
  const std::string_view digits = document.substr(colon + 1);
  if (digits.empty() || digits.size() > 15 || digits[0] == '0') return {document, 0};
  std::uint64_t line = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return {document, 0};
    line = line * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return {document.substr(0, colon), line};
}

}  // namespace

std::uint32_t StringNumbers::number(std::string_view text) {
  if (const auto at = numbers_.find(text); at != numbers_.end()) return at->second;
  const auto number = static_cast<std::uint32_t>(texts_.size());
  texts_.emplace_back(text);
  numbers_.emplace(texts_.back(), number);
  return number;
}

void append_row(std::string& collected, const AdvisoryRow& row, StringNumbers& strings) {
  const std::uint32_t zero = strings.number("0");
  RowNumbers numbers;
  if (const auto cve = parse_cve(row.vulnerability); cve && cve->year != 0) {
    numbers.cve = *cve;
  } else {
    numbers.vulnerability = strings.number(row.vulnerability);
  }
  numbers.facts = facts_of(row);
  numbers.advisory_id = strings.number(row.advisory_id);
  numbers.module = strings.number(row.module);
  numbers.arch = strings.number(row.arch);
  numbers.channel = strings.number(row.channel);
  numbers.note = strings.number(row.note);
  const auto [path, line] = split_line(row.document);
  numbers.document = strings.number(path);
  numbers.line = line;
  for (const VersionRange& range : row.ranges) {
    numbers.ranges.push_back(
        RangeNumbers{strings.number(range.introduced), strings.number(range.fixed),
                     strings.number(range.last_affected), range.introduced_excluded});
  }
  for (const std::string& version : row.versions) {
    numbers.versions.push_back(strings.number(version));
  }
  for (const AffectedImport& import : row.imports) {
    auto& texts = numbers.imports.emplace_back();
    for (const std::string* text : {&import.path, &import.goos, &import.goarch}) {
      texts.push_back(strings.number(*text));
    }
    for (const std::string& symbol : import.symbols) texts.push_back(strings.number(symbol));
  }
  Packer out;
  write(out, numbers, zero);
  collected += out.bytes();
}

std::uint32_t RowPacker::local(std::uint32_t global) {
  if (global == 0) return 0;
  if (stamp_[global] != round_) {
    stamp_[global] = round_;
    used_.push_back(global);
    local_[global] = static_cast<std::uint32_t>(used_.size());
  }
  return local_[global];
}

std::string RowPacker::pack(std::string_view collected, std::uint64_t& repeats) {
  ++round_;
  used_.clear();
  Unpacker in(collected);
  RowNumbers row;
  std::unordered_set<std::string> seen;
  std::string rows;
  std::uint64_t count = 0;
  while (in.ok() && !in.at_end()) {
    read(in, row);
    if (row.cve.year == 0) row.vulnerability = local(row.vulnerability);
    row.advisory_id = local(row.advisory_id);
    row.module = local(row.module);
    row.arch = local(row.arch);
    row.channel = local(row.channel);
    row.note = local(row.note);
    row.document = local(row.document);
    std::uint32_t zero = 0;
    for (RangeNumbers& range : row.ranges) {
      const bool from_start = strings_.text(range.introduced) == "0";
      range.introduced = local(range.introduced);
      if (from_start) zero = range.introduced;
      range.fixed = local(range.fixed);
      range.last_affected = local(range.last_affected);
    }
    for (std::uint32_t& version : row.versions) version = local(version);
    for (auto& import : row.imports) {
      for (std::uint32_t& text : import) text = local(text);
    }
    Packer one;
    write(one, row, zero);
    if (!seen.insert(one.bytes()).second) {
      ++repeats;
      continue;
    }
    rows += one.bytes();
    ++count;
  }
  Packer out;
  out.list(used_, [&](std::uint32_t global) { out.text(strings_.text(global)); });
  out.number(count);
  std::string bytes = std::move(out).bytes();
  bytes += rows;
  return bytes;
}

std::string stored_form_of_id(std::string_view id) {
  const auto cve = parse_cve(id);
  if (!cve || cve->year == 0) return std::string(id);
  Packer out;
  out.number(cve->year);
  out.number(cve->number);
  return std::move(out).bytes();
}

namespace {

// The texts of one stored value by their numbers.
class Texts {
 public:
  explicit Texts(Unpacker& in) : texts_(in.list_size() + 1) {
    for (std::size_t i = 1; i < texts_.size(); ++i) texts_[i] = in.view();
  }
  std::string operator()(std::uint32_t number) {
    if (number >= texts_.size()) sound_ = false;
    return number < texts_.size() ? std::string(texts_[number]) : std::string{};
  }
  bool sound() const { return sound_; }  // false once a number had no text

 private:
  std::vector<std::string_view> texts_;
  bool sound_ = true;
};

bool set_import(AffectedImport& import, const std::vector<std::uint32_t>& numbers, Texts& texts) {
  if (numbers.size() < kImportFields) return false;
  import.path = texts(numbers[0]);
  import.goos = texts(numbers[1]);
  import.goarch = texts(numbers[2]);
  import.symbols.reserve(numbers.size() - kImportFields);
  for (std::size_t i = kImportFields; i < numbers.size(); ++i) {
    import.symbols.push_back(texts(numbers[i]));
  }
  return true;
}

bool set_row(AdvisoryRow& row, const RowNumbers& numbers, Texts& texts) {
  if (numbers.cve.year > 9999 || !set_facts(row, numbers.facts)) return false;
  row.vulnerability = numbers.cve.year != 0 ? cve_text(numbers.cve) : texts(numbers.vulnerability);
  row.advisory_id = texts(numbers.advisory_id);
  row.module = texts(numbers.module);
  row.arch = texts(numbers.arch);
  row.channel = texts(numbers.channel);
  row.note = texts(numbers.note);
  row.document = texts(numbers.document);
  if (numbers.line != 0) row.document += ":" + std::to_string(numbers.line);
  for (const RangeNumbers& range : numbers.ranges) {
    row.ranges.push_back(VersionRange{texts(range.introduced), texts(range.fixed),
                                      texts(range.last_affected), range.introduced_excluded});
  }
  for (const std::uint32_t version : numbers.versions) row.versions.push_back(texts(version));
  row.imports.resize(numbers.imports.size());
  for (std::size_t i = 0; i < row.imports.size(); ++i) {
    if (!set_import(row.imports[i], numbers.imports[i], texts)) return false;
  }
  return texts.sound();
}

}  // namespace

Result<std::vector<AdvisoryRow>> unpack_rows(std::string_view stored) {
  Unpacker in(stored);
  Texts texts(in);
  std::vector<AdvisoryRow> rows(in.list_size(5));
  RowNumbers numbers;
  for (AdvisoryRow& row : rows) {
    read(in, numbers);
    if (!in.ok() || !set_row(row, numbers, texts)) {
      return Error{ErrorCode::kInvalidInput, "advisory rows: malformed record"};
    }
  }
  RETURN_IF_ERROR(in.finish("advisory rows"));
  return rows;
}

}  // namespace seaworthy
