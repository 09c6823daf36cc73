#pragma once

#include "core/model/package.h"

namespace seaworthy {

// A package of a package manager for which no advisories are read: kOther, with its package URL as
// the property "purl". Coverage names the URL's type.
Package other_package(const Purl& purl);

}  // namespace seaworthy
