// Red Hat's repository-to-cpe.json: which products, as CPE names, each package repository serves.
//
//   {"data": {"rhel-8-for-x86_64-baseos-rpms": {"cpes":
//   ["cpe:/o:redhat:enterprise_linux:8::baseos"],
//             "repo_relative_urls": [...]}, ...}}
//
// It is what connects an image, which knows its repositories ("content sets"), with advisories,
// which know products. It speaks about no package and has no date of its own.
#include "core/codec/json.h"
#include "scan/advisory/cpe.h"
#include "scan/advisory/feed_text.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxCpesOfRepository = 1000;  // the largest that are known have some 40

bool recognizes_repositories(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  return first_char(front) == '{' && has_keys(front, {"data", "cpes"});
}

Status parse_repositories(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  JsonDocument json;
  RETURN_IF_ERROR(json.parse(document.bytes, limits));
  for (const auto& [name, repository] : json.root()["data"].members()) {
    std::vector<std::string> cpes;
    for (const JsonValue& cpe : repository["cpes"].elements()) {
      if (cpes.size() < kMaxCpesOfRepository && parse_cpe(cpe.text()))
        cpes.emplace_back(cpe.text());
    }
    if (name.empty() || cpes.empty()) {
      sink.skipped("a repository without a product's CPE");
      continue;
    }
    sink.record();
    sink.repository(name, cpes);
  }
  return ok_status();
}

}  // namespace

extern const Feed kRepositoryCpe;
const Feed kRepositoryCpe{
    .name = "repository-to-cpe",
    .description = "Red Hat's package repositories and the products they serve",
    .source = "https://security.access.redhat.com/data/metrics/repository-to-cpe.json",
    .recognizes = recognizes_repositories,
    .parse = parse_repositories,
};

}  // namespace seaworthy
