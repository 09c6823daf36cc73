#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/model/report.h"
#include "scan/sbom/document.h"

namespace seaworthy {

// Makes an inventory of a bill of materials, component by component, whatever its format.
//
// A component of our own carries every field of a package (property_names.h) and is taken at its
// word. For others the purl is the source of truth, because names and versions differ between tools
// (Syft writes the epoch into rpm versions, Trivy writes Maven groups into names):
//   type           deb, apk, rpm, ... are packages of the operating system, the rest is kOther
//   name, version  with the qualifier `epoch` put in front of the version
//   source         `upstream`: "name" or "name@version", for rpm the source rpm's file name; else
//                  the format's own field, else the properties of Syft (syft:metadata:...) and
//                  Trivy (aquasecurity:trivy:Src...). Syft leaves it out where a deb or apk is its
//                  own source, so there absence means that; Trivy always writes it, and of other
//                  tools it is not known what they mean: there absence is kSourceUnknown, and the
//                  matcher neither trusts nor clears it
//   module         `rpmmod` or `modularitylabel`, else the tools' properties
//   distribution   the operating-system component, else the qualifier `distro` that most have.
//                  Packages whose own qualifier says another one are a problem and in doubt: they
//                  are looked up in the document's distribution and never clean
//   contradiction  where a component's own name or version is another than its package URL's, that
//   is
//                  a problem, and the package in doubt: it is judged by the URL
// What a document does not say stays empty; the matcher calls such packages undetermined.
class InventoryBuilder {
 public:
  // `form`: "cyclonedx", "spdx"; names the evidence.
  InventoryBuilder(std::string form, const Limits& limits)
      : form_(std::move(form)), limits_(limits) {}

  // In this order: tools, subject and properties of the document, components.
  void add_tool(std::string_view name);
  void set_subject(const SbomComponent& subject);
  void add_document_property(std::string_view name, std::string_view value);
  void add(const SbomComponent& component);
  // A record that is no component; `where` is its place in the document.
  void add_problem(std::string_view where, std::string message,
                   const char* code = problem::kUnreadableRecord);
  Report take();

 private:
  void add_layer(ReportLayer layer);
  void add_distro(const SbomComponent& component);
  void add_own(const SbomComponent& component, std::string_view type);
  void add_foreign(const SbomComponent& component, std::string_view where);
  void doubt_contradiction(const SbomComponent& component, const Purl& purl, std::string_view where,
                           std::string_view judged_by, Package& package);
  void note_distro(const Purl& purl);
  void settle_distro();
  void choose_distro();
  void doubt_foreign_releases();

  const std::string form_;
  const Limits limits_;
  Report report_;
  std::size_t number_ = 0;          // of the next component
  std::size_t contradictions_ = 0;  // of components and their package URLs
  bool has_os_component_ = false;
  bool has_too_many_layers_ = false;
  bool is_own_ = false;
  bool is_of_syft_ = false;
  using Seen = std::pair<Distro, std::size_t>;  // and how many packages say so
  std::map<std::pair<std::string, std::string>, Seen> seen_;
  // Packages with a `distro` qualifier, by their place in the inventory, and what it says.
  std::vector<std::pair<std::size_t, const Distro*>> claims_;
};

}  // namespace seaworthy
