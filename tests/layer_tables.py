"""Writes layers with a table of contents, eStargz, zstd:chunked and SOCI, from a list of entries:
(name, type, content or link target). The tar, the stored bytes and the table agree, unless a test
changes them."""
import gzip
import hashlib
import io
import json
import struct
import tarfile
import zlib

TYPES = {"reg": tarfile.REGTYPE, "dir": tarfile.DIRTYPE, "symlink": tarfile.SYMTYPE,
         "hardlink": tarfile.LNKTYPE, "char": tarfile.CHRTYPE}


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def other_problems(report):
    """All but the one that tells that a layer read by its table was not searched for programs."""
    return [problem for problem in report["problems"] if problem["step"] != "read by table"]


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


class FlatWriter:
    """A FlatBuffer from the front to the back: a table, then what its fields lead to."""

    def __init__(self):
        self.data = bytearray(4)

    def table(self, *sizes):
        """Where the fields of these sizes stand, and where the table itself does."""
        vtable, at = struct.pack("<HH", 4 + 2 * len(sizes), 4 + sum(sizes)), 4
        for size in sizes:
            vtable += struct.pack("<H", at if size else 0)
            at += size
        begin = len(self.data) + len(vtable)
        self.data += vtable + struct.pack("<i", len(vtable))
        places = []
        for size in sizes:
            places.append(len(self.data))
            self.data += bytes(size)
        return begin, places

    def number(self, place, value, size=8):
        self.data[place:place + size] = value.to_bytes(size, "little")

    def point(self, place, target=None):
        self.number(place, (len(self.data) if target is None else target) - place, 4)

    def text(self, place, value):
        value = value if isinstance(value, bytes) else value.encode()
        self.point(place)
        self.data += struct.pack("<I", len(value)) + value + b"\0"

    def offsets(self, place, count):
        self.point(place)
        self.data += struct.pack("<I", count)
        begin = len(self.data)
        self.data += bytes(4 * count)
        return [begin + 4 * i for i in range(count)]


def write_ztoc(table):
    out = FlatWriter()
    begin, root = out.table(4, 0, 8, 8, 4, 4)
    out.point(0, begin)
    out.number(root[2], table["stored"])
    out.number(root[3], table["inflated"])
    out.text(root[0], "0.9")
    begin, toc = out.table(4)
    out.point(root[4], begin)
    for place, file in zip(out.offsets(toc[0], len(table["files"])), table["files"]):
        begin, fields = out.table(4, 4, 8, 8, 4)
        out.point(place, begin)
        out.number(fields[2], file["offset"])
        out.number(fields[3], file["size"])
        for field, name in ((0, "name"), (1, "type"), (4, "link")):
            out.text(fields[field], file[name])
    begin, info = out.table(0, 4, 4, 4)
    out.point(root[5], begin)
    out.number(info[1], len(table["digests"]) - 1, 4)
    for place, digest in zip(out.offsets(info[2], len(table["digests"])), table["digests"]):
        out.text(place, digest)
    points = b"".join(struct.pack("<QQB", stored, inflated, 0) + window
                      for stored, inflated, window in table["points"])
    out.text(info[3], struct.pack("<IQ", len(table["points"]), SPAN) + points)
    return bytes(out.data)


SPAN = 1 << 20
WINDOW = 1 << 15


def soci(entries, change=None):
    """An ordinary gzip layer, `ztoc` beside it. Every span begins at a byte, because the stream is
    flushed there; `change(table)` may make the ztoc lie."""
    tar, files = bytearray(), []
    for name, kind, content in entries:
        tar += header(name, kind, content)
        size = len(content) if kind == "reg" else 0
        files.append({"name": name, "type": kind, "offset": len(tar), "size": size,
                      "link": content if kind in ("symlink", "hardlink") else ""})
        if size:
            tar += content + bytes(-size % 512)
    tar += bytes(1024)
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    blob, points = bytearray(), [(10, 0, bytes(WINDOW))]
    for at in range(0, len(tar), SPAN):
        blob += packer.compress(tar[at:at + SPAN])
        if at + SPAN < len(tar):
            blob += packer.flush(zlib.Z_SYNC_FLUSH)
            points.append((len(blob), at + SPAN, bytes(tar[at + SPAN - WINDOW:at + SPAN])))
    blob += packer.flush()
    ends = [point[0] for point in points[1:]] + [len(blob)]
    table = {"stored": len(blob), "inflated": len(tar), "files": files, "points": points,
             "digests": [sha256(blob[point[0]:end]) for point, end in zip(points, ends)]}
    if change:
        change(table)
    layer = Layer(bytes(blob), bytes(tar), {})
    layer.ztoc = write_ztoc(table)
    return layer
