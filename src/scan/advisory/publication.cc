#include "scan/advisory/publication.h"

#include <algorithm>

#include "core/codec/digest.h"
#include "core/codec/pack.h"
#include "scan/advisory/environment.h"
#include "scan/advisory/records.h"

namespace seaworthy {
namespace {

constexpr std::string_view kPublicationKey = "publication";

std::string part_key(std::string_view part) {
  return "part " + sha256(part);  // a name may be longer than a key
}

}  // namespace

bool Publication::publishes(std::string_view feed) const {
  return std::binary_search(feeds.begin(), feeds.end(), feed);
}

bool Publication::holds(std::string_view ecosystem, std::string_view release) const {
  return std::any_of(parts.begin(), parts.end(), [&](const PublishedPart& part) {
    return part.in_place && part.ecosystem == ecosystem && part.release == release;
  });
}

std::string pack_publication(const Publication& publication) {
  Packer out;
  out.number(publication.sequence);
  out.number(static_cast<std::uint64_t>(publication.built_at));
  out.number(static_cast<std::uint64_t>(publication.imported_at));
  out.text(publication.key);
  out.text(publication.header);
  out.flag(publication.altered);
  out.texts(publication.feeds);
  out.list(publication.parts, [&](const PublishedPart& part) {
    out.text(part.name);
    out.text(part.ecosystem);
    out.text(part.release);
    out.text(part.content);
    out.number(part.keys);
    out.flag(part.in_place);
  });
  return std::move(out).bytes();
}

Result<Publication> unpack_publication(std::string_view bytes) {
  Unpacker in(bytes);
  Publication publication;
  publication.sequence = in.number();
  publication.built_at = static_cast<UnixSeconds>(in.number());
  publication.imported_at = static_cast<UnixSeconds>(in.number());
  publication.key = in.text();
  publication.header = in.text();
  publication.altered = in.flag();
  publication.feeds = in.texts();
  publication.parts.resize(in.list_size(6));
  for (PublishedPart& part : publication.parts) {
    part.name = in.text();
    part.ecosystem = in.text();
    part.release = in.text();
    part.content = in.text();
    part.keys = in.number();
    part.in_place = in.flag();
  }
  RETURN_IF_ERROR(in.finish("publication record"));
  std::sort(publication.feeds.begin(), publication.feeds.end());
  return publication;
}

Result<std::optional<Publication>> read_publication(const Transaction& transaction) {
  const std::string_view bytes = transaction.get(Table::kMeta, kPublicationKey);
  if (bytes.data() == nullptr) return std::optional<Publication>{};
  ASSIGN_OR_RETURN(Publication publication, unpack_publication(bytes));
  return std::optional<Publication>(std::move(publication));
}

Status write_publication(Transaction& transaction, const Publication& publication) {
  return transaction.put(Table::kMeta, kPublicationKey, pack_publication(publication));
}

std::vector<std::uint64_t> read_part_keys(const Transaction& transaction, std::string_view part) {
  std::string_view bytes = transaction.get(Table::kMeta, part_key(part));
  std::vector<std::uint64_t> keys;
  keys.reserve(bytes.size() / 8);
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) keys.push_back(sequence_of(bytes));
  return keys;
}

Status write_part_keys(Transaction& transaction, std::string_view part,
                       const std::vector<std::uint64_t>& ascending) {
  std::string bytes;
  bytes.reserve(ascending.size() * 8);
  for (const std::uint64_t key : ascending) bytes += sequence_key(key);
  return transaction.put(Table::kMeta, part_key(part), bytes);
}

Status remove_part_keys(Transaction& transaction, std::string_view part) {
  return transaction.remove(Table::kMeta, part_key(part));
}

Status leave_publication(Transaction& transaction, std::string_view feed) {
  ASSIGN_OR_RETURN(std::optional<Publication> publication, read_publication(transaction));
  if (!publication || !publication->publishes(feed)) return ok_status();
  std::erase(publication->feeds, feed);
  publication->altered = true;
  return write_publication(transaction, *publication);
}

}  // namespace seaworthy
