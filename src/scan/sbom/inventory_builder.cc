#include "scan/sbom/inventory_builder.h"

#include <algorithm>
#include <charconv>

#include "core/codec/json.h"
#include "scan/sbom/foreign_component.h"
#include "scan/sbom/property_names.h"
#include "scan/sbom/report_values.h"
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

// The package manager of that name; kOther where it is none.
PackageType type_named(std::string_view name) {
  for (int i = 0; i < static_cast<int>(PackageType::kEnd); ++i) {
    const auto type = static_cast<PackageType>(i);
    if (name == name_of(type)) return type;
  }
  return PackageType::kOther;
}

// The source of a package is a name in it, not a package that is installed.
bool is_source_package(const Purl& purl) {
  return purl.qualifier("arch") == "source" || purl.qualifier("arch") == "src";
}

std::string first_of(std::string_view a, std::string_view b) {
  return std::string(a.empty() ? b : a);
}

}  // namespace

void InventoryBuilder::add_problem(std::string_view where, std::string message, const char* code) {
  report_.inventory.problems.push_back(
      {"", -1, "read SBOM", code, std::string(where) + ": " + std::move(message)});
}

void InventoryBuilder::add_tool(std::string_view name) {
  is_of_syft_ = is_of_syft_ || name == "syft";
}

void InventoryBuilder::add_layer(ReportLayer layer) {
  if (report_.target.layers.size() < kMaxLayers) {
    report_.target.layers.push_back(std::move(layer));
  } else if (!has_too_many_layers_) {
    has_too_many_layers_ = true;
    add_problem("metadata", "more than " + std::to_string(kMaxLayers) + " layers");
  }
}

void InventoryBuilder::add_document_property(std::string_view name, std::string_view value) {
  // Trivy names the image's layers by their diff ids, lowest first.
  if (name == "aquasecurity:trivy:DiffID") return add_layer({"", std::string(value), 0, ""});
  const bool is_layer = name == property_name::kTargetLayer;
  const bool is_problem = name == property_name::kProblem;
  const bool is_database = name == property_name::kDatabase;
  if (!is_layer && !is_problem && !is_database) return;
  JsonDocument document;
  if (!document.parse(value, limits_) || !document.root().is_object()) {
    return add_problem("metadata property " + std::string(name), "not a JSON object");
  }
  if (is_layer) {
    add_layer(read_layer_value(document.root()));
  } else if (is_database) {
    report_.inventory.databases.push_back(read_database_value(document.root()));
  } else {
    Problem problem = read_problem_value(document.root());
    // What matching says of feeds and sources is said anew by whoever matches this document.
    for (const char* code :
         {problem::kNoFeed, problem::kStaleFeed, problem::kSourceUnknown, problem::kRepositories}) {
      if (problem.code == code) return;
    }
    report_.inventory.problems.push_back(std::move(problem));
  }
}

void InventoryBuilder::set_subject(const SbomComponent& subject) {
  ReportTarget& target = report_.target;
  target.reference = subject.property(property_name::kReference);
  is_own_ = !target.reference.empty();
  if (target.reference.empty()) target.reference = subject.name;
  target.digest = subject.property(property_name::kDigest);
  target.platform = subject.property(property_name::kPlatform);
  target.created = subject.property(property_name::kCreated);
  for (const SbomProperty& property : subject.properties) {
    add_document_property(property.name, property.value);
  }
}

void InventoryBuilder::add(const SbomComponent& component) {
  const std::string where = "component " + std::to_string(number_++);
  if (component.type == "operating-system") return add_distro(component);
  const std::string_view own = component.property(property_name::kType);
  if (!own.empty()) return add_own(component, own);
  if (!component.purl.empty()) return add_foreign(component, where);
  const bool is_application = component.type == "application";
  const bool is_package =
      component.type == "library" || component.type == "framework" || is_application;
  // Without a purl an application that has no version is a lock file or a directory to Trivy.
  if (!is_package || (is_application && component.version.empty())) return;
  add_foreign(component, where);
}

void InventoryBuilder::add_distro(const SbomComponent& component) {
  if (has_os_component_) {
    return add_problem("component '" + component.name.substr(0, 100) + "'",
                       "a second operating system; the first is used");
  }
  Distro distro;
  distro.id = sbom_distro_id(first_of(component.property("syft:distro:id"), component.name));
  if (distro.id == "none") return;  // Trivy's word where it found no distribution
  if (distro.id.empty()) return add_problem("operating-system component", "it has no name");
  has_os_component_ = true;
  distro.version = first_of(component.version, component.property("syft:distro:versionID"));
  distro.name = first_of(component.description, component.property("syft:distro:prettyName"));
  distro.codename = first_of(component.property(property_name::kDistroCodename),
                             component.property("syft:distro:versionCodename"));
  distro.variant = first_of(component.property(property_name::kDistroVariant),
                            component.property("syft:distro:variantID"));
  distro.repository_branch = component.property(property_name::kDistroBranch);
  distro.other_repositories = component.property(property_name::kDistroOtherRepositories);
  distro.path = component.property(property_name::kPath);
  distro.layer =
      layer_index(component.property(property_name::kLayer), report_.target.layers.size());
  for (const SbomProperty& property : component.properties) {
    if (property.name == property_name::kDistroLike ||
        property.name.starts_with("syft:distro:idLike:")) {
      distro.like.push_back(property.value);
    } else if (property.name == property_name::kDistroContentSet) {
      distro.content_sets.push_back(property.value);
    } else if (property.name == property_name::kDistroCpe) {
      distro.cpes.push_back(property.value);
    }
  }
  report_.inventory.distro = std::move(distro);
}

void InventoryBuilder::add_own(const SbomComponent& component, std::string_view type) {
  is_own_ = true;
  Package package;
  package.type = type_named(type);
  package.name = component.name;
  package.version = component.version;
  package.licenses = component.licenses;
  package.arch = component.property(property_name::kArch);
  package.source_name = component.property(property_name::kSourceName);
  package.source_version = component.property(property_name::kSourceVersion);
  package.path = component.property(property_name::kPath);
  package.layer =
      layer_index(component.property(property_name::kLayer), report_.target.layers.size());
  const std::string_view files = component.property(property_name::kFiles);
  if (is_small_number(files)) {
    std::from_chars(files.data(), files.data() + files.size(), package.files);
  }
  const std::string_view prefix = property_name::kProperty;
  for (const SbomProperty& property : component.properties) {
    if (!property.name.starts_with(prefix)) continue;
    if (package.properties.size() == kMaxProperties) {
      add_problem("package '" + package.name.substr(0, 200) + "'",
                  "more than " + std::to_string(kMaxProperties) + " properties");
      break;
    }
    package.set_property(std::string_view(property.name).substr(prefix.size()), property.value);
  }
  if (package.name.empty()) return add_problem("own component", "it has no name");
  if (const auto purl = parse_purl(component.purl); purl && package.type != PackageType::kOther) {
    doubt_contradiction(component, *purl, "own component", "its own name", package);
  }
  report_.inventory.packages.push_back(std::move(package));
}

// Both cannot be right, and an advisory of the one says nothing of the other.
void InventoryBuilder::doubt_contradiction(const SbomComponent& component, const Purl& purl,
                                           std::string_view where, std::string_view judged_by,
                                           Package& package) {
  constexpr std::size_t kMostProblems = 50;
  const std::string contradiction = contradiction_of(component, purl);
  if (contradiction.empty()) return;
  package.set_property(kDoubt, contradiction);
  if (++contradictions_ > kMostProblems) return;
  add_problem(where,
              contradiction + ": it is judged by " + std::string(judged_by) + ", and never clean" +
                  (contradictions_ == kMostProblems ? "; others like it are not listed" : ""),
              problem::kDocument);
}

void InventoryBuilder::note_distro(const Purl& purl) {
  Distro distro = distro_of_qualifier(purl.qualifier("distro"), purl.name_space);
  if (distro.id.empty()) return;
  const std::string release = distro.version.empty() ? distro.codename : distro.version;
  auto& entry = seen_[{distro.id, release}];
  if (entry.second++ == 0) entry.first = std::move(distro);
  if (!purl.qualifier("distro").empty()) {
    claims_.emplace_back(report_.inventory.packages.size(), &entry.first);
  }
}

void InventoryBuilder::add_foreign(const SbomComponent& component, std::string_view where) {
  const std::optional<Purl> purl = parse_purl(component.purl);
  Package package;
  if (purl) {
    if (is_source_package(*purl)) return;
    package.type = type_named(purl->type);
  } else if (!component.purl.empty()) {
    add_problem(where, "'" + component.purl.substr(0, 200) + "' is not a package URL");
  }
  const bool of_system = package.type != PackageType::kOther;
  package.name = component.name;
  if (purl && (of_system || package.name.empty())) package.name = purl->name;
  package.version = purl && !purl->version.empty() ? purl->version : component.version;
  if (package.name.empty()) return add_problem(where, "it has neither a name nor a package URL");
  if (of_system) {
    if (package.version.empty()) add_problem(where, package.name + " has no version");
    read_os_purl(component, *purl, is_of_syft_, package);
    note_distro(*purl);
  } else {
    package.set_property("purl", purl ? to_text(*purl) : "");
    package.set_property("group", component.group);
  }
  if (purl) doubt_contradiction(component, *purl, where, "the package URL", package);
  package.licenses = component.licenses;
  read_place(component, report_.target.layers, package);
  report_.inventory.packages.push_back(std::move(package));
}

void InventoryBuilder::choose_distro() {
  Inventory& inventory = report_.inventory;
  const Distro* most = nullptr;
  std::size_t count = 0;
  for (const auto& [key, entry] : seen_) {
    if (entry.second <= count) continue;
    most = &entry.first;
    count = entry.second;
  }
  if (most == nullptr) return;
  if (!has_os_component_) {
    inventory.distro = *most;
    if (seen_.size() > 1) {
      add_problem("components", "packages of " + std::to_string(seen_.size()) +
                                    " distributions; the one most have is " + most->id + " " +
                                    most->version);
    }
    return;
  }
  // An operating-system component without a version is completed by what the packages say.
  if (most->id != inventory.distro->id) return;
  if (inventory.distro->version.empty()) inventory.distro->version = most->version;
  if (inventory.distro->codename.empty()) inventory.distro->codename = most->codename;
}

void InventoryBuilder::doubt_foreign_releases() {
  const auto named = [](const Distro& distro) {
    const std::string& release = distro.version.empty() ? distro.codename : distro.version;
    return (distro.id + (release.empty() ? "" : " " + release)).substr(0, 200);
  };
  Inventory& inventory = report_.inventory;
  std::map<std::string, std::size_t> others;
  for (const auto& [index, claimed] : claims_) {
    if (may_be_one_release(*claimed, *inventory.distro)) continue;
    const std::string other = named(*claimed);
    ++others[other];
    inventory.packages[index].set_property(
        kDoubt, "its package URL says " + other + ", the document " + named(*inventory.distro));
  }
  for (const auto& [other, count] : others) {
    add_problem("components", std::to_string(count) + " of the packages " +
                                  (count == 1 ? "says" : "say") + " distro " + other +
                                  ", the document is of " + named(*inventory.distro) +
                                  ": by that they are judged, and never clean");
  }
}

void InventoryBuilder::settle_distro() {
  choose_distro();
  if (report_.inventory.distro) doubt_foreign_releases();
}

Report InventoryBuilder::take() {
  settle_distro();
  Inventory& inventory = report_.inventory;
  std::sort(inventory.packages.begin(), inventory.packages.end(), package_before);
  inventory.packages.erase(std::unique(inventory.packages.begin(), inventory.packages.end()),
                           inventory.packages.end());
  const auto of_system =
      std::count_if(inventory.packages.begin(), inventory.packages.end(),
                    [](const Package& package) { return package.type != PackageType::kOther; });
  // An own document says which databases there were, even that there was none.
  if (!is_own_ && inventory.databases.empty() && of_system > 0) {
    inventory.databases.push_back(
        {"sbom", "sbom/" + form_, -1, static_cast<std::size_t>(of_system)});
  }
  const auto layers = static_cast<int>(report_.target.layers.size());
  for (Problem& problem : inventory.problems) {
    if (problem.layer >= layers) problem.layer = -1;
  }
  for (Inventory::Database& database : inventory.databases) {
    if (database.layer >= layers) database.layer = -1;
  }
  sort_problems(inventory.problems);
  report_.problems = inventory.problems;
  return std::move(report_);
}

}  // namespace seaworthy
