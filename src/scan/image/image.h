#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/model/image.h"
#include "core/model/problem.h"
#include "scan/image/registry_options.h"

namespace seaworthy {

// A layer that has to be fetched. Thread safe. Nothing is verified.
class RemoteBlob {
 public:
  virtual ~RemoteBlob() = default;

  // All bytes in order, each once; an error of `sink` ends it and is returned as it is. Every call
  // fetches them anew. kNotFound: there is no such blob any more.
  virtual Status stream(const std::function<Status(std::string_view block)>& sink) const = 0;

  // `size` bytes from `offset` on. kUnsupported: only the whole can be had.
  virtual Result<std::string> range(std::uint64_t offset, std::uint64_t size) const = 0;

  // What it streamed was not what its digest says. Says who may have given it ("mirror m.example"),
  // and stream() asks somebody else from now on; "" where there is nobody else.
  virtual std::string distrust() const { return ""; }
};

// Where a stored layer's bytes can be read, any number of times: in a file, or else from afar.
struct LayerBytes {
  std::shared_ptr<Fd> file;  // shared: all layers of one archive are parts of the same file
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::shared_ptr<const RemoteBlob> remote =
      {};  // instead of file; shared: copies name the same blob

  bool missing() const { return file == nullptr && remote == nullptr; }
};

struct ImageLayer {
  LayerDescriptor descriptor;
  LayerBytes bytes;  // of nothing where the blob is missing: `missing` says why
  std::string missing;
  // Of a table that is no part of the layer (SOCI), where descriptor.table names one: its bytes, or
  // else why it cannot be had.
  LayerBytes table = {};
  std::string table_missing = "";
  // Missing although the image is whole: a foreign layer, or one of a form that is not read here.
  // It is unassessed then; any other missing layer makes the image incomplete.
  bool missing_by_design = false;
};

// One platform's image, its configuration read and its manifest verified by digest; layers are
// opened but neither read nor verified (scan/worker does both in the sandbox).
struct Image {
  std::string reference;  // as the user wrote it
  std::string digest;     // of the manifest; "" where the form has none
  Platform platform;
  std::string created;
  std::string soci_index;          // digest of the SOCI index that the manifest names
  std::vector<ImageLayer> layers;  // lowest first
  // A root file-system directory instead of layers (`dir:`); "" otherwise.
  std::string rootfs;
  std::vector<Problem> problems;
};

// Lists the members of a tar archive and inflates a compressed one to `spool` first. Runs in a
// sandboxed worker: scan/worker provides it, so that image reading itself never parses a tar.
struct ArchiveIndex {
  struct Member {
    std::string path;
    std::string link_target;  // hard or symbolic link inside the archive, cleaned; "" for files
    std::uint64_t offset = 0, size = 0;  // of the content in `file`
  };
  std::shared_ptr<Fd> file;  // the plain tar: the input itself, or the spool
  std::vector<Member> members;
};
using IndexArchive = std::function<Result<ArchiveIndex>(std::shared_ptr<Fd> input)>;

// Which SOCI indexes are looked for (scan/image/soci.cc).
enum class SociUse { kNever, kNamed, kAttached };

struct ImageOptions {
  std::vector<Platform> platforms;  // empty: the host's
  bool all_platforms = false;
  Limits limits;
  IndexArchive index_archive;
  RegistryOptions registry;
  SociUse soci = SociUse::kNamed;
  std::string containerd_root = "/var/lib/containerd";
};

// Opens TARGET: `registry/repo[:tag][@digest]`, `docker:NAME`, `podman:NAME`,
// `containerd:NAME[@namespace]`, `oci:DIR[:ref]`, `oci-archive:FILE`, `docker-archive:FILE`,
// `sif:FILE`, `dir:ROOTFS`, a bare path (recognized by content) or `-` (an archive on stdin). One
// Image per selected platform.
//   An index with a single platform just works, whatever the host is. Attestation children
//   (platform unknown/unknown, or annotation vnd.docker.reference.type) are passed over; nested
//   indexes are followed to limits.nesting.
// kNotFound: no such file, reference or platform (the message lists what there is); kInvalidInput:
// damaged or incomplete, naming the file and the digest; kUnsupported: a target or media type that
// is not read here; kUsage: no target form.
Result<std::vector<Image>> open_images(const std::string& target, const ImageOptions& options);

}  // namespace seaworthy
