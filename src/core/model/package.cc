#include "core/model/package.h"

#include <algorithm>
#include <tuple>

namespace seaworthy {
namespace {

// The first property whose key is not before `key`.
template <class Properties>
auto place_of(Properties& properties, std::string_view key) {
  return std::lower_bound(
      properties.begin(), properties.end(), key,
      [](const auto& property, std::string_view wanted) { return property.first < wanted; });
}

}  // namespace

std::string_view name_of(PackageType type) {
  switch (type) {
    case PackageType::kDeb:
      return "deb";
    case PackageType::kApk:
      return "apk";
    case PackageType::kRpm:
      return "rpm";
    case PackageType::kAlpm:
      return "alpm";
    case PackageType::kOther:
    case PackageType::kEnd:
      return "other";
  }
  return "other";
}

std::string_view Package::property(std::string_view key) const {
  const auto found = place_of(properties, key);
  if (found == properties.end() || found->first != key) return {};
  return found->second;
}

void Package::set_property(std::string_view key, std::string value) {
  const auto place = place_of(properties, key);
  const bool present = place != properties.end() && place->first == key;
  if (value.empty()) {
    if (present) properties.erase(place);
  } else if (present) {
    place->second = std::move(value);
  } else {
    properties.emplace(place, std::string(key), std::move(value));
  }
}

std::string_view file_of(std::string_view path) {
  return path.substr(0, path.find("!/"));
}

bool package_before(const Package& a, const Package& b) {
  const auto key = [](const Package& p) {
    return std::tie(p.type, p.name, p.version, p.arch, p.path);
  };
  return key(a) < key(b);
}

}  // namespace seaworthy
