#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Consent, suitability, derogations and birthdays, on the bus: who may, what follows, who is told, and when."""
import copy
import datetime
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import tap
from gi.repository import Gio, GLib
from comodal_test import BUS_NAME, Monitor, SOURCE, TestCase, await_event, generate

CASELOAD = generate("pair", "--seed", 1)
FIRST = datetime.date.fromisoformat(CASELOAD["horizon"]["from"])
OTHER = 65534
SECRET = "Zqxw-mot-secret"

CALL_AS = """
import sys; sys.path[:0] = {path!r}
from comodal_test import Client, CallError
from daemon_consent import send
client = Client({address!r})
try:
    print(send(client, *{arguments!r}))
except CallError as error:
    print(error.name); sys.exit(1)
"""


def send(client, interface, method, signature, *values, document=None):
    """A method whose document goes by descriptor: its reply."""
    handles = None
    if document is not None:
        file = tempfile.TemporaryFile()
        file.write(json.dumps(document).encode())
        file.flush()
        file.seek(0)
        handles = Gio.UnixFDList.new()
        handles.append(file.fileno())
    return client.call(interface, method, signature, *values, descriptors=handles)


class Consent(TestCase):
    def setUp(self):
        super().setUp()
        self.clock = self.folder / "clock"
        self.set_clock(FIRST - datetime.timedelta(days=3))
        caseload = copy.deepcopy(CASELOAD)
        followup = caseload["followups"][1]
        self.student_id = followup["student"]
        for contact in caseload["contacts"]:
            contact["kind"] = "guardian"
        student = next(student for student in caseload["students"] if student["id"] == self.student_id)
        student["birth_date"] = (FIRST + datetime.timedelta(days=20)).replace(year=FIRST.year - 14).isoformat()
        self.caseload = caseload
        self.start_daemon(environment={"COMODAL_CLOCK": self.clock}, policies=(SOURCE / "policies",))
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(caseload).wait(), "succeeded")
        self.student = self.number("student", self.student_id)
        self.followup = self.number("followup", followup["id"])
        contacts = self.client.json("Roster", "List", "(s)", "contact")
        self.mother, self.father = contacts[0]["number"], contacts[1]["number"]
        for contact, household in ((self.mother, 1), (self.father, 2)):
            self.client.call("Consent", "SetGuardian", "(ttub)", self.student, contact, household, True)

    def set_clock(self, date):
        """Noon in Québec."""
        instant = datetime.datetime(date.year, date.month, date.day, 17, tzinfo=datetime.timezone.utc)
        temporary = self.folder / "clock.new"
        temporary.write_text(f"{int(instant.timestamp())}\n")
        temporary.rename(self.clock)

    def number(self, kind, name):
        return next(thing["number"] for thing in self.client.json("Roster", "List", "(s)", kind)
                    if thing["id"] == name)

    def rows(self, sql, *values):
        connection = sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def record(self, **statement):
        given = {"kind": "service", "answer": "given", "by": self.mother}
        given.update(statement)
        number, version, cancelled, flagged, warnings = send(
            self.client, "Consent", "Record", "(th)", self.student, 0, document=given)
        self.assertEqual(version, 1)
        return number, cancelled, flagged, warnings

    def status(self, **more):
        (profession,) = self.client.json("Consent", "Status", "(ta{sv})", self.student,
                                         {key: GLib.Variant("s", value) for key, value in more.items()})["professions"]
        return profession

    def state(self, kind="service", **more):
        return [verdict["state"] for verdict in self.status(**more)["verdicts"] if verdict["kind"] == kind]

    def publish(self):
        job = self.client.plan(effort=20)
        self.assertEqual(job.wait(), "succeeded", job.properties())
        self.assertEqual(self.client.publish(1, 0).wait(), "succeeded")

    def booked(self, state):
        return {row[0] for row in self.rows("SELECT session FROM booking WHERE student = ? AND state = ?",
                                            self.student, state)}

    def test_what_stands(self):
        self.assertEqual(self.state(), ["none"])
        objections = self.status()["objections"]
        self.assertTrue(any(objection["rule"]["id"] == "consent.care_required.minor_age_alone"
                            for objection in objections))
        mine, *_ = self.record()
        self.assertEqual(self.state(), ["presumed"])
        self.record(by=self.father)
        self.assertEqual(self.state(), ["both"])
        theirs, *_ = self.record(by=self.father, answer="opposed")
        self.assertEqual(self.state(), ["opposed"])
        self.assertEqual(self.status()["modes"], [])
        self.client.call("Consent", "Withdraw", "(tts)", theirs, 1, "")
        self.assertEqual(self.state(), ["presumed"])
        self.assert_call_fails("Conflict", self.client.call, "Consent", "Withdraw", "(tts)", theirs, 1, "")
        self.assert_call_fails("Policy", self.record, by=0)
        self.assert_call_fails("InvalidInput", self.record, kind="love")
        self.assert_call_fails("InvalidInput", self.record, unknown=1)
        self.assert_call_fails("NotFound", send, self.client, "Consent", "Record", "(th)", 999999, 0,
                               document={"kind": "service", "answer": "given"})

        def seen_by(contact):
            document = self.client.json("Consent", "List", "(ta{sv})", self.student,
                                        {"seen-by": GLib.Variant("t", contact)})
            return {consent["number"] for consent in document["consents"]}
        self.assertIn(mine, seen_by(self.mother))
        self.assertNotIn(theirs, seen_by(self.mother))
        self.assertIn(theirs, seen_by(self.father))
        self.assertNotIn(mine, seen_by(self.father))
        self.assertEqual(seen_by(0), set())

    def test_a_consent_taken_back_cancels(self):
        self.record()
        consent, *_ = self.record(kind="telepractice", modes=["video-school", "video-remote"])
        self.publish()
        planned = self.booked("planned")
        video = {row[0] for row in self.rows(
            "SELECT session FROM booking WHERE student = ? AND mode <> 'in-person'", self.student)}
        self.assertTrue(video and planned)
        heard = []
        self.client.bus.signal_subscribe(BUS_NAME, f"{BUS_NAME}.Booking", "Changed", None, None, 0,
                                         lambda *event: heard.append(event[5].unpack()))
        version, cancelled, flagged = self.client.call("Consent", "Withdraw", "(tts)", consent, 1, "")
        await_event(lambda: len(heard) >= len(cancelled), "what was cancelled")
        self.assertEqual({(number, state) for number, _, state in heard}, {(number, "cancelled") for number in cancelled})
        self.assertEqual((version, flagged), (2, []))
        self.assertEqual(set(cancelled), video)
        self.assertEqual(self.booked("cancelled"), video)
        self.assertEqual(self.booked("planned"), planned - video)
        _, cancelled, _, _ = self.record(answer="opposed", by=self.father)
        self.assertEqual(set(cancelled), planned - video)
        self.assertEqual(self.booked("planned"), set())
        told = self.rows("SELECT kind, recipient_kind, recipient FROM notice WHERE kind = 'consent.changed' "
                         "AND subject = ?", consent)
        people = {(kind, number) for _, kind, number in told}
        self.assertIn((2, self.mother), people)
        self.assertNotIn((2, self.father), people, "one household learns what the other one said")
        self.assertEqual(len([person for person in people if person[0] == 0]), 1, "the professional")
        for session in planned:
            self.assertTrue(self.rows("SELECT 1 FROM notice WHERE kind = 'booking.cancelled' AND subject = ? "
                                      "AND recipient_kind = 1 AND recipient = ?", session, self.student))
        actions = [row[0] for row in self.rows("SELECT action FROM audit ORDER BY sequence")]
        self.assertEqual(actions.count("consent.withdraw"), 1)
        self.assertEqual(actions.count("consent.oppose"), 1)

    def test_the_planner_keeps_to_it(self):
        numbers = {session["id"] for session in self.caseload["followups"][1]["sessions"]}

        def plan():
            job = self.client.plan(effort=20)
            self.assertEqual(job.wait(), "succeeded", job.properties())
            document = self.client.json("Planner", "Get", "(t)", job.properties()["Result"]["plan"])
            return {placed["id"]: placed["mode"] for placed in document["sessions"] if placed["id"] in numbers}
        self.record()
        before = plan()
        self.assertTrue(any(mode != "in-person" for mode in before.values()), before)
        self.record(kind="telepractice", answer="opposed", by=self.father)
        self.assertTrue(all(mode == "in-person" for mode in plan().values()))
        self.record(answer="opposed", by=self.father)
        self.assertEqual(plan(), {}, "planned in spite of an opposition")

    def test_the_desk_sees_what_a_consent_freed(self):
        """Though somebody cancelled something meanwhile, which the desk is told of by itself."""
        self.record()
        consent, *_ = self.record(kind="telepractice", modes=["video-school", "video-remote"])
        self.publish()
        start, professional, date = self.rows(
            "SELECT start, professional, date(date * 86400, 'unixepoch') FROM booking "
            "WHERE student = ? AND mode <> 'in-person' ORDER BY session", self.student)[0]

        def meet():
            return self.client.call("Booking", "BookAppointment", "(stssusa(st)a{sv})", "meeting", professional, date,
                                    f"{start // 60:02}:{start % 60:02}", 30, "video-remote", [], {})
        self.assert_call_fails("Conflict", meet)
        self.client.call("Consent", "Withdraw", "(tts)", consent, 1, "")
        other, seen = self.rows("SELECT session, version FROM booking WHERE state = 'planned' AND student <> ?",
                                self.student)[0]
        self.client.call("Booking", "Cancel", "(tta{sv})", other, seen, {})
        meet()

    def without(self, *, student=None, contact=None):
        """The caseload of a system that does not know somebody any more."""
        case = copy.deepcopy(self.caseload)
        case["followups"] = [followup for followup in case["followups"] if followup["student"] != student]
        case["students"] = [row for row in case["students"] if row["id"] != student]
        case["contacts"] = [row for row in case["contacts"] if row["id"] != contact]
        for followup in case["followups"]:
            for session in followup["sessions"]:
                session["participants"] = [one for one in session.get("participants", []) if one != contact]
        return case

    def test_an_import_takes_nothing_away(self):
        self.record()
        self.send_derogation()
        mother = next(row["id"] for row in self.client.json("Roster", "List", "(s)", "contact")
                      if row["number"] == self.mother)
        tables = ("consent", "guardianship", "derogation")

        def count():
            return [self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables]
        before = count()
        for case in (self.without(student=self.student_id), self.without(contact=mother),
                     self.without(student=self.student_id, contact=mother)):
            job = self.client.import_caseload(case)
            self.assertEqual(job.wait(), "succeeded", job.properties())
            self.assertGreater(job.result()["kept"], 0)
            self.assertEqual(count(), before)
        self.assertEqual(self.state(), ["presumed"])

    def send_derogation(self):
        return send(self.client, "Derogation", "Ask", "(h)", 0, document={
            "followup": self.followup, "rule": "telepractice.consent_required", "reason": SECRET,
            "until": str(FIRST + datetime.timedelta(days=30))})

    def test_a_birthday(self):
        birthday = FIRST + datetime.timedelta(days=20)
        self.record()
        self.assertEqual(self.status()["alone_from"], birthday.isoformat())
        due = self.client.json("Consent", "Due", "(a{sv})", {})
        self.assertEqual([(student["student"], student["birthday"], student["asked"]) for student in due["students"]],
                         [(self.student, birthday.isoformat(), False)])

        def told(kind):
            return self.rows("SELECT recipient_kind FROM notice WHERE kind = ? AND subject = ? ORDER BY 1",
                             kind, self.student)
        self.assertEqual(told("consent.needed"), [], "nobody looked since the import")
        self.set_clock(FIRST)
        self.daemon.await_log("birthdays: 1 to ask about consent, 0 old enough")
        self.assertEqual(told("consent.needed"), [(0,)])
        self.assertEqual({member["who"] for member in self.status()["told"]}, {"contact"})

        self.set_clock(birthday - datetime.timedelta(days=1))
        self.await_looks(2)
        self.assertEqual(told("student.birthday"), [])
        self.assertEqual({member["who"] for member in self.status()["told"]}, {"contact"})
        self.set_clock(birthday)
        self.daemon.await_log("0 to ask about consent, 1 old enough")
        self.assertEqual(told("student.birthday"), [(0,), (1,)])
        self.assertEqual({member["who"] for member in self.status()["told"]}, {"student"})
        self.assertEqual(self.state(), ["presumed"], "what the parents said stands until the student is asked")
        self.assertTrue(any("old enough" in objection["message"] for objection in self.status()["objections"]))
        # back, and again: nobody is told twice
        self.set_clock(birthday - datetime.timedelta(days=5))
        self.await_looks(4)
        self.set_clock(birthday + datetime.timedelta(days=1))
        self.await_looks(5)
        self.assertEqual(self.daemon.stop(), 0)
        self.start_daemon(environment={"COMODAL_CLOCK": self.clock}, policies=(SOURCE / "policies",))
        self.await_looks(6)
        self.assertEqual(told("student.birthday"), [(0,), (1,)])
        self.client = self.connect()
        self.record(by=0)
        self.assertEqual(self.state(), ["own"])
        (student,) = self.client.json("Consent", "Due", "(a{sv})", {})["students"]
        self.assertTrue(student["asked"])

    def await_looks(self, count):
        timer = GLib.timeout_add(20, lambda: True)
        try:
            await_event(lambda: self.daemon.text().count("birthdays: ") >= count + 1, f"look {count}")
        finally:
            GLib.source_remove(timer)

    def test_suitability(self):
        questions = self.client.json("Suitability", "Questions", "(t)", self.followup)
        self.assertTrue(questions["questions"])
        self.assertEqual(questions["state"], "missing")
        answers = [{"item": question["item"], "yes": True} for question in questions["questions"]]
        self.assert_call_fails("InvalidInput", send, self.client, "Suitability", "Answer", "(th)", self.followup, 0,
                               document={"answers": answers[1:]})
        self.assert_call_fails("InvalidInput", send, self.client, "Suitability", "Answer", "(th)", self.followup, 0,
                               document={"answers": answers + [{"item": "more", "yes": True}]})
        _, suitable = send(self.client, "Suitability", "Answer", "(th)", self.followup, 0,
                           document={"answers": answers})
        self.assertTrue(suitable)
        self.assertEqual(self.client.call("Suitability", "Status", "(ts)", self.followup, "")[:2], ("open", "informs"))
        answers[0].update(yes=False, note=SECRET)
        _, suitable = send(self.client, "Suitability", "Answer", "(th)", self.followup, 0,
                           document={"answers": answers})
        self.assertFalse(suitable)
        self.assertEqual(self.client.call("Suitability", "Status", "(ts)", self.followup, "")[0], "unsuitable")
        read = self.client.json("Suitability", "Questions", "(t)", self.followup)
        self.assertEqual(read["answers"][0]["note"], SECRET)

    def ask(self, **more):
        order = {"followup": self.followup, "rule": "consent.known_opposition_stops", "reason": SECRET,
                 "until": (FIRST + datetime.timedelta(days=60)).isoformat()}
        order.update(more)
        (number,) = send(self.client, "Derogation", "Ask", "(h)", 0, document=order)
        return number

    def call_as(self, interface, method, signature, *values, document=None):
        """As another user: what it printed, or the error's name."""
        program = CALL_AS.format(path=sys.path, address=self.bus.address,
                                 arguments=(interface, method, signature, *values))
        if document is not None:
            program = program.replace("print(send(client, *", f"print(send(client, document={document!r}, *")
        result = subprocess.run(["setpriv", f"--reuid={OTHER}", "--clear-groups", sys.executable, "-c", program],
                                capture_output=True, text=True, env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
        return result.stdout.strip() or result.stderr

    def test_nobody_approves_their_own(self):
        number = self.ask()
        (row,) = self.client.json("Derogation", "List", "(a{sv})", {})["derogations"]
        self.assertEqual((row["number"], row["state"], row["reason"], row["rule"]["kind"]),
                         (number, "asked", SECRET, "law"))
        self.assert_call_fails("AccessDenied", send, self.client, "Derogation", "Approve", "(tth)", number, 1, 0,
                               document={})
        self.assert_call_fails("AccessDenied", send, self.client, "Derogation", "Refuse", "(tth)", number, 1, 0,
                               document={})
        self.assert_call_fails("InvalidInput", self.ask, session=1)
        self.assert_call_fails("NotFound", self.ask, rule="no.such.rule")
        self.client.call("Derogation", "Withdraw", "(tt)", number, 1)
        self.assertEqual(self.client.json("Derogation", "List", "(a{sv})", {})["derogations"], [])

    @unittest.skipUnless(os.getuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
    def test_a_coordinator_approves(self):
        number = self.ask()
        self.assertEqual(self.call_as("Derogation", "Approve", "(tth)", number, 1, 0, document={}), "AccessDenied")
        self.client.call("Accounts", "Set", "(ua{sv})", OTHER, {"roles": GLib.Variant("as", ["professional"])})
        self.assertEqual(self.call_as("Derogation", "Approve", "(tth)", number, 1, 0, document={}), "AccessDenied")
        self.assertEqual(self.call_as("Consent", "Guardians", "(t)", self.student), "NotFound",
                         "a professional sees only the students whom they follow")
        self.client.call("Accounts", "Set", "(ua{sv})", OTHER, {"roles": GLib.Variant("as", ["coordinator"])})
        self.assertEqual(self.call_as("Derogation", "Approve", "(tth)", number, 1, 0, document={"note": SECRET}),
                         "(2,)")
        (row,) = self.client.json("Derogation", "List", "(a{sv})", {})["derogations"]
        self.assertEqual((row["state"], row["decided_by"], row["decision"]), ("approved", OTHER, SECRET))
        # it keeps what it is for, and nothing else
        self.record()
        self.publish()
        planned = self.booked("planned")
        _, cancelled, _, _ = self.record(answer="opposed", by=self.father)
        kept = {row[0] for row in self.rows("SELECT id FROM session WHERE followup = ?", self.followup)} & planned
        self.assertTrue(kept)
        self.assertEqual(self.booked("planned"), kept)
        self.assertEqual(set(cancelled), planned - kept)

    def test_nothing_of_it_crosses_in_the_open(self):
        monitor = Monitor(self.bus)
        self.record(kind="release", purpose=SECRET, note=SECRET, until=FIRST.isoformat())
        self.ask()
        self.client.json("Consent", "List", "(ta{sv})", self.student, {})
        self.client.json("Derogation", "List", "(a{sv})", {})
        self.assertNotIn(SECRET.encode(), monitor.end())
        self.assertNotIn(SECRET, self.daemon.text())


if __name__ == "__main__":
    tap.main()
