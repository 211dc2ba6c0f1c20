"""A name server and a web server on 127.0.0.1, so that what a domain tells the public is asked for real."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@contextmanager
def name_server(zone: dict[tuple[str, str], list[str]]) -> Iterator[int]:
    """The port of a server that knows these records, by name and type; everything else does not exist."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                raw, who = line.recvfrom(4096)
            except OSError:
                return
            if not raw:
                return
            asked = dns.message.from_wire(raw)
            [question] = asked.question
            reply = dns.message.make_response(asked)
            reply.flags |= dns.flags.RA
            kind = dns.rdatatype.to_text(question.rdtype)
            rows = zone.get((str(question.name).rstrip("."), kind))
            if rows:
                reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *rows))
            else:
                reply.set_rcode(dns.rcode.NXDOMAIN)
            line.sendto(reply.to_wire(), who)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield line.getsockname()[1]
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", line.getsockname())
        thread.join(5)
        line.close()


@contextmanager
def web_server(pages: dict[str, bytes], leads: dict[str, str] | None = None) -> Iterator[str]:
    """The address of a server with these pages; `leads` are addresses that point elsewhere."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if to := (leads or {}).get(self.path):
                self.send_response(302)
                self.send_header("Location", to)
                self.end_headers()
                return
            page = pages.get(self.path)
            self.send_response(200 if page is not None else 404)
            self.end_headers()
            self.wfile.write(page or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
