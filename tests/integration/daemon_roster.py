#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing: what changes is said, what is wrong is named, what fails changes nothing."""
import copy
import json
import os
import threading

import tap
from gi.repository import GLib
from comodal_test import TestCase, english, generate, options

CASELOAD = generate("pair", "--seed", 1)
KINDS = ("organisation", "calendar", "site", "travel", "room", "companion", "professional", "student", "contact",
         "followup", "session", "busy")


def changes(result):
    """kind → (added, changed, removed, untouched)"""
    return {kind: tuple(counts) for kind, *counts in result["changes"]}


class Import(TestCase):
    def setUp(self):
        super().setUp()
        self.start_daemon()
        self.client = self.connect()

    def bring(self, document, **more):
        job = self.client.import_caseload(document, **more)
        job.wait()
        return job.result()

    def test_first(self):
        result = self.bring(CASELOAD)
        counts = changes(result)
        self.assertEqual(tuple(counts), KINDS)
        for name, kind in (("students", "student"), ("followups", "followup"), ("sites", "site")):
            self.assertEqual(counts[kind], (len(CASELOAD[name]), 0, 0, 0), kind)
        sessions = sum(len(followup["sessions"]) for followup in CASELOAD["followups"])
        self.assertEqual(counts["session"], (sessions, 0, 0, 0))
        organisation, name, version, published, held = self.client.call("Manager", "GetStatus")
        self.assertEqual((organisation, name), (CASELOAD["organisation"]["id"], CASELOAD["organisation"]["name"]))
        self.assertEqual((version, published), (result["roster-version"], 0))
        self.assertEqual(dict(held)["student"], len(CASELOAD["students"]))

    def test_dry_run_writes_nothing(self):
        result = self.bring(CASELOAD, dry_run=True)
        self.assertEqual(changes(result)["student"][0], len(CASELOAD["students"]))
        self.assertEqual(self.client.call("Manager", "GetStatus")[:4], ("", "", 0, 0))
        self.assert_call_fails("NotFound", self.client.roster)
        content = [path.read_bytes() for path in sorted(self.daemon.database.parent.iterdir())]
        self.bring(CASELOAD, dry_run=True)
        self.assertEqual([path.read_bytes() for path in sorted(self.daemon.database.parent.iterdir())], content)

    def test_again_is_untouched(self):
        first = self.bring(CASELOAD)
        again = self.bring(CASELOAD)
        self.assertEqual(again["roster-version"], first["roster-version"])
        for kind, (added, changed, removed, untouched) in changes(again).items():
            self.assertEqual((added, changed, removed), (0, 0, 0), kind)
            self.assertEqual(untouched, changes(first)[kind][0], kind)

    def test_changed_and_removed(self):
        first = self.bring(CASELOAD)
        document = copy.deepcopy(CASELOAD)
        document["students"][0]["name"] = "Une Autre"
        document["students"][1]["birth_date"] = "2014-05-06"
        gone = document["followups"].pop()
        document["rooms"].append({"id": "new", "site": document["rooms"][0]["site"], "uses": ["video"]})
        dry = self.bring(document, dry_run=True)
        result = self.bring(document)
        self.assertEqual(dry["changes"], result["changes"])
        counts = changes(result)
        self.assertEqual(counts["student"], (0, 2, 0, len(CASELOAD["students"]) - 2))
        self.assertEqual(counts["followup"], (0, 0, 1, len(CASELOAD["followups"]) - 1))
        self.assertEqual(counts["session"][2], len(gone["sessions"]))
        self.assertEqual(counts["room"], (1, 0, 0, len(CASELOAD["rooms"])))
        self.assertGreater(result["roster-version"], first["roster-version"])

    def test_export_is_what_was_imported(self):
        self.bring(CASELOAD)
        exported = self.client.roster()
        for name in ("organisation", "horizon", "students", "professionals", "followups", "contacts", "rooms", "sites"):
            self.assertEqual(exported[name], CASELOAD[name], name)
        self.restart_daemon()
        self.assertEqual(self.connect().roster(), exported)

    def test_lists(self):
        self.bring(CASELOAD)
        numbers = []
        for kind, name in (("professional", "professionals"), ("site", "sites"), ("student", "students"),
                           ("contact", "contacts"), ("room", "rooms"), ("companion", "companions"),
                           ("calendar", "calendars"), ("followup", "followups")):
            listed = self.client.json("Roster", "List", "(s)", kind)
            numbers += [thing.pop("number") for thing in listed]
            numbers += [session.pop("number") for thing in listed for session in thing.get("sessions", [])]
            self.assertEqual(listed, CASELOAD[name], kind)
        # a number is one thing's, whatever the kind
        self.assertEqual(len(set(numbers)), len(numbers))
        self.assertGreater(min(numbers), 0)
        self.assert_call_fails("InvalidInput", self.client.document, "Roster", "List", "(s)", "secret")

    def test_faults_are_named_and_nothing_is_written(self):
        self.bring(CASELOAD)
        before = self.client.roster()
        document = copy.deepcopy(CASELOAD)
        document["students"][2]["birth_date"] = "2014-02-30"
        document["followups"][0]["professional"] = "nobody"
        document["rooms"][0]["uses"] = ["telepathy"]
        for arguments in ({}, {"dry_run": True}):
            job = self.client.import_caseload(json.dumps(document, indent=1).encode(), **arguments)
            self.assertEqual(job.wait(), "failed")
            properties = job.properties()
            self.assertTrue(properties["ErrorName"].endswith(".InvalidInput"), properties["ErrorName"])
            self.assertEqual({path for _, path, _ in properties["Problems"]},
                             {"$.students[2].birth_date", "$.followups[0].professional", "$.rooms[0].uses[0]"})
            self.assertTrue(all(line > 1 for line, _, _ in properties["Problems"]))
            self.assertEqual(properties["Result"], {})
        self.assertEqual(self.client.roster(), before)

    def test_a_hundred_faults_are_kept(self):
        document = copy.deepcopy(CASELOAD)
        document["busy"] = [{"kind": "nothing", "id": "x", "date": "2026-09-01", "from": "10:00", "to": "11:00"}] * 150
        job = self.client.import_caseload(document)
        self.assertEqual(job.wait(), "failed")
        properties = job.properties()
        self.assertEqual(len(properties["Problems"]), 100)
        self.assertGreaterEqual(properties["ProblemsLeftOut"], 50)

    def test_not_a_caseload(self):
        for text in (b"", b"\x00" * 1000, b"[" * 200000, b'{"format": "comodal-caseload/2"}', b"{}", b"\xff\xfe{}"):
            job = self.client.import_caseload(text)
            self.assertEqual(job.wait(), "failed", text[:20])
        self.assertEqual(self.client.call("Manager", "GetStatus")[2], 0)

    def test_from_a_pipe(self):
        read, write = os.pipe()
        job = self.client.import_caseload(read)
        os.close(read)

        def feed():
            with os.fdopen(write, "wb") as pipe:
                pipe.write(json.dumps(CASELOAD).encode())
        feeder = threading.Thread(target=feed)
        feeder.start()
        job.wait()
        feeder.join()
        self.assertEqual(changes(job.result())["student"][0], len(CASELOAD["students"]))

    def test_a_pipe_that_says_nothing_blocks_nobody(self):
        read, write = os.pipe()
        self.addCleanup(os.close, write)
        job = self.client.import_caseload(read)
        os.close(read)
        other = self.client.import_caseload(CASELOAD)
        self.assertEqual(other.wait(), "succeeded")
        self.assertEqual(job.properties()["State"], "running")
        job.call("Cancel")
        self.assertEqual(job.wait(), "cancelled")
        self.assertEqual(self.client.call("Manager", "GetStatus")[0], CASELOAD["organisation"]["id"])

    def test_a_descriptor_that_cannot_be_read(self):
        write_only = os.open(self.folder / "out", os.O_WRONLY | os.O_CREAT)
        self.addCleanup(os.close, write_only)
        self.assertEqual(self.client.import_caseload(write_only).wait(), "failed")
        folder = os.open(self.folder, os.O_RDONLY)
        self.addCleanup(os.close, folder)
        self.assertEqual(self.client.import_caseload(folder).wait(), "failed")

    def test_options(self):
        for bad in ({"dry-run": GLib.Variant("s", "yes")}, {"dryrun": GLib.Variant("b", True)}):
            error = self.assert_call_fails("InvalidInput", self.client.import_caseload, CASELOAD, **{
                name.replace("-", "_"): value for name, value in bad.items()})
            self.assertIn(next(iter(bad)), english(error.message))
        error = self.assert_call_fails("InvalidInput", self.client.call, "Roster", "Export", "(a{sv})",
                                       {"anything": GLib.Variant("b", True)})
        self.assertIn("anything", english(error.message))

    def test_without_a_descriptor(self):
        self.assert_call_fails("InvalidInput", self.client.call_at, "/org/comodal/Comodal1",
                               "org.comodal.Comodal1.Roster", "Import",
                               GLib.Variant.new_tuple(GLib.Variant("h", 0), options()))


CALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//test//EN\r
{events}END:VCALENDAR\r
"""
EVENT = "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;VALUE=DATE:{date}\r\nSUMMARY:{summary}\r\nEND:VEVENT\r\n"


def calendar(*events):
    return CALENDAR.format(events="".join(
        EVENT.format(uid=number, date=date.replace("-", ""), summary=summary)
        for number, (date, summary) in enumerate(events))).encode()


class Calendar(TestCase):
    def setUp(self):
        super().setUp()
        self.start_daemon()
        self.client = self.connect()
        self.client.import_caseload(CASELOAD).wait()

    def bring(self, document, **more):
        job = self.client.import_calendar(document, "school", **more)
        job.wait()
        return job.result()

    def test_what_was_understood_is_said(self):
        document = calendar(("2026-08-31", "Jour 1"), ("2026-09-01", "Journée pédagogique"), ("2026-09-02", "Jour 2"),
                            ("2026-09-03", "Congé"), ("2026-09-04", "Party hot-dog"))
        dry = self.bring(document, dry_run=True)
        verdicts = [verdict for line, verdict, _, _, _ in dry["lines"] if line]
        self.assertEqual(verdicts.count("understood"), 4)
        self.assertEqual(verdicts.count("not-understood"), 1)
        days = {date: (kind, cycle) for date, kind, cycle in dry["days"]}
        self.assertEqual(days["2026-08-31"], ("class", 1))
        self.assertEqual(days["2026-09-01"], ("pedagogical", 0))
        self.assertNotIn("school", [each["id"] for each in self.client.json("Roster", "List", "(s)", "calendar")])
        result = self.bring(document)
        self.assertEqual(result["days"], dry["days"])
        kept = {each["id"]: each for each in self.client.json("Roster", "List", "(s)", "calendar")}["school"]
        self.assertEqual({day["date"]: day["kind"] for day in kept["days"]},
                         {date: kind for date, (kind, _) in days.items()})
        self.assertEqual(kept["cycle_length"], result["cycle-length"])

    def test_options(self):
        document = calendar(("2026-08-31", "Jour 1"))
        for bad in ({"closure": "skip"}, {"from": "soon"}, {"cycle_length": GLib.Variant("u", 1000)},
                    {"cycle_length": 10}, {"when": "now"}):
            self.assert_call_fails("InvalidInput", self.client.import_calendar, document, "school", **bad)
        self.assert_call_fails("InvalidInput", self.client.import_calendar, document, "")

    def test_not_a_calendar(self):
        job = self.client.import_calendar(b"hello", "school")
        self.assertEqual(job.wait(), "failed")


if __name__ == "__main__":
    tap.main()
