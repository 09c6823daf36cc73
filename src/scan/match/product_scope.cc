#include "scan/match/product_scope.h"

#include <algorithm>
#include <set>

#include "scan/advisory/cpe.h"

namespace seaworthy {
namespace {

// A content set may carry the release that it is pinned to: "...-eus-rpms__9_DOT_2" is
// "...-eus-rpms" of 9.2, "...-rpms__8" is "...-rpms".
struct ContentSet {
  std::string name;
  std::string release;
};

ContentSet split_release(std::string_view text) {
  const std::size_t mark = text.rfind("__");
  if (mark == text.npos || mark + 2 == text.size()) return {std::string(text), ""};
  std::string release(text.substr(mark + 2));
  if (const auto dot = release.find("_DOT_"); dot != std::string::npos)
    release.replace(dot, 5, ".");
  const bool number = std::all_of(release.begin(), release.end(),
                                  [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  if (!number) return {std::string(text), ""};
  return {std::string(text.substr(0, mark)), std::move(release)};
}

struct Lines {
  bool main = false;
  std::set<std::string> channels;

  void add(std::string_view name) {
    const auto cpe = parse_cpe(name);
    const auto line = cpe ? red_hat_line(*cpe) : std::nullopt;
    if (!line) return;
    if (line->channel.empty()) {
      main = true;
    } else {
      channels.insert(line->channel);
    }
  }
  bool empty() const { return !main && channels.empty(); }
};

bool has_minor(std::string_view release) {
  return release.find('.') != release.npos;
}

// The repositories that nobody knows are counted in `unknown`.
Lines lines_of(const Distro& distro, const AdvisoryLookup& lookup, ProductScope& scope,
               std::vector<std::string>& unknown) {
  Lines lines;
  for (const std::string& content_set : distro.content_sets) {
    const ContentSet parts = split_release(content_set);
    if (has_minor(parts.release)) scope.minor = parts.release;
    std::vector<std::string> cpes = lookup.repository_cpes(content_set);
    if (cpes.empty() && parts.name != content_set) cpes = lookup.repository_cpes(parts.name);
    if (cpes.empty()) unknown.push_back(content_set);
    for (const std::string& cpe : cpes) lines.add(cpe);
  }
  for (const std::string& cpe : distro.cpes) lines.add(cpe);
  return lines;
}

std::string caution_of(const Distro& distro, const Lines& lines,
                       const std::vector<std::string>& unknown) {
  const std::string assumed = "; its packages are judged by the main stream of RHEL";
  if (distro.content_sets.empty() && lines.empty()) {
    return "the image does not say which repositories its packages come from" + assumed;
  }
  if (unknown.empty()) return lines.empty() ? "its products are not Red Hat's" + assumed : "";
  std::string text =
      std::to_string(unknown.size()) + " of " + std::to_string(distro.content_sets.size()) +
      " repositories of the image are not in the database, the first is '" + unknown.front() + "'";
  return text + (lines.empty() ? assumed : "; advisories for what they serve are not looked at");
}

}  // namespace

ProductScope product_scope(const Distro& distro, const AdvisoryLookup& lookup) {
  ProductScope scope;
  if (has_minor(distro.version)) scope.minor = distro.version;
  std::vector<std::string> unknown;
  const Lines lines = lines_of(distro, lookup, scope, unknown);
  scope.caution = caution_of(distro, lines, unknown);
  for (const std::string& channel : lines.channels) {
    const std::string_view bound_to = extended_support_release(channel);
    if (bound_to.empty()) {
      scope.layered.push_back(channel);
    } else if (bound_to == scope.minor) {
      // By one name a repository serves the extended support of every minor release.
      scope.extended.push_back(channel);
    }
  }
  scope.main = lines.main || scope.extended.empty();
  return scope;
}

bool covers(const std::vector<std::string>& lines, std::string_view channel) {
  const auto begins = [](std::string_view longer, std::string_view shorter) {
    if (!longer.starts_with(shorter)) return false;
    if (longer.size() == shorter.size()) return true;
    const bool has_version = shorter.find(':') != shorter.npos;
    return longer[shorter.size()] == (has_version ? '.' : ':');
  };
  return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return begins(line, channel) || begins(channel, line);
  });
}

}  // namespace seaworthy
