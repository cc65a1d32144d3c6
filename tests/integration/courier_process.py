#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodal-courier itself, against a comodald of the test's: mail into a Maildir and to a server that fails where it is told, calendars,
and what happens when either end dies."""
import email
import email.policy
import http.server
import os
import pathlib
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
import unittest

import tap
from fake_comodald import FakeComodald
from mail_server import PASSWORD, USER, await_true, make_certificate
from odd_imap import DISCONNECT as CUT, EMPTY, HANG as SILENT, OddImap
from odd_smtp import DISCONNECT, HANG, OddSmtp

COURIER = os.environ["COMODAL_COURIER"]
DEADLINE = float(os.environ.get("COMODAL_TEST_DEADLINE", "60"))


def message(number, body="Bonjour."):
    return (f"From: suivis@css.example\r\nTo: parent@example.org\r\nSubject: Rencontre {number}\r\n"
            f"Message-ID: <{number}@css.example>\r\n\r\n{body}\r\n.\r\n.point\r\n").encode()


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.comodald = FakeComodald(self.folder / "run")
        self.addCleanup(self.comodald.__exit__)
        self.maildir = self.folder / "mail"
        self.log = self.folder / "log"
        self.process = None
        self.addCleanup(self.end)

    def start(self, *lines, expect=None, environment=None):
        (self.folder / "courier.conf").write_text("\n".join(["[Courier]", f"Socket={self.comodald.socket}", *lines]) + "\n")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([COURIER, "--config", str(self.folder / "courier.conf")], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env={**os.environ, **(environment or {})})
        if expect is not None:
            self.assertEqual(self.process.wait(DEADLINE), expect, self.log.read_text())

    def start_maildir(self):
        self.start("[Deliver]", f"Maildir={self.maildir}")

    def end(self):
        """It must be alive: one that has crashed is found out here."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.assertIn(self.process.returncode, (0, 2, -signal.SIGKILL), self.log.read_text())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(DEADLINE), 0, self.log.read_text())

    def outcomes(self):
        return [(number, result.get("outcome")) for number, _kind, result in self.comodald.reports]


class Maildir(Case):
    def mails(self):
        return sorted((self.maildir / "new").iterdir())

    def test_delivers(self):
        self.comodald.give_mail(1, message(1))
        self.start_maildir()
        self.comodald.await_reports(1)
        self.assertEqual(self.comodald.reports[0], (1, "mail", {"attempt": 1, "outcome": "accepted", "code": 0}))
        (path,) = self.mails()
        self.assertEqual(path.suffix, ".eml")
        self.assertEqual(path.read_bytes(), message(1))
        self.assertEqual(email.message_from_bytes(path.read_bytes(), policy=email.policy.default)["Message-ID"], "<1@css.example>")
        self.assertEqual(self.maildir.stat().st_mode & 0o777, 0o700)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(list((self.maildir / "tmp").iterdir()), [])
        # while it runs: told by the signal
        self.comodald.give_mail(2, message(2))
        self.comodald.await_reports(2)
        self.assertEqual(len(self.mails()), 2)
        self.stop()

    def test_same_letter_is_one_file(self):
        self.start_maildir()
        self.comodald.give_mail(1, message(1))
        self.comodald.await_reports(1)
        self.comodald.give_mail(1, message(1), attempt=2)
        self.comodald.await_reports(2)
        (path,) = self.mails()
        # taken by a mail program
        path.rename(self.maildir / "cur" / (path.name + ":2,S"))
        self.comodald.give_mail(1, message(1), attempt=3)
        self.comodald.await_reports(3)
        self.assertEqual(self.mails(), [])
        self.assertEqual([report[2]["outcome"] for report in self.comodald.reports], ["accepted"] * 3)

    def test_bad_orders(self):
        self.start_maildir()
        self.comodald.give_mail(1, message(1), to="parent@example.org\r\nRCPT TO:<x@example.org>")
        self.comodald.give_mail(2, message(2), to="<parent@example.org>")
        self.comodald.give_mail(3, b"")
        self.comodald.give(4, "mail", {"from": "a@css.example"}, message(4))
        self.comodald.give(5, "parcel", {})
        self.comodald.await_reports(5)
        results = {number: result for number, _, result in self.comodald.reports}
        self.assertEqual([results[number].get("outcome") for number in (1, 2, 3, 4)],
                         ["permanent", "permanent", "temporary", "temporary"])
        self.assertEqual(results[5], {"failure": "unreachable"})
        self.assertEqual(self.mails(), [])

    def test_no_room(self):
        self.start_maildir()
        self.comodald.give_mail(1, message(1))
        self.comodald.await_reports(1)
        # nobody can write there, root neither
        (self.maildir / "tmp").rmdir()
        (self.maildir / "tmp").write_bytes(b"")
        self.comodald.give_mail(2, message(2))
        self.comodald.await_reports(2)
        self.assertEqual(self.comodald.reports[1][2]["outcome"], "temporary")

    def test_comodald_dies_and_comes_back(self):
        self.start_maildir()
        self.comodald.give_mail(1, message(1))
        self.comodald.await_reports(1)
        self.comodald.vanish()
        self.comodald.listen()
        self.comodald.wait(lambda: self.comodald.came == 2, "the courier is back")
        self.comodald.give_mail(2, message(2))
        self.comodald.await_reports(2)
        self.assertIsNone(self.process.poll())

    def test_report_is_repeated(self):
        self.comodald.answers = ["Busy", "Store"]
        self.start_maildir()
        self.comodald.give_mail(1, message(1))
        self.comodald.await_reports(1)
        self.assertEqual(self.outcomes(), [(1, "accepted")])
        # what is final is not
        self.comodald.answers = ["NotFound"]
        self.comodald.give_mail(2, message(2))
        self.comodald.give_mail(3, message(3))
        self.comodald.await_reports(2)
        self.assertEqual(self.outcomes(), [(1, "accepted"), (3, "accepted")])

    def test_few_at_a_time(self):
        for number in range(1, 301):
            self.comodald.give_mail(number, message(number))
        self.start("[Deliver]", f"Maildir={self.maildir}", "Connections=3")
        self.comodald.await_reports(300)
        self.assertLessEqual(self.comodald.most_out, 6)
        self.assertEqual(len(self.mails()), 300)


class Server(Case):
    def setUp(self):
        super().setUp()
        self.keys = self.folder / "keys"
        self.keys.mkdir()
        make_certificate(self.keys)
        (self.folder / "password").write_text(PASSWORD + "\n")
        (self.folder / "password").chmod(0o600)
        self.smtp = OddSmtp(self.keys)
        self.addCleanup(self.smtp.end)

    def start_smtp(self, *more, url=None, ca_file=None, user=USER):
        self.start("[Deliver]", f"Smtp={url or self.smtp.url}", "Ehlo=comodal.test", f"User={user}",
                   f"PasswordFile={self.folder / 'password'}", f"CaFile={ca_file or self.smtp.ca_file}", *more)

    def send(self, number, **more):
        """Its report."""
        before = len(self.comodald.reports)
        self.comodald.give_mail(number, message(number), **more)
        return self.comodald.await_reports(before + 1)[-1][2]

    def test_delivers(self):
        self.start_smtp("Connections=2")
        for number in range(1, 9):
            self.comodald.give_mail(number, message(number))
        self.comodald.await_reports(8)
        self.assertEqual({outcome for _, outcome in self.outcomes()}, {"accepted"})
        self.assertEqual(sorted(mail.message_id for mail in self.smtp.accepted), sorted(f"<{n}@css.example>" for n in range(1, 9)))
        (first,) = [mail for mail in self.smtp.accepted if mail.message_id == "<1@css.example>"]
        self.assertEqual(first.content, message(1))
        self.assertEqual((first.sender, first.recipients), ("suivis+b1@css.example", ("parent@example.org",)))
        # connections are used again
        self.assertLessEqual(self.smtp.most_connections, 2)
        self.assertLessEqual(len({mail.connection for mail in self.smtp.accepted}), 2)
        self.assertNotIn(PASSWORD, self.log.read_text())
        self.assertNotIn("example.org", self.log.read_text())

    def test_every_answer(self):
        """Each step refused, for now and for good, and a connection that ends there."""
        self.start_smtp("Timeout=5")
        expected = {
            "connect": ("temporary", "temporary", "network"), "ehlo": ("temporary", "temporary", "network"),
            "starttls": ("tls", "tls", "network"), "auth": ("temporary", "login", "network"),
            "mail": ("temporary", "temporary", "network"), "rcpt": ("temporary", "permanent", "network"),
            "data": ("temporary", "permanent", "network"), "text": ("temporary", "permanent", "uncertain"),
        }
        number, found = 0, {}
        for step in expected:
            outcomes = []
            for how in (451, 554, DISCONNECT):
                number += 1
                # a connection of before would not come to the first steps again; one that is refused twice is (EHLO, then HELO)
                self.smtp.fail("connect", DISCONNECT, times=0)
                self.drop_connections()
                self.smtp.fail(step, how, times=2 if (step, how) == ("connect", DISCONNECT) else 1)
                outcomes.append(self.send(number)["outcome"])
                self.smtp.forgive()
            found[step] = tuple(outcomes)
        self.assertEqual(found, {**expected, "ehlo": found["ehlo"], "starttls": found["starttls"]})
        for outcome in found["ehlo"] + found["starttls"]:
            self.assertIn(outcome, ("temporary", "tls", "network"))
        self.assertEqual(self.smtp.accepted, [])

    def drop_connections(self):
        """Those that are open end, as when a server is started again."""
        import asyncio

        async def drop():
            for task in list(self.smtp._open):
                task.cancel()
        asyncio.run_coroutine_threadsafe(drop(), self.smtp._loop).result(DEADLINE)
        self.smtp.wait(lambda: self.smtp.connections == 0, "no connection")

    def test_accepted_but_never_said(self):
        self.start_smtp()
        self.smtp.fail("accepted", DISCONNECT)
        self.assertEqual(self.send(1)["outcome"], "uncertain")
        self.assertEqual(self.send(1, attempt=2), {"attempt": 2, "outcome": "accepted", "code": 250})
        self.assertEqual(self.smtp.duplicates(), {"<1@css.example>": True})

    def test_silence(self):
        self.start_smtp("Timeout=1")
        self.smtp.fail("rcpt", HANG)
        self.assertEqual(self.send(1)["outcome"], "network")
        # the last answer is waited for longer
        self.smtp.fail("text", HANG)
        self.assertEqual(self.send(2)["outcome"], "uncertain")
        self.assertEqual(self.send(3)["outcome"], "accepted")

    def test_connection_ended_by_server_is_made_anew(self):
        self.start_smtp("Connections=1")
        self.assertEqual(self.send(1)["outcome"], "accepted")
        self.drop_connections()
        self.assertEqual(self.send(2)["outcome"], "accepted")

    def test_wrong_certificate(self):
        other = self.folder / "other"
        other.mkdir()
        self.start_smtp(ca_file=make_certificate(other))
        self.assertEqual(self.send(1)["outcome"], "tls")
        self.end()
        # the right authority, another name
        self.start_smtp(url=self.smtp.url.replace("localhost", "127.0.0.2"))
        self.assertIn(self.send(2)["outcome"], ("tls", "network"))
        self.assertEqual(self.smtp.accepted, [])
        self.assertEqual(self.smtp.reached["auth"], 0)

    def test_no_tls_no_mail(self):
        """A server that offers no STARTTLS gets neither password nor mail."""

        class Plain(socketserver.StreamRequestHandler):
            heard = []

            def handle(self):
                self.wfile.write(b"220 plain.test\r\n")
                for line in self.rfile:
                    self.heard.append(line)
                    self.wfile.write(b"250-plain.test\r\n250 AUTH PLAIN\r\n" if line.startswith(b"EHLO") else b"250 fine\r\n")
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Plain) as server:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.start_smtp(url=f"smtp://localhost:{server.server_address[1]}")
            self.assertEqual(self.send(1)["outcome"], "tls")
            server.shutdown()
        self.assertFalse([line for line in Plain.heard if not line.startswith((b"EHLO", b"QUIT"))])

    def test_wrong_password(self):
        self.start_smtp(user="somebody@css.example")
        self.assertEqual(self.send(1), {"attempt": 1, "outcome": "login", "code": 535})

    def test_password_file_of_others(self):
        (self.folder / "password").chmod(0o644)
        self.start("[Deliver]", f"Smtp={self.smtp.url}", f"User={USER}", f"PasswordFile={self.folder / 'password'}", expect=2)
        self.assertIn("0600", self.log.read_text())

    def test_nobody_there(self):
        url, _ = self.smtp.url, self.smtp.end()
        self.start_smtp(url=url)
        self.assertEqual(self.send(1), {"attempt": 1, "outcome": "network", "code": 0})

    def test_stopped_in_the_middle(self):
        held = threading.Event()
        self.smtp.at("data", lambda: None if held.wait(DEADLINE) else DISCONNECT)
        self.start_smtp("Connections=1")
        for number in (1, 2, 3):
            self.comodald.give_mail(number, message(number))
        self.smtp.await_step("rcpt", 1)
        self.process.send_signal(signal.SIGTERM)
        # what has not begun goes back at once; what is under way ends
        self.comodald.await_reports(1)
        held.set()
        self.assertEqual(self.process.wait(DEADLINE), 0, self.log.read_text())
        given = dict(self.outcomes())
        self.assertEqual(given.pop(1), "accepted")
        self.assertEqual(set(given.values()) - {"returned"}, set())
        self.assertEqual(len(given) + len(self.comodald.queue), 2)

    def give_again_while_under_way(self, answer=None):
        """comodald was started again, and hands out what we are still sending. The server answers what it has taken, or `answer` instead,
        once what is returned is set."""
        held = threading.Event()
        self.smtp.at("accepted", lambda: answer if held.wait(DEADLINE) else DISCONNECT)
        self.start_smtp("Connections=2")
        self.comodald.give_mail(1, message(1))
        self.smtp.await_accepted(1)
        self.comodald.vanish()
        self.comodald.listen()
        self.comodald.wait(lambda: self.comodald.came == 2, "the courier is back")
        return held

    def test_leased_again_while_under_way(self):
        """It is sent once."""
        held = self.give_again_while_under_way()
        self.comodald.give_mail(1, message(1), attempt=2)
        self.comodald.await_taken(1)
        held.set()
        self.comodald.await_reports(1)
        self.assertEqual(self.comodald.reports, [(1, "mail", {"attempt": 2, "outcome": "accepted", "code": 250})])
        self.assertEqual(len(self.smtp.accepted), 1)

    def test_leased_again_while_reported(self):
        """What is said of an attempt that another followed, comodald does not believe: the other one's end is said too."""
        held = self.give_again_while_under_way(answer=451)
        self.comodald.hold("Lease")
        self.comodald.hold("Report")
        self.comodald.give_mail(1, message(1), attempt=2)
        self.comodald.wait(lambda: self.comodald.out, "it is handed out again")
        held.set()
        self.comodald.await_reports(1)
        self.comodald.let_go("Lease")
        self.comodald.await_taken(1)
        self.comodald.let_go("Report")
        self.comodald.await_reports(2)
        self.assertEqual([report[2] for report in self.comodald.reports],
                         [{"attempt": attempt, "outcome": "temporary", "code": 451} for attempt in (1, 2)])
        self.assertEqual(len(self.smtp.accepted), 1)


class Mailbox(Case):
    def start_mailbox(self, messages):
        keys = self.folder / "keys"
        keys.mkdir()
        self.imap = OddImap(keys)
        self.addCleanup(self.imap.end)
        self.imap.messages = messages
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "password").chmod(0o600)
        self.start("[Deliver]", f"Maildir={self.maildir}", "[Mailbox]", f"Imap={self.imap.url}", f"User={USER}",
                   f"PasswordFile={self.folder / 'password'}", f"CaFile={self.imap.ca_file}", "Timeout=1", "PollSeconds=1")

    def await_delivered(self, count):
        self.comodald.wait(lambda: len(self.comodald.delivered) >= count, f"{count} mails")
        return [(uid, document.get("refused")) for _mailbox, _validity, uid, document in self.comodald.delivered]

    def holds_nothing_back(self, bad):
        self.start_mailbox({1: message(1), 2: bad, 3: message(3)})
        delivered = self.await_delivered(3)
        self.assertEqual([uid for uid, _refused in delivered], [1, 2, 3])
        self.assertEqual([bool(refused) for _uid, refused in delivered], [False, True, False])
        self.assertIn("can't be fetched", delivered[1][1])
        self.assertEqual(self.imap.asked, [1, 2, 2, 2, 3])

    def test_what_comes_empty_holds_nothing_back(self):
        self.holds_nothing_back(EMPTY)

    def test_what_never_comes_holds_nothing_back(self):
        self.holds_nothing_back(SILENT)

    def test_what_ends_the_connection_holds_nothing_back(self):
        self.holds_nothing_back(CUT)

    def test_a_mail_that_comes_in_the_end_is_read(self):
        self.start_mailbox({1: EMPTY})
        await_true(lambda: self.imap.asked == [1, 1], "the second attempt")
        self.imap.messages = {1: message(1)}
        self.assertEqual(self.await_delivered(1), [(1, None)])
        self.assertEqual(self.imap.asked, [1, 1, 1])

    def test_a_document_that_is_not_taken(self):
        self.comodald.deliver_answers = ["InvalidInput"]
        self.start_mailbox({1: message(1), 2: message(2)})
        (_, refused), (_, good) = self.await_delivered(2)
        self.assertIn("can't be fetched", refused, self.log.read_text())
        self.assertIsNone(good)


CALENDAR = b"""BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260901T000000Z\r
DTSTART:20260901T140000Z\r\nDTEND:20260901T150000Z\r\nSUMMARY:Dentiste\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"""
SINCE, UNTIL = 1788220800, 1790812800
BUSY = [1788271200, 1788274800]


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked = []

    def do_GET(self):
        self.asked.append((self.path, dict(self.headers)))
        status, headers, body = {
            "/gone": (404, {}, b""), "/mine": (401, {}, b""), "/broken": (500, {}, b"x"), "/text": (200, {}, b"hello"),
            "/large": (200, {}, b"x" * (9 << 20)), "/away": (302, {"Location": "http://localhost/cal"}, b""),
            "/inside": (302, {"Location": f"https://127.1:{self.server.server_port}/cal"}, b""),
        }.get(self.path, (200, {"ETag": '"v1"', "Last-Modified": "Tue, 01 Sep 2026 10:00:00 GMT"}, CALENDAR))
        if self.headers.get("If-None-Match") == '"v1"':
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *_):
        pass


class Proxy(socketserver.StreamRequestHandler):
    """Whatever is asked for, it leads to the one server of the test."""
    asked = []

    def handle(self):
        self.asked.append(self.rfile.readline().split()[1].decode().rpartition(":")[0])
        while self.rfile.readline().strip():
            pass
        with socket.create_connection(("127.0.0.1", self.server.target)) as there:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=self.copy, args=(there, self.connection), daemon=True)
            back.start()
            self.copy(self.connection, there)
            back.join()

    @staticmethod
    def copy(source, sink):
        try:
            for data in iter(lambda: source.recv(65536), b""):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            # one end was first
            pass


class SocksProxy(Proxy):
    """The same by SOCKS 5 (RFC 1928); `asked` has the names that it was to find out itself, and addresses as octets."""
    asked = []

    def handle(self):
        count = self.rfile.read(2)[1]
        self.rfile.read(count)
        self.wfile.write(b"\x05\x00")
        kind = self.rfile.read(4)[3]
        if kind == 3:
            self.asked.append(self.rfile.read(self.rfile.read(1)[0]).decode())
        else:
            self.asked.append(self.rfile.read(4 if kind == 1 else 16))
        self.rfile.read(2)
        with socket.create_connection(("127.0.0.1", self.server.target)) as there:
            self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
            back = threading.Thread(target=self.copy, args=(there, self.connection), daemon=True)
            back.start()
            self.copy(self.connection, there)
            back.join()


class Calendars(Case):
    def setUp(self):
        super().setUp()
        keys = self.folder / "keys"
        keys.mkdir()
        self.ca_file = make_certificate(keys, ("DNS:localhost", "IP:127.0.0.1", "DNS:calendars.example"))
        self.web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(keys / "cert.pem", keys / "key.pem")
        self.web.socket = context.wrap_socket(self.web.socket, server_side=True)
        self.web.daemon_threads = True
        threading.Thread(target=self.web.serve_forever, daemon=True).start()
        self.addCleanup(self.web.server_close)
        self.addCleanup(self.web.shutdown)
        Web.asked.clear()

    def start_fetch(self, *more):
        self.start("[Deliver]", f"Maildir={self.maildir}", "[Fetch]", f"CaFile={self.ca_file}", *more)

    def fetch(self, path, scheme="https", host="localhost", **more):
        before = len(self.comodald.reports)
        self.comodald.give(before + 1, "fetch", {"url": f"{scheme}://{host}:{self.web.server_port}{path}", "zone": "America/Toronto",
                                                 "since": SINCE, "until": UNTIL, **more})
        return self.comodald.await_reports(before + 1)[-1][2]

    def test_fetches(self):
        self.start_fetch("AllowPrivate=true")
        first = self.fetch("/cal")
        self.assertEqual(first, {"busy": [BUSY], "partly": False, "etag": '"v1"', "modified": "Tue, 01 Sep 2026 10:00:00 GMT"})
        self.assertEqual(self.fetch("/cal", scheme="webcal")["busy"], [BUSY])
        self.assertEqual(self.fetch("/cal", etag='"v1"', modified="Tue, 01 Sep 2026 10:00:00 GMT"), {"unchanged": True})
        self.assertEqual(Web.asked[-1][1].get("If-Modified-Since"), "Tue, 01 Sep 2026 10:00:00 GMT")
        self.assertEqual(self.fetch("/cal", etag='"v0"')["busy"], [BUSY])
        # what is no header's value is not sent
        self.fetch("/cal", etag='"v1"\r\nX-Evil: 1')
        self.assertNotIn("X-Evil", Web.asked[-1][1])
        for path, failure in {"/gone": "refused", "/mine": "refused", "/broken": "unreachable", "/large": "too-large",
                              "/text": "not-calendar", "/away": "unreachable"}.items():
            self.assertEqual(self.fetch(path), {"failure": failure}, path)
        self.assertEqual(self.fetch("/cal", scheme="http"), {"failure": "unreachable"})
        self.assertEqual(self.fetch("/cal", scheme="file"), {"failure": "unreachable"})
        self.assertEqual(self.fetch("/cal", zone="Nowhere/Never"), {"failure": "not-calendar", "etag": '"v1"',
                                                                     "modified": "Tue, 01 Sep 2026 10:00:00 GMT"})
        self.assertNotIn("/cal", self.log.read_text())

    def test_private_addresses_are_refused(self):
        self.start_fetch()
        self.assertEqual(self.fetch("/cal"), {"failure": "unreachable"})
        self.assertEqual(Web.asked, [])

    def start_proxy(self, scheme="http", handler=Proxy):
        proxy = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        proxy.daemon_threads = True
        proxy.target = self.web.server_port
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        self.addCleanup(proxy.server_close)
        self.addCleanup(proxy.shutdown)
        handler.asked.clear()
        return f"Proxy={scheme}://127.0.0.1:{proxy.server_address[1]}"

    def test_private_addresses_are_refused_with_a_proxy(self):
        self.start_fetch(self.start_proxy())
        self.assertEqual(self.fetch("/cal", host="calendars.example")["busy"], [BUSY])
        for host in ("localhost", "LOCALHOST.", "mine.localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "10.0.0.1.",
                     "[::1]", "[fe80::1%25lo]", "[::ffff:10.0.0.1]", "%31%32%37.0.0.1", "\uff11\uff12\uff17\u30020\u30020\u30021"):
            self.assertEqual(self.fetch("/cal", host=host), {"failure": "unreachable"}, host)
        self.assertEqual(self.fetch("/inside", host="calendars.example"), {"failure": "unreachable"})
        self.assertEqual(Proxy.asked, ["calendars.example"] * 2)

    def test_names_are_the_proxys_to_find_out(self):
        """Found out here, an address of our own network would go to the proxy without anybody having judged it."""
        for scheme in ("socks5", "socks5h"):
            with self.subTest(scheme=scheme):
                self.end()
                self.start_fetch(self.start_proxy(scheme, SocksProxy))
                self.assertEqual(self.fetch("/cal", host="calendars.example")["busy"], [BUSY])
                self.assertEqual(self.fetch("/cal", host="10.0.0.1"), {"failure": "unreachable"})
                self.assertEqual(SocksProxy.asked, ["calendars.example"])

    def test_proxy_to_a_private_address_that_is_allowed(self):
        self.start_fetch(self.start_proxy(), "AllowPrivate=true")
        self.assertEqual(self.fetch("/cal", host="127.0.0.1")["busy"], [BUSY])
        self.assertEqual(Proxy.asked, ["127.0.0.1"])

    def test_certificate(self):
        other = self.folder / "other"
        other.mkdir()
        self.ca_file = make_certificate(other)
        self.start_fetch("AllowPrivate=true")
        self.assertEqual(self.fetch("/cal"), {"failure": "certificate"})


if __name__ == "__main__":
    tap.main()
