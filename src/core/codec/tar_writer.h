#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace seaworthy {

// kFifo stands for whatever has neither content nor a link: a name that is taken.
enum class TarItem { kFile, kDirectory, kSymlink, kHardLink, kFifo };

// The header blocks of one tar entry: ustar, with a pax header in front where a path, a link
// target or a size does not fit. Owner, mode and time are fixed, so a tree gives the same bytes on
// every machine. The content and its padding follow, written by the caller.
std::string tar_header(TarItem item, std::string_view path, std::string_view link_target,
                       std::uint64_t size_bytes);

// Zero bytes that fill the last block of a content.
std::string_view tar_padding(std::uint64_t size_bytes);

// The two zero blocks at the end of an archive.
std::string_view tar_end();

}  // namespace seaworthy
