"""A loopback proxy that lets through no more than a link of that speed would, all connections together."""
import socket
import threading
import time


class SlowLink:
    """Forwards to `host` ("127.0.0.1:5000"); its own address is `self.host`."""

    def __init__(self, host, bits_per_second):
        address, port = host.split(":")
        self.upstream = (address, int(port))
        self.bytes_per_second = bits_per_second / 8
        self.received = 0  # bytes that went to the client
        self.lock = threading.Lock()
        self.free_at = 0.0  # when the link has sent everything that was given to it
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.upstream)
            threading.Thread(target=self.copy, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self.copy, args=(server, client, True), daemon=True).start()

    def copy(self, source, target, down):
        try:
            while data := source.recv(65536):
                if down:
                    self.wait_for(len(data))
                target.sendall(data)
        except OSError:
            pass
        for end, how in ((target, socket.SHUT_WR), (source, socket.SHUT_RD)):
            try:
                end.shutdown(how)
            except OSError:
                pass

    def wait_for(self, size):
        with self.lock:
            self.received += size
            begin = max(self.free_at, time.monotonic())
            self.free_at = begin + size / self.bytes_per_second
        time.sleep(max(0.0, self.free_at - time.monotonic()))

    def close(self):
        self.listener.close()
