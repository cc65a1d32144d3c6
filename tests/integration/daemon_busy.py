#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Busy from elsewhere: a professional's own calendar, from a file and from an https server of the test's own."""
import datetime
import http.server
import json
import os
import pathlib
import pty
import sqlite3
import ssl
import subprocess
import tempfile
import threading
import unittest

import comodal_test
import tap
from comodal_test import GLib

CASELOAD = comodal_test.generate("pair", "--seed", 4)
WHO = CASELOAD["professionals"][0]
DAY = (datetime.date.today() + datetime.timedelta(days=7)).strftime("%Y%m%d")
SECRET = "a-very-secret-token"
CALENDAR = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
SUMMARY:Dentiste de Zoé
LOCATION:Chez Zorglub
DTSTART:{DAY}T130000Z
DTEND:{DAY}T140000Z
END:VEVENT
END:VCALENDAR
"""
NOT_UNDERSTOOD = CALENDAR.replace("END:VCALENDAR", f"""BEGIN:VEVENT
UID:2
DTSTAMP:20260101T000000Z
DTSTART;TZID=Custom 9:{DAY}T150000
DURATION:PT1H
END:VEVENT
END:VCALENDAR""")


class Server:
    """https on 127.0.0.1, by a certificate of its own."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.certificate = self.folder / "server.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", self.certificate, "-out", self.folder / "public.pem"],
                       check=True, capture_output=True)
        with open(self.certificate, "a", encoding="ascii") as file:
            file.write((self.folder / "public.pem").read_text())
        self.body, self.status, self.headers = CALENDAR.encode(), 200, {}
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(server.status)
                for name, value in server.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(server.body)
                except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                    pass

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    def address(self, path=f"/{SECRET}.ics"):
        return f"https://localhost:{self.http.server_address[1]}{path}"

    def end(self):
        self.http.shutdown()
        self.http.server_close()


class Busy(comodal_test.TestCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start_daemon()
        self.client = self.connect()
        job = self.client.import_caseload(CASELOAD)
        job.wait()
        job.result()
        self.server = Server(self.folder)
        self.addCleanup(self.server.end)
        self.trust = {"SSL_CERT_FILE": str(self.folder / "public.pem")}

    def busy(self, *arguments, **more):
        return self.ctl("busy", *arguments, "--lang", "en", **{**self.trust, **more})

    def list(self):
        return json.loads(self.ctl("busy", "list", "--json").stdout)

    def add(self, **more):
        return self.busy("add", WHO["id"], text=self.server.address() + "\n", **more)

    def kept(self):
        """What the file of the database has."""
        database = sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True)
        try:
            return database.execute("SELECT start_utc, end_utc FROM calendar_busy").fetchall()
        finally:
            database.close()

    def wanted(self):
        start = datetime.datetime.strptime(DAY + "1300+0000", "%Y%m%d%H%M%z").timestamp()
        return [(int(start), int(start) + 3600)]


class Reads(Busy):
    def test_address(self):
        shown = self.add().stdout
        self.assertIn("localhost", shown)
        self.assertIn("Busy times: 1.", shown)
        self.assertNotIn(SECRET, shown)
        self.assertEqual(self.kept(), self.wanted())
        (calendar,) = self.list()
        self.assertEqual((calendar["state"], calendar["stale"], calendar["place"]), ("read", False, "localhost"))

    def test_file(self):
        path = self.folder / "mine.ics"
        path.write_text(CALENDAR)
        self.assertIn("mine.ics", self.busy("add", WHO["id"], path).stdout)
        self.assertEqual(self.kept(), self.wanted())
        path.write_text(CALENDAR.replace("T140000Z", "T150000Z"))
        self.busy("refresh")
        self.assertEqual([end - start for start, end in self.kept()], [7200])

    def test_nothing_but_times_is_kept(self):
        monitor = comodal_test.Monitor(self.bus)
        self.add()
        crossed = monitor.end()
        self.client.close()
        self.daemon.stop()
        content = b"".join(path.read_bytes() for path in self.daemon.database.parent.iterdir())
        for secret in (SECRET.encode(), b"Dentiste", b"Zorglub"):
            self.assertNotIn(secret, content + crossed + self.daemon.log.read_bytes())

    def test_address_is_no_argument(self):
        result = self.busy("add", WHO["id"], self.server.address(), status=1)
        self.assertIn("secret", result.stderr)
        self.assertNotIn(SECRET, result.stderr)

    def test_address_is_not_shown_while_typed(self):
        leader, follower = pty.openpty()
        process = subprocess.Popen([comodal_test.COMODALCTL, "--session", "busy", "add", WHO["id"], "--lang", "en"],
                                   stdin=follower, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=self.bus.environment(**self.trust))
        prompt = process.stderr.read(20)
        os.write(leader, self.server.address().encode() + b"\n")
        out, err = process.communicate(timeout=comodal_test.DEADLINE)
        os.set_blocking(leader, False)
        try:
            echoed = os.read(leader, 65536)
        except BlockingIOError:
            echoed = b""
        os.close(leader)
        os.close(follower)
        self.assertEqual(process.returncode, 0, prompt + err)
        self.assertNotIn(SECRET, echoed.decode() + out + err)

    def test_removed(self):
        self.add()
        (calendar,) = self.list()
        self.busy("remove", calendar["number"])
        self.assertEqual((self.list(), self.kept()), ([], []))
        self.busy("remove", calendar["number"], status=1)

    def test_audit_knows_no_address(self):
        self.add()
        log = self.ctl("audit", "show", "--json").stdout
        self.assertEqual([entry["action"] for entry in json.loads(log)],
                         ["calendar.read", "calendar.add", "roster.import"])
        self.assertNotIn(SECRET, log)


class Fails(Busy):
    """The times that were read last stay, and it is said."""

    def fails(self, failure, words, **more):
        self.add()
        return self.fails_now(failure, words, **more)

    def fails_now(self, failure, words, **more):
        shown = self.busy("refresh", status=1, **more).stdout
        self.assertIn(words, shown)
        (calendar,) = self.list()
        self.assertEqual((calendar["state"], calendar["failure"], calendar["stale"]), ("failed", failure, True))
        self.assertEqual(self.kept(), self.wanted())

    def test_said_with_the_agenda(self):
        job = self.client.plan(effort=GLib.Variant("t", 1), replan_from=CASELOAD["horizon"]["from"])
        job.wait()
        self.client.publish(job.result()["plan"], 0).wait()
        self.add()
        self.assertNotIn("from elsewhere", self.ctl("agenda", WHO["id"], "--lang", "en").stderr)
        self.server.status = 500
        self.busy("refresh", status=1)
        self.assertIn("from elsewhere", self.ctl("agenda", WHO["id"], "--lang", "en").stderr)
        self.assertIn("d’ailleurs", self.ctl("agenda", WHO["id"], "--lang", "fr").stderr)

    def test_said_with_the_slots(self):
        followup = next(one for one in CASELOAD["followups"] if one["professional"] == WHO["id"])["id"]
        here = ("slots", followup, "--from", CASELOAD["horizon"]["from"], "--to", CASELOAD["horizon"]["to"])
        self.add()
        self.assertNotIn("from elsewhere", self.ctl(*here, "--lang", "en").stderr)
        self.server.status = 500
        self.busy("refresh", status=1)
        self.assertIn("from elsewhere", self.ctl(*here, "--lang", "en").stderr)

    def test_no_answer(self):
        self.add()
        self.server.end()
        self.fails_now("unreachable", "no answer")
        self.server = Server(tempfile.mkdtemp(dir=self.folder))

    def test_error(self):
        self.add()
        self.server.status = 500
        self.fails_now("unreachable", "no answer")
        self.server.status = 404
        self.fails_now("refused", "gone")
        self.server.status = 200
        self.assertIn("Read", self.busy("refresh").stdout)

    def test_certificate_of_nobody(self):
        self.fails("certificate", "not who it says", SSL_CERT_FILE="/etc/ssl/certs/ca-certificates.crt")

    def test_not_a_calendar(self):
        self.add()
        self.server.body = b"<html>Sign in</html>"
        self.fails_now("not-calendar", "no calendar")

    def test_too_large(self):
        self.add()
        self.server.body = b"X" * (9 * 1024 * 1024)
        self.fails_now("too-large", "too large")

    def test_led_elsewhere(self):
        self.add()
        self.server.status, self.server.headers = 302, {"Location": "http://127.0.0.1:9/"}
        self.fails_now("unreachable", "no answer")
        self.server.headers = {"Location": "file:///etc/passwd"}
        self.fails_now("unreachable", "no answer")

    def test_partly(self):
        self.server.body = NOT_UNDERSTOOD.encode()
        self.assertIn("not understood", self.add(status=1).stdout)
        (calendar,) = self.list()
        self.assertEqual((calendar["failure"], calendar["stale"], calendar["times"]), ("partly", True, 1))

    def test_never_read(self):
        self.server.status = 500
        self.assertIn("NEVER READ", self.add(status=1).stdout)

    def test_one_notice(self):
        self.add()
        self.server.status = 500
        for _ in range(3):
            self.busy("refresh", status=1)
        database = sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True)
        rows = database.execute("SELECT kind, recipient_kind FROM notice").fetchall()
        database.close()
        self.assertEqual(rows, [("calendar.failed", 0)])


class Bus(Busy):
    def test_stale_version(self):
        self.add()
        (calendar,) = self.list()
        self.assert_call_fails("Conflict", self.client.call, "Busy", "SetFailed", "(tts)", calendar["number"],
                               calendar["version"] - 1, "unreachable")
        self.assert_call_fails("Conflict", self.client.call, "Busy", "Remove", "(tt)", calendar["number"], 99)
        self.assert_call_fails("NotFound", self.client.call, "Busy", "Remove", "(tt)", 4711, 1)
        self.assert_call_fails("InvalidInput", self.client.call, "Busy", "SetFailed", "(tts)", calendar["number"],
                               calendar["version"], "because")

    def set_times(self, calendar, document):
        return self.client._with_descriptor(document, lambda handles: self.client.call_at(
            comodal_test.OBJECT, comodal_test.BUS_NAME + ".Busy", "SetTimes", GLib.Variant.new_tuple(
                GLib.Variant("t", calendar["number"]), GLib.Variant("t", calendar["version"]), GLib.Variant("h", 0)),
            handles))

    def test_times_are_checked(self):
        self.add()
        (calendar,) = self.list()
        for wrong in ([[2, 1]], [[1, 3], [2, 4]], [[1, 2], [2, 3]], [[1]], [1], ["x"], [[n * 3, n * 3 + 1] for n in range(5001)]):
            self.assert_call_fails("InvalidInput", self.set_times, calendar, {"busy": wrong})
        self.assertEqual(self.kept(), self.wanted())
        self.assertEqual(self.set_times(calendar, {"busy": [[100, 200], [300, 400]]}), (calendar["version"] + 1,))
        self.assertEqual(self.kept(), [(100, 200), (300, 400)])

    def test_eight_at_most(self):
        path = self.folder / "mine.ics"
        path.write_text(CALENDAR)
        for _ in range(8):
            self.busy("add", WHO["id"], path)
        self.assertIn("more than 8", self.busy("add", WHO["id"], path, status=1).stderr)


if __name__ == "__main__":
    tap.main()
