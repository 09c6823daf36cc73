#pragma once

#include <string>

#include "core/base/result.h"

namespace seaworthy {

// Looks at a database file before it is mapped: LMDB trusts what it maps, and a page number behind
// the end of the file is a bus error. Checked: both meta pages (magic, version, page size), that
// the file holds every page that the newest state names, and every page of every tree that state
// has: kinds, bounds and order of node offsets, sizes of keys and values, children and overflow
// pages inside the file, each page reached once, depth. What remains trusted is the content of
// values, which the record readers check themselves. kInvalidInput names the page; kUnsupported: a
// page size or format of another machine.
Status check_database_file(const std::string& path);

}  // namespace seaworthy
