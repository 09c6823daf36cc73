#!/usr/bin/env python3
"""`seaworthy list`: in a terminal of 100 columns no line is wider; for a script a row is a line."""
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios

PROGRAM = os.environ.get("SEAWORTHY", "seaworthy")
LISTS = ("limits", "extractors", "feeds", "formats", "schemes")


def in_a_terminal(words, columns):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    with subprocess.Popen([PROGRAM, *words], stdout=slave) as process:
        os.close(slave)
        shown = b""
        try:
            while block := os.read(master, 65536):
                shown += block
        except OSError:  # the other end is closed
            pass
        process.wait()
    os.close(master)
    return shown.decode().replace("\r\n", "\n")


def main():
    failures = 0

    def expect(what, condition, text=""):
        nonlocal failures
        print("ok  " if condition else "FAIL", what, "" if condition else text)
        failures += not condition

    for what in LISTS:
        shown = in_a_terminal(["list", what], 100)
        lines = shown.splitlines()
        expect(f"{what}: 100 columns", lines and max(map(len, lines)) <= 100, shown)
        plain = subprocess.run([PROGRAM, "list", what], check=True, capture_output=True,
                               text=True).stdout
        expect(f"{what}: a row is a line",
               not any(line.startswith(" ") for line in plain.splitlines()), plain)
        expect(f"{what}: nothing is cut", "".join(shown.split()) == "".join(plain.split()))
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
