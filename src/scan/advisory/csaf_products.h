#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/codec/json.h"

namespace seaworthy {

// A product as the tree of a CSAF document names it. Views into the document.
struct CsafProduct {
  std::string_view id, name;
  std::string_view purl, cpe;  // "" where the document gives none
};

// What one product id of a status list means.
struct CsafItem {
  const CsafProduct* component = nullptr;  // the package
  const CsafProduct* module = nullptr;     // the module it was built in; null: none
  const CsafProduct* platform = nullptr;   // the product it belongs to; null: the id is a component
};

// The product tree of a CSAF 2.0 document: every product that `branches` and `full_product_names`
// define, the relationships that join two of them to a new id, and the groups. The document that
// it was read from must outlive it.
class CsafProducts {
 public:
  CsafProducts() = default;
  CsafProducts(CsafProducts&&) = default;
  CsafProducts& operator=(CsafProducts&&) = default;
  CsafProducts(const CsafProducts&) = delete;
  CsafProducts& operator=(const CsafProducts&) = delete;

  static CsafProducts read(const JsonValue& product_tree);

  // Empty where the tree does not define the id.
  std::optional<CsafItem> resolve(std::string_view id) const;
  // Product ids of a group; empty where there is no such group.
  std::vector<std::string_view> group(std::string_view id) const;
  const std::vector<CsafProduct>& all() const { return products_; }

 private:
  struct Joined {
    std::string_view component, platform;
  };
  void add(const JsonValue& full_product_name);
  void read_branches(const JsonValue& tree);
  void expand(std::string_view id, int depth, std::vector<const CsafProduct*>& parts) const;

  std::vector<CsafProduct> products_;
  std::unordered_map<std::string_view, std::size_t> by_id_;
  std::unordered_map<std::string_view, Joined> joined_;
  std::unordered_map<std::string_view, JsonValue> groups_;
};

}  // namespace seaworthy
