// updateinfo.xml, beside repomd.xml in every rpm repository with errata (createrepo_c writes it,
// libsolv and dnf read it; there is no other specification):
//
//   <updates><update from status type version>
//     <id/> <title/> <issued date/> <updated date/> <severity/> <description/>
//     <references><reference href id title type="cve"/></references>
//     <pkglist><collection short><name/> <module name stream version context arch/>
//       <package name epoch version release arch src><filename/></package></collection></pkglist>
//   </update></updates>
//
// An update lists every binary of its source package, so a package is affected below the version
// that the update brings. Whose update it is stands in updateinfo_place.cc. Amazon Linux 2023
// brings kernel 6.12 beside 6.1, and some updates of it hold packages whose names do not say which:
// they count for the line "kernel6.12" (rule 27).
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/codec/xml.h"
#include "scan/advisory/advisory_id.h"
#include "scan/advisory/feed_text.h"
#include "scan/advisory/updateinfo_place.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxCves = 5'000;       // of one update
constexpr std::size_t kMaxRows = 12'000'000;  // of one document
constexpr const char* kStep = "read updateinfo";

bool recognizes_updateinfo(const FeedDocument& document) {
  const std::string_view front = front_of(document);
  if (first_char(front) != '<') return false;
  const std::size_t root = front.find("<updates");
  return root < 4 * kKiB && front.find("oval_definitions") == front.npos;
}

// One package at one version; several architectures have the same.
struct Fix {
  std::string package, version, module, channel;
  auto operator<=>(const Fix&) const = default;
};

std::string full_version(const XmlElement& package) {
  const std::string_view epoch = package.attribute("epoch");
  std::string version;
  if (!epoch.empty() && epoch != "0") version.append(epoch).append(":");
  version.append(package.attribute("version"));
  if (const std::string_view release = package.attribute("release"); !release.empty()) {
    version.append("-").append(release);
  }
  return version;
}

// SUSE writes seconds since 1970.
std::optional<UnixSeconds> time_of(std::string_view text) {
  if (text.size() < 9 || text.size() > 11 ||
      text.find_first_not_of("0123456789") != std::string_view::npos) {
    return parse_time(text);
  }
  UnixSeconds seconds = 0;
  for (const char c : text) seconds = seconds * 10 + (c - '0');
  return seconds;
}

void add_cves(std::string_view text, std::vector<std::string>& cves) {
  for (std::string& cve : cve_ids_in(text)) {
    if (cves.size() < kMaxCves && std::find(cves.begin(), cves.end(), cve) == cves.end()) {
      cves.push_back(std::move(cve));
    }
  }
}

// Fedora's references are bugs, with the CVE in their titles; some vendors have it in the text
// only.
std::vector<std::string> weaknesses_of(const XmlElement& update) {
  std::vector<std::string> cves;
  for (const XmlElement& reference : update["references"].children) {
    for (const char* key : {"id", "title", "href"}) add_cves(reference.attribute(key), cves);
  }
  if (cves.empty()) {
    add_cves(update["title"].text, cves);
    add_cves(update["description"].text, cves);
  }
  if (cves.empty()) cves.emplace_back(update["id"].trimmed());
  return cves;
}

// "kernel6.12" where the update brings a kernel whose line is in its name.
std::string named_kernel(const XmlElement& list) {
  for (const XmlElement& collection : list.children) {
    for (const XmlElement& package : collection.children) {
      const std::string_view name = package.attribute("name");
      if (name.starts_with("kernel") && name.size() > 6 && name[6] >= '0' && name[6] <= '9') {
        return std::string(name.substr(0, name.find('-')));
      }
    }
  }
  return {};
}

class Reader {
 public:
  Reader(const FeedDocument& document, FeedSink& sink) : document_(document), sink_(sink) {}

  Status read(const XmlElement& update);

 private:
  void read_collection(const XmlElement& collection, const std::string& kernel);
  Status write(const AdvisoryRow& row, const std::vector<std::string>& weaknesses);

  const FeedDocument& document_;
  FeedSink& sink_;
  std::string id_;
  // The places of the update being read, and in each what it brings, with the architectures.
  std::map<std::tuple<std::string, std::string>, std::map<Fix, std::set<std::string>>> fixes_;
  // Of which ecosystem, release and repository the sink knows that they are here.
  std::set<std::tuple<std::string, std::string, std::string>> told_;
  std::size_t rows_ = 0;
};

void Reader::read_collection(const XmlElement& collection, const std::string& kernel) {
  std::string module(collection["module"].attribute("name"));
  if (!module.empty()) module.append(":").append(collection["module"].attribute("stream"));
  for (const XmlElement& package : collection.children) {
    const std::string_view arch = package.attribute("arch");
    if (package.name != "package" || arch == "src" || arch == "nosrc") continue;
    const UpdatePlace place = place_of_update(id_, collection.attribute("short"), document_.path,
                                              package.attribute("release"));
    if (!place.skip.empty()) {
      sink_.skipped(place.skip);
      continue;
    }
    Fix fix{std::string(package.attribute("name")), full_version(package), module, place.channel};
    if (fix.package.empty() || package.attribute("version").empty()) {
      sink_.problem(unreadable_record(at_line(document_.path, package.line), kStep,
                                      id_ + ": a package without a name or version"));
      continue;
    }
    const bool of_kernel = place.ecosystem == "amzn" && fix.channel.empty() && !kernel.empty();
    if (of_kernel && fix.package.find(kernel.substr(6)) == fix.package.npos) fix.channel = kernel;
    fixes_[{place.ecosystem, place.release}][std::move(fix)].emplace(arch);
    const bool speaks = place.whole || !place.repository.empty();
    if (!speaks || !told_.emplace(place.ecosystem, place.release, place.repository).second) {
      continue;
    }
    if (place.repository.empty()) {
      sink_.scope(place.ecosystem, place.release);
    } else {
      sink_.repository_of(place.ecosystem, place.release, place.repository);
    }
  }
}

Status Reader::write(const AdvisoryRow& row, const std::vector<std::string>& weaknesses) {
  for (const auto& [place, fixes] : fixes_) {
    for (const auto& [fix, archs] : fixes) {
      AdvisoryRow one = row;
      one.ranges = {{"0", fix.version, ""}};
      one.module = fix.module;
      one.channel = fix.channel;
      if (!archs.contains("noarch")) {
        for (const std::string& arch : archs) one.arch += (one.arch.empty() ? "" : "|") + arch;
      }
      for (const std::string& weakness : weaknesses) {
        if (++rows_ > kMaxRows) {
          return Error{ErrorCode::kLimitExceeded, id_ + ": more rows than any source has"};
        }
        one.vulnerability = weakness;
        sink_.row({std::get<0>(place), std::get<1>(place), fix.package}, one);
      }
    }
  }
  return ok_status();
}

Status Reader::read(const XmlElement& update) {
  id_ = update["id"].trimmed();
  const std::string where = at_line(document_.path, update.line);
  if (id_.empty()) {
    sink_.problem(unreadable_record(where, kStep, "an update without an id"));
    return ok_status();
  }
  for (const std::string_view text :
       {update["issued"].attribute("date"), update["updated"].attribute("date")}) {
    if (const auto time = time_of(text)) sink_.data_as_of(*time);
  }
  const std::string_view type = update.attribute("type");
  if ((!type.empty() && type != "security") || is_maintenance_advisory(id_)) {
    sink_.skipped("updateinfo: an update that is no security update");
    return ok_status();
  }
  if (update.attribute("status") == "retracted") {
    sink_.skipped("updateinfo: an update that was withdrawn");
    return ok_status();
  }
  fixes_.clear();
  const std::string kernel = named_kernel(update["pkglist"]);
  for (const XmlElement& collection : update["pkglist"].children) {
    read_collection(collection, kernel);
  }
  if (fixes_.empty()) return ok_status();
  sink_.record();
  AdvisoryRow row;
  row.advisory_id = id_;
  row.fix_state = FixState::kFixed;
  row.severity = parse_severity(update["severity"].trimmed()).value_or(Severity::kUnknown);
  row.document = where;
  const std::vector<std::string> weaknesses = weaknesses_of(update);
  if (weaknesses.size() == 1) {
    VulnerabilityDetails details;
    details.id = weaknesses[0];
    details.summary = one_line(update["description"].text);
    details.document = where;
    if (!details.summary.empty()) sink_.details(std::move(details));
  }
  return write(row, weaknesses);
}

Status parse_updateinfo(const FeedDocument& document, const Limits& limits, FeedSink& sink) {
  ASSIGN_OR_RETURN(XmlReader reader, XmlReader::open(document.bytes, limits));
  Reader updates(document, sink);
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, reader.next());
    if (!more) return ok_status();
    if (reader.name() != "update") continue;
    ASSIGN_OR_RETURN(const XmlElement update, reader.element());
    RETURN_IF_ERROR(updates.read(update));
  }
}

}  // namespace

extern const Feed kUpdateinfo;
const Feed kUpdateinfo{
    .name = "updateinfo",
    .description = "updateinfo.xml of Amazon Linux, Bottlerocket, Fedora, SUSE and others",
    .source = "",
    .recognizes = recognizes_updateinfo,
    .parse = parse_updateinfo,
};

}  // namespace seaworthy
