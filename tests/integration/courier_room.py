#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodal-courier asks a video provider's server: what it sends, what it makes of each kind of answer, and what it refuses to ask."""
import http.server
import ssl
import threading
import time
import unittest

import tap
from courier_process import Case
from mail_server import make_certificate

OCTETS_MAX = 65536


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked = []
    slow = threading.Event()

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.asked.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
        name = self.path.partition("?")[0]
        if name == "/xml":
            self.answer(200, b"<response><returncode>SUCCESS</returncode><message/><deep><x>1</x></deep><n>a&amp;b</n></response>")
        elif name == "/json":
            self.answer(200, b'{"janus":"success","response":{"error_code":427,"permanent":false,"list":[1]}}')
        elif name == "/garbage":
            self.answer(200, b"<html><br></html>")
        elif name == "/entities":
            self.answer(200, b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r><x>&a;</x></r>')
        elif name == "/full":
            body = b"<r><a>" + b"x" * (OCTETS_MAX - 100) + b"</a><b>1</b>"
            self.answer(200, body + b" " * (OCTETS_MAX - len(body) - 4) + b"</r>")
        elif name == "/large":
            self.answer(200, b"x" * (OCTETS_MAX + 1))
        elif name == "/away":
            self.answer(302, Location=f"https://localhost:{self.server.server_port}/xml")
        elif name == "/broken":
            self.answer(503, b"<html>")
        elif name == "/slow":
            self.slow.wait(60)

    do_POST = do_GET

    def log_message(self, *_):
        pass


def serve(case, folder):
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    if folder is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        web.socket = context.wrap_socket(web.socket, server_side=True)
    web.daemon_threads = True
    threading.Thread(target=web.serve_forever, daemon=True).start()
    case.addCleanup(web.server_close)
    case.addCleanup(web.shutdown)
    return web


class Rooms(Case):
    def setUp(self):
        super().setUp()
        keys = self.folder / "keys"
        keys.mkdir()
        self.ca_file = make_certificate(keys)
        self.tls = serve(self, keys)
        self.plain = serve(self, None)
        Web.asked.clear()
        Web.slow.clear()
        self.addCleanup(Web.slow.set)

    def start_rooms(self):
        self.start("[Deliver]", f"Maildir={self.maildir}", "[Fetch]", f"CaFile={self.ca_file}")

    def ask(self, path, content=b"", scheme="https", **more):
        before = len(self.comodald.reports)
        port = (self.tls if scheme == "https" else self.plain).server_port
        self.comodald.give_room(before + 1, {"url": f"{scheme}://localhost:{port}{path}", **more}, content)
        number, kind, result = self.comodald.await_reports(before + 1)[-1]
        self.assertEqual((number, kind), (before + 1, "room"))
        return result

    def test_answers(self):
        self.start_rooms()
        self.assertEqual(self.ask("/xml?a=b%20c&checksum=0", private=True),
                         {"status": 200, "values": {"returncode": "SUCCESS", "message": "", "n": "a&b"}})
        method, path, headers, body = Web.asked[-1]
        self.assertEqual((method, path, body), ("GET", "/xml?a=b%20c&checksum=0", b""))
        self.assertNotIn("Content-Type", headers)
        self.assertEqual(self.ask("/json", b'{"janus":"x"}', private=True, type="application/json"),
                         {"status": 200, "values": {"janus": "success", "response.error_code": "427", "response.permanent": "false"}})
        method, path, headers, body = Web.asked[-1]
        self.assertEqual((method, headers["Content-Type"], body), ("POST", "application/json", b'{"janus":"x"}'))
        for path, result in {"/garbage": {"status": 200}, "/entities": {"status": 200}, "/full": {"status": 200, "values": {"b": "1"}},
                             "/large": {"failure": "too-large"}, "/away": {"status": 302},
                             "/broken": {"status": 503}}.items():
            self.assertEqual(self.ask(path, private=True), result, path)
        log = self.log.read_text()
        for secret in ("checksum", "/xml", "janus", "localhost"):
            self.assertNotIn(secret, log)

    def test_what_is_not_asked(self):
        self.start_rooms()
        # an address of this machine, and plain http, only where the configuration says so
        self.assertEqual(self.ask("/xml"), {"failure": "unreachable"})
        self.assertEqual(self.ask("/xml", scheme="http"), {"failure": "unreachable"})
        self.assertEqual(self.ask("/xml", private=True, scheme="file"), {"failure": "unreachable"})
        self.assertEqual(Web.asked, [])
        self.assertEqual(self.ask("/xml", scheme="http", private=True)["status"], 200)
        self.comodald.give_room(99, {"type": "text/plain"})
        self.assertEqual(self.comodald.await_reports(len(self.comodald.reports) + 1)[-1], (99, "room", {"failure": "unreachable"}))

    def test_certificate(self):
        other = self.folder / "other"
        other.mkdir()
        self.ca_file = make_certificate(other)
        self.start_rooms()
        self.assertEqual(self.ask("/xml", private=True), {"failure": "certificate"})

    def test_waits_for_nobody(self):
        """One that is slow ends by itself; the others, and mail, go on beside it; a room's call does not wait behind slow ones."""
        self.start_rooms()
        begun = time.monotonic()
        for number in range(7):
            self.comodald.give_room(1000 + number, {"url": f"https://localhost:{self.tls.server_port}/slow", "private": True})
        self.assertEqual(self.ask("/xml", private=True)["status"], 200)
        self.comodald.give_mail(1, b"Subject: x\r\n\r\nx\r\n")
        reports = self.comodald.await_reports(2)
        self.assertEqual([report[1] for report in reports], ["room", "mail"])
        reports = self.comodald.await_reports(9)
        self.assertEqual([report[2] for report in reports[2:]], [{"failure": "slow"}] * 7)
        self.assertLess(time.monotonic() - begun, 30)

    def test_comodald_comes_back(self):
        """What was answered while comodald was away is said to the next one, which does not wait for it."""
        self.start_rooms()
        self.ask("/xml", private=True)
        self.comodald.answers = ["NotFound"]
        self.comodald.give_room(7, {"url": f"https://localhost:{self.tls.server_port}/xml", "private": True})
        self.comodald.wait(lambda: not self.comodald.answers, "a report that is refused")
        self.assertEqual(self.ask("/xml", private=True)["status"], 200)
        self.stop()


if __name__ == "__main__":
    del Case
    tap.main()
