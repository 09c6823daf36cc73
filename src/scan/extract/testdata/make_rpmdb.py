#!/usr/bin/env python3
"""Writes the small SQLite rpm databases beside this file with Python's own SQLite.

typical.rpmdb.sqlite            packages p0 to p29, pages of 512 bytes, most blobs on overflow pages
logged.rpmdb.sqlite[-wal]       the same; its log adds q0 to q9, removes p0 and p1, gives p2 version
                                9 and ends in frames of a transaction that never committed (lost)
only-log.rpmdb.sqlite[-wal]     a first page and nothing else: the packages w0 to w2 are in the log

Each of their headers names a licence long enough to fill several pages.
"""
import pathlib, shutil, sqlite3, struct, tempfile

HERE = pathlib.Path(__file__).resolve().parent


def header(name, version, padding):
    entries, data = [], b""
    texts = {1000: name, 1001: version, 1002: "1", 1014: "L" * padding, 1022: "x86_64",
             1044: f"{name}-{version}-1.src.rpm"}
    for tag, text in texts.items():
        entries.append(struct.pack(">IIII", tag, 6, len(data), 1))
        data += text.encode() + b"\0"
    return struct.pack(">II", len(entries), len(data)) + b"".join(entries) + data


def create(path):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA page_size=512")
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA wal_autocheckpoint=0")
    db.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    return db


def add(db, name, version="1", padding=700):
    db.execute("INSERT INTO Packages (blob) VALUES (?)", (header(name, version, padding),))


def keep(path, name):
    shutil.copy(path, HERE / name)
    shutil.copy(f"{path}-wal", HERE / f"{name}-wal")


with tempfile.TemporaryDirectory() as folder:
    path = f"{folder}/a"
    db = create(path)
    db.execute("BEGIN")
    for i in range(30):
        add(db, f"p{i}", padding=i * 97)
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(path, HERE / "typical.rpmdb.sqlite")
    db.execute("BEGIN")
    for i in range(10):
        add(db, f"q{i}")
    db.execute("DELETE FROM Packages WHERE hnum < 3")
    db.execute("COMMIT")
    db.execute("UPDATE Packages SET blob = ? WHERE hnum = 3", (header("p2", "9", 1500),))
    db.execute("PRAGMA cache_size=1")
    db.execute("BEGIN")
    for i in range(20):
        add(db, f"lost{i}")
    keep(path, "logged.rpmdb.sqlite")  # while the transaction is open
    db.execute("ROLLBACK")
    db.close()

    path = f"{folder}/b"
    db = create(path)
    db.execute("BEGIN")
    for i in range(3):
        add(db, f"w{i}")
    db.execute("COMMIT")
    keep(path, "only-log.rpmdb.sqlite")
    db.close()
