// The product tree of CSAF 2.0 (OASIS Common Security Advisory Framework, 2022), section 3.2.2.
//
// A status list names product ids, and an id is nothing but a name: what it means must be looked
// up. Leaves of the branches are packages (with a purl), products (with a CPE) or modules. A
// relationship joins two ids to a third, "A as a component of B", and B may be such an id itself:
//
//   nodejs-1:18.20.4-1.module+el8...x86_64   of   nodejs:18:8100020...   of   AppStream-8.10.0.Z
//
// Splitting the id's text at its colons would be quicker and is wrong: module ids contain colons,
// and vendors change the text at will. So the tree is walked. A hostile document may nest or loop
// relationships: depth and number of parts are bounded, and what lies behind the bound is unknown.
#include "scan/advisory/csaf_products.h"

namespace seaworthy {
namespace {

constexpr int kMaxJoins = 6;          // of relationships in relationships; real ones have two
constexpr std::size_t kMaxParts = 8;  // products of one id; real ones have three
constexpr std::size_t kMaxPending = 1'000'000;  // branches that wait to be walked

bool is_module(const CsafProduct& product) {
  return product.purl.starts_with("pkg:rpmmod/");
}

}  // namespace

void CsafProducts::add(const JsonValue& full_product_name) {
  CsafProduct product;
  product.id = full_product_name["product_id"].text();
  if (product.id.empty()) return;
  product.name = full_product_name["name"].text();
  const JsonValue identification = full_product_name["product_identification_helper"];
  product.purl = identification["purl"].text();
  product.cpe = identification["cpe"].text();
  by_id_.try_emplace(product.id, products_.size());
  products_.push_back(product);
}

// JSON nests no deeper than the parser's limit; the list of waiting branches is bounded here.
void CsafProducts::read_branches(const JsonValue& tree) {
  std::vector<JsonValue> waiting = tree["branches"].elements();
  while (!waiting.empty()) {
    const JsonValue branch = waiting.back();
    waiting.pop_back();
    if (const JsonValue product = branch["product"]; product.is_object()) add(product);
    if (waiting.size() > kMaxPending) continue;
    for (const JsonValue& inner : branch["branches"].elements()) waiting.push_back(inner);
  }
}

CsafProducts CsafProducts::read(const JsonValue& product_tree) {
  CsafProducts products;
  products.read_branches(product_tree);
  for (const JsonValue& product : product_tree["full_product_names"].elements()) {
    products.add(product);
  }
  for (const JsonValue& relationship : product_tree["relationships"].elements()) {
    const std::string_view id = relationship["full_product_name"]["product_id"].text();
    const Joined joined{relationship["product_reference"].text(),
                        relationship["relates_to_product_reference"].text()};
    if (!id.empty()) products.joined_.try_emplace(id, joined);
  }
  for (const JsonValue& group : product_tree["product_groups"].elements()) {
    products.groups_.try_emplace(group["group_id"].text(), group["product_ids"]);
  }
  return products;
}

// The products that an id is joined of, the innermost first.
void CsafProducts::expand(std::string_view id, int depth,
                          std::vector<const CsafProduct*>& parts) const {
  if (parts.size() >= kMaxParts) return;
  const auto joined = joined_.find(id);
  if (joined != joined_.end() && depth < kMaxJoins) {
    expand(joined->second.component, depth + 1, parts);
    expand(joined->second.platform, depth + 1, parts);
    return;
  }
  const auto known = by_id_.find(id);
  if (known != by_id_.end()) parts.push_back(&products_[known->second]);
}

std::optional<CsafItem> CsafProducts::resolve(std::string_view id) const {
  std::vector<const CsafProduct*> parts;
  expand(id, 0, parts);
  if (parts.empty()) return std::nullopt;
  CsafItem item;
  item.component = parts.front();
  if (parts.size() == 1) return item;
  item.platform = parts.back();
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    if (is_module(*parts[i])) item.module = parts[i];
  }
  return item;
}

std::vector<std::string_view> CsafProducts::group(std::string_view id) const {
  std::vector<std::string_view> ids;
  const auto known = groups_.find(id);
  if (known == groups_.end()) return ids;
  for (const JsonValue& product : known->second.elements()) ids.push_back(product.text());
  return ids;
}

}  // namespace seaworthy
