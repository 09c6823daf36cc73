#include "scan/extract/release_files.h"

#include <algorithm>

#include "scan/extract/distro_id.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

bool is_assignment_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Inside double quotes a backslash only takes away the meaning of these; before anything else it
// stands for itself (POSIX shell, 2.2.3).
bool is_escapable(char c) {
  return c == '"' || c == '\\' || c == '$' || c == '`';
}

std::string unquote(std::string_view text) {
  std::string out;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size() &&
               (quote == 0 || is_escapable(text[i + 1]))) {
      out += text[++i];
    } else if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') {
      out += c;
    }
  }
  return out;
}

std::string plain_or_empty(std::string_view text) {
  return is_plain_word(text) ? std::string(text) : std::string();
}

std::string_view first_line(std::string_view text) {
  LineReader lines(text);
  std::string_view line;
  while (lines.next(line)) {
    if (!trim(line).empty()) return trim(line);
  }
  return {};
}

// "16.04.7 LTS (Xenial Xerus)", "14.04.6 LTS, Trusty Tahr", "8 (jessie)": the first word of the
// name, which is the word that package archives use.
std::string codename_in_version(std::string_view version) {
  const std::size_t begin = version.find_first_of("(,");
  if (begin == std::string_view::npos) return {};
  std::string_view rest = version.substr(begin + 1);
  rest = rest.substr(0, rest.find(')'));
  return lower_case(plain_or_empty(next_word(rest)));
}

bool is_like(const Distro& distro, std::string_view id) {
  return distro.id == id ||
         std::find(distro.like.begin(), distro.like.end(), id) != distro.like.end();
}

// The first `parts` numbers of a dotted version.
std::string_view cut_version(std::string_view version, int parts) {
  std::size_t end = 0;
  while (parts-- > 0 && end != std::string_view::npos) {
    end = version.find('.', end == 0 ? 0 : end + 1);
  }
  return version.substr(0, end);
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

void Assignments::set(std::string_view name, std::string value) {
  for (Entry& entry : entries_) {
    if (entry.name != name) continue;
    entry.value = std::move(value);
    return;
  }
  constexpr std::size_t kMaxNames = 200;  // real files have about 20
  if (entries_.size() < kMaxNames) entries_.push_back({name, std::move(value)});
}

const std::string& Assignments::operator[](std::string_view name) const {
  static const std::string kNone;
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.name == name; });
  return found == entries_.end() ? kNone : found->value;
}

Assignments read_assignments(std::string_view text, std::vector<std::size_t>& bad_lines) {
  constexpr std::size_t kMaxBadLines = 8;
  Assignments out;
  LineReader lines(text);
  std::string_view line;
  while (lines.next(line)) {
    line = trim(line);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || !is_assignment_name(line.substr(0, equals))) {
      if (bad_lines.size() < kMaxBadLines) bad_lines.push_back(lines.number());
      continue;
    }
    out.set(line.substr(0, equals), unquote(line.substr(equals + 1)));
  }
  return out;
}

void fill_from_os_release(const Assignments& values, Distro& distro) {
  distro.id = lower_case(plain_or_empty(values["ID"]));
  if (distro.id.empty()) distro.id = distro_id_of(values["NAME"]);
  if (distro.id.empty() && !values["NAME"].empty())
    distro.id = "linux";  // the specification's default
  distro.version = plain_or_empty(values["VERSION_ID"]);
  distro.name = values["PRETTY_NAME"].empty() ? values["NAME"] : values["PRETTY_NAME"];
  distro.variant = plain_or_empty(values["VARIANT_ID"]);
  std::string_view like = values["ID_LIKE"];
  while (!trim(like).empty()) distro.like.push_back(lower_case(next_word(like)));
  if (distro.id == "centos" && lower_case(values["NAME"]).find("stream") != std::string::npos) {
    distro.variant = "stream";
  }
  distro.codename = lower_case(plain_or_empty(values["VERSION_CODENAME"]));
  if (distro.codename.empty())
    distro.codename = lower_case(plain_or_empty(values["UBUNTU_CODENAME"]));
  // Only where the word is one that archives use: Fedora has "(Container Image)" there.
  if (distro.codename.empty() && (is_like(distro, "debian") || is_like(distro, "ubuntu"))) {
    distro.codename = codename_in_version(values["VERSION"]);
  }
}

void read_alpine_release(std::string_view text, Distro& distro) {
  std::string_view line = first_line(text);
  distro.version = plain_or_empty(next_word(line));
  if (distro.version.empty()) return;
  distro.id = "alpine";
  distro.name = "Alpine Linux " + distro.version;
}

void read_build_release(std::string_view text, Distro& distro) {
  const std::string_view line = first_line(text);
  distro.id = distro_id_of(line);
  distro.name = unquote(line);
  const std::string_view version = line.substr(line.rfind(' ') + 1);
  // The third number is the date of the build, not of the release.
  if (is_number(version)) distro.version = cut_version(version, 2);
}

void read_sentence_release(std::string_view text, Distro& distro) {
  constexpr std::string_view kRelease = " release ";
  const std::string_view line = first_line(text);
  distro.id = distro_id_of(line);
  distro.name = unquote(line);
  const std::size_t release = line.find(kRelease);
  if (release == std::string_view::npos) return;
  std::string_view rest = line.substr(release + kRelease.size());
  const std::string_view version = next_word(rest);
  if (is_number(version)) distro.version = version;
  rest = trim(rest);
  if (rest.size() < 2 || rest.front() != '(' || rest.back() != ')') return;
  distro.codename = lower_case(plain_or_empty(rest.substr(1, rest.size() - 2)));
}

void read_suse_release(std::string_view text, Distro& distro) {
  distro.name = unquote(first_line(text));
  distro.id = distro_id_of(distro.name);
  LineReader lines(text);
  std::string_view line;
  std::string patch_level;
  while (lines.next(line)) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = trim(line.substr(0, equals));
    const std::string value = plain_or_empty(trim(line.substr(equals + 1)));
    if (key == "VERSION") distro.version = value;
    if (key == "PATCHLEVEL") patch_level = value;
    if (key == "CODENAME") distro.codename = lower_case(value);
  }
  if (distro.id == "sles" && !distro.version.empty() && !patch_level.empty() &&
      patch_level != "0") {
    distro.version += "." + patch_level;
  }
}

void read_arch_release(std::string_view, Distro& distro) {
  distro.id = "arch";
  distro.name = "Arch Linux";
}

void read_lsb_release(std::string_view text, Distro& distro) {
  std::vector<std::size_t> bad_lines;  // LSB allows any shell text here
  const Assignments values = read_assignments(text, bad_lines);
  const std::string& id = values["DISTRIB_ID"];
  distro.id = distro_id_of(id);
  if (distro.id.empty()) distro.id = lower_case(plain_or_empty(id));
  const std::string version = plain_or_empty(values["DISTRIB_RELEASE"]);
  if (version != "rolling") distro.version = version;
  distro.codename = lower_case(plain_or_empty(values["DISTRIB_CODENAME"]));
  distro.name = values["DISTRIB_DESCRIPTION"].empty() ? id : values["DISTRIB_DESCRIPTION"];
}

void read_debian_version(std::string_view text, Distro& distro) {
  std::string_view line = first_line(text);
  const std::string_view word = next_word(line);
  if (!is_plain_word(word)) return;
  distro.id = "debian";
  distro.name = "Debian GNU/Linux " + std::string(word);
  if (!is_number(word)) {
    distro.codename = lower_case(word.substr(0, word.find('/')));
    return;
  }
  // Since etch the second number counts point releases, which share one set of advisories.
  const std::string_view major = cut_version(word, 1);
  const bool is_before_etch = major == "1" || major == "2" || major == "3";
  distro.version = is_before_etch ? cut_version(word, 2) : major;
}

}  // namespace seaworthy
