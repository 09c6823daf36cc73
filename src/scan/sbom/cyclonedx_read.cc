// Reads CycloneDX JSON, 1.2 to 1.6, of this program and of others.
//
// A component of our own carries every field of a package (property_names.h) and is taken at its
// word. For others the purl is the source of truth, because component.name and .version differ
// between tools (Syft writes the epoch into rpm versions, Trivy writes Maven groups into names):
//   type           deb, apk and rpm are packages of the operating system, the rest is kOther
//   name, version  with the qualifier `epoch` put in front of the version
//   source         `upstream`: "name" or "name@version", for rpm the source rpm's file name; else
//                  the properties of Syft (syft:metadata:...) and Trivy
//                  (aquasecurity:trivy:Src...). Syft leaves it out where a deb or apk is its own
//                  source, so there absence means that; Trivy always writes it, and of other tools
//                  it is not known what they mean: there absence is kSourceUnknown, and the matcher
//                  neither trusts nor clears it
//   module         `rpmmod` or `modularitylabel`, else the tools' properties
//   distribution   the operating-system component, else the qualifier `distro` that most have
// What a document does not say stays empty; the matcher calls such packages undetermined.
#include <algorithm>
#include <charconv>
#include <map>

#include "core/codec/json.h"
#include "scan/sbom/cyclonedx.h"
#include "scan/sbom/foreign_component.h"
#include "scan/sbom/property_names.h"
#include "scan/sbom/sbom_distro.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxProperties = 256;  // of one package
constexpr std::size_t kMaxLayers = 4096;     // as in an image

// An index into the target's layers. One that points past them would be followed by every format.
int layer_index(std::string_view text, std::size_t layers) {
  int value = -1;
  if (!is_small_number(text)) return -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return static_cast<std::size_t>(value) < layers ? value : -1;
}

class Reader {
 public:
  explicit Reader(const Limits& limits) : limits_(limits) {}

  Report take(const JsonValue& root) {
    read_metadata(root["metadata"]);
    read_components(root["components"]);
    finish();
    return std::move(report_);
  }

 private:
  void read_metadata(const JsonValue& metadata);
  void read_metadata_property(std::string_view name, std::string_view value);
  void add_layer(ReportLayer layer);
  void read_components(const JsonValue& components);
  void read_component(const JsonValue& component, std::size_t number);
  void read_distro(const JsonValue& component);
  void read_own(const JsonValue& component, std::string_view type);
  void read_foreign(const JsonValue& component, std::string_view where);
  void note_distro(const Purl& purl);
  void finish();
  void problem_at(std::string_view where, std::string message) {
    report_.inventory.problems.push_back({"", -1, "read SBOM", problem::kUnreadableRecord,
                                          std::string(where) + ": " + std::move(message)});
  }

  const Limits limits_;
  Report report_;
  bool has_os_component_ = false;
  bool has_too_many_layers_ = false;
  bool is_own_ = false;
  bool is_of_syft_ = false;
  std::map<std::pair<std::string, std::string>, std::pair<Distro, std::size_t>> seen_;
};

void Reader::read_metadata_property(std::string_view name, std::string_view value) {
  const bool is_layer = name == property_name::kTargetLayer;
  const bool is_problem = name == property_name::kProblem;
  const bool is_database = name == property_name::kDatabase;
  if (!is_layer && !is_problem && !is_database) return;
  JsonDocument document;
  if (!document.parse(value, limits_) || !document.root().is_object()) {
    problem_at("metadata property " + std::string(name), "not a JSON object");
    return;
  }
  const JsonValue root = document.root();
  const auto layer =
      static_cast<int>(std::clamp<std::int64_t>(root["layer"].integer(), -1, 1 << 20));
  if (is_layer) {
    add_layer({std::string(root["digest"].text()), std::string(root["diff_id"].text()),
               static_cast<std::uint64_t>(std::max<std::int64_t>(0, root["size"].integer())),
               std::string(root["created_by"].text())});
  } else if (is_problem) {
    // What matching says of feeds is said anew by whoever matches this document.
    const std::string_view code = root["code"].text();
    if (code == problem::kNoFeed || code == problem::kStaleFeed) return;
    report_.inventory.problems.push_back(
        {std::string(root["path"].text()), layer, std::string(root["step"].text()),
         std::string(root["code"].text()), std::string(root["message"].text())});
  } else {
    report_.inventory.databases.push_back(
        {std::string(root["path"].text()), std::string(root["extractor"].text()), layer,
         static_cast<std::size_t>(std::max<std::int64_t>(0, root["packages"].integer()))});
  }
}

void Reader::add_layer(ReportLayer layer) {
  if (report_.target.layers.size() < kMaxLayers) {
    report_.target.layers.push_back(std::move(layer));
  } else if (!has_too_many_layers_) {
    has_too_many_layers_ = true;
    problem_at("metadata", "more than " + std::to_string(kMaxLayers) + " layers");
  }
}

void Reader::read_metadata(const JsonValue& metadata) {
  const JsonValue component = metadata["component"];
  for (const JsonValue& tools : {metadata["tools"], metadata["tools"]["components"]}) {
    for (const JsonValue& tool : tools.elements()) {
      is_of_syft_ = is_of_syft_ || tool["name"].text() == "syft";
    }
  }
  ReportTarget& target = report_.target;
  target.reference = property_of(component, property_name::kReference);
  is_own_ = !target.reference.empty();
  if (target.reference.empty()) target.reference = component["name"].text();
  target.digest = property_of(component, property_name::kDigest);
  target.platform = property_of(component, property_name::kPlatform);
  target.created = property_of(component, property_name::kCreated);
  for (const JsonValue& source : {component, metadata}) {
    for (const JsonValue& property : source["properties"].elements()) {
      const std::string_view name = property["name"].text();
      read_metadata_property(name, property["value"].text());
      // Trivy names the image's layers by their diff ids, lowest first.
      if (name == "aquasecurity:trivy:DiffID") {
        add_layer({"", std::string(property["value"].text()), 0, ""});
      }
    }
  }
}

// Components may hold components. The walk keeps its own stack and the order of the document.
void Reader::read_components(const JsonValue& components) {
  std::vector<JsonValue> stack = components.elements();
  std::reverse(stack.begin(), stack.end());
  std::size_t number = 0;
  while (!stack.empty()) {
    const JsonValue component = stack.back();
    stack.pop_back();
    read_component(component, number++);
    std::vector<JsonValue> inner = component["components"].elements();
    stack.insert(stack.end(), inner.rbegin(), inner.rend());
  }
}

void Reader::read_component(const JsonValue& component, std::size_t number) {
  const std::string_view type = component["type"].text();
  const std::string where = "component " + std::to_string(number);
  if (!component.is_object()) return problem_at(where, "not an object");
  if (type == "operating-system") return read_distro(component);
  const std::string_view own = property_of(component, property_name::kType);
  if (!own.empty()) return read_own(component, own);
  const bool is_package = type == "library" || type == "framework" || type == "application";
  if (!component["purl"].text().empty()) return read_foreign(component, where);
  // Without a purl an application that has no version is a lock file or a directory to Trivy.
  if (!is_package || (type == "application" && component["version"].text().empty())) return;
  read_foreign(component, where);
}

void Reader::read_distro(const JsonValue& component) {
  if (has_os_component_) {
    return problem_at("component '" + std::string(component["name"].text().substr(0, 100)) + "'",
                      "a second operating system; the first is used");
  }
  Distro distro;
  const auto first = [&](std::string_view a, std::string_view b) {
    return std::string(a.empty() ? b : a);
  };
  distro.id =
      sbom_distro_id(first(property_of(component, "syft:distro:id"), component["name"].text()));
  if (distro.id == "none") return;  // Trivy's word where it found no distribution
  if (distro.id.empty()) return problem_at("operating-system component", "it has no name");
  has_os_component_ = true;
  distro.version =
      first(component["version"].text(), property_of(component, "syft:distro:versionID"));
  distro.name =
      first(component["description"].text(), property_of(component, "syft:distro:prettyName"));
  distro.codename = first(property_of(component, property_name::kDistroCodename),
                          property_of(component, "syft:distro:versionCodename"));
  distro.variant = first(property_of(component, property_name::kDistroVariant),
                         property_of(component, "syft:distro:variantID"));
  distro.repository_branch = property_of(component, property_name::kDistroBranch);
  distro.path = property_of(component, property_name::kPath);
  distro.layer =
      layer_index(property_of(component, property_name::kLayer), report_.target.layers.size());
  for (const JsonValue& property : component["properties"].elements()) {
    const std::string_view name = property["name"].text();
    if (name == property_name::kDistroLike || name.starts_with("syft:distro:idLike:")) {
      distro.like.emplace_back(property["value"].text());
    } else if (name == property_name::kDistroContentSet) {
      distro.content_sets.emplace_back(property["value"].text());
    } else if (name == property_name::kDistroCpe) {
      distro.cpes.emplace_back(property["value"].text());
    }
  }
  report_.inventory.distro = std::move(distro);
}

void Reader::read_own(const JsonValue& component, std::string_view type) {
  is_own_ = true;
  Package package;
  for (const PackageType known : {PackageType::kDeb, PackageType::kApk, PackageType::kRpm}) {
    if (type == name_of(known)) package.type = known;
  }
  package.name = component["name"].text();
  package.version = component["version"].text();
  package.arch = property_of(component, property_name::kArch);
  package.source_name = property_of(component, property_name::kSourceName);
  package.source_version = property_of(component, property_name::kSourceVersion);
  package.path = property_of(component, property_name::kPath);
  package.layer =
      layer_index(property_of(component, property_name::kLayer), report_.target.layers.size());
  const std::string_view files = property_of(component, property_name::kFiles);
  if (is_small_number(files))
    std::from_chars(files.data(), files.data() + files.size(), package.files);
  read_licenses(component, package);
  const std::string_view prefix = property_name::kProperty;
  for (const JsonValue& property : component["properties"].elements()) {
    const std::string_view name = property["name"].text();
    if (!name.starts_with(prefix)) continue;
    if (package.properties.size() >= kMaxProperties) {
      problem_at("component '" + package.name.substr(0, 100) + "'", "too many properties");
      break;
    }
    package.set_property(name.substr(prefix.size()), std::string(property["value"].text()));
  }
  report_.inventory.packages.push_back(std::move(package));
}

void Reader::note_distro(const Purl& purl) {
  Distro distro = distro_of_qualifier(purl.qualifier("distro"), purl.name_space);
  if (distro.id.empty()) return;
  const std::string release = distro.version.empty() ? distro.codename : distro.version;
  auto& entry = seen_[{distro.id, release}];
  if (entry.second++ == 0) entry.first = std::move(distro);
}

void Reader::read_foreign(const JsonValue& component, std::string_view where) {
  const std::string_view text = component["purl"].text();
  const std::optional<Purl> purl = parse_purl(text);
  Package package;
  if (purl) {
    for (const PackageType known : {PackageType::kDeb, PackageType::kApk, PackageType::kRpm}) {
      if (purl->type == name_of(known)) package.type = known;
    }
  } else if (!text.empty()) {
    problem_at(where, "'" + std::string(text.substr(0, 200)) + "' is not a package URL");
  }
  package.name = component["name"].text();
  if (purl && (package.type != PackageType::kOther || package.name.empty()))
    package.name = purl->name;
  package.version = purl && !purl->version.empty() ? purl->version : component["version"].text();
  if (package.name.empty()) return problem_at(where, "it has neither a name nor a package URL");
  if (purl && package.type != PackageType::kOther) {
    if (package.version.empty()) problem_at(where, package.name + " has no version");
    read_os_purl(component, *purl, is_of_syft_, package);
    note_distro(*purl);
  } else {
    package.set_property("purl", purl ? to_text(*purl) : "");
    package.set_property("group", std::string(component["group"].text()));
  }
  read_licenses(component, package);
  read_place(component, report_.target.layers, package);
  report_.inventory.packages.push_back(std::move(package));
}

void Reader::finish() {
  Inventory& inventory = report_.inventory;
  const Distro* most = nullptr;
  std::size_t count = 0;
  for (const auto& [key, entry] : seen_) {
    if (entry.second <= count) continue;
    most = &entry.first;
    count = entry.second;
  }
  if (!has_os_component_ && most != nullptr) {
    inventory.distro = *most;
    if (seen_.size() > 1) {
      problem_at("components", "packages of " + std::to_string(seen_.size()) +
                                   " distributions; the one most have is " + most->id + " " +
                                   most->version);
    }
  }
  // An operating-system component without a version is completed by what the packages say.
  if (has_os_component_ && most != nullptr && most->id == inventory.distro->id) {
    if (inventory.distro->version.empty()) inventory.distro->version = most->version;
    if (inventory.distro->codename.empty()) inventory.distro->codename = most->codename;
  }
  std::sort(inventory.packages.begin(), inventory.packages.end(), package_before);
  inventory.packages.erase(std::unique(inventory.packages.begin(), inventory.packages.end()),
                           inventory.packages.end());
  const auto of_system =
      std::count_if(inventory.packages.begin(), inventory.packages.end(),
                    [](const Package& package) { return package.type != PackageType::kOther; });
  // An own document says which databases there were, even that there was none.
  if (!is_own_ && inventory.databases.empty() && of_system > 0) {
    inventory.databases.push_back(
        {"sbom", "sbom/cyclonedx", -1, static_cast<std::size_t>(of_system)});
  }
  const auto layers = static_cast<int>(report_.target.layers.size());
  for (Problem& problem : inventory.problems)
    problem.layer = problem.layer < layers ? problem.layer : -1;
  for (auto& database : inventory.databases)
    database.layer = database.layer < layers ? database.layer : -1;
  sort_problems(inventory.problems);
  report_.problems = inventory.problems;
}

// Says what a document is instead, where that can be told.
Status check_is_cyclonedx(const JsonValue& root) {
  if (root["spdxVersion"].exists() || root["SPDXID"].exists()) {
    return Error{ErrorCode::kUnsupported, "an SPDX document; CycloneDX JSON is what can be read"};
  }
  if (root["bomFormat"].text() != "CycloneDX") {
    return Error{ErrorCode::kInvalidInput,
                 "not a CycloneDX document: bomFormat is not \"CycloneDX\""};
  }
  const std::string_view version = root["specVersion"].text();
  const bool is_read =
      version.size() == 3 && version.starts_with("1.") && version[2] >= '2' && version[2] <= '6';
  if (!is_read) {
    return Error{ErrorCode::kUnsupported, "CycloneDX '" + std::string(version.substr(0, 20)) +
                                              "'; versions 1.2 to 1.6 are read"};
  }
  return ok_status();
}

}  // namespace

Result<Report> parse_cyclonedx(std::string_view json, const Limits& limits) {
  const std::size_t begin = json.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (begin != std::string_view::npos && json[begin] == '<') {
    return Error{ErrorCode::kUnsupported, "an XML document; CycloneDX JSON is what can be read"};
  }
  JsonDocument document;
  RETURN_IF_ERROR(
      document.parse(begin == std::string_view::npos ? json : json.substr(begin), limits));
  RETURN_IF_ERROR(check_is_cyclonedx(document.root()));
  return Reader(limits).take(document.root());
}

}  // namespace seaworthy
