# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of a correspondence, for tests: comodald, comodal-courier and a mail server, on a clock of the test's own.

    class Something(mail_case.MailCase):
        def test_it(self):
            session = self.book("mother's child")       # …
            (letter,) = self.letters("parent@example.org", 1)

Nothing waits for the clock on the wall: pass() moves the test's.
"""
import datetime
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import zoneinfo

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from gi.repository import Gio, GLib
from comodal_test import DEADLINE, CallError, Daemon, TestCase, generate
from mail_clients import Letter
from mail_server import AUTHSERV, FUNCTIONAL, PASSWORD, USER, MailServer, await_true

BUILD = pathlib.Path(os.environ.get("COMODAL_BUILD_ROOT", "."))
COURIER = os.environ.get("COMODAL_COURIER", BUILD / "daemon" / "courier" / "comodal-courier")
CASELOAD = generate("pair", "--seed", 1)
ZONE = zoneinfo.ZoneInfo(CASELOAD["organisation"]["timezone"])
UNDO = 120
HOUR, DAY = 3600, 86400


def local(text):
    """An instant: "2026-08-24 10:00" in Québec."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


# a Monday morning, a week before everything
START = local("2026-08-24 10:00")


class Courier:
    """A comodal-courier over a configuration."""

    def __init__(self, folder, socket, smtp_url, ca_file, imap_url=None, user=USER, password=PASSWORD, connections=2, timeout=20,
                 maildir=None, environment=None, first=None):
        folder = pathlib.Path(folder)
        folder.mkdir(mode=0o700, exist_ok=True)
        for name, word in (("smtp-password", password), ("imap-password", PASSWORD)):
            (folder / name).write_text(word)
            (folder / name).chmod(0o600)
        lines = ["[Courier]", f"Socket={socket}", "[Deliver]"]
        if maildir:
            lines += [f"Maildir={maildir}"]
        else:
            lines += [f"Smtp={smtp_url}", "Ehlo=comodal.test", f"User={user}", f"PasswordFile={folder / 'smtp-password'}", f"CaFile={ca_file}",
                      f"Connections={connections}", f"Timeout={timeout}"]
        if imap_url:
            lines += ["[Mailbox]", f"Imap={imap_url}", f"User={FUNCTIONAL}", f"PasswordFile={folder / 'imap-password'}", f"CaFile={ca_file}",
                      "PollSeconds=1"]
        self.configuration = folder / "courier.conf"
        self.configuration.write_text("\n".join(lines) + "\n")
        self.log = folder / "courier.log"
        self.environment = environment
        self.process = None
        self.start(**(first or {}))

    def start(self, **environment):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(COURIER), "--config", str(self.configuration)],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**os.environ, **(self.environment or {}), **environment})

    def kill(self):
        """SIGKILL, which the test's own server may ask for in its thread."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)

    def stop(self):
        """SIGTERM; its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(DEADLINE)

    def end(self):
        self.kill()
        self.process.wait()

    def text(self):
        return self.log.read_text()


class Correspondence(TestCase):
    """What needs no mail server yet: self.daemon, self.client, people, sessions and the clock. self.start_courier() is for whoever has
    a server to deliver to."""

    undo = UNDO

    def setUp(self):
        super().setUp()
        self.begin(self.folder)

    def begin(self, folder, ready=True, environment=None):
        """A comodald over a folder (perhaps one that has had one), with its configuration and the clock."""
        self.base = pathlib.Path(folder)
        self.clock = self.base / "clock"
        if not self.clock.exists():
            self.set_clock(START)
        self.now = int(self.clock.read_text())
        self.socket = self.base / "run" / "courier.socket"
        self.socket.parent.mkdir(mode=0o700, exist_ok=True)
        self.environment = {"COMODAL_CLOCK": str(self.clock)}
        self.configuration = self.base / "comodald.conf"
        self.configuration.write_text(
            f"[Mail]\nAddress={FUNCTIONAL}\nName=CSS\nUndoSeconds={self.undo}\nAuthservId={AUTHSERV}\n"
            f"[Help]\nPhone=418 555-0100\n[Courier]\nSocket={self.socket}\n")
        self.daemon = Daemon(self.bus, self.base, "--config", self.configuration, ready=ready,
                             environment={**self.environment, **(environment or {})})
        self.addCleanup(self.daemon.kill)
        self.client = self.connect()

    def start_courier(self, smtp_url, ca_file, more_environment=None, **more):
        """`more_environment`: of its first start only."""
        self.courier = Courier(self.base / "courier", self.socket, smtp_url, ca_file, environment=self.environment,
                               first=more_environment, **more)
        self.addCleanup(self.courier.end)
        return self.courier

    # ---- the clock

    def set_clock(self, instant):
        temporary = self.base / "clock.new"
        temporary.write_text(f"{int(instant)}\n")
        temporary.rename(self.clock)
        self.now = int(instant)

    def pass_time(self, seconds):
        self.set_clock(self.now + seconds)

    # ---- people
    # ---- people and sessions

    def prepare(self):
        """One professional follows two children: `mother` (parent@) is told of both, `father` (parent2@), who lives elsewhere, of the first."""
        self.assertEqual(self.client.import_caseload(self.caseload()).wait(), "succeeded")
        self.places = self.find_places()
        contacts = self.client.json("Roster", "List", "(s)", "contact")
        self.mother, self.father = contacts[0]["number"], contacts[1]["number"]
        for child, guardian, household in ((0, self.mother, 1), (1, self.mother, 1), (0, self.father, 2)):
            self.client.call("Consent", "SetGuardian", "(ttub)", self.children[child], guardian, household, True)
        self.reach("contact", self.mother, email="parent@example.org", delivery="invitations", language="fr")
        self.reach("contact", self.father, email="parent2@example.org", delivery="invitations", language="en")

    @staticmethod
    def caseload():
        """Nobody of age, nobody else in a session."""
        caseload = json.loads(json.dumps(CASELOAD))
        for student in caseload["students"]:
            student["birth_date"] = "2018-03-02"
        for contact in caseload["contacts"]:
            contact["kind"] = "guardian"
        for followup in caseload["followups"]:
            for session in followup["sessions"]:
                session["participants"] = []
        return caseload

    def find_places(self):
        """Where the planner would put each session in which the child sits: [[(session, date, start, mode)…] of each child]."""
        job = self.client.plan(effort=20, seed=1, threads=GLib.Variant("u", 1), replan_from=CASELOAD["horizon"]["from"])
        job.wait()
        plan = self.client.json("Planner", "Get", "(t)", job.result()["plan"])
        placed = {place["id"]: place for place in plan["sessions"]}
        followups = self.client.json("Roster", "List", "(s)", "followup")
        students = {thing["id"]: thing for thing in self.client.json("Roster", "List", "(s)", "student")}
        professional = CASELOAD["professionals"][0]["id"]
        mine = {followup["id"] for followup in CASELOAD["followups"] if followup["professional"] == professional}
        places, self.children, self.names = [], [], []
        for followup in followups:
            found = [(session["number"], *(placed[session["id"]][name] for name in ("date", "start", "mode")))
                     for session in followup["sessions"] if session["id"] in placed and session["act"] == "suivi"]
            if followup["id"] in mine and found:
                places.append(found)
                self.children.append(students[followup["student"]]["number"])
                self.names.append(students[followup["student"]]["name"])
        return places

    def reach(self, kind, number, **more):
        """Say how somebody is reached: the members of Reach.Set's document."""
        (record,) = self.client.json("Reach", "Get", "(st)", kind, number)["people"]
        handles = Gio.UnixFDList.new()
        descriptor = os.memfd_create("reach")
        os.write(descriptor, json.dumps(more).encode())
        os.lseek(descriptor, 0, os.SEEK_SET)
        handles.append(descriptor)
        os.close(descriptor)
        self.client.call("Reach", "Set", "(stth)", kind, number, record["version"], 0, descriptors=handles)

    def _read(self, index):
        descriptor = self.client.handles.get(index)
        try:
            return json.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
        finally:
            os.close(descriptor)

    def call_booking(self, method, signature, *values):
        answer = self.client.call("Booking", method, f"({signature}a{{sv}})", *values, {})
        return answer[0]

    def book(self, child=0, which=0):
        """Book a session of a child where the planner would: (session, version, instant of its start)."""
        session, date, start, mode = self.places[child][which]
        version = self.call_booking("Book", "ttsss", session, 0, date, start, mode)
        return session, version, local(f"{date} {start}")

    def move(self, session, version, avoid=()):
        """Move it to the first other hour that nothing speaks against: (version, instant of its start)."""
        now = self.booking(session)
        for date in sorted({place[1] for places in self.places for place in places}, reverse=True):
            for hour in range(9, 16):
                for minute in ("00", "30"):
                    start = f"{hour:02}:{minute}"
                    if (date, start) in [(now["date"], now["start"]), *avoid]:
                        continue
                    try:
                        return self.call_booking("Move", "ttss", session, version, date, start), local(f"{date} {start}")
                    except CallError as error:
                        if error.name not in ("Conflict", "Policy"):
                            raise
        raise AssertionError("it can be moved nowhere")

    def cancel(self, session, version):
        return self.call_booking("Cancel", "tt", session, version)

    def booking(self, session):
        return self.client.json("Booking", "Get", "(t)", session)["bookings"][0]

    def look(self, sql, *values):
        """Rows of the database as it is, which this does not touch."""
        connection = sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def answer_of(self, session, contact):
        """What a contact has answered."""
        return self.look("SELECT answer FROM invitation WHERE subject = ? AND recipient_kind = 2 AND recipient = ?", session, contact)[0][0]

    def outbox(self, which):
        """Of contacts only: who else is not reached is not what is looked at."""
        return [letter for letter in self.client.json("Outbox", "List", "(s)", which)["letters"] if letter["recipient"]["kind"] == "contact"]

    def inbox(self, everything=False):
        return self.client.json("Inbox", "List", "(a{sv})", {"all": GLib.Variant("b", everything)})["mails"]

    def requests(self):
        return self.client.json("TimeRequest", "List", "(a{sv})", {})["requests"]

    def await_many(self, look, count, what):
        """What `look()` has, once there are so many; there are no more."""
        def enough():
            found = look()
            return found if len(found) >= count else None
        try:
            found = await_true(enough, f"{count} {what}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.said()}") from None
        self.assertEqual(len(found), count, found)
        return found

    def said(self):
        """What the programs have said, for a failure."""
        return f"-- comodal-courier\n{self.courier.text()[-3000:]}\n-- comodald\n{self.daemon.text()[-3000:]}"


class MailCase(Correspondence):
    """With Postfix and Dovecot, one for the class (self.mail), the courier and the people."""

    @classmethod
    def setUpClass(cls):
        cls.mail = MailServer()
        cls.addClassCleanup(cls.mail.end)

    def setUp(self):
        super().setUp()
        self.addCleanup(self.empty_mailboxes)
        self.prepare()
        self.start_courier(self.mail.smtp_url, self.mail.ca_file, imap_url=self.mail.imap_url)

    def empty_mailboxes(self):
        for user in self.mail.users:
            self.mail.empty(user)

    def letters(self, address, count):
        """Somebody's letters once there are `count`, each read by libraries that are not ours; no more than that have come."""
        messages = self.await_many(lambda: self.mail.read(address), count, f"letters for {address}")
        return [Letter(message) for message in messages]
