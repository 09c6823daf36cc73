#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/codec/layer_toc.h"

namespace seaworthy {

struct Platform {
  std::string os, arch, variant;  // linux, arm64, v8
  // Of Windows, whose images run on hosts of their own build only: "10.0.20348.2113". Of one that
  // is wanted the front parts do, "10.0.20348"; "" any.
  std::string os_version = {};
  std::string text() const;       // os/arch[/variant]
  std::string full_text() const;  // os[(version)]/arch[/variant]
  bool operator==(const Platform&) const = default;
};
// "linux/arm64/v8", "windows(10.0.20348)/amd64" (containerd's form), "windows/amd64:10.0.20348";
// kUsage where it is none of them.
Result<Platform> parse_platform(std::string_view text);
Platform host_platform();

// What the bytes of a layer are once they are inflated.
enum class LayerForm {
  kTar,
  // A Windows layer: the file system stands below Files/, beside the registry's hives and a virtual
  // machine's files.
  kWindowsTar,
  kSquashfs,  // a whole root file system
  kEnd,
};

// A table of contents by which single files of a layer can be fetched, as the image's manifest, or
// its SOCI index, names it (core/codec/layer_toc.h).
struct LayerTable {
  TocForm form = TocForm::kStargz;
  std::string digest;    // of the table
  std::string position;  // zstd:chunked: where in the layer it is; SOCI: its own size
  bool operator==(const LayerTable&) const = default;
};

// How an image stores a layer. The compression is sniffed from the bytes, never trusted.
struct LayerDescriptor {
  std::string digest;   // of the stored bytes; "" where the image names none (docker-archive)
  std::string diff_id;  // claimed by the configuration; "" where there is none
  std::string media_type;
  std::uint64_t size = 0;  // stored bytes
  std::string created_by;  // from the configuration's history
  LayerForm form = LayerForm::kTar;
  std::optional<LayerTable> table = {};
};

}  // namespace seaworthy
