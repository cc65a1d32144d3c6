#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A professional away: a preview of what moves, accepted in one commit or not at all."""
import copy
import datetime
import json
import sqlite3
import unittest
import zoneinfo

import comodal_test
import tap
from comodal_test import GLib

CASELOAD = comodal_test.generate("pair", "--seed", 4)
WHO = CASELOAD["professionals"][0]
ZONE = zoneinfo.ZoneInfo(CASELOAD["organisation"]["timezone"])
START = datetime.datetime.fromisoformat(CASELOAD["horizon"]["from"]).replace(tzinfo=ZONE)


class Absence(comodal_test.TestCase):
    def setUp(self):
        super().setUp()
        self.clock = self.folder / "clock"
        self.clock.write_text(str(int(START.timestamp())))
        self.daemon = self.start_daemon(environment={"COMODAL_CLOCK": str(self.clock)})
        self.client = self.connect()
        self.done(self.client.import_caseload(CASELOAD))
        plan = self.done(self.client.plan(effort=GLib.Variant("t", 1)))["plan"]
        self.done(self.client.publish(plan, 0))
        (self.professional,) = [one["number"] for one in self.client.json("Roster", "List", "(s)", "professional")
                                if one["id"] == WHO["id"]]
        self.date, self.standing = self.busiest()

    def done(self, job):
        job.wait()
        return job.result()

    def rows(self, sql, *values):
        database = sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True)
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()

    def busiest(self):
        """The first day of this professional with bookings, and their numbers."""
        rows = self.rows("SELECT date, session FROM booking WHERE professional = ? AND state = 'planned' ORDER BY date, start",
                         self.professional)
        first = rows[0][0]
        return ((datetime.date(1970, 1, 1) + datetime.timedelta(days=first)).isoformat(),
                [session for day, session in rows if day == first])

    def preview(self, to=None):
        return self.client.json("Absence", "Preview", "(tss)", self.professional, self.date, to or self.date)

    def accept(self, preview, lines=None):
        return self.client.call("Absence", "Accept", "(tsssbat)", self.professional, preview["from"], preview["to"],
                                preview["basis"], lines is None, lines or [])

    def absences(self):
        (one,) = [one for one in self.client.roster()["professionals"] if one["id"] == WHO["id"]]
        return one["absences"]


class Previewed(Absence):
    def test_every_booking_is_there_and_nothing_changes(self):
        before = self.rows("SELECT session, version, date, start, state FROM booking ORDER BY session")
        preview = self.preview()
        self.assertEqual([line["number"] for line in preview["lines"]], self.standing)
        self.assertTrue(all(line["becomes"] in ("moved", "waits") for line in preview["lines"]))
        moved = [line for line in preview["lines"] if line["becomes"] == "moved"]
        self.assertTrue(moved, "no booking has another hour: this test tests nothing")
        self.assertTrue(all(line["to_date"] > self.date for line in moved))
        self.assertEqual(len({(line["to_date"], line["to_start"]) for line in moved}), len(moved))
        self.assertEqual(self.preview(), preview)
        self.assertEqual(self.rows("SELECT session, version, date, start, state FROM booking ORDER BY session"), before)
        self.assertEqual(self.absences(), WHO["absences"])

    def test_wrong(self):
        self.assert_call_fails("InvalidInput", self.client.call, "Absence", "Preview", "(tss)", self.professional,
                               "2026-09-10", "2026-09-01")
        self.assert_call_fails("NotFound", self.client.call, "Absence", "Preview", "(tss)", 4711, self.date, self.date)


class Announced(comodal_test.TestCase):
    """What the order of a profession wants of a long absence (policies/orthophoniste.policy)."""

    def test_longer_than_the_rule(self):
        document = copy.deepcopy(CASELOAD)
        document["professionals"][0]["profession"] = "orthophoniste"
        document["followups"] = [one for one in document["followups"] if one["professional"] != WHO["id"]]
        self.start_daemon(policies=(comodal_test.SOURCE / "policies",))
        client = self.connect()
        client.import_caseload(document).wait()
        (number,) = [one["number"] for one in client.json("Roster", "List", "(s)", "professional") if one["id"] == WHO["id"]]
        for to, warned in (("2026-09-04", False), ("2026-09-06", False), ("2026-09-07", True)):
            preview = client.json("Absence", "Preview", "(tss)", number, "2026-08-31", to)
            self.assertEqual(preview["warning"] is not None, warned, to)
        self.assertIn("absence_notice.threshold", preview["warning"])


class Accepted(Absence):
    def test_all_at_once(self):
        preview = self.preview()
        self.accept(preview)
        self.assertIn([self.date, self.date], self.absences())
        for line in preview["lines"]:
            ((state, date, origin),) = self.rows("SELECT state, date, origin FROM booking WHERE session = ?", line["number"])
            if line["becomes"] == "moved":
                day = (datetime.date(1970, 1, 1) + datetime.timedelta(days=date)).isoformat()
                self.assertEqual((state, day, origin), ("planned", line["to_date"], "hand"))
            else:
                self.assertEqual(state, "cancelled")
        kinds = {kind for (kind,) in self.rows("SELECT kind FROM notice")}
        self.assertIn("professional.absent", kinds)
        log = json.loads(self.ctl("audit", "show", "--json").stdout)
        self.assertEqual(log[0]["action"], "absence.accept")
        self.assertEqual(log[0]["detail"]["moved"] + log[0]["detail"]["cancelled"], len(preview["lines"]))
        # nothing is left to move
        self.assertEqual(self.preview()["lines"], [])

    def test_chosen_lines(self):
        preview = self.preview()
        chosen = preview["lines"][0]["number"]
        self.accept(preview, [chosen])
        ((version,),) = self.rows("SELECT count(*) FROM booking WHERE origin = 'hand' OR state = 'cancelled'")
        self.assertEqual(version, 1)
        self.assertEqual([line["number"] for line in self.preview()["lines"]], self.standing[1:])

    def test_something_changed_since(self):
        preview = self.preview()
        session = self.standing[0]
        ((version,),) = self.rows("SELECT version FROM booking WHERE session = ?", session)
        self.client.call("Booking", "Cancel", "(tta{sv})", session, version, {})
        before = self.rows("SELECT session, version, state, date FROM booking ORDER BY session")
        error = self.assert_call_fails("Conflict", self.accept, preview)
        self.assertIn("new one", error.message)
        self.assertEqual(self.rows("SELECT session, version, state, date FROM booking ORDER BY session"), before)
        self.assertEqual(self.absences(), WHO["absences"])
        self.accept(self.preview())


class CommandLine(Absence):
    def test_preview_then_yes(self):
        shown = self.ctl("absence", WHO["id"], "--from", self.date, "--preview", "--lang", "en")
        self.assertIn(str(self.standing[0]), shown.stdout)
        refused = self.ctl("absence", WHO["id"], "--from", self.date, "--lang", "en", status=1)
        self.assertIn("Nothing was changed", refused.stderr)
        self.assertEqual(self.absences(), WHO["absences"])
        self.assertIn("in the roster", self.ctl("absence", WHO["id"], "--from", self.date, "--yes", "--lang", "en").stdout)
        self.assertIn([self.date, self.date], self.absences())
        self.assertIn("Rien", self.ctl("absence", WHO["id"], "--from", self.date, "--preview", "--lang", "fr").stdout)


if __name__ == "__main__":
    tap.main()
