"""A proxy in front of a registry that goes wrong where a test says so, and writes down every request."""
import collections
import http.client
import http.server
import threading
import time


Request = collections.namedtuple("Request", "method path headers body")


class FaultyProxy:
    """`fault(request, answer)` may change the answer: status, headers (a dict), body, cut (close after
    so many bytes of the body), drip (so many bytes in a tenth of a second). It is called with the upstream's answer, or with 404 where there is
    no upstream. A request has method, path, headers, body."""

    def __init__(self, upstream=None, fault=None):
        self.upstream, self.fault, self.requests = upstream, fault, []
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = proxy.forward(self)
                proxy.requests.append(Request(self.command, self.path, self.headers, self.body))
                if proxy.fault:
                    proxy.fault(proxy.requests[-1], answer)
                self.send_response(answer.status)
                headers = dict(answer.headers)
                headers.setdefault("Content-Length", str(len(answer.body)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command == "HEAD":
                    return
                try:
                    self.give(answer.body[:answer.cut], answer.drip)
                except ConnectionError:  # who does not want the whole of it may leave
                    self.close_connection = True
                if answer.cut is not None:
                    self.close_connection = True

            def give(self, body, drip):
                for at in range(0, len(body), drip or max(len(body), 1)):
                    self.wfile.write(body[at:at + drip] if drip else body)
                    time.sleep(0.1 if drip else 0)

            do_POST = do_HEAD = do_PUT = do_GET
            # A proxy for https would have to connect; this one has nothing to connect to.
            do_CONNECT = do_GET

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server.server_address[1]

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    def forward(self, request):
        answer = Answer()
        if self.upstream is None:
            return answer
        connection = http.client.HTTPConnection(self.upstream)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in ("host", "connection")}
        connection.request(request.command, request.path, request.body or None, headers)
        reply = connection.getresponse()
        answer.status, answer.body = reply.status, reply.read()
        answer.headers = {k: v for k, v in reply.getheaders()
                          if k.lower() not in ("transfer-encoding", "content-length", "date")}
        connection.close()
        return answer

    def paths(self, part=""):
        return [r.path for r in self.requests if part in r.path]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Answer:
    def __init__(self, status=404, body=b"", headers=None, cut=None, drip=None):
        self.status, self.body, self.headers, self.cut = status, body, headers or {}, cut
        self.drip = drip
