#pragma once

#include <string>
#include <string_view>

namespace seaworthy {

// Where an update of an updateinfo document stands, in the words of the database.
struct UpdatePlace {
  std::string ecosystem, release;
  std::string channel;    // AdvisoryRow::channel
  std::string_view skip;  // why it is not kept; "" where it is
  // Every update of this place is in the vendor's repository, so what it does not name is clean.
  bool whole = false;
  // Which repository of the release it is, where packages of a release come from several: "core",
  // "extra docker". "" elsewhere.
  std::string repository;
};

// `id` of the update; `collection`, the short name of its package list; `path` of the document;
// `rpm_release` of one of its packages ("6.el8_5").
UpdatePlace place_of_update(std::string_view id, std::string_view collection, std::string_view path,
                            std::string_view rpm_release);

}  // namespace seaworthy
