#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How people are reached, on the bus and as a person types it; and that they are reminded, whatever the clock does."""
import copy
import datetime
import json
import os
import sqlite3
import tempfile

import tap
from gi.repository import Gio, GLib
from comodal_test import Monitor, SOURCE, TestCase, generate

CASELOAD = generate("pair", "--seed", 1)
FIRST = datetime.date.fromisoformat(CASELOAD["horizon"]["from"])
MOTHER = "g-00002"
EMAIL = "zqxw.courriel@css.example"
PHONE = "418 555-0142"


class Reach(TestCase):
    def setUp(self):
        super().setUp()
        self.clock = self.folder / "clock"
        self.set_clock(datetime.datetime.combine(FIRST, datetime.time(17), datetime.timezone.utc))
        self.start_daemon(environment={"COMODAL_CLOCK": self.clock}, policies=(SOURCE / "policies",))
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(copy.deepcopy(CASELOAD)).wait(), "succeeded")
        self.mother = self.number("contact", MOTHER)

    def set_clock(self, instant):
        temporary = self.folder / "clock.new"
        temporary.write_text(f"{int(instant.timestamp())}\n")
        temporary.rename(self.clock)

    def number(self, kind, name):
        return next(thing["number"] for thing in self.client.json("Roster", "List", "(s)", kind)
                    if name in (thing["id"], thing.get("name")))

    def rows(self, sql, *values):
        connection = sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def get(self, kind="contact", number=None):
        (person,) = self.client.json("Reach", "Get", "(st)", kind, number or self.mother)["people"]
        return person

    def set(self, version, document, kind="contact", number=None):
        with tempfile.TemporaryFile() as file:
            file.write(json.dumps(document).encode())
            file.flush()
            file.seek(0)
            handles = Gio.UnixFDList.new()
            handles.append(file.fileno())
            (after,) = self.client.call("Reach", "Set", "(stth)", kind, number or self.mother, version, 0,
                                        descriptors=handles)
        return after

    def test_bus(self):
        person = self.get()
        self.assertEqual((person["version"], person["email"], person["state"], person["delivery"], person["digest"],
                          person["quiet"], person["remind_hours"], person["zone"]),
                         (0, "", "none", "digest", "17:00", {"from": "20:00", "to": "07:00"}, 24, "America/Toronto"))
        monitor = Monitor(self.bus)
        self.assertEqual(self.set(0, {"email": EMAIL, "phone": PHONE, "language": "en", "digest": "08:30",
                                      "quiet": "21:00-06:30", "remind_hours": 48, "zone": "America/Halifax",
                                      "delivery": "invitations"}), 1)
        person = self.get()
        self.assertEqual((person["version"], person["email"], person["phone"], person["state"], person["language"],
                          person["delivery"], person["digest"], person["quiet"], person["remind_hours"], person["zone"],
                          person["own_zone"]),
                         (1, EMAIL, PHONE, "good", "en", "invitations", "08:30", {"from": "21:00", "to": "06:30"}, 48,
                          "America/Halifax", True))
        seen = monitor.end()
        for secret in (EMAIL, "zqxw", PHONE):
            self.assertNotIn(secret.encode(), seen)
        # the file and the log do not have it either
        for path in self.folder.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"zqxw", path.read_bytes(), path)
        self.assertNotIn("zqxw", self.daemon.text())
        (detail,) = [line["detail"] for line in self.client.json("Audit", "List", "(a{sv})", {})["entries"]
                     if line["action"] == "reach.set"]
        self.assertNotIn("zqxw", json.dumps(detail))

    def test_refusals(self):
        self.assert_call_fails("NotFound", self.get, number=999999)
        self.assert_call_fails("InvalidInput", self.get, kind="room")
        self.assert_call_fails("NotFound", self.get, kind="account", number=54321)
        for document in ({"email": "a@css.example, b@css.example"}, {"email": "Marie <a@css.example>"},
                         {"email": "a@css.example\r\nBcc: b@css.example"}, {"phone": "rien"}, {"quiet": "20:00"},
                         {"quiet": "20:00-27:00"}, {"digest": "25:00"}, {"remind_hours": 169}, {"remind_hours": -1},
                         {"delivery": "pigeon"}, {"language": "de"}, {"zone": "Mars/Olympus"}, {"name": "x"},
                         {"works": "yes"}, {"email": 3}):
            error = self.assert_call_fails("InvalidInput", self.set, 0, document)
            self.assertNotIn("css.example", str(error))
        self.set(0, {"email": EMAIL})
        self.assert_call_fails("Conflict", self.set, 0, {"phone": PHONE})
        self.assertEqual(self.get()["phone"], "")

    def test_missing(self):
        everybody = self.client.json("Reach", "List", "(a{sv})", {"missing": GLib.Variant("b", True)})["people"]
        self.assertIn(self.mother, [person["number"] for person in everybody if person["kind"] == "contact"])
        self.assertEqual(len([person for person in everybody if person["kind"] == "professional"]), 2)
        self.set(0, {"email": EMAIL})
        left = self.client.json("Reach", "List", "(a{sv})", {"missing": GLib.Variant("b", True)})["people"]
        self.assertEqual(len(left), len(everybody) - 1)
        (person,) = self.client.json("Reach", "List", "(a{sv})", {})["people"]
        self.assertEqual((person["kind"], person["number"], person["email"]), ("contact", self.mother, EMAIL))

    def test_verbs(self):
        self.ctl("reach", "set", MOTHER, "--email", "--phone", "--language", "en", "--quiet", "22:00-06:00",
                 text=f"{EMAIL}\n{PHONE}\n")
        shown = self.ctl("reach", "show", MOTHER, "--lang", "en").stdout
        for words in (EMAIL, PHONE, "English", "22:00 to 06:00", "24 h before", "once a day, at 17:00"):
            self.assertIn(words, shown)
        self.assertIn("une fois par jour", self.ctl("reach", "show", MOTHER, "--lang", "fr").stdout)
        # nothing typed: it stays
        self.ctl("reach", "set", MOTHER, "--email", "--remind", 0, text="\n")
        self.assertEqual((self.get()["email"], self.get()["remind_hours"]), (EMAIL, 0))
        self.assertIn("zqxw", self.ctl("reach", "list", "--lang", "en").stdout)
        self.assertNotIn("zqxw", self.ctl("reach", "list", "--missing", "--lang", "en").stdout)
        refused = self.ctl("reach", "set", MOTHER, "--email", text="nobody\n", status=1).stderr
        self.assertNotIn("nobody", refused)
        # an address on the command line is not taken for one
        self.ctl("reach", "set", MOTHER, "--email", EMAIL, status=2)
        self.ctl("reach", "set", MOTHER, "--email", "--no-email", status=2)
        self.ctl("reach", "set", MOTHER, "--remind", 200, status=2)
        self.ctl("reach", "show", "Personne-de-ce-nom", status=1)
        self.ctl("reach", "set", MOTHER, "--no-email", "--no-phone")
        self.assertEqual((self.get()["email"], self.get()["phone"]), ("", ""))
        self.ctl("reach", "renew-links", "--yes", MOTHER)
        self.assertEqual(self.rows("SELECT link_epoch FROM reach WHERE kind = 2 AND person = ?", self.mother), [(2,)])
        self.ctl("reach", "revoke-links", "--yes", MOTHER)
        self.ctl("reach", "revoke-links", "--yes", MOTHER, "--feed")
        self.assertEqual(self.rows("SELECT scope FROM link WHERE person = ? AND revoked_at IS NOT NULL ORDER BY scope",
                                   self.mother), [("feed",), ("guest",)])

    def test_an_account_has_no_feed(self):
        self.ctl("feed", "write", str(os.getuid()), "--kind", "account", status=2)
        self.assert_call_fails("NotFound", self.client.call, "Reach", "GetFeed", "(st)", "account", os.getuid())

    def test_feed(self):
        self.assertEqual(self.client.plan(effort=2).wait(), "succeeded")
        self.assertEqual(self.client.publish(1, 0).wait(), "succeeded")
        path = self.folder / "agenda.ics"

        def feed(who, *arguments):
            self.ctl("feed", "write", who, "--output", path, *arguments)
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)
            return path.read_bytes().decode()

        professional = CASELOAD["professionals"][0]
        number = self.number("professional", professional["id"])
        ((count,),) = self.rows("SELECT count(*) FROM booking WHERE professional = ?", number)
        text = feed(professional["id"])
        self.assertTrue(text.startswith("BEGIN:VCALENDAR\r\n") and "METHOD:PUBLISH\r\n" in text)
        self.assertGreater(count, 3)
        self.assertEqual(text.count("BEGIN:VEVENT"), count)
        self.assertRegex(text.replace("\r\n ", ""), r"SUMMARY[^\r]* — [A-Z]\. [A-Z]\.")
        unfolded = text.replace("\r\n ", "")
        for student in CASELOAD["students"]:
            self.assertNotIn(student["name"], unfolded)
        # the same content is the same file, on another day too
        self.set_clock(datetime.datetime.combine(FIRST + datetime.timedelta(days=1), datetime.time(9), datetime.timezone.utc))
        self.assertEqual(feed(professional["id"]), text)
        # a student's own, and what the parent is told of: the same sessions, without a name or initials
        young = [self.number("student", student["id"]) for student in CASELOAD["students"]
                 if student["birth_date"] > str(FIRST.year - 12)]
        student = next(row[0] for row in self.rows("SELECT student FROM booking WHERE student IS NOT NULL ORDER BY student")
                       if row[0] in young)
        ((count,),) = self.rows("SELECT count(*) FROM booking WHERE student = ?", student)
        ident = next(thing["id"] for thing in self.client.json("Roster", "List", "(s)", "student")
                     if thing["number"] == student)
        own = feed(ident, "--kind", "student")
        self.assertEqual(own.count("BEGIN:VEVENT"), count)
        self.assertNotRegex(own, r"SUMMARY[^\r]* — [A-Z]\. [A-Z]\.")
        before = set(line for line in feed(MOTHER).splitlines() if line.startswith("UID"))
        self.client.call("Consent", "SetGuardian", "(ttub)", student, self.mother, 1, True)
        after = set(line for line in feed(MOTHER).splitlines() if line.startswith("UID"))
        self.assertEqual(after, before | set(line for line in own.splitlines() if line.startswith("UID")))
        self.client.call("Consent", "SetGuardian", "(ttub)", student, self.mother, 1, False)
        self.assertEqual(set(line for line in feed(MOTHER).splitlines() if line.startswith("UID")), before)
        # an account is nobody in an agenda
        account = self.client.call("Accounts", "Whoami")[0]
        self.assert_call_fails("NotFound", self.client.document, "Reach", "GetFeed", "(st)", "account", account)

    def test_reminders(self):
        self.set(0, {"email": EMAIL})
        self.assertEqual(self.client.plan(effort=2).wait(), "succeeded")
        self.assertEqual(self.client.publish(1, 0).wait(), "succeeded")
        # of a child of whom the parent is told
        young = [self.number("student", student["id"]) for student in CASELOAD["students"]
                 if student["birth_date"] > str(FIRST.year - 12)]
        session, start, student = next(
            row for row in self.rows("SELECT session, start_utc, student FROM booking WHERE state = 'planned' AND "
                                     "mode = 'in-person' ORDER BY start_utc")
            if row[2] in young)
        self.client.call("Consent", "SetGuardian", "(ttub)", student, self.mother, 1, True)

        def reminders(of=session):
            return self.rows("SELECT count(*) FROM notice WHERE kind = 'session.reminder' AND recipient_kind = 2 AND "
                             "recipient = ? AND subject = ?", self.mother, of)[0][0]

        def put_clock(seconds):
            self.set_clock(datetime.datetime.fromtimestamp(start + seconds, datetime.timezone.utc))

        # what the plan told is told, long ago
        self.daemon.stop()
        with sqlite3.connect(self.daemon.database) as connection:
            connection.execute("UPDATE notice SET queued_at = 1, sent_at = 1, outcome = 'told'")
        connection.close()
        put_clock(-25 * 3600)
        self.start_daemon(environment={"COMODAL_CLOCK": self.clock}, policies=(SOURCE / "policies",))
        self.client = self.connect()
        self.client.json("Reach", "Get", "(st)", "contact", self.mother)
        self.assertEqual(reminders(), 0)
        # the clock is set while the service runs: it looks
        put_clock(-23 * 3600)
        self.daemon.await_log("reminders: ")
        self.assertEqual(reminders(), 1)
        # ten years on, and back: nothing for what is past, nothing twice
        before = self.rows("SELECT count(*) FROM reminder")
        for seconds in (10 * 366 * 86400, -23 * 3600, -30 * 3600, -1 * 3600):
            put_clock(seconds)
            self.assertEqual(self.daemon.stop(), 0)
            self.start_daemon(environment={"COMODAL_CLOCK": self.clock}, policies=(SOURCE / "policies",))
            self.client = self.connect()
            self.client.json("Reach", "Get", "(st)", "contact", self.mother)
            self.assertEqual(reminders(), 1)
        self.assertGreaterEqual(self.rows("SELECT count(*) FROM reminder"), before)


if __name__ == "__main__":
    tap.main()
