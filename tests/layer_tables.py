"""Writes layers that carry a table of contents, eStargz and zstd:chunked, from a list of entries:
(name, type, content or link target). The tar, the stored bytes and the table agree, unless a test
changes them."""
import gzip
import hashlib
import io
import json
import struct
import tarfile

TYPES = {"reg": tarfile.REGTYPE, "dir": tarfile.DIRTYPE, "symlink": tarfile.SYMTYPE,
         "hardlink": tarfile.LNKTYPE, "char": tarfile.CHRTYPE}


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def header(name, kind, content):
    info = tarfile.TarInfo(name)
    info.type = TYPES[kind]
    if kind == "reg":
        info.size = len(content)
    elif content:
        info.linkname = content
    return info.tobuf(tarfile.GNU_FORMAT)


def entries_of_tar(data):
    """The entries of a plain tar."""
    kinds = {kind: name for name, kind in TYPES.items()}
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return [(member.name, kinds[member.type],
                 tar.extractfile(member).read() if member.isreg() else member.linkname or None)
                for member in tar if member.type in kinds]


def pieces(entries):
    """The tar in pieces: (entry or None, bytes), one for each header and each content."""
    for name, kind, content in entries:
        yield None, header(name, kind, content)
        if kind == "reg" and content:
            yield (name, kind, content), content
            yield None, bytes(-len(content) % 512)


def gzip_member(data):
    return gzip.compress(data, compresslevel=6, mtime=0) if data else b""


def zstd_frame(data):
    """A frame of raw blocks: the size in the header, no checksum."""
    out = bytearray(b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(data)))
    step = 128 * 1024
    for at in range(0, max(len(data), 1), step):
        block = data[at:at + step]
        last = at + step >= len(data)
        out += (len(block) << 3 | last).to_bytes(3, "little") + block
    return bytes(out)


def skippable(data):
    return struct.pack("<II", 0x184D2A50, len(data)) + data


class Layer:
    """The stored bytes, the tar they inflate to, and the annotations of the layer's descriptor."""

    def __init__(self, blob, tar, annotations):
        self.blob, self.tar, self.annotations = blob, tar, annotations


def store(entries, pack, with_end):
    """Stored bytes and tar, both without an end, and the entries of the table."""
    blob, tar, pending, places = bytearray(), bytearray(), bytearray(), {}
    for entry, data in pieces(entries):
        tar += data
        if entry is None:
            pending += data
            continue
        blob += pack(bytes(pending))
        pending.clear()
        begin = len(blob)
        blob += pack(data)
        places[entry[0]] = (begin, len(blob))
    blob += pack(bytes(pending))
    table = []
    for name, kind, content in entries:
        row = {"name": name, "type": kind, "mode": 0o644}
        if kind == "reg":
            row |= {"size": len(content), "digest": sha256(content)}
            if content:
                row["offset"] = places[name][0]
            if content and with_end:
                row["endOffset"] = places[name][1]
        elif content:
            row["linkName"] = content
        table.append(row)
    return blob, tar, table


def table_of(rows, change):
    document = {"version": 1, "entries": rows}
    if change:
        change(document)
    return json.dumps(document).encode()


def stargz(entries, change=None):
    """`change(document)` may make the table lie; the digest is then that of the lie."""
    blob, tar, rows = store(entries, gzip_member, False)
    toc = table_of(rows, change)
    end = header("stargz.index.json", "reg", toc) + toc + bytes(-len(toc) % 512) + bytes(1024)
    offset = len(blob)
    blob += gzip_member(end)
    blob += (b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x1a\0SG\x16\0" + b"%016x" % offset + b"STARGZ"
             + b"\x01\0\0\xff\xff" + bytes(8))
    return Layer(bytes(blob), bytes(tar) + end,
                 {"containerd.io/snapshot/stargz/toc.digest": sha256(toc)})


def chunked(entries, change=None):
    blob, tar, rows = store(entries, lambda data: zstd_frame(data) if data else b"", True)
    blob += zstd_frame(bytes(1024))
    toc = table_of(rows, change)
    packed = zstd_frame(toc)
    position = f"{len(blob) + 8}:{len(packed)}:{len(toc)}:1"
    blob += skippable(packed)
    blob += skippable(struct.pack("<QQQQ", *(int(n) for n in position.split(":"))) + b"GNUlInUx")
    name = "io.github.containers.zstd-chunked.manifest-"
    return Layer(bytes(blob), bytes(tar) + bytes(1024),
                 {name + "position": position, name + "checksum": sha256(packed)})
