#include "core/codec/json.h"
#include "core/codec/yaml.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

// Alpine's security rejections: "this package never had that weakness". A mapping of package names
// to lists of ids, in YAML or JSON, in files whose path names them so:
//
//   linux-lts:
//     - CVE-2019-12455
//
// They hold for every branch unless the path names one, and say nothing of other packages: no
// scope.

constexpr int kNewestBranch =
    24;  // 3.24 of June 2026; later branches come with a path of their own

bool recognizes_rejections(const FeedDocument& document) {
  const std::string path = lower_case(document.path);
  if (path.find("rejection") == std::string::npos) return false;
  return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
}

std::vector<std::string> branches_of(std::string_view path) {
  for (std::string_view part : path_parts(path)) {
    if (part.starts_with("edge")) return {"edge"};
    if (part.starts_with('v')) part.remove_prefix(1);
    if (part.starts_with("3.") && part.size() > 2 && part[2] >= '0' && part[2] <= '9') {
      return {std::string(part.substr(0, part.find_first_not_of("0123456789.")))};
    }
  }
  std::vector<std::string> all{"edge"};
  for (int minor = 2; minor <= kNewestBranch; ++minor) all.push_back("3." + std::to_string(minor));
  return all;
}

void reject(std::string_view package, std::string_view text, std::string_view path,
            const std::vector<std::string>& branches, FeedSink& sink) {
  const IdsInText ids = ids_in(text);
  for (const std::string& id : ids.cves.empty() ? ids.others : ids.cves) {
    sink.record();
    for (const std::string& branch : branches) {
      AdvisoryRow row;
      row.vulnerability = id;
      row.status = AdvisoryStatus::kNotAffected;
      row.note = "rejected by the distribution";
      row.document = path;
      sink.row(PackageKey{"alpine", branch, std::string(package)}, std::move(row));
    }
  }
}

Status parse_rejections(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  if (document.path.ends_with(".json")) {
    RETURN_IF_ERROR(json.parse(document.bytes, limits));
  } else {
    ASSIGN_OR_RETURN(const std::string text, yaml_to_json(document.bytes, limits));
    RETURN_IF_ERROR(json.parse(text, limits));
  }
  if (!json.root().is_object()) {
    return Error{ErrorCode::kInvalidInput, "not a mapping of packages to ids"};
  }
  const std::vector<std::string> branches = branches_of(document.path);
  for (const auto& [package, ids] : json.root().members()) {
    for (const JsonValue& id : ids.elements()) {
      reject(package, id.text(), document.path, branches, sink);
    }
  }
  return ok_status();
}

}  // namespace

extern const Feed kAlpineRejections;
const Feed kAlpineRejections{
    .name = "alpine-rejections",
    .description = "weaknesses that Alpine says its packages never had",
    .source = "https://gitlab.alpinelinux.org/alpine/security/security-rejections",
    .recognizes = recognizes_rejections,
    .parse = parse_rejections,
};

}  // namespace seaworthy
