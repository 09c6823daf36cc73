#pragma once

#include "scan/image/content.h"
#include "scan/image/image.h"

namespace seaworthy {

// Finds the tables of contents that a SOCI index has for the layers of an image that lies afar, and
// gives them to those that have no table yet. The index is one that the image's manifest names
// (version 2) or, if the options say so, one that is attached to it (version 1). An index that is
// named or attached but cannot be used is no error of the image: its layers then say why in
// `table_missing`.
void add_soci_tables(const ImageContent& content, const ImageOptions& options, Image& image);

}  // namespace seaworthy
