// OVAL is a language for asking a running system; an advisory needs the opposite: which packages
// would make the answer "yes". Vendors use a small part of it:
//
//   AND( the product is installed,
//        [the architecture is ...], [the module ... is enabled],
//        OR( AND( package earlier than 1.2-3, package signed with our key ), ... ) )
//
// Walking down, conditions that stand beside packages in an AND are collected, and each package is
// a statement under the conditions met on the way. Keys and flavours ("glibc is ksplice-based")
// never make a package unaffected by themselves and count as true; the flavour also shows in the
// version. Conditions that are none of these are not dropped: what stands under them becomes a
// statement that is not understood, which matching reports as undetermined.
//
// Products, architectures and modules are asked by comparing strings in release packages and files,
// differently for each release; the criterion's comment says the same in words and is what is read.
#include "scan/advisory/oval_criteria.h"

#include <algorithm>
#include <optional>

#include "scan/advisory/suse_products.h"

namespace seaworthy {
namespace {

constexpr std::size_t kMaxStatements = 100'000;
constexpr std::size_t kKeptReasons = 8;

enum class LeafKind { kPackage, kPlace, kArch, kModule, kAlways, kUnknown };

struct Leaf {
  LeafKind kind = LeafKind::kUnknown;
  std::string text;  // product, architecture or module
  const OvalQuestion* question = nullptr;
};

// The conditions on the way to a package.
struct Context {
  bool placed = false;
  std::vector<OvalPlace> places;
  std::vector<std::string> archs;
  std::string module;
  bool understood = true;
};

std::optional<std::string> between(std::string_view text, std::string_view front,
                                   std::string_view back) {
  if (!text.starts_with(front) || !text.ends_with(back)) return {};
  if (text.size() <= front.size() + back.size()) return {};
  return std::string(text.substr(front.size(), text.size() - front.size() - back.size()));
}

bool is_product(std::string_view text) {
  return text.starts_with("Oracle Linux ") || text.starts_with("SUSE ") ||
         text.starts_with("openSUSE ");
}

Leaf leaf_of(const XmlElement& criterion, const OvalTests& tests) {
  Leaf leaf;
  const std::string_view comment = criterion.attribute("comment");
  leaf.text = comment;
  const OvalQuestion* question = tests.find(criterion.attribute("test_ref"));
  if (question == nullptr || criterion.attribute("negate") == "true") return leaf;
  if (auto arch = between(comment, "Oracle Linux arch is ", ""))
    return {LeafKind::kArch, *arch, {}};
  if (auto module = between(comment, "Module ", " is enabled")) {
    return {LeafKind::kModule, *module, {}};
  }
  if (question->kind == OvalQuestion::Kind::kPackage) return {LeafKind::kPackage, "", question};
  if (auto product = between(comment, "", " is installed"); product && is_product(*product)) {
    return {LeafKind::kPlace, *product, {}};
  }
  const bool neutral = comment.find(" is signed with ") != comment.npos ||
                       comment.ends_with(" is ksplice-based") ||
                       comment.ends_with(" is fips patched");
  if (neutral) leaf.kind = LeafKind::kAlways;
  return leaf;
}

// "aarch64|ppc64le", also as a pattern: "^(aarch64|ppc64le)$".
std::optional<std::vector<std::string>> archs_of(std::string_view text) {
  std::vector<std::string> archs;
  if (text.empty()) return archs;
  archs.emplace_back();
  for (const char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (word) {
      archs.back() += c;
    } else if (c == '|') {
      archs.emplace_back();
    } else if (c != '^' && c != '$' && c != '(' && c != ')') {
      return {};
    }
  }
  if (std::find(archs.begin(), archs.end(), "") != archs.end()) return {};
  return archs;
}

// An evr that every package has: how SUSE says "affected" (above it) and "not affected" (below it).
bool is_nothing(std::string_view evr) {
  return evr == "0-0" || evr == "0";
}

class Evaluation {
 public:
  explicit Evaluation(const OvalTests& tests) : tests_(tests) {}

  Status walk(const XmlElement& node, Context context);
  OvalAnswer take() { return std::move(answer_); }

 private:
  bool has_package(const XmlElement& node) const;
  void restrict(const XmlElement& node, Context& context);
  void restrict_any(const XmlElement& node, Context& context);
  void restrict_leaf(const XmlElement& criterion, Context& context);
  void fail(Context& context, std::string_view what);
  Status walk_all(const XmlElement& node, Context context);
  Status state(const std::vector<const OvalQuestion*>& together, const Context& context);
  bool fill(const OvalQuestion& question, OvalStatement& statement);
  std::vector<OvalPlace> places_of(const Leaf& leaf);

  const OvalTests& tests_;
  OvalAnswer answer_;
};

void Evaluation::fail(Context& context, std::string_view what) {
  context.understood = false;
  auto& kept = answer_.not_understood;
  if (kept.size() < kKeptReasons && std::find(kept.begin(), kept.end(), what) == kept.end()) {
    kept.emplace_back(what);
  }
}

bool Evaluation::has_package(const XmlElement& node) const {
  if (node.name == "criterion") return leaf_of(node, tests_).kind == LeafKind::kPackage;
  return std::any_of(node.children.begin(), node.children.end(),
                     [&](const XmlElement& child) { return has_package(child); });
}

std::vector<OvalPlace> Evaluation::places_of(const Leaf& leaf) {
  constexpr std::string_view kOracle = "Oracle Linux ";
  if (leaf.text.starts_with(kOracle)) return {{"ol", leaf.text.substr(kOracle.size()), ""}};
  const Ecosystem product = map_suse_product(leaf.text);
  if (!product.skip.empty()) {
    answer_.skipped.emplace_back(product.skip);
    return {};
  }
  return {{product.name, product.release, product.channel}};
}

void Evaluation::restrict_leaf(const XmlElement& criterion, Context& context) {
  const Leaf leaf = leaf_of(criterion, tests_);
  switch (leaf.kind) {
    case LeafKind::kPlace:
      if (context.placed) return fail(context, "two products at once");
      context.places = places_of(leaf);
      context.placed = true;
      return;
    case LeafKind::kArch:
      if (!context.archs.empty()) return fail(context, "two architectures at once");
      context.archs = {leaf.text};
      return;
    case LeafKind::kModule:
      if (!context.module.empty()) context.module += " and ";
      context.module += leaf.text;
      return;
    case LeafKind::kAlways:
    case LeafKind::kPackage:
      return;
    case LeafKind::kUnknown:
      return fail(context, leaf.text.empty() ? "a criterion without a comment" : leaf.text);
  }
}

// Any of several products, or of several architectures.
void Evaluation::restrict_any(const XmlElement& node, Context& context) {
  Context either;
  for (const XmlElement& child : node.children) {
    Context one;
    restrict(child, one);
    if (!one.understood) either.understood = false;
    const bool arch_only = !one.placed && !one.archs.empty() && one.module.empty();
    const bool place_only = one.placed && one.archs.empty() && one.module.empty();
    if (!arch_only && !place_only) return fail(context, "alternatives of different kinds");
    either.placed = either.placed || one.placed;
    for (OvalPlace& place : one.places) {
      const bool known =
          std::find(either.places.begin(), either.places.end(), place) != either.places.end();
      if (!known) either.places.push_back(std::move(place));
    }
    for (std::string& arch : one.archs) either.archs.push_back(std::move(arch));
  }
  const bool clash = (either.placed && (context.placed || !either.archs.empty())) ||
                     (!either.archs.empty() && !context.archs.empty());
  if (clash || !either.understood) return fail(context, "alternatives of different kinds");
  if (either.placed) {
    context.placed = true;
    context.places = std::move(either.places);
  }
  if (!either.archs.empty()) context.archs = std::move(either.archs);
}

// Takes a part of the tree without packages into the context.
void Evaluation::restrict(const XmlElement& node, Context& context) {
  if (node.name == "criterion") return restrict_leaf(node, context);
  if (node.name != "criteria") return fail(context, node.name);
  if (node.attribute("negate") == "true") return fail(context, "a negated group");
  const std::string_view with = node.attribute("operator");
  if (with == "OR" && node.children.size() != 1) return restrict_any(node, context);
  if (with != "OR" && with != "AND" && !with.empty()) return fail(context, with);
  for (const XmlElement& child : node.children) restrict(child, context);
}

bool Evaluation::fill(const OvalQuestion& question, OvalStatement& statement) {
  const std::string_view operation = question.operation;
  if (operation.empty()) return true;
  if (operation == "less than" && is_nothing(question.evr)) {
    statement.not_affected = true;
    return true;
  }
  if (operation.starts_with("greater than") && is_nothing(question.evr)) return true;
  if (question.evr.empty()) return false;
  if (operation == "less than" && statement.range.fixed.empty()) {
    statement.range.fixed = question.evr;
  } else if (operation == "less than or equal" && statement.range.last_affected.empty()) {
    statement.range.last_affected = question.evr;
  } else if (operation == "greater than or equal" && statement.range.introduced.empty()) {
    statement.range.introduced = question.evr;
  } else if (operation == "equals" && statement.version.empty()) {
    statement.version = question.evr;
  } else {
    return false;
  }
  return true;
}

// Questions about one package that hold together: a range, mostly of one question.
Status Evaluation::state(const std::vector<const OvalQuestion*>& together, const Context& context) {
  OvalStatement statement;
  statement.package = together.front()->name;
  statement.module = context.module;
  statement.archs = context.archs;
  Context here = context;
  for (const OvalQuestion* question : together) {
    if (!fill(*question, statement)) fail(here, "version " + question->operation);
    auto archs = archs_of(question->arch);
    if (!archs) fail(here, "architecture " + question->arch);
    if (archs && !archs->empty()) statement.archs = std::move(*archs);
  }
  statement.understood = here.understood;
  if (!statement.understood) {
    statement.range = {};
    statement.version.clear();
    statement.not_affected = false;
  }
  const std::vector<OvalPlace> anywhere(1);
  for (const OvalPlace& place : context.placed ? context.places : anywhere) {
    if (answer_.statements.size() == kMaxStatements) {
      return Error{ErrorCode::kLimitExceeded,
                   "a definition about more than " + std::to_string(kMaxStatements) + " packages"};
    }
    statement.place = place;
    answer_.statements.push_back(statement);
  }
  return ok_status();
}

Status Evaluation::walk_all(const XmlElement& node, Context context) {
  std::vector<const XmlElement*> branches;
  std::vector<const OvalQuestion*> together;
  for (const XmlElement& child : node.children) {
    if (!has_package(child)) {
      restrict(child, context);
      continue;
    }
    branches.push_back(&child);
    if (child.name == "criterion") together.push_back(leaf_of(child, tests_).question);
  }
  const bool one_package = std::all_of(together.begin(), together.end(), [&](const auto* question) {
    return question->name == together.front()->name;
  });
  if (together.size() == branches.size() && one_package && !together.empty()) {
    return state(together, context);
  }
  if (branches.size() > 1) fail(context, "several packages at once");
  for (const XmlElement* branch : branches) RETURN_IF_ERROR(walk(*branch, context));
  return ok_status();
}

Status Evaluation::walk(const XmlElement& node, Context context) {
  if (node.name == "criterion") {
    const Leaf leaf = leaf_of(node, tests_);
    if (leaf.kind == LeafKind::kPackage) return state({leaf.question}, context);
    return ok_status();
  }
  if (node.name != "criteria" || node.attribute("negate") == "true") fail(context, node.name);
  const std::string_view with = node.attribute("operator");
  if (with.empty() || with == "AND") return walk_all(node, std::move(context));
  if (with != "OR") fail(context, with);
  for (const XmlElement& child : node.children) RETURN_IF_ERROR(walk(child, context));
  return ok_status();
}

}  // namespace

Result<OvalAnswer> evaluate_criteria(const XmlElement& criteria, const OvalTests& tests) {
  Evaluation evaluation(tests);
  RETURN_IF_ERROR(evaluation.walk(criteria, Context{}));
  return evaluation.take();
}

}  // namespace seaworthy
