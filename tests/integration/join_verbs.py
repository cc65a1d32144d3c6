#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""join, code and link: ways in, as staff make them; where their secrets stand, and where never."""
import copy
import datetime
import email
import email.policy
import hashlib
import html.parser
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import unittest
import urllib.parse
import zoneinfo

import tap
from comodal_test import COMODALCTL, DEADLINE, SOURCE, Monitor
from door_case import BASE, CASELOAD, CONFIGURATION, PHONE, DoorCase
from gi.repository import Gio, GLib
from mail_server import await_true

TOKEN = re.compile(re.escape(BASE) + "/h/[A-Za-z0-9_-]{22}")
PAGE = re.compile(re.escape(BASE) + "/v/[A-Za-z0-9_-]{22}")
CODE = re.compile("[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")

# a browser: writes down what it was called with, asks as it was told, and writes down the answer
BROWSER = """#!{python}
import http.client, os, sys, urllib.parse
url = sys.argv[1]
with open({log!r}, "a") as log:
    print("argv", *sys.argv[1:], file=log)
    print("environ", os.environb, file=log)
    if {visits}:
        place = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
        connection.request("GET", place.path)
        answer = connection.getresponse()
        print("answer", answer.status, answer.getheader("Location"), answer.getheader("Cache-Control"),
              answer.getheader("Referrer-Policy"), file=log)
"""


class Ways(DoorCase):
    def setUp(self):
        super().setUp()
        self.start()

    def browser(self, visits=True):
        """The desktop's browser is this one from now on; where it writes."""
        log = self.folder / "browser.log"
        log.touch()
        applications = self.folder / "data" / "applications"
        applications.mkdir(parents=True)
        program = self.folder / "browser"
        program.write_text(BROWSER.format(python=sys.executable, log=str(log), visits=visits))
        program.chmod(0o755)
        (applications / "test-browser.desktop").write_text(
            f"[Desktop Entry]\nType=Application\nName=Test\nExec={program} %u\nMimeType=x-scheme-handler/http;\n")
        (applications / "mimeapps.list").write_text("[Default Applications]\nx-scheme-handler/http=test-browser.desktop\n")
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            self.here[name] = str(self.folder / "data")
        self.here["XDG_DATA_DIRS"] = str(self.folder / "data")
        return log

    def launch(self, *words):
        """comodalctl that is not waited for."""
        process = subprocess.Popen([COMODALCTL, "--session", "--lang", "en", *words], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=self.bus.environment(**self.here))
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def await_line(self, log, word):
        """The line of a browser's log that begins so."""
        deadline = int(DEADLINE * 50)
        for _ in range(deadline):
            for line in log.read_text().splitlines():
                if line.startswith(word + " "):
                    return line
            signal.sigtimedwait([], 0.02)
        self.fail(f"no {word}: {log.read_text()}")

    # ---- join

    def test_the_browser_is_sent_to_the_door(self):
        self.book_video()
        log = self.browser()
        said = self.verb("join").stdout
        self.assertIn("Your browser is at the door:", said)
        self.assertIn(self.student["name"], said)
        words = self.await_line(log, "answer").split()
        self.assertEqual(words[1], "303")
        self.assertRegex(words[2], TOKEN)
        self.assertEqual(words[3:], ["no-store", "no-referrer"])
        token = words[2].rsplit("/", 1)[1]
        text = log.read_text()
        self.assertNotIn(token, "\n".join(line for line in text.splitlines() if not line.startswith("answer")),
                         "on a command line or in an environment")
        self.assertRegex(self.await_line(log, "argv"), r"^argv http://127\.0\.0\.1:[0-9]+/[0-9a-f]{32}$")
        self.assertNotIn(token, self.daemon.text())
        self.assertNotIn(token, str(self.audit()))
        self.assertIn("entry.link", [action for action, _ in self.audit()])
        for file in self.folder.rglob("*"):
            if file.is_file() and file != log:
                self.assertNotIn(token.encode(), file.read_bytes(), f"in {file}")
        # only a hash is kept
        [(hashed,)] = self.look("SELECT hash FROM entry")
        self.assertEqual(hashed, hashlib.sha256(token.encode()).digest())

    def test_once(self):
        self.book_video()
        log = self.browser()
        self.verb("join")
        port = int(urllib.parse.urlsplit(self.await_line(log, "argv").split()[1]).port)
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.1", port), 5).close()

    def ask(self, port, path, host=None, method="GET"):
        """What is answered to a request; b"" when the connection is closed."""
        with socket.create_connection(("127.0.0.1", port), 30) as connection:
            connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{port}'}\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while True:
                try:
                    chunk = connection.recv(4096)
                except ConnectionResetError:
                    chunk = b""
                if not chunk:
                    return answer
                answer += chunk

    def waiting(self):
        """A join that waits for its browser: the process, the port and the path."""
        self.book_video()
        log = self.browser(visits=False)
        process = self.launch("join")
        place = urllib.parse.urlsplit(self.await_line(log, "argv").split()[1])
        return process, place.port, place.path

    def test_only_what_was_opened_is_answered(self):
        process, port, path = self.waiting()
        for answer in (self.ask(port, "/"), self.ask(port, "/favicon.ico"), self.ask(port, path + "/"),
                       self.ask(port, path, host="gateway.example"), self.ask(port, path, host=f"localhost:{port}"),
                       self.ask(port, path, method="POST"), self.ask(port, path, method="HEAD"),
                       self.ask(port, path[:-1] + ("0" if path[-1] != "0" else "1"))):
            self.assertTrue(answer.startswith(b"HTTP/1.1 404 "), answer)
            self.assertNotIn(b"/h/", answer)
        answer = self.ask(port, path)
        self.assertTrue(answer.startswith(b"HTTP/1.1 303 "), answer)
        out, errors = process.communicate(timeout=DEADLINE)
        self.assertEqual(process.returncode, 0, errors)
        self.assertIn("Your browser is at the door", out)

    @unittest.skipUnless(os.getuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
    def test_another_user_gets_nothing(self):
        process, port, path = self.waiting()
        program = ("import socket, sys\n"
                   f"connection = socket.create_connection(('127.0.0.1', {port}), 30)\n"
                   "try:\n"
                   f"    connection.sendall(b'GET {path} HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\n\\r\\n')\n"
                   "    sys.stdout.buffer.write(connection.recv(4096))\n"
                   "except (ConnectionResetError, BrokenPipeError): pass\n")
        other = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", "/usr/bin/python3", "-c", program],
                               capture_output=True, timeout=DEADLINE)
        self.assertEqual((other.returncode, other.stdout), (0, b""), other.stderr)
        self.assertTrue(self.ask(port, path).startswith(b"HTTP/1.1 303 "), "the link is still there for its own user")
        _, errors = process.communicate(timeout=DEADLINE)
        self.assertEqual(process.returncode, 0)
        self.assertIn("Another user of this machine asked for your link, and was refused.", errors)

    def test_interrupted(self):
        process, _, _ = self.waiting()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=DEADLINE)
        self.assertEqual((process.returncode, out), (130, ""))

    def test_no_browser(self):
        self.book_video()
        nothing = self.folder / "nothing"
        nothing.mkdir()
        more = {name: str(nothing) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_DATA_DIRS")}
        said = self.verb("join", status=1, **more).stderr
        self.assertIn("No browser can be opened from here. “comodalctl join --print”", " ".join(said.split()))

    def test_printed(self):
        self.book_video()
        for words in (["join", "--print"], ["join", "--print", self.booking["date"], self.booking["start"]],
                      ["join", "--print", self.followup["id"]], ["join", "--print", str(self.subject)]):
            result = self.verb(*words)
            self.assertRegex(result.stdout, "^" + TOKEN.pattern + "\n$")
            self.assertIn("For you alone, once, within two minutes", result.stderr)
        document = self.verb_json("join", "--print")
        self.assertRegex(document["url"], TOKEN)
        self.assertEqual((document["subject"], document["role"]), (self.subject, "host"))
        self.assertEqual(document["until"], int(self.clock.read_text()) + 120)

    def test_nothing_to_join(self):
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        self.assertIn("No session by video is coming.", self.verb("join", "--print", status=1).stderr)
        self.assertIn("nothing of yours by this number", self.verb("join", "--print", "999999", status=1).stderr)
        self.book_video()
        self.set_clock(self.ends + 3600)
        said = self.verb("join", "--print", str(self.subject), status=1).stderr
        self.assertIn("over", said)
        self.assertNotIn("Somebody changed something", said)
        self.set_clock(self.starts)
        self.verb("cancel", self.booking["date"], self.booking["start"])
        self.verb("join", "--print", str(self.subject), status=1)

    def test_without_a_gateway(self):
        self.daemon.stop()
        self.start(configuration="[Mail]\nAddress=suivis@css.example\n")
        self.book_video()
        for words in (["join", "--print"], ["code", str(self.subject)], ["link", "show", self.student["id"]]):
            self.assertIn("There is no gateway", self.verb(*words, status=1).stderr)
        self.assertEqual(self.look("SELECT count(*) FROM entry"), [(0,)])

    # ---- code

    def test_code(self):
        self.book_video()
        monitor = Monitor(self.bus)
        said = self.verb("code", str(self.subject), "--for", self.student["id"]).stdout
        crossed = monitor.end()
        [code] = CODE.findall(said)
        # whoever comes alone: the parent
        self.assertEqual(self.verb_json("code", str(self.subject))["person"]["kind"], "contact")
        self.assertIn(f"Code for {self.student['name']}", said)
        self.assertIn(f"{BASE}/c", said)
        # from the day before: with an hour alone, its end would be that day's too
        self.assertRegex(said, r"from \w+ \w+ \d+\s+00:00\s+to\s+\w+\s+\w+\s+\d+\s+\d\d:\d\d;")
        self.assertIn("\xa0as\xa0in\xa0", said)
        self.assertIn("\xa0comme\xa0", said)
        self.assertNotIn(code.encode(), crossed)
        self.assertNotIn(code, str(self.audit()))
        self.assertNotIn(code, self.daemon.text())
        document = self.verb_json("code", str(self.subject), "--for", self.student["id"])
        self.assertRegex(document["code"], CODE)
        self.assertNotEqual(document["code"], code)
        self.assertEqual((document["subject"], document["url"], document["person"]["kind"]),
                         (self.subject, f"{BASE}/c", "student"))
        self.assertLessEqual(document["from"], self.starts - 3600)
        self.assertEqual(document["until"], self.ends)
        # the one before opens nothing any more
        self.assertEqual(self.look("SELECT revoked_at IS NULL, count(*) FROM entry WHERE means = 'code' GROUP BY 1 ORDER BY 1"),
                         [(0, 1), (1, 2)])

    def test_code_for_nobody(self):
        self.book_video()
        other = next(one for one in CASELOAD["students"] if one["id"] != self.student["id"])
        self.assertIn("no part in this session", self.verb("code", str(self.subject), "--for", other["id"], status=1).stderr)
        for words in ([], ["--interpreter"]):
            self.assertIn("You see no session by this number.", self.verb("code", "999999", *words, status=1).stderr)
        self.assertIn("Zorglub", self.verb("code", str(self.subject), "--for", "Zorglub", status=1).stderr)
        self.assert_call_fails("InvalidInput", self.client.call, "Door", "MakeCode", "(tsta{sv})", self.subject, "account", 1, {})

    # ---- link

    def modules(self, lines):
        """A drawn QR code as rows of 0 and 1."""
        rows = []
        for line in lines:
            rows.append([int(mark in "█▀") for mark in line])
            rows.append([int(mark in "█▄") for mark in line])
        return rows

    def scan(self, rows):
        """What another program reads there."""
        scale = 6
        image = self.folder / "code.pgm"
        pixels = [bytes(0 if dark else 255 for dark in row for _ in range(scale)) * scale for row in rows]
        image.write_bytes(f"P5 {len(rows[0]) * scale} {len(rows) * scale} 255\n".encode() + b"".join(pixels))
        result = subprocess.run(["zbarimg", "-q", "--raw", str(image)], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.strip()

    def test_show(self):
        self.book_video()
        monitor = Monitor(self.bus)
        result = self.verb("link", "show", self.student["id"])
        crossed = monitor.end()
        lines = result.stdout.splitlines()
        [url] = PAGE.findall(result.stdout)
        drawn = [line for line in lines if re.fullmatch("[ █▀▄]+", line)]
        self.assertEqual(self.scan(self.modules(drawn)), url)
        self.assertLessEqual(len(lines), 26)
        self.assertEqual(lines[0], self.student["name"])
        self.assertIn("audit log", result.stderr)
        self.assertNotIn(url.rsplit("/", 1)[1].encode(), crossed)
        self.assertNotIn(url.rsplit("/", 1)[1], str(self.audit()))
        self.assertIn("link.show", [action for action, _ in self.audit()])
        # the same one every time, until it is renewed
        made_at = int(self.clock.read_text())
        self.set_clock(made_at + 60)
        again = self.verb_json("link", "show", self.student["id"])
        self.assertEqual((again["url"], again["made_at"]), (url, made_at))
        since = datetime.datetime.fromtimestamp(made_at, zoneinfo.ZoneInfo(again["zone"])).strftime("%Y-%m-%d %H:%M")
        self.assertIn(f"has been the same since {since}", " ".join(result.stderr.split()))
        session = self.verb_json("link", "show", self.student["id"], "--only", str(self.subject))
        self.assertNotEqual(session["url"], url)
        self.assertEqual((session["subject"], session["start"], session["end"]), (self.subject, self.starts, self.ends))
        interpreter = self.verb_json("link", "show", self.student["id"], "--interpreter")
        feed = self.verb_json("link", "show", self.student["id"], "--feed")
        self.assertEqual(len({url, session["url"], interpreter["url"], feed["url"]}), 4)
        self.assertEqual(self.look("SELECT count(*) FROM link"), [(4,)])
        self.verb("link", "renew", "--yes", self.student["id"])
        renewed = self.verb_json("link", "show", self.student["id"])
        self.assertNotEqual(renewed["url"], url)
        self.assertEqual(renewed["made_at"], made_at + 60)
        self.verb("link", "revoke", "--yes", self.student["id"])
        said = self.verb("link", "show", self.student["id"], status=1).stderr
        self.assertIn("were revoked", said)
        self.assertIn("link renew", said)
        self.verb("link", "renew", "--yes", self.student["id"])
        self.verb("link", "show", self.student["id"])

    def test_who_has_no_part_has_no_link_to_it(self):
        self.book_video()
        other = next(one for one in CASELOAD["students"] if one["id"] != self.student["id"])
        said = self.verb("link", "show", other["id"], "--only", str(self.subject), status=1).stderr
        self.assertIn("no part in this session", said)
        self.verb("link", "show", self.student["id"], "--feed", "--only", str(self.subject), status=2)
        self.assert_call_fails("InvalidInput", self.client.call, "Link", "Show", "(stst)", "student",
                               self.client.number("student", self.student["id"]), "feed", self.subject)
        self.assert_call_fails("InvalidInput", self.client.call, "Link", "Show", "(stst)", "account", 0, "guest", 0)

    def test_page_for_paper(self):
        self.book_video()
        page = self.folder / "page.html"
        for language, words in (("fr", ("Votre page de rendez-vous", "lundi au vendredi", "Gardez cette feuille")),
                                ("en", ("Your page for appointments", "Monday to Friday", "Keep this sheet"))):
            self.verb("reach", "set", self.student["id"], "--language", language)
            said = self.verb("link", "write", self.student["id"], "-o", page).stdout
            self.assertIn("print it, then delete it", " ".join(said.split()))
            self.assertEqual(stat.S_IMODE(page.stat().st_mode), 0o600)
            text = page.read_text()
            reader = Reader()
            reader.feed(text)
            url = self.verb_json("link", "show", self.student["id"])["url"]
            self.assertIn(url, reader.text)
            for word in (*words, PHONE, CASELOAD["organisation"]["name"], self.student["name"].split(",")[0]):
                self.assertIn(word, reader.text)
            self.assertEqual(reader.language, language)
            self.assertEqual(self.scan(reader.modules()), url)
            self.assertFalse(re.search(r"src=|<link|<script|url\(|@import", text), "it needs something else")
        # of one session, with its hour
        self.verb("link", "write", self.student["id"], "--only", str(self.subject), "-o", page)
        reader = Reader()
        reader.feed(page.read_text())
        self.assertIn("Your meeting by video", reader.text)
        self.assertIn("On ", reader.text)
        self.assertNotIn("ask for another time", reader.text)

    def look(self, sql):
        import sqlite3
        connection = sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


class SingleUse(Ways):
    """An order that wants a link for each session."""

    def setUp(self):
        DoorCase.setUp(self)
        self.socket = self.folder / "courier" / "socket"
        self.socket.parent.mkdir(0o700)
        self.start(CONFIGURATION + f"[Courier]\nSocket={self.socket}\n", policies=(SOURCE / "policies",))

    def import_strict(self):
        """The caseload, its first professional of the order with the rule; by student whether they are followed by that one."""
        caseload = copy.deepcopy(CASELOAD)
        strict = caseload["professionals"][0]
        strict["profession"] = "psychoeducateur"
        for student in caseload["students"]:
            student["birth_date"] = "2018-03-02"
        self.assertNotIn("psychoeducateur", [one["profession"] for one in caseload["professionals"][1:]])
        self.assertEqual(self.client.import_caseload(caseload).wait(), "succeeded")
        wanted = {}
        for followup in caseload["followups"]:
            wanted[followup["student"]] = wanted.get(followup["student"], False) or followup["professional"] == strict["id"]
        self.assertEqual(set(wanted.values()), {True, False})
        return wanted

    def test_a_rule_that_wants_a_link_for_each_session(self):
        for student, wanted in self.import_strict().items():
            document = self.verb_json("link", "show", student)
            self.assertEqual(document["own_link"], wanted, student)
            result = self.verb("link", "show", student)
            self.assertEqual("Add --only" in " ".join(result.stderr.split()), wanted)

    def test_the_parent_of_who_has_such_a_rule(self):
        """who takes part in nothing is told of it for their child, while they decide for them"""
        children = self.import_strict()
        self.ctl("contact", "add", "--id", "parent", "--kind", "guardian", text="Tremblay, Julie\n")
        parent = self.client.number("contact", "parent")
        for student, wanted in children.items():
            number = self.client.number("student", student)
            for authority in (False, True):
                self.client.call("Consent", "SetGuardian", "(ttub)", number, parent, 1, authority)
                document = self.verb_json("link", "show", "Tremblay, Julie")
                self.assertEqual(document["own_link"], wanted and authority, student)
            self.client.call("Consent", "RemoveGuardian", "(tt)", number, parent)


    def lease(self):
        """The mails that comodal-courier is handed now."""
        connection = Gio.DBusConnection.new_for_address_sync(
            f"unix:path={self.socket}", Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
        answer, handles = connection.call_with_unix_fd_list_sync(
            None, "/org/comodal/Courier1", "org.comodal.Courier1", "Lease", GLib.Variant("(u)", (64,)), None,
            Gio.DBusCallFlags.NONE, int(DEADLINE * 1000), None, None)
        mails = []
        for _number, kind, _order, content in answer.unpack()[0]:
            if kind == "mail":
                with os.fdopen(handles.get(content), "rb") as file:
                    file.seek(0)
                    mails.append(email.message_from_bytes(file.read(), policy=email.policy.default))
        connection.close_sync(None)
        return mails

    def test_a_digest_has_the_link_of_each_session(self):
        """what the courier is handed leads to each door, in the text, in HTML and in the calendar part, and to the page"""
        self.import_strict()
        self.ctl("contact", "add", "--id", "parent", "--kind", "guardian", text="Tremblay, Julie\n")
        parent = self.client.number("contact", "parent")
        self.ctl("reach", "set", "Tremblay, Julie", "--email", text="julie@famille.example\n")
        booked = 0
        for followup in CASELOAD["followups"]:
            if followup["professional"] != CASELOAD["professionals"][0]["id"] or booked == 2:
                continue
            result = self.verb("--json", "slots", followup["id"], "--from", CASELOAD["horizon"]["from"], "--to",
                               CASELOAD["horizon"]["to"], "--mode", "video-remote", status=None)
            slots = json.loads(result.stdout)["slots"] if result.returncode == 0 else []
            if slots:
                student = self.client.number("student", followup["student"])
                self.client.call("Consent", "SetGuardian", "(ttub)", student, parent, 1, True)
                self.verb("book", followup["id"], slots[-1]["date"], slots[-1]["start"], "--mode", "video-remote")
                booked += 1
        sessions = [one["number"] for one in self.client.json("Booking", "List", "(ssa{sv})", "2000-01-01", "2100-01-01", {})["bookings"]]
        self.assertEqual(len(sessions), 2)
        # past 17:00, the digest's hour, and past its undo
        self.set_clock(int(self.clock.read_text()) + 11 * 3600)
        [mail] = await_true(self.lease, "a mail to be handed out")
        self.assertEqual(mail["To"].addresses[0].addr_spec, "julie@famille.example")
        own = {self.verb_json("link", "show", "Tremblay, Julie", "--only", number)["url"] for number in sessions}
        general = self.verb_json("link", "show", "Tremblay, Julie")["url"]
        self.assertEqual(len(own | {general}), 3)
        for kind in ("plain", "html"):
            self.assertEqual(set(PAGE.findall(mail.get_body((kind,)).get_content())), own | {general})
        [calendar] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
        text = re.sub(r"\r?\n[ \t]", "", calendar.get_payload(decode=True).decode())
        events = text.split("BEGIN:VEVENT")[1:]
        self.assertEqual({frozenset(PAGE.findall(event)) for event in events}, {frozenset({link}) for link in own})


for name in list(vars(Ways)):
    if name.startswith("test_"):
        setattr(SingleUse, name, None)


class Reader(html.parser.HTMLParser):
    """The text of a page, its language, and the modules of the QR code in it."""

    def __init__(self):
        super().__init__()
        self.text = ""
        self.language = None
        self.path = None
        self.box = None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "html":
            self.language = given["lang"]
        elif tag == "svg":
            self.box = [int(number) for number in given["viewbox"].split()]
        elif tag == "path":
            self.path = given["d"]

    def handle_data(self, data):
        self.text += data

    def modules(self):
        left, top, width, height = self.box
        rows = [[0] * width for _ in range(height)]
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", self.path):
            for step in range(int(length)):
                rows[int(y) - top][int(x) - left + step] = 1
        return rows


if __name__ == "__main__":
    tap.main()
