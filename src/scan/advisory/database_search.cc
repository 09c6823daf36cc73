// Questions for people, which walk through the whole database: `db show` and `db search`.
#include <algorithm>
#include <set>

#include "core/base/text.h"
#include "scan/advisory/database_state.h"
#include "scan/advisory/row_codec.h"

namespace seaworthy {

std::vector<PackageKey> AdvisoryDatabase::search_packages(std::string_view part,
                                                          std::size_t max) const {
  std::set<PackageKey> found;
  const std::string wanted = lower_case(part);
  const auto view = state_->view();
  if (!view) return {};
  for (const FeedRecord& feed : *view->feeds) {
    const std::string prefix = feed.info.name + '\0';
    view->transaction.walk(Table::kRows, prefix, [&](std::string_view key, std::string_view value) {
      if (!key.starts_with(prefix) || found.size() >= max) return false;
      std::string_view rest;
      std::string_view content;
      if (!split_stored(feed.info.name, key, value, rest, content)) return true;
      if (PackageKey package = package_key(rest);
          lower_case(package.package).find(wanted) != std::string::npos) {
        found.insert(std::move(package));
      }
      return true;
    });
  }
  return {found.begin(), found.end()};
}

std::vector<std::string> AdvisoryDatabase::search_vulnerabilities(std::string_view prefix,
                                                                  std::size_t max) const {
  std::set<std::string> found;
  const auto view = state_->view();
  if (!view) return {};
  for (const FeedRecord& feed : *view->feeds) {
    std::size_t of_feed = 0;
    for (const Table table : {Table::kDetails, Table::kAliases}) {
      const std::string from = feed.info.name + '\0' + std::string(prefix);
      view->transaction.walk(table, from, [&](std::string_view key, std::string_view) {
        if (!key.starts_with(from) || of_feed >= 2 * max) return false;
        found.emplace(key.substr(feed.info.name.size() + 1));
        ++of_feed;
        return true;
      });
    }
  }
  std::vector<std::string> ids(found.begin(), found.end());
  if (ids.size() > max) ids.resize(max);
  return ids;
}

// As with rows, only values that hold the id are unpacked. A reference is of the id where its last
// part is.
std::vector<std::string> AdvisoryDatabase::referring_to(std::string_view id,
                                                        std::size_t max) const {
  std::set<std::string> found;
  const auto view = state_->view();
  if (!view || id.empty()) return {};
  const std::string end = "/" + std::string(id);
  for (const FeedRecord& feed : *view->feeds) {
    const std::string prefix = feed.info.name + '\0';
    view->transaction.walk(
        Table::kDetails, prefix, [&](std::string_view key, std::string_view value) {
          if (!key.starts_with(prefix) || found.size() >= max) return false;
          std::string_view rest;
          std::string_view content;
          if (!split_stored(feed.info.name, key, value, rest, content)) return true;
          if (content.find(end) == std::string_view::npos) return true;
          const auto details = unpack_details(rest, content);
          if (!details) {
            ++state_->damaged;
            return true;
          }
          const auto& references = details->references;
          if (std::any_of(references.begin(), references.end(),
                          [&](const std::string& one) { return one.ends_with(end); })) {
            found.emplace(rest);
          }
          return true;
        });
  }
  return {found.begin(), found.end()};
}

// Rows are kept by package. An index by weakness would be as large as the rows are, and only people
// ask this way: the stored bytes are searched for the id in its stored form, and only values that
// hold it are unpacked.
RowSearch AdvisoryDatabase::rows_about(const std::set<std::string>& ids, std::size_t max) const {
  RowSearch found;
  const auto view = state_->view();
  if (!view) return found;
  std::vector<std::string> patterns;
  for (const std::string& id : ids) patterns.push_back(stored_form_of_id(id));
  const auto may_name = [&](std::string_view content) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
      return content.find(pattern) != std::string_view::npos;
    });
  };
  for (const FeedRecord& feed : *view->feeds) {
    const std::string prefix = feed.info.name + '\0';
    view->transaction.walk(Table::kRows, prefix, [&](std::string_view key, std::string_view value) {
      if (!key.starts_with(prefix)) return false;
      std::string_view rest;
      std::string_view content;
      if (!split_stored(feed.info.name, key, value, rest, content) || !may_name(content)) {
        return true;
      }
      auto rows = unpack_rows(content);
      if (!rows) {
        ++state_->damaged;
        return true;
      }
      for (AdvisoryRow& row : *rows) {
        if (!ids.contains(row.vulnerability) && !ids.contains(row.advisory_id)) continue;
        if (found.rows.size() == max) {
          ++found.left_out;
          continue;
        }
        row.feed = feed.info.name;
        found.rows.push_back(KeyedRow{package_key(rest), std::move(row)});
      }
      return true;
    });
  }
  return found;
}

}  // namespace seaworthy
