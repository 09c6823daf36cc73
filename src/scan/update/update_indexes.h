#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace seaworthy {

// Small documents that say which files a source has.

// mirror.list of a yum repository: one address of a repository on each line; lines that are none
// are left out. kInvalidInput: it names none.
Result<std::vector<std::string>> parse_mirror_list(std::string_view text);

// Where repomd.xml, the index of a yum repository, says that its advisories are.
struct UpdateinfoPlace {
  std::string path;    // from the repository's root
  std::string digest;  // of the file, "sha256:..."; "" where another kind is published
};
// kNotFound: a repository without advisories; kInvalidInput: no repomd.xml.
Result<UpdateinfoPlace> parse_repomd(std::string_view xml);

// The files that a web server's page of a directory links to, by their names, each once, in order.
std::vector<std::string> parse_directory_page(std::string_view html);

// SHA256SUMS as sha256sum writes it, "HEX  PATH": the digests ("sha256:...") by path.
// kInvalidInput: a line that is none, or a path that leads out of the directory.
Result<std::map<std::string, std::string>> parse_checksums(std::string_view text);

// The SHA-256 in NVD's .meta files ("lastModifiedDate:...", "sha256:..."); "" where there is none.
std::string sha256_of_meta(std::string_view text);

// Of page N of a JSON interface: how many pages there are, by "pages", or by "total" and "size".
Result<std::size_t> count_pages(std::string_view json);

// The texts of `member` in each object of the array `list`: names that may be part of a path.
// `must` is empty, or members and the text that they must have. kInvalidInput: no such document.
Result<std::vector<std::string>> names_in(std::string_view json, std::string_view list,
                                          std::string_view member,
                                          const std::map<std::string, std::string>& must = {});

}  // namespace seaworthy
