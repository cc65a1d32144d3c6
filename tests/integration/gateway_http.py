#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway's web server, held against whoever does not mean it well: each input, and its answer (docs/gateway.md has the table)."""
import gzip
import os
import pathlib
import re
import select
import shutil
import socket
import ssl
import statistics
import struct
import subprocess
import tempfile
import threading
import time
import unittest

import tap
from http_tool import ACCEPT, Server, WebSocket, read_all, statuses
from ports import free_port

FORM = "application/x-www-form-urlencoded"


def page_order(answer):
    """Which of http-tool's pages it is, in the order that they were made."""
    return int(answer.split(b"\r\n\r\n", 1)[1][:8])


class Case(unittest.TestCase):
    def start(self, **settings):
        server = Server(**settings)
        self.addCleanup(self.end, server)
        return server

    def end(self, server):
        self.assertEqual(server.close(), 0, "it did not end as it should")

    def writes(self, server):
        """How many handlers that may change something have run."""
        return int(re.search(rb"writes=(\d+)", server.ask("GET", "/echo/x")[2])[1])

    def time_of(self, server, path, status):
        begun = time.monotonic()
        self.assertEqual(server.ask("GET", path)[0], status)
        return time.monotonic() - begun


class Answers(Case):
    def setUp(self):
        self.server = self.start()

    def test_policies_of_every_answer(self):
        for method, path in (("GET", "/v/low"), ("GET", "/nothing"), ("GET", self.server.style), ("POST", "/nothing"), ("PUT", "/v/low")):
            _, headers, _ = self.server.ask(method, path)
            policy = headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertIn("frame-ancestors 'none'", policy)
            self.assertIn("base-uri 'none'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertIn("noindex", headers["X-Robots-Tag"])
            self.assertIsNone(headers["Server"])
            # it is not https here
            self.assertIsNone(headers["Strict-Transport-Security"])

    def test_personal_pages_are_not_kept(self):
        _, headers, _ = self.server.ask("GET", "/v/low")
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertIn("camera=()", headers["Permissions-Policy"])
        self.assertIn("form-action 'self'", headers["Content-Security-Policy"])
        _, headers, _ = self.server.ask("GET", "/room")
        self.assertIn("camera=(self)", headers["Permissions-Policy"])
        self.assertIn("connect-src 'self' wss://janus.example;", headers["Content-Security-Policy"])

    def test_files(self):
        status, headers, text = self.server.ask("GET", self.server.style)
        self.assertEqual((status, headers["Content-Type"]), (200, "text/css; charset=utf-8"))
        self.assertIn("immutable", headers["Cache-Control"])
        self.assertNotIn("Content-Encoding", headers)
        status, zipped, body = self.server.ask("GET", self.server.style, headers={"Accept-Encoding": "br, gzip"})
        self.assertEqual((status, zipped["Content-Encoding"], zipped["Vary"]), (200, "gzip", "Accept-Encoding"))
        self.assertEqual(gzip.decompress(body), text)
        self.assertLess(len(body), len(text))
        self.assertNotEqual(zipped["ETag"], headers["ETag"])
        for wanted in (headers["ETag"], f'"other", W/{headers["ETag"]}', "*"):
            status, _, body = self.server.ask("GET", self.server.style, headers={"If-None-Match": wanted})
            self.assertEqual((status, body), (304, b""))
        status, _, body = self.server.ask("GET", self.server.style, headers={"If-None-Match": zipped["ETag"]})
        self.assertEqual(status, 200)
        self.assertEqual(self.server.ask("HEAD", self.server.style)[2], b"")
        # of another content there is none
        self.assertEqual(self.server.ask("GET", re.sub(r"\.[0-9a-f]{16}\.", ".0123456789abcdef.", self.server.style))[0], 404)
        self.assertEqual(self.server.ask("GET", "/static/style.css")[0], 404)
        self.assertEqual(self.server.ask("POST", self.server.style)[0], 405)

    def test_feed_is_known_again(self):
        status, headers, _ = self.server.ask("GET", "/feed/f")
        self.assertEqual((status, headers["ETag"], headers["Cache-Control"]), (200, '"abc"', "private, no-cache"))
        self.assertEqual(headers["Content-Disposition"], 'attachment; filename="seances.ics"')
        status, headers, body = self.server.ask("GET", "/feed/f", headers={"If-None-Match": '"abc"'})
        self.assertEqual((status, body, headers["ETag"]), (304, b"", '"abc"'))

    def test_looking_changes_nothing(self):
        """A mail scanner: every path by GET and HEAD, twice, with a form for good measure."""
        before = self.writes(self.server)
        for path in ("/v/low", "/echo/x", "/p", "/pass", "/all", "/free") * 2:
            for method in ("GET", "HEAD"):
                self.assertIn(self.server.ask(method, path)[0], (200, 405), path)
            self.assertEqual(self.server.ask("GET", path, "name=x")[0], 400)
        self.assertEqual(self.writes(self.server), before)

    def test_methods(self):
        self.assertEqual(self.server.ask("GET", "/p")[1]["Allow"], "POST")
        self.assertEqual(self.server.ask("POST", "/v/low")[1]["Allow"], "GET, HEAD")
        for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "PROPFIND", "get"):
            self.assertIn(statuses(self.server.say(self.server.head("/v/low", method=method)))[:1], ([405], [400]), method)

    def test_language_of_refusals(self):
        self.assertEqual(self.server.ask("GET", "/no")[2], b"<p>404 fr</p>")
        for accepted, wanted in (("en-CA,en;q=0.9,fr;q=0.4", "en"), ("fr-CA, en;q=0.5", "fr"), ("de", "fr"), ("en;q=0.2, fr;q=0.1", "en")):
            _, headers, body = self.server.ask("GET", "/no", headers={"Accept-Language": accepted})
            self.assertEqual((body.decode(), headers["Content-Language"]), (f"<p>404 {wanted}</p>", wanted))

    def test_pass(self):
        status, headers, _ = self.server.ask("POST", "/pass")
        self.assertEqual((status, headers["Location"]), (303, "/echo/after"))
        self.assertEqual(headers["Set-Cookie"], "pass=abcdefghijklmnopqrstuv; Path=/; Max-Age=600; HttpOnly; SameSite=Strict")
        body = self.server.ask("GET", "/echo/x", headers={"Cookie": "a=b; pass=abc-123_x; c=d"})[2]
        self.assertIn(b"pass=abc-123_x\n", body)
        for odd in ("pass=", "pass=" + 65 * "a", 'pass="a b"', "pass=a%20b", "pass=é".encode().decode("latin-1")):
            self.assertIn(b"pass=(null)\n", self.server.ask("GET", "/echo/x", headers={"Cookie": odd})[2], odd)

    def test_pass_behind_https(self):
        server = self.start(origin="https://rencontres.example")
        host = {"Host": "rencontres.example", "Origin": "https://rencontres.example"}
        _, headers, _ = server.ask("POST", "/pass", headers=host)
        self.assertTrue(headers["Set-Cookie"].startswith("__Host-pass="))
        self.assertTrue(headers["Set-Cookie"].endswith("; Secure"))
        self.assertIn("max-age=", headers["Strict-Transport-Security"])
        self.assertIn(b"pass=(null)\n", server.ask("GET", "/echo/x", headers={**host, "Cookie": "pass=abc"})[2])
        self.assertIn(b"pass=abc\n", server.ask("GET", "/echo/x", headers={**host, "Cookie": "__Host-pass=abc"})[2])


class Forms(Case):
    def setUp(self):
        self.server = self.start()

    def post(self, body, headers=None, path="/echo/x"):
        return self.server.ask("POST", path, body, headers)

    def test_values(self):
        for sent, wanted in (("name=Zo%C3%A9+Tremblay", "Zoé Tremblay"), ("a=b&name=%3Cscript%3E&c=d", "<script>"), ("name=", ""),
                             ("other=x", "(none)"), ("name=a%0D%0Ab", "a\r\nb"), ("name=" + 9000 * "y", 9000 * "y"), ("", "(none)")):
            status, _, body = self.post(sent)
            self.assertEqual((status, body.decode()), (200, wanted))

    def test_what_is_no_text(self):
        for sent in ("name=%C0%AF", "name=%FF", "name=%ED%A0%80", "name=%00", "name=a%00b", "name=%1B%5B2J", "name=1&name=2",
                     "&".join(f"f{i}=1" for i in range(80)), "n" * 70 + "=1", "%00=1"):
            self.assertEqual(self.post(sent)[0], 400, sent[:30])

    def test_size_and_type(self):
        self.assertEqual(self.post("name=" + 17000 * "y")[0], 413)
        self.assertEqual(self.post("name=x", {"Content-Type": "text/plain"})[0], 415)
        self.assertEqual(self.post("name=x", {"Content-Type": "multipart/form-data; boundary=x"})[0], 415)
        self.assertEqual(self.post("name=x", {"Content-Type": FORM + "; charset=UTF-8"})[0], 200)
        head = self.server.head("/echo/x", f"Origin: {self.server.origin}", f"Content-Type: {FORM}", "Content-Length: 99999999999", method="POST")
        self.assertEqual(statuses(self.server.say(head)), [413])
        for odd in ("-1", "0x10", "18446744073709551617", "1 1", "+5", "5,5"):
            head = self.server.head("/echo/x", f"Origin: {self.server.origin}", f"Content-Type: {FORM}", f"Content-Length: {odd}", method="POST")
            self.assertIn(statuses(self.server.say(head + b"name=x"))[:1], ([400], [413], []), odd)
        self.assertEqual(self.writes(self.server), 1)

    def test_who_asks_for_it(self):
        own, other = self.server.origin, "https://evil.example"
        for path, origin, site, wanted in (
                ("/p", own, "same-origin", 200), ("/p", own, None, 200), ("/p", None, "same-origin", 200), ("/p", "null", "same-origin", 200),
                ("/p", None, None, 403), ("/p", "null", None, 403), ("/p", other, None, 403), ("/p", other, "same-origin", 403),
                ("/p", own, "cross-site", 403), ("/p", own, "same-site", 403), ("/p", own, "none", 403), ("/p", own + "/", None, 403),
                ("/p", own + ".evil.example", None, 403), ("/p", own.replace("http", "https"), None, 403),
                # a token in the path is what nobody else knows
                ("/echo/x", None, None, 200), ("/echo/x", "null", None, 200), ("/echo/x", other, None, 403), ("/echo/x", None, "cross-site", 403)):
            headers = {name: value for name, value in (("Origin", origin), ("Sec-Fetch-Site", site)) if value is not None}
            status, _, _ = self.server.ask("POST", path, "name=x", headers, origin=False)
            self.assertEqual(status, wanted, (path, origin, site))


class Hostile(Case):
    def setUp(self):
        self.server = self.start()

    def test_paths(self):
        for path in ("/../etc/passwd", "/static/../style.css", "/static/..%2fstyle.css", "/%2e%2e/%2e%2e/etc/passwd", "/v/%00", "/v/%C0%AE", "/v/..",
                     "/v/.", "//v/low", "/v//low", "/v/low/", "/v/a%20b", "/v/a b", "/v/" + 65 * "a", "/" + 600 * "a/", "/v/é", "/v/a;b", "/v/a\\b",
                     "/v/a'b", "/v/<script>", "http://127.0.0.1/v/low", "http://evil.example/v/low", "*", "v/low", "/V/low", "/v/low%0d%0aX:1"):
            octets = self.server.say(self.server.head(path))
            self.assertIn(statuses(octets)[:1], ([404], [400], []), path)
            self.assertNotIn(b"root:", octets)
        self.assertEqual(self.server.ask("GET", "/v/low?utm=1&x=%00")[0], 200)

    def test_line_ends(self):
        """Neither a header nor an answer can be smuggled into an answer."""
        for head in (self.server.head("/v/low\r\nX-Evil: 1"), self.server.head("/echo/x", "User-Agent: a\rX-Evil: 1"),
                     b"GET /v/low HTTP/1.1\nHost: x\n\n", self.server.head("/echo/x", "X\t: 1"), self.server.head("/echo/x", "User-Agent: a\x00b"),
                     self.server.head("/echo/x", " folded: 1"), self.server.head("/echo/x", "X : 1"), self.server.head("/echo/x", ": 1"),
                     self.server.head("/echo/x", "no colon")):
            for status in statuses(self.server.say(head)):
                self.assertIn(status, (200, 400, 404), head)
            self.assertNotIn(b"\nX-Evil", self.server.say(head))
        for odd in ("X : 1", "X\t: 1", "X\x0b: 1"):
            self.assertEqual(statuses(self.server.say(self.server.head("/echo/x", odd))), [400], odd)

    def test_where_a_request_ends(self):
        """Two readers must not see two different requests: whatever could be read in two ways is refused, and the connection closed."""
        inner = self.server.head("/echo/smuggled", f"Origin: {self.server.origin}", f"Content-Type: {FORM}", "Content-Length: 6", method="POST") + b"name=y"
        form = [f"Origin: {self.server.origin}", f"Content-Type: {FORM}"]
        for lines, body in (
                ([*form, "Content-Length: 6", "Transfer-Encoding: chunked"], b"0\r\n\r\n" + inner),
                ([*form, "Transfer-Encoding: chunked", "Content-Length: 6"], b"0\r\n\r\n" + inner),
                ([*form, "Transfer-Encoding: chunked"], b"6\r\nname=x\r\n0\r\n\r\n" + inner),
                ([*form, "Transfer-Encoding: identity", "Content-Length: 6"], b"name=x" + inner),
                ([*form, "Transfer-Encoding: xchunked", "Content-Length: 6"], b"name=x" + inner),
                ([*form, "Transfer-Encoding : chunked", "Content-Length: 6"], b"0\r\n\r\n" + inner),
                ([*form, "Transfer-Encoding:\tchunked", "Content-Length: 6"], b"0\r\n\r\n" + inner),
                ([*form, "Content-Length: 6", f"Content-Length: {6 + len(inner)}"], b"name=x" + inner),
                ([*form, "Content-Length: 6", "Content-Encoding: gzip"], b"name=x" + inner)):
            before = self.writes(self.server)
            found = statuses(self.server.say(self.server.head("/echo/x", *lines, method="POST") + body))
            self.assertLessEqual(len(found), 1, lines)
            self.assertIn(found, ([400], []), lines)
            self.assertEqual(self.writes(self.server), before, lines)
        # a body where none belongs
        self.assertEqual(statuses(self.server.say(self.server.head("/v/low", "Content-Length: 40") + inner))[0], 400)
        self.assertEqual(statuses(self.server.say(self.server.head("/v/low", "Transfer-Encoding: chunked") + b"0\r\n\r\n" + inner)), [400])

    def test_two_hosts(self):
        self.assertEqual(statuses(self.server.say(self.server.head("/v/low", "Host: evil.example"))), [400])
        for host in ("evil.example", "", "127.0.0.1", f"127.0.0.1:{self.server.port}.evil.example"):
            self.assertEqual(statuses(self.server.say(f"GET /v/low HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())), [400], host)
        self.assertEqual(statuses(self.server.say(b"GET /v/low HTTP/1.1\r\n\r\n")), [400])

    def test_old_and_odd_versions(self):
        self.assertEqual(statuses(self.server.say(self.server.head("/v/low", version="HTTP/1.0"))), [200])
        self.assertEqual(statuses(self.server.say(b"GET /v/low HTTP/1.0\r\n\r\n")), [400])
        for first in (b"GET /v/low\r\n\r\n", b"GET /v/low HTTP/9.9\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01", b"\x00" * 100,
                      b"\r\n\r\n\r\n", b"GET\r\n\r\n", b"GET  /v/low  HTTP/1.1\r\n\r\n"):
            for status in statuses(self.server.say(first)):
                self.assertGreaterEqual(status, 400, first)

    def test_pipelining(self):
        """Several requests at once are several answers in order."""
        found = statuses(self.server.say(3 * self.server.head("/v/low", last=False) + self.server.head("/no", last=False) + self.server.head(self.server.style)))
        self.assertEqual(found, [200, 200, 200, 404, 200])

    def test_huge_heads(self):
        for size in (5000, 8000):
            # a browser that has gathered cookies meets a page of ours, not the library's
            answer = self.server.say(self.server.head("/v/low", "Cookie: a=" + size * "b"))
            self.assertEqual(statuses(answer), [400])
            self.assertIn(b"Content-Security-Policy: default-src 'none'", answer)
        self.assertIn(statuses(self.server.say(self.server.head("/v/low", "Cookie: " + 1500 * "a=b;"))), ([400], [431], []))
        for lines in (["X: " + 40000 * "y"], [f"X-{i}: y" for i in range(5000)]):
            found = statuses(self.server.say(self.server.head("/v/low", *lines)))
            self.assertIn(found, ([431], [413], []), lines[0][:20])
        self.assertIn(statuses(self.server.say(self.server.head("/" + 40000 * "a"))), ([414], []))
        self.assertIn(b"agent=(null)", self.server.say(self.server.head("/echo/x", "User-Agent: " + 600 * "a")))
        self.assertEqual(self.server.ask("GET", "/v/low")[0], 200)

    def test_header_injection_by_what_is_sent(self):
        self.assertIn(b"language=(null)", self.server.say(self.server.head("/echo/x", "Accept-Language: fr\x01")))
        self.assertIn(b"agent=(null)", self.server.say(self.server.head("/echo/x", "User-Agent: caf\xe9")))

    def test_guessing_is_slowed(self):
        """Against what others are asked for meanwhile, for a machine may be busy."""
        others, guesses = [], []
        for i in range(14):
            others.append(self.time_of(self.server, "/v/low", 200))
            guesses.append(self.time_of(self.server, f"/v/z{i}", 404))
        self.assertLess(statistics.median(guesses[:5]), 5 * statistics.median(others[:5]))
        self.assertGreater(guesses[-1], 0.5)
        # whoever holds a link that is one is not
        self.server.ask("GET", "/v/high")
        self.assertLess(min(self.time_of(self.server, "/v/high", 200) for _ in range(3)), guesses[-1] / 2)

    def test_guessing_ends(self):
        status = 404
        threads = []
        found = []
        for i in range(90):
            thread = threading.Thread(target=lambda i=i: found.append(self.server.ask("GET", f"/v/zz{i}")[0]))
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()
        status, headers, _ = self.server.ask("GET", "/v/zlast")
        self.assertEqual(status, 429)
        self.assertGreater(int(headers["Retry-After"]), 0)
        self.assertGreater(found.count(404), 30)


class Sockets(Case):
    def setUp(self):
        self.server = self.start(sockets=64)

    def test_talk(self):
        one = WebSocket(self.server)
        self.assertEqual(one.status, 101)
        self.assertIn(f"Sec-WebSocket-Accept: {ACCEPT}".encode(), one.head)
        for text in ("bonjour", "é" * 300, "x" * 60000):
            one.send(1, text.encode())
            self.assertEqual(one.read(), (1, text.encode()))
        one.send(1, b"bon", final=False)
        one.send(9, b"between")
        one.send(0, b"jour")
        self.assertEqual([one.read(), one.read()], [(10, b"between"), (1, b"bonjour")])
        self.assertEqual(self.server.ask("POST", "/all")[2], b"sent")
        self.assertEqual(one.read(), (1, b"changed"))
        one.send(8, struct.pack(">H", 1000))
        self.assertEqual(one.read_close(), 1000)
        self.assertEqual(self.await_sockets(0), 0)

    def test_early(self):
        """What comes with the handshake is not lost."""
        one = WebSocket(self.server, early=WebSocket.frame(1, b"early") + WebSocket.frame(1, b"bird"))
        self.assertEqual([one.read(), one.read()], [(1, b"early"), (1, b"bird")])

    def test_bit_by_bit(self):
        one = WebSocket(self.server)
        for octet in WebSocket.frame(1, b"slow") + WebSocket.frame(1, b"ly" * 200):
            one.connection.sendall(bytes([octet]))
        self.assertEqual([one.read(), one.read()], [(1, b"slow"), (1, b"ly" * 200)])

    def await_sockets(self, wanted):
        until = time.monotonic() + 10
        while True:
            found = int(self.server.ask("GET", "/sockets")[2])
            if found == wanted or time.monotonic() > until:
                return found

    def test_server_closes(self):
        one = WebSocket(self.server)
        one.send(1, b"close")
        self.assertEqual(one.read_close(), 1000)
        one.send(8, struct.pack(">H", 1000))
        self.assertEqual(read_all(one.connection), b"")
        self.assertEqual(self.await_sockets(0), 0)

    def test_gone(self):
        """A browser that goes away without a word."""
        ones = [WebSocket(self.server) for _ in range(5)]
        self.assertEqual(self.await_sockets(5), 5)
        for one in ones:
            one.close()
        self.assertEqual(self.await_sockets(0), 0)

    def test_not_to_another_page(self):
        for origin in ("https://evil.example", "null", "", self.server.origin + ".evil.example"):
            self.assertEqual(WebSocket(self.server, origin=origin).status, 403, origin)
        self.assertEqual(WebSocket(self.server, extra=["Sec-Fetch-Site: cross-site"]).status, 403)
        self.assertEqual(WebSocket(self.server, path="/v/low").status, 200)
        self.assertEqual(WebSocket(self.server, path="/no").status, 404)

    def test_no_handshake(self):
        own = f"Origin: {self.server.origin}"
        good = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        for name, value in (("Sec-WebSocket-Version", "8"), ("Sec-WebSocket-Key", "short"), ("Sec-WebSocket-Key", "!" * 24), ("Connection", "close"),
                            ("Upgrade", "h2c"), ("Sec-WebSocket-Key", None), ("Sec-WebSocket-Version", None)):
            lines = [own] + [f"{k}: {v}" for k, v in {**good, name: value}.items() if v is not None]
            self.assertEqual(statuses(self.server.say(self.server.head("/v/high/socket", *lines)))[:1], [400], (name, value))
        self.assertEqual(statuses(self.server.say(self.server.head("/v/high/socket", own))), [400])
        self.assertEqual(self.server.ask("POST", "/v/high/socket", "name=x")[0], 405)

    def test_what_is_wrong_in_a_frame(self):
        for frame, wanted in ((WebSocket.frame(1, b"\xff\xfe"), 1007), (WebSocket.frame(1, b"\xed\xa0\x80"), 1007), (WebSocket.frame(2, b"octets"), 1003),
                              (WebSocket.frame(1, b"a\x00b"), 1003), (WebSocket.frame(3, b"reserved"), 1002), (WebSocket.frame(0, b"of nothing"), 1002),
                              (WebSocket.frame(1, b"x", masked=False), 1002), (WebSocket.frame(9, b"x" * 126), 1002),
                              (WebSocket.frame(9, b"x", final=False), 1002), (WebSocket.frame(1, b"x" * 9, length=2**40), 1009), (WebSocket.frame(1, b"x" * 9, length=70000), 1009),
                              (WebSocket.frame(1, length=2**63), 1002), (bytes([0xC1]) + WebSocket.frame(1, b"zip")[1:], 1002)):
            one = WebSocket(self.server)
            one.connection.sendall(frame)
            self.assertIn(one.read_close(), (wanted, 0), frame[:12])
            one.close()
        self.assertEqual(self.await_sockets(0), 0)

    def test_pieces_without_end(self):
        one = WebSocket(self.server)
        one.send(1, b"x" * 1000, final=False)
        try:
            for _ in range(250):
                one.send(0, b"x" * 1000, final=False)
        except ConnectionError:
            pass
        self.assertIn(one.read_close(), (1009, 0))

    def test_floods(self):
        for frame in (WebSocket.frame(1, b"x"), WebSocket.frame(9, b"x"), WebSocket.frame(10, b""), WebSocket.frame(1, b"", final=False) + 2000 * WebSocket.frame(0, b"", final=False)):
            one = WebSocket(self.server)
            try:
                for _ in range(10):
                    one.connection.sendall(100 * frame)
            except ConnectionError:
                pass
            self.assertIn(one.read_close(), (1008, 0))
            one.close()
        self.assertEqual(self.await_sockets(0), 0)

    def test_who_does_not_read(self):
        """64 times what it sends comes back, and it takes none of it: it is cut, and nobody else notices."""
        one = WebSocket(self.server)
        one.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        try:
            for _ in range(40):
                one.send(1, b"much" + b"x" * 50000)
        except ConnectionError:
            pass
        self.assertEqual(self.await_sockets(0), 0)
        self.assertEqual(self.server.ask("GET", "/v/low")[0], 200)

    def test_as_many_as_there_may_be(self):
        ones = [WebSocket(self.server) for _ in range(64)]
        self.assertEqual({one.status for one in ones}, {101})
        self.assertEqual(WebSocket(self.server).status, 503)
        ones[0].close()
        self.assertEqual(self.await_sockets(63), 63)
        self.assertEqual(WebSocket(self.server).status, 101)

    def test_of_one_address(self):
        server = self.start(address=8)
        ones = [WebSocket(server) for _ in range(9)]
        self.assertEqual([one.status for one in ones], 8 * [101] + [503])


class Limits(Case):
    def test_slow(self):
        """Each has its time in all, however it trickles; nobody else notices."""
        server, quiet = self.start(), self.start()
        probes, alone = [], []
        begun = time.monotonic()
        silent = server.connect(30)
        heads = [server.connect(30) for _ in range(20)]
        bodies = [server.connect(30) for _ in range(20)]
        for body in bodies:
            body.sendall(server.head("/echo/x", f"Origin: {server.origin}", f"Content-Type: {FORM}", "Content-Length: 1000", method="POST"))
        idle = server.connect(30)
        idle.sendall(server.head("/v/low", last=False))
        for head in heads:
            head.sendall(b"GET /v/low HTTP/1.1\r\n")
        while time.monotonic() - begun < 8:
            for trickling in heads + bodies:
                trickling.sendall(b"x" if trickling in bodies else b"X-A: b\r\n")
            time.sleep(0.02)  # what came is read by then: it is their being there that nobody may notice
            probes.append(self.time_of(server, "/v/low", 200))
            alone.append(self.time_of(quiet, "/v/low", 200))
            time.sleep(0.38)  # it trickles
        self.assertLess(statistics.median(probes), 5 * statistics.median(alone))
        for connection in heads + bodies + [silent, idle]:
            rest = read_all(connection)
            self.assertIn(statuses(rest), ([], [200], [408]))
        self.assertLess(time.monotonic() - begun, 16)
        self.assertEqual(self.writes(server), 0)

    def test_full(self):
        """When all places are taken by those who say nothing, whoever comes gets one of theirs."""
        server = self.start(connections=64, address=1000)
        silent = [server.connect(30) for _ in range(200)]
        for _ in range(10):
            self.assertEqual(server.ask("GET", "/v/low")[0], 200)
        for connection in silent:
            connection.close()

    def test_of_one_address(self):
        server = self.start(address=16)
        many = []
        for _ in range(16):
            connection = server.connect()
            connection.sendall(server.head("/v/low", last=False))
            connection.recv(100)
            many.append(connection)
        refused = server.connect()
        refused.settimeout(5)
        try:
            refused.sendall(server.head("/v/low"))
            self.assertEqual(refused.recv(100), b"")
        except ConnectionError:
            pass
        many[0].close()
        until = time.monotonic() + 5
        while time.monotonic() < until:
            try:
                if server.ask("GET", "/v/low")[0] == 200:
                    break
            except (ConnectionError, OSError):
                continue
            except Exception as error:  # the library's own: nothing came
                self.assertEqual(type(error).__name__, "RemoteDisconnected")
        else:
            self.fail("a place that is free again is not given")

    def test_dead_clients_are_noticed(self):
        server = self.start()
        gone, there = server.connect(), server.connect()
        for i, connection in enumerate((gone, there)):
            connection.sendall(server.head(f"/hold/h{i}"))
        server.ask("GET", "/v/low")
        gone.close()
        time.sleep(0.2)  # for the kernel to say so
        body = server.ask("POST", "/free")[2]
        self.assertEqual(sorted(body.split()), [b"gone", b"there"])
        self.assertTrue(there.recv(1000).startswith(b"HTTP/1.1 200"))

    def test_ends_with_everything_open(self):
        server = Server()
        held = server.connect()
        held.sendall(server.head("/hold/h"))
        half = server.connect()
        half.sendall(b"GET /v")
        one = WebSocket(server)
        server.ask("GET", "/v/low")
        self.assertEqual(server.close(), 0)
        self.assertIn(statuses(read_all(held)), ([503], []))
        self.assertIn(one.read_close(), (1001, 0))
        read_all(half)

    def test_several_threads(self):
        """Whichever of them a browser came to, it hears what all hear."""
        server = self.start(threads=4)
        ones = [WebSocket(server) for _ in range(40)]
        self.assertEqual({one.status for one in ones}, {101})
        self.assertEqual([server.ask("GET", path)[0] for path in ("/v/low", server.page, "/no") * 10], [200, 200, 404] * 10)
        server.ask("POST", "/all")
        self.assertEqual({one.read() for one in ones}, {(1, b"changed")})

    @staticmethod
    def count_threads(server, expected):
        """How many serve browsers, once there are so many: each takes its name when it begins to run."""
        count, until = 0, time.monotonic() + 20
        while count < expected and time.monotonic() < until:
            count = [path.read_text() for path in pathlib.Path(f"/proc/{server.process.pid}/task").glob("*/comm")].count("browsers\n")
        return count

    def test_threads_of_its_own_accord(self):
        """Two at least: with one, whoever joins waits behind a burst of refusals."""
        expected = min(8, max(2, os.cpu_count()))
        count = self.count_threads(self.start(), expected)
        self.assertEqual(count, expected)
        self.assertEqual(self.count_threads(self.start(threads=1), 1), 1)

    def test_who_comes_first(self):
        """One handler, held: those who join go before those who look, and when too many look, they are told to come back."""
        folder = tempfile.TemporaryDirectory(prefix="comodal-test-")
        self.addCleanup(folder.cleanup)
        gate = f"{folder.name}/gate"
        os.mkfifo(gate)
        server = self.start(handlers=1, threads=1, gate=gate, connections=1500, address=2000)
        for token in ("high", "low"):
            server.ask("GET", f"/v/{token}")
        held = server.connect(30)
        held.sendall(server.head("/v/gate"))
        # opened once the handler has
        with open(gate, "wb"):
            low = [server.connect(30) for _ in range(400)]
            for connection in low:
                connection.sendall(server.head("/v/low"))
            waiting = set(low)
            while len(waiting) > 300:
                told = select.select(waiting, [], [], 30)[0]
                self.assertTrue(told, "nobody is told to come back")
                waiting.difference_update(told)
            high = server.connect(30)
            high.sendall(server.head("/v/high"))
            # what is read after it is answered: then it has been read
            self.assertEqual(server.ask("GET", "/v/low")[0], 503)
        answers = [read_all(connection) for connection in low]
        found = [statuses(answer)[0] for answer in answers]
        for status, answer in zip(found, answers):
            if status == 503:
                self.assertIn(b"Retry-After:", answer)
        self.assertGreater(found.count(503), 100)
        self.assertGreater(found.count(200), 20)
        self.assertEqual(set(found), {200, 503})
        orders = [page_order(answer) for status, answer in zip(found, answers) if status == 200]
        answer = read_all(high)
        self.assertEqual(statuses(answer), [200])
        self.assertLess(page_order(answer), min(orders))
        self.assertEqual(statuses(read_all(held)), [200])

    def test_too_few_descriptors(self):
        port = free_port()
        from http_tool import TOOL
        result = subprocess.run(["/bin/sh", "-c", f"ulimit -n 1000; exec {TOOL} listen=127.0.0.1:{port} origin=http://x"], capture_output=True, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn("open files are needed", result.stderr)


class Proxies(Case):
    def address(self, server, forwarded=None):
        lines = [f"X-Forwarded-For: {forwarded}"] if forwarded is not None else []
        return re.search(rb"address=(\w+)", server.say(server.head("/echo/x", *lines)))[1]

    def test_client_behind(self):
        trusting, other = self.start(proxies="127.0.0.0/8,10.0.0.0/8"), self.start()
        self.assertEqual(len({self.address(other), self.address(other, "192.0.2.1"), self.address(other, "192.0.2.2")}), 1)
        one = self.address(trusting, "192.0.2.1")
        self.assertEqual(one, self.address(trusting, "198.51.100.9, 192.0.2.1"), "a client's own word is believed")
        self.assertEqual(one, self.address(trusting, "198.51.100.9, 192.0.2.1, 10.1.2.3"))
        self.assertEqual(one, self.address(trusting, "192.0.2.1:4711"))
        self.assertNotEqual(one, self.address(trusting, "192.0.2.2"))
        self.assertNotEqual(one, self.address(trusting))
        self.assertEqual(self.address(trusting, "2001:db8::1"), self.address(trusting, "[2001:db8::ffff]:80"), "of one /64")
        self.assertNotEqual(self.address(trusting, "2001:db8::1"), self.address(trusting, "2001:db8:0:1::1"))
        self.assertEqual(self.address(trusting, "nonsense"), self.address(trusting))

    def test_unix_socket(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/http.socket"
            server = self.start(listen=path, origin="https://rencontres.example")
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(path)
                connection.sendall(b"GET /echo/x HTTP/1.1\r\nHost: rencontres.example\r\nX-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n\r\n")
                self.assertEqual(statuses(read_all(connection)), [200])
            self.assertEqual(oct(pathlib.Path(path).stat().st_mode & 0o777), "0o660")
            self.assertEqual(server.close(), 0)
            self.assertFalse(pathlib.Path(path).exists())


class Tls(Case):
    def certificate(self, name):
        path = pathlib.Path(self.folder)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path / "key.pem", "-out", path / "cert.pem",
                        "-days", "2", "-subj", f"/CN={name}"], check=True, capture_output=True)

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="comodal-test-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.certificate("one")
        self.server = self.start(scheme="https", certificate=f"{self.folder}/cert.pem", key=f"{self.folder}/key.pem", connections=200, sockets=200)

    def connect(self, **options):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        for name, value in options.items():
            setattr(context, name, value)
        return context.wrap_socket(self.server.connect())

    def name(self):
        with self.connect() as connection:
            return connection.getpeercert(True)

    def test_pages_and_sockets(self):
        with self.connect() as connection:
            connection.sendall(self.server.head("/v/low"))
            head = connection.recv(100)
            self.assertTrue(head.startswith(b"HTTP/1.1 200"), head)
        server = self.server
        plain, server.connect = server.connect, self.connect
        self.server = type("Plain", (), {"connect": staticmethod(plain), "head": server.head, "origin": server.origin})
        self.addCleanup(setattr, server, "connect", plain)
        one = WebSocket(server)
        self.assertEqual(one.status, 101)
        for text in (b"bonjour", b"x" * 50000):
            one.send(1, text)
            self.assertEqual(one.read(), (1, text))
        one.send(8, struct.pack(">H", 1000))
        self.assertEqual(one.read_close(), 1000)

    def test_old_versions(self):
        with self.assertRaises((ssl.SSLError, ConnectionError, OSError)):
            self.connect(maximum_version=ssl.TLSVersion.TLSv1_1)
        self.assertEqual(self.connect().version(), "TLSv1.3")

    def test_plain_is_refused(self):
        self.assertFalse(self.server.say(self.server.head("/v/low")).startswith(b"HTTP/1.1 200"))

    def test_new_certificate(self):
        old = self.name()
        self.certificate("two")
        self.server.hang_up()
        until = time.monotonic() + 10
        while self.name() == old and time.monotonic() < until:
            pass
        self.assertNotEqual(self.name(), old)
        # a bad one changes nothing
        now = self.name()
        pathlib.Path(self.folder, "key.pem").write_text("no key")
        self.server.hang_up()
        self.assertEqual(self.name(), now)


class SlowHttpTest(Case):
    """Each mode of slowhttptest: while it attacks, pages come."""

    MODES = {"heads": ["-H", "-i", "2", "-x", "20"], "bodies": ["-B", "-i", "2", "-s", "8192", "-x", "20", "-t", "POST"],
             "ranges": ["-R", "-a", "10", "-b", "3000"], "reads": ["-X", "-w", "1", "-y", "10", "-n", "2", "-z", "32", "-k", "3"]}

    def test_modes(self):
        if shutil.which("slowhttptest") is None:
            self.skipTest("no slowhttptest")
        # fewer places than it takes
        server = self.start(connections=300, address=2000)
        for name, mode in self.MODES.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                path = "/echo/x" if name == "bodies" else server.page
                process = subprocess.Popen(["slowhttptest", *mode, "-c", "600", "-r", "300", "-l", "8", "-p", "3", "-u", f"{server.origin}{path}"],
                                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder)
                self.addCleanup(process.stdout.close)
                self.addCleanup(process.kill)
                times = []
                while process.poll() is None:
                    begun = time.monotonic()
                    self.assertEqual(server.ask("GET", "/v/high")[0], 200)
                    times.append(time.monotonic() - begun)
                    time.sleep(0.05)  # between two who look
                output = process.stdout.read().decode(errors="replace")
                self.assertGreater(len(times), 20, output)
                self.assertLess(sorted(times)[len(times) * 99 // 100], 2, f"{name}: {max(times)}")


if __name__ == "__main__":
    tap.main()
