#include "scan/update/pull.h"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "core/codec/digest.h"
#include "scan/advisory/environment.h"
#include "scan/image/manifest.h"
#include "scan/update/publish.h"
#include "scan/update/publish_target.h"

namespace seaworthy {
namespace {

namespace fs = std::filesystem;

class TemporaryDirectory {
 public:
  static Result<TemporaryDirectory> make() {
    std::error_code failure;
    std::string name = (fs::temp_directory_path(failure) / "seaworthy-pull-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return errno_error(errno, "create", name);
    return TemporaryDirectory(std::move(name));
  }
  TemporaryDirectory(TemporaryDirectory&& other) noexcept
      : path_(std::exchange(other.path_, std::string())) {}
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

class Pulling {
 public:
  Pulling(ArtifactSource source, const std::string& directory, const PullOptions& options)
      : source_(std::move(source)), directory_(directory), options_(options) {}

  Result<PullResult> run();

 private:
  Result<std::string> fetch_document(const Descriptor& descriptor, std::uint64_t max_bytes);
  Result<SignedHeader> fetch_header();
  Status fetch_part(const PartEntry& part);
  Result<std::set<std::string>> in_place() const;
  Status add_needed(const VerifiedHeader& verified, std::set<std::string>& wanted);
  Result<std::set<std::string>> choose(const VerifiedHeader& verified,
                                       const std::set<std::string>& here);

  const ArtifactSource source_;
  const std::string& directory_;
  const PullOptions& options_;
  std::shared_ptr<Fd> spool_;
  std::uint64_t spooled_ = 0;
  StoredParts stored_;
  PullResult result_;
};

Result<std::string> Pulling::fetch_document(const Descriptor& descriptor, std::uint64_t max_bytes) {
  if (!is_digest(descriptor.digest) || descriptor.size > max_bytes) {
    return Error{ErrorCode::kInvalidInput,
                 "the manifest names a document of " + std::to_string(descriptor.size) +
                     " bytes, digest '" + descriptor.digest.substr(0, 80) + "'"};
  }
  std::string bytes;
  RETURN_IF_ERROR(source_.blob(descriptor.digest, descriptor.size, [&](std::string_view block) {
    bytes += block;
    return ok_status();
  }));
  result_.bytes_fetched += bytes.size();
  ++result_.blobs_fetched;
  ASSIGN_OR_RETURN(const Hasher::Algorithm algorithm, algorithm_of(descriptor.digest));
  Hasher hasher(algorithm);
  hasher.update(bytes);
  if (hasher.finish() == descriptor.digest) return bytes;
  return Error{ErrorCode::kInvalidInput,
               "blob " + descriptor.digest + " does not have that digest"};
}

Result<SignedHeader> Pulling::fetch_header() {
  ASSIGN_OR_RETURN(const std::string bytes, source_.manifest());
  result_.bytes_fetched += bytes.size();
  ASSIGN_OR_RETURN(const Manifest manifest, parse_manifest(bytes, options_.import.limits));
  if (manifest.kind != ManifestKind::kImage || manifest.config.media_type != kHeaderType) {
    return Error{ErrorCode::kUnsupported, "there is no published database there"};
  }
  SignedHeader signed_header;
  ASSIGN_OR_RETURN(signed_header.header, fetch_document(manifest.config, kMaxHeaderBytes));
  for (const Descriptor& layer : manifest.entries) {
    if (layer.media_type == kSignaturesType) {
      ASSIGN_OR_RETURN(signed_header.signatures, fetch_document(layer, kMaxSignatureBytes));
    } else if (layer.media_type == kKeyChainType) {
      ASSIGN_OR_RETURN(signed_header.key_chain, fetch_document(layer, kMaxKeyChainBytes));
    }
  }
  return signed_header;
}

// Into the spool; import_parts verifies it there before it is parsed.
Status Pulling::fetch_part(const PartEntry& part) {
  if (stored_.contains(part.name)) return ok_status();
  if (!spool_) {
    ASSIGN_OR_RETURN(Fd spool, open_spool());
    spool_ = std::make_shared<Fd>(std::move(spool));
  }
  std::uint64_t size = 0;
  RETURN_IF_ERROR(source_.blob(part.digest, part.stored, [&](std::string_view block) -> Status {
    size += block.size();
    if (spooled_ + size > options_.import.limits.spool_bytes) {
      return Error{ErrorCode::kLimitExceeded, "the parts are larger than --limit spool allows"};
    }
    return write_all(spool_->get(), block);
  }));
  stored_[part.name] = {spool_, spooled_, size};
  spooled_ += size;
  result_.bytes_fetched += size;
  ++result_.blobs_fetched;
  if (size == part.stored) return ok_status();
  return Error{ErrorCode::kInvalidInput, "part '" + part.name + "' has " + std::to_string(size) +
                                             " bytes, its header says " +
                                             std::to_string(part.stored)};
}

// "NAME CONTENT" of the parts that need not be fetched, "NAME" of all that are there.
Result<std::set<std::string>> Pulling::in_place() const {
  std::set<std::string> here;
  auto environment = open_environment(directory_, false);
  if (!environment) {
    if (environment.error().code == ErrorCode::kNotFound) return here;
    return std::move(environment).error();
  }
  ASSIGN_OR_RETURN(const Transaction transaction, Transaction::begin(**environment, false));
  ASSIGN_OR_RETURN(const auto publication, read_publication(transaction));
  if (!publication) return here;
  for (const PublishedPart& part : publication->parts) {
    if (!part.in_place) continue;
    here.insert(part.name);
    if (!publication->altered) here.insert(part.name + " " + part.content);
  }
  return here;
}

// Matching can say what it needs once it sees which feeds there are: a database of the common part
// alone, made and thrown away.
Status Pulling::add_needed(const VerifiedHeader& verified, std::set<std::string>& wanted) {
  RETURN_IF_ERROR(fetch_part(*verified.header.find(kCommonPart)));
  ASSIGN_OR_RETURN(const TemporaryDirectory temporary, TemporaryDirectory::make());
  RETURN_IF_ERROR(import_parts(temporary.path(), verified, stored_, options_.import));
  ASSIGN_OR_RETURN(const AdvisoryDatabase database, AdvisoryDatabase::open(temporary.path()));
  ASSIGN_OR_RETURN(const auto scopes, options_.needed(database));
  for (const auto& [ecosystem, release] : scopes) wanted.insert(part_name(ecosystem, release));
  return ok_status();
}

Result<std::set<std::string>> Pulling::choose(const VerifiedHeader& verified,
                                              const std::set<std::string>& here) {
  std::set<std::string> wanted = here;
  const bool everything =
      options_.all || (here.empty() && options_.parts.empty() && !options_.needed);
  for (const PartEntry& part : verified.header.parts) {
    if (everything) wanted.insert(part.name);
  }
  for (const std::string& name : options_.parts) {
    if (verified.header.find(name) == nullptr) {
      return Error{ErrorCode::kNotFound, "nothing is published as part '" + name + "'"};
    }
    wanted.insert(name);
  }
  wanted.insert(std::string(kCommonPart));
  if (options_.needed && !everything) RETURN_IF_ERROR(add_needed(verified, wanted));
  return wanted;
}

Result<PullResult> Pulling::run() {
  ASSIGN_OR_RETURN(const SignedHeader signed_header, fetch_header());
  ASSIGN_OR_RETURN(const VerifiedHeader verified,
                   verify_header(directory_, signed_header, options_.import));
  if (verified.header.is_delta) {
    return Error{ErrorCode::kInvalidInput, "what is published there is a delta"};
  }
  ASSIGN_OR_RETURN(const std::set<std::string> here, in_place());
  ASSIGN_OR_RETURN(const std::set<std::string> wanted, choose(verified, here));
  std::uint64_t total = 0, done = 0;
  for (const PartEntry& part : verified.header.parts) {
    if (wanted.contains(part.name)) total += part.stored;
  }
  for (const PartEntry& part : verified.header.parts) {
    if (!wanted.contains(part.name)) continue;
    if (options_.progress) options_.progress(part.name, done, total);
    done += part.stored;
    if (here.contains(part.name + " " + part.content)) continue;
    RETURN_IF_ERROR(fetch_part(part));
  }
  ASSIGN_OR_RETURN(result_.import, import_parts(directory_, verified, stored_, options_.import));
  return std::move(result_);
}

}  // namespace

Result<PullResult> pull_database(const std::string& source, const std::string& directory,
                                 const PullOptions& options) {
  auto pulled = [&]() -> Result<PullResult> {
    ASSIGN_OR_RETURN(ArtifactSource opened,
                     open_artifact_source(source, options.registry, options.import.limits));
    return Pulling(std::move(opened), directory, options).run();
  }();
  if (!pulled) return std::move(pulled).error().during(source);
  return pulled;
}

}  // namespace seaworthy
