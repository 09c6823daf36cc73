#include "core/model/inventory.h"

#include <tuple>

#include "core/codec/pack.h"

namespace seaworthy {

namespace {

void put(Packer& out, const Problem& problem) {
  out.text(problem.path);
  out.number(static_cast<std::uint64_t>(problem.layer) + 1);  // -1 becomes 0
  out.text(problem.step);
  out.text(problem.code);
  out.text(problem.message);
}

Problem get_problem(Unpacker& in) {
  Problem problem;
  problem.path = in.text();
  problem.layer = static_cast<int>(in.number() & 0xffffff) - 1;
  problem.step = in.text();
  problem.code = in.text();
  problem.message = in.text();
  return problem;
}

void put(Packer& out, const Package& package) {
  out.number(static_cast<std::uint64_t>(package.type));
  for (const std::string* field : {&package.name, &package.version, &package.arch,
                                   &package.source_name, &package.source_version, &package.path}) {
    out.text(*field);
  }
  out.texts(package.licenses);
  out.list(package.properties, [&](const auto& property) {
    out.text(property.first);
    out.text(property.second);
  });
  out.number(package.files);
}

Package get_package(Unpacker& in) {
  Package package;
  package.type = in.choice(PackageType::kEnd);
  for (std::string* field : {&package.name, &package.version, &package.arch, &package.source_name,
                             &package.source_version, &package.path}) {
    *field = in.text();
  }
  package.licenses = in.texts();
  package.properties.resize(in.list_size(2));
  for (auto& property : package.properties) {
    property.first = in.text();
    property.second = in.text();
  }
  package.files = static_cast<std::uint32_t>(in.number());
  return package;
}

void put(Packer& out, const Distro& distro) {
  for (const std::string* field :
       {&distro.id, &distro.version, &distro.codename, &distro.name, &distro.variant,
        &distro.repository_branch, &distro.other_repositories, &distro.path}) {
    out.text(*field);
  }
  out.texts(distro.like);
  out.texts(distro.content_sets);
  out.texts(distro.cpes);
}

Distro get_distro(Unpacker& in) {
  Distro distro;
  for (std::string* field :
       {&distro.id, &distro.version, &distro.codename, &distro.name, &distro.variant,
        &distro.repository_branch, &distro.other_repositories, &distro.path}) {
    *field = in.text();
  }
  distro.like = in.texts();
  distro.content_sets = in.texts();
  distro.cpes = in.texts();
  return distro;
}

void put(Packer& out, const std::vector<std::uint64_t>& hashes) {
  out.list(hashes, [&](std::uint64_t hash) { out.hash(hash); });
}

std::vector<std::uint64_t> get_hashes(Unpacker& in) {
  std::vector<std::uint64_t> hashes(in.list_size(8));
  for (std::uint64_t& hash : hashes) hash = in.hash();
  return hashes;
}

// Sorted numbers as their differences: three bytes each for a program of some ten thousand.
void put_functions(Packer& out, const std::vector<std::uint32_t>& functions) {
  std::uint32_t last = 0;
  out.list(functions, [&](std::uint32_t function) {
    out.number(function - last);
    last = function;
  });
}

std::vector<std::uint32_t> get_functions(Unpacker& in) {
  std::vector<std::uint32_t> functions(in.list_size());
  std::uint32_t last = 0;
  for (std::uint32_t& function : functions) {
    last += static_cast<std::uint32_t>(in.number());
    function = last;
  }
  return functions;
}

}  // namespace

void pack_evidence(Packer& out, const Evidence& evidence) {
  out.text(evidence.extractor);
  out.text(evidence.path);
  out.list(evidence.packages, [&](const Package& package) { put(out, package); });
  out.flag(evidence.distro.has_value());
  if (evidence.distro) put(out, *evidence.distro);
  out.list(evidence.owned, [&](const OwnedFiles& owned) {
    out.text(owned.package);
    put(out, owned.path_hashes);
    out.flag(owned.below_opt);
  });
  out.list(evidence.problems, [&](const Problem& problem) { put(out, problem); });
  put_functions(out, evidence.functions);
}

Evidence unpack_evidence(Unpacker& in) {
  Evidence evidence;
  evidence.extractor = in.text();
  evidence.path = in.text();
  evidence.packages.resize(in.list_size(10));
  for (Package& package : evidence.packages) package = get_package(in);
  if (in.flag()) evidence.distro = get_distro(in);
  evidence.owned.resize(in.list_size(3));
  for (OwnedFiles& owned : evidence.owned) {
    owned.package = in.text();
    owned.path_hashes = get_hashes(in);
    owned.below_opt = in.flag();
  }
  evidence.problems.resize(in.list_size(5));
  for (Problem& problem : evidence.problems) problem = get_problem(in);
  evidence.functions = get_functions(in);
  return evidence;
}

std::string pack(const LayerInventory& layer) {
  Packer out;
  out.text(layer.digest);
  out.text(layer.diff_id);
  for (const std::string* field : {&layer.table.form, &layer.table.digest, &layer.table.refused}) {
    out.text(*field);
  }
  out.number(layer.table.fetched_bytes);
  out.number(layer.stored_bytes);
  out.number(layer.inflated_bytes);
  out.number(layer.entries);
  out.list(layer.evidence, [&](const Evidence& evidence) { pack_evidence(out, evidence); });
  out.list(layer.links, [&](const Link& link) {
    out.text(link.path);
    out.text(link.target);
    out.flag(link.hard);
    out.number(link.order);
    out.flag(link.same_layer);
  });
  out.texts(layer.whiteouts);
  out.texts(layer.opaques);
  put(out, layer.files);
  put(out, layer.directories);
  out.list(layer.problems, [&](const Problem& problem) { put(out, problem); });
  return std::move(out).bytes();
}

Result<LayerInventory> unpack_layer(std::string_view bytes) {
  Unpacker in(bytes);
  LayerInventory layer;
  layer.digest = in.text();
  layer.diff_id = in.text();
  for (std::string* field : {&layer.table.form, &layer.table.digest, &layer.table.refused}) {
    *field = in.text();
  }
  layer.table.fetched_bytes = in.number();
  layer.stored_bytes = in.number();
  layer.inflated_bytes = in.number();
  layer.entries = in.number();
  layer.evidence.resize(in.list_size(7));
  for (Evidence& evidence : layer.evidence) evidence = unpack_evidence(in);
  layer.links.resize(in.list_size(5));
  for (Link& link : layer.links) {
    link.path = in.text();
    link.target = in.text();
    link.hard = in.flag();
    link.order = in.number();
    link.same_layer = in.flag();
  }
  layer.whiteouts = in.texts();
  layer.opaques = in.texts();
  layer.files = get_hashes(in);
  layer.directories = get_hashes(in);
  layer.problems.resize(in.list_size(5));
  for (Problem& problem : layer.problems) problem = get_problem(in);
  RETURN_IF_ERROR(in.finish("layer inventory"));
  return layer;
}

}  // namespace seaworthy
