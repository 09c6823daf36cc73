// Which repositories a Red Hat image was built from, and which product it says it is.
//
// Red Hat's build system leaves records in every image, one for each step that the image was built
// on, so a derived image has its own beside those of its base; all of them hold.
//
//   root/buildinfo/content_manifests/*.json   {"content_sets": ["rhel-8-for-x86_64-baseos-rpms",
//   ...]} usr/share/buildinfo/content-sets.json     the same, since 2025
//   usr/share/buildinfo/labels.json           the image's labels, {"cpe": "cpe:/a:redhat:...", ...}
//   root/buildinfo/labels.json                the same
//   root/buildinfo/Dockerfile-*               LABEL "com.redhat.component"="..." "cpe"="cpe:/a:..."
//
// A base image's own manifest is written by the step that is built on it, so the lowest layer of
// UBI has none. The Dockerfile is the file that was built, with every label already set: it is read
// for the one label that names a product, by Docker's rules for quotes and continued lines, and
// nothing in it is expanded.
#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "core/base/text.h"
#include "core/codec/json.h"
#include "core/model/problem.h"
#include "scan/extract/evidence_builder.h"
#include "scan/extract/extractor.h"
#include "scan/extract/lines.h"

namespace seaworthy {
namespace {

constexpr std::string_view kManifests = "root/buildinfo/content_manifests/";
constexpr std::string_view kShared = "usr/share/buildinfo/";
constexpr std::string_view kLabels = "root/buildinfo/labels.json";
constexpr std::string_view kBuildInfo = "root/buildinfo/";
constexpr std::string_view kDockerfile = "root/buildinfo/Dockerfile-";
constexpr std::array<std::string_view, 3> kAnchors{kManifests, kBuildInfo, kShared};

constexpr std::size_t kMaxNames = 10'000;  // repositories or products of one file

bool wants_content(const FileInfo& file) {
  const std::string_view path = file.path;
  if (path == kLabels) return true;
  if (path.starts_with(kDockerfile)) return is_child_of(path, kBuildInfo);
  return path.ends_with(".json") && (is_child_of(path, kManifests) || is_child_of(path, kShared));
}

// Collects names; what is no name is counted, not kept.
class Names {
 public:
  void add(std::string_view name) {
    if (!is_plain_word(name) || names_.size() == kMaxNames) {
      ++refused_;
    } else {
      names_.emplace(name);
    }
  }
  std::size_t refused() const { return refused_; }
  std::vector<std::string> take() const { return {names_.begin(), names_.end()}; }

 private:
  std::set<std::string> names_;
  std::size_t refused_ = 0;
};

struct Content {
  Names content_sets, cpes;
};

Status read_json(std::string_view bytes, const Limits& limits, Content& content) {
  JsonDocument document;
  RETURN_IF_ERROR(document.parse(bytes, limits));
  const JsonValue root = document.root();
  if (!root.is_object()) return Error{ErrorCode::kInvalidInput, "not a JSON object"};
  for (const JsonValue& name : root["content_sets"].elements())
    content.content_sets.add(name.text());
  for (const JsonValue& labels : {root, root["labels"]}) {
    if (const std::string_view cpe = labels["cpe"].text(); !cpe.empty()) content.cpes.add(cpe);
  }
  return ok_status();
}

// The next word of a LABEL instruction, its quotes and escapes undone; "" at the end.
std::string next_label_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  std::string word;
  char quote = '\0';
  std::size_t at = 0;
  for (; at < rest.size(); ++at) {
    const char c = rest[at];
    if (quote == '\0' && (c == ' ' || c == '\t')) break;
    if (c == '\\' && quote != '\'' && at + 1 < rest.size()) {
      word += rest[++at];
    } else if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else {
      word += c;
    }
  }
  rest.remove_prefix(at);
  return word;
}

// LABEL key=value key=value ..., or the older LABEL key value.
void read_label_line(std::string_view line, Content& content) {
  std::string_view rest = line;
  if (lower_case(next_word(rest)) != "label") return;
  for (std::string word = next_label_word(rest); !word.empty(); word = next_label_word(rest)) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      if (word == "cpe") content.cpes.add(trim(rest));
      return;
    }
    if (word.substr(0, equals) == "cpe") content.cpes.add(word.substr(equals + 1));
  }
}

void read_dockerfile(std::string_view bytes, Content& content) {
  LineReader lines(bytes);
  std::string_view line;
  std::string instruction;
  while (lines.next(line)) {
    if (trim(line).starts_with('#')) continue;
    if (line.ends_with('\\')) {
      instruction.append(line.substr(0, line.size() - 1)).append(1, ' ');
      continue;
    }
    instruction += line;
    read_label_line(instruction, content);
    instruction.clear();
  }
  read_label_line(instruction, content);
}

Result<Evidence> extract_content(std::span<const FileView> files, const Limits& limits) {
  const FileView& file = files[0];
  EvidenceBuilder evidence("os/red-hat-content", file.path);
  Content content;
  if (file.path.starts_with(kDockerfile)) {
    read_dockerfile(file.bytes, content);
  } else if (const auto status = read_json(file.bytes, limits, content); !status) {
    evidence.problem(problem::kUnreadableRecord,
                     "the image's repositories cannot be read: " + status.error().message);
  }
  if (const std::size_t refused = content.content_sets.refused() + content.cpes.refused()) {
    evidence.problem(problem::kUnreadableRecord,
                     std::to_string(refused) + " names of repositories or products are no names");
  }
  Evidence result = evidence.take();
  Distro sources;
  sources.content_sets = content.content_sets.take();
  sources.cpes = content.cpes.take();
  if (!sources.content_sets.empty() || !sources.cpes.empty()) {
    sources.path = file.path;
    result.distro = std::move(sources);
  }
  return result;
}

}  // namespace

extern const Extractor kRedHatContent;
const Extractor kRedHatContent{
    .name = "os/red-hat-content",
    .description = "the repositories and products that a Red Hat image was built from",
    .max_file_bytes = 8 * kMiB,
    .is_database = false,
    .wants = wants_content,
    .extract = extract_content,
    .companions = nullptr,
    .anchors = kAnchors,
};

}  // namespace seaworthy
