// Advisories behind an interface that gives them out by pages, newest first: Rocky's Apollo and
// Fedora's Bodhi. There is nothing to ask whether a page changed, and every new advisory shifts
// them all, so all pages are read each time. What is added meanwhile shifts entries to a later page
// and makes them appear twice, which does no harm.
#include <algorithm>
#include <array>
#include <cstdio>

#include "scan/update/update_file_set.h"
#include "scan/update/update_indexes.h"

namespace seaworthy {

Status add_pages(FileSet& set, const std::string& directory, const std::string& url) {
  const std::string joint = url.find('?') == std::string::npos ? "?page=" : "&page=";
  std::size_t pages = 1;
  for (std::size_t page = 1; page <= pages; ++page) {
    std::string address = url + joint;
    address.append(std::to_string(page));
    ASSIGN_OR_RETURN(const std::string text, set.read(address));
    const auto count = count_pages(text);
    if (!count) return Error(count.error()).during("page " + std::to_string(page));
    pages = std::max(page, *count);
    if (*count == 0) return ok_status();
    std::array<char, 24> name{};
    std::snprintf(name.data(), name.size(), "/%04zu.json", page);
    RETURN_IF_ERROR(set.keep(directory + name.data(), text));
  }
  return ok_status();
}

Status lay_out_pages(FileSet& set) {
  return add_pages(set, "pages", set.address() + "?size=100");
}

// The releases that Fedora still maintains.
Status lay_out_bodhi(FileSet& set) {
  ASSIGN_OR_RETURN(const std::string text, set.read(set.address() + "releases/?rows_per_page=100"));
  auto releases =
      names_in(text, "releases", "name", {{"id_prefix", "FEDORA"}, {"state", "current"}});
  if (!releases) return std::move(releases).error().during(set.address() + "releases/");
  for (const std::string& release : *releases) {
    RETURN_IF_ERROR(add_pages(set, release,
                              set.address() + "updates/?releases=" + release +
                                  "&type=security&status=stable&rows_per_page=100"));
  }
  return ok_status();
}

}  // namespace seaworthy
