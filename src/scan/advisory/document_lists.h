#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "core/base/clock.h"

namespace seaworthy {

// "changes.csv" and "deletions.csv", by name.
bool is_document_list(std::string_view path);

// What a publisher's lists say of documents: when each was changed and when it was removed. A
// document that was put back, or that is younger than its removal, is there.
class DocumentLists {
 public:
  // False: more documents than are kept; this one is not.
  bool add(std::string_view path, UnixSeconds time, bool removed);

  // Whether the document was removed after `date`, its own last change, and not changed since. An
  // archive may have its documents in a directory that the lists do not know of, so a path that
  // ends with a listed one is that one.
  bool removes(std::string_view path, UnixSeconds date) const;

  bool empty() const { return documents_.empty(); }

 private:
  struct Times {
    UnixSeconds changed = 0, removed = 0;
  };
  std::map<std::string, Times, std::less<>> documents_;
};

}  // namespace seaworthy
