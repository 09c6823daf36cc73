// Which details belong to a part? Matching asks for the details and the alias set of each weakness
// that a row names, under the id that represents the set, and the walk through the alias set looks
// at the links of every id that it passes (alias_closure.h). So the ids of a part are closed under
// that walk: from every id in it, every id whose links the walk asked for, until none is new. The
// walk itself is used, not a copy of its rules.
#include "scan/update/parts_split.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "scan/advisory/alias_closure.h"
#include "scan/advisory/publication.h"
#include "scan/advisory/records.h"
#include "scan/advisory/row_codec.h"
#include "scan/update/parts_header.h"

namespace seaworthy {
namespace {

// Everything that the feeds say about one vulnerability id.
struct IdContent {
  std::vector<std::string> linked;
  std::vector<PartRecord> records;
  std::vector<std::string> asked;  // ids that a walk from here looks at; itself among them
  bool walked = false;
  bool used = false;
};

class Splitter {
 public:
  explicit Splitter(const Transaction& transaction) : transaction_(transaction) {}
  Result<std::vector<PartContent>> run();

 private:
  using Scope = std::pair<std::string, std::string>;
  struct Building {
    PartContent content;
    std::unordered_set<std::string> ids;
  };

  Status read_feed(const std::string& feed, std::string_view record);
  Status read_rows(const std::string& feed);
  Status read_ids(const std::string& feed, Table table);
  void walk_pairs(
      Table table, const std::string& feed,
      const std::function<Status(std::string_view key, std::string_view value,
                                 std::string_view rest, std::string_view content)>& each,
      Status& status);
  const std::vector<std::string>& asked_from(const std::string& id);
  void add_details(Building& part);
  Building& part_of(const std::string& ecosystem, const std::string& release);

  const Transaction& transaction_;
  std::map<Scope, Building> parts_;
  std::unordered_map<std::string, IdContent> ids_;
  PartContent common_{std::string(kCommonPart), "", "", {}};
};

Splitter::Building& Splitter::part_of(const std::string& ecosystem, const std::string& release) {
  Building& part = parts_[{ecosystem, release}];
  if (part.content.name.empty()) {
    part.content = {part_name(ecosystem, release), ecosystem, release, {}};
  }
  return part;
}

// A damaged value is published as little as it is matched: the publisher hears of it.
void Splitter::walk_pairs(Table table, const std::string& feed,
                          const std::function<Status(std::string_view, std::string_view,
                                                     std::string_view, std::string_view)>& each,
                          Status& status) {
  const std::string prefix = feed + '\0';
  transaction_.walk(table, prefix, [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(prefix)) return false;
    std::string_view rest;
    std::string_view content;
    if (!split_stored(feed, key, value, rest, content)) {
      status = Error{ErrorCode::kInvalidInput, "a value of feed '" + feed + "' is damaged"};
      return false;
    }
    status = each(key, value, rest, content);
    return status.ok();
  });
}

Status Splitter::read_rows(const std::string& feed) {
  Status status = ok_status();
  walk_pairs(
      Table::kRows, feed,
      [&](std::string_view key, std::string_view value, std::string_view rest,
          std::string_view content) -> Status {
        const PackageKey package = package_key(rest);
        auto rows = unpack_rows(content);
        if (!rows) return std::move(rows).error().during(feed + ", " + package.package);
        Building& part = part_of(package.ecosystem, package.release);
        part.content.records.push_back({Table::kRows, false, key, value});
        for (AdvisoryRow& row : *rows) {
          if (!row.advisory_id.empty()) part.ids.insert(std::move(row.advisory_id));
          part.ids.insert(std::move(row.vulnerability));
        }
        return ok_status();
      },
      status);
  return status;
}

Status Splitter::read_ids(const std::string& feed, Table table) {
  Status status = ok_status();
  walk_pairs(
      table, feed,
      [&](std::string_view key, std::string_view value, std::string_view rest,
          std::string_view content) -> Status {
        std::vector<std::string> linked;
        if (table == Table::kDetails) {
          auto details = unpack_details(rest, content);
          if (!details) return std::move(details).error().during(feed + ", " + std::string(rest));
          linked = std::move(details->aliases);
        } else {
          auto ids = unpack_texts(content);
          if (!ids) return std::move(ids).error().during(feed + ", " + std::string(rest));
          linked = *std::move(ids);
        }
        IdContent& id = ids_[std::string(rest)];
        id.linked.insert(id.linked.end(), linked.begin(), linked.end());
        id.records.push_back({table, false, key, value});
        return ok_status();
      },
      status);
  return status;
}

Status Splitter::read_feed(const std::string& feed, std::string_view bytes) {
  ASSIGN_OR_RETURN(const FeedRecord record, unpack_feed(feed, bytes));
  // A release that a feed speaks for has a part, also where there is nothing to say about it.
  for (const FeedScope& scope : record.info.scopes) part_of(scope.ecosystem, scope.release);
  for (const auto& [ecosystem, release] : record.row_scopes) part_of(ecosystem, release);
  RETURN_IF_ERROR(read_rows(feed));
  RETURN_IF_ERROR(read_ids(feed, Table::kDetails));
  RETURN_IF_ERROR(read_ids(feed, Table::kAliases));
  const std::string prefix = feed + '\0';
  for (unsigned i = 0; i < static_cast<unsigned>(Table::kCount); ++i) {
    const Table table = static_cast<Table>(i);
    if (!is_published(table) || is_of_packages(table) || table == Table::kFeeds) continue;
    transaction_.walk(table, prefix, [&](std::string_view key, std::string_view value) {
      if (!key.starts_with(prefix)) return false;
      common_.records.push_back({table, false, key, value});
      return true;
    });
  }
  return ok_status();
}

const std::vector<std::string>& Splitter::asked_from(const std::string& id) {
  IdContent& start = ids_[id];
  if (start.walked) return start.asked;
  std::vector<std::string> asked{id};
  (void)alias_closure(id, [&](std::string_view at) {
    asked.emplace_back(at);
    const auto known = ids_.find(asked.back());
    return known == ids_.end() ? std::vector<std::string>{} : known->second.linked;
  });
  // Found again: the map may have moved.
  IdContent& same = ids_[id];
  same.walked = true;
  same.asked = std::move(asked);
  return same.asked;
}

void Splitter::add_details(Building& part) {
  std::vector<std::string> open(part.ids.begin(), part.ids.end());
  while (!open.empty()) {
    const std::string id = std::move(open.back());
    open.pop_back();
    for (const std::string& asked : asked_from(id)) {
      if (part.ids.insert(asked).second) open.push_back(asked);
    }
  }
  for (const std::string& id : part.ids) {
    const auto known = ids_.find(id);
    if (known == ids_.end()) continue;
    known->second.used = true;
    auto& records = known->second.records;
    part.content.records.insert(part.content.records.end(), records.begin(), records.end());
  }
}

void sort_records(PartContent& part) {
  std::sort(part.records.begin(), part.records.end(), [](const PartRecord& a, const PartRecord& b) {
    return a.table != b.table ? a.table < b.table : a.key < b.key;
  });
}

Result<std::vector<PartContent>> Splitter::run() {
  Status status = ok_status();
  transaction_.walk(Table::kFeeds, {}, [&](std::string_view feed, std::string_view record) {
    common_.records.push_back({Table::kFeeds, false, feed, record});
    status = read_feed(std::string(feed), record);
    return status.ok();
  });
  RETURN_IF_ERROR(std::move(status));
  std::vector<PartContent> parts;
  for (auto& [scope, part] : parts_) {
    add_details(part);
    part.ids.clear();
    parts.push_back(std::move(part.content));
  }
  PartContent rest{std::string(kUnreferencedPart), "", "", {}};
  for (const auto& [id, content] : ids_) {
    if (content.used) continue;
    rest.records.insert(rest.records.end(), content.records.begin(), content.records.end());
  }
  parts.push_back(std::move(common_));
  parts.push_back(std::move(rest));
  for (PartContent& part : parts) sort_records(part);
  std::sort(parts.begin(), parts.end(),
            [](const PartContent& a, const PartContent& b) { return a.name < b.name; });
  return parts;
}

}  // namespace

Result<std::vector<PartContent>> split_database(const Transaction& transaction) {
  ASSIGN_OR_RETURN(const auto publication, read_publication(transaction));
  if (publication) {
    for (const PublishedPart& part : publication->parts) {
      if (part.in_place) continue;
      return Error{ErrorCode::kConflict, "this database holds only parts of a published one ('" +
                                             part.name +
                                             "' was not pulled), so it cannot be exported"};
    }
  }
  return Splitter(transaction).run();
}

}  // namespace seaworthy
