#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a psychologist does ten times a day: slots, book, hold, series, move, cancel, outcome, meeting."""
import datetime
import json
import re
import zoneinfo

import tap
from comodal_test import TestCase, english, generate
from gi.repository import GLib

CASELOAD = generate("pair", "--seed", 1)
FIRST_DAY = CASELOAD["horizon"]["from"]
LAST_DAY = CASELOAD["horizon"]["to"]
ZONE = zoneinfo.ZoneInfo(CASELOAD["organisation"]["timezone"])


def instant(date, time):
    """Of a minute on a clock there."""
    return int(datetime.datetime.fromisoformat(f"{date} {time}").replace(tzinfo=ZONE).timestamp())


# on the eve of the first day, so that everything is still to come
BEFORE = instant(FIRST_DAY, "07:00") - 86400


class Desk(TestCase):
    def setUp(self):
        super().setUp()
        self.clock = self.folder / "clock"
        self.clock.write_text(str(BEFORE))
        self.start_daemon(environment={"COMODAL_CLOCK": str(self.clock)})
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        followup = max(CASELOAD["followups"], key=lambda one: len(one["sessions"]))
        student = next(one for one in CASELOAD["students"] if one["id"] == followup["student"])
        self.name = student["name"]
        self.followup = followup
        runtime = self.folder / "runtime"
        runtime.mkdir()
        self.here = {"COMODAL_CLOCK": str(self.clock), "XDG_RUNTIME_DIR": str(runtime), "COLUMNS": "200"}
        self.runtime = runtime

    def run_verb(self, *words, **more):
        return self.ctl(*words, **more, **self.here)

    def ask(self, *words, **more):
        return json.loads(self.run_verb("--json", *words, **more).stdout)

    def slots(self, *more):
        return self.ask("slots", self.followup["id"], "--from", FIRST_DAY, "--to", LAST_DAY, *more)["slots"]

    def bookings(self, state="planned"):
        found = self.client.json("Booking", "List", "(ssa{sv})", "2000-01-01", "2100-01-01", {})["bookings"]
        return [one for one in found if one["state"] == state]

    def test_slots_then_a_number(self):
        shown = self.run_verb("slots", self.followup["id"], "--from", FIRST_DAY, "--to", LAST_DAY).stdout
        rows = re.findall(r"^ *(\d+) +\S.*?(\d\d:\d\d)–(\d\d:\d\d)", shown, re.M)
        self.assertGreater(len(rows), 1, shown)
        kept = (self.runtime / "comodal-slots").read_text()
        self.assertNotIn(self.name.split()[0], kept)
        self.assertEqual((self.runtime / "comodal-slots").stat().st_mode & 0o777, 0o600)
        said = self.run_verb("book", "2").stdout
        self.assertIn("Booked", said)
        self.assertIn(self.name, said)
        [booked] = self.bookings()
        self.assertEqual((booked["start"], booked["end"]), rows[1][1:])
        self.run_verb("book", "99", status=1)

    def test_each_slot_can_be_booked(self):
        for slot in self.slots("--count", "5"):
            said = self.run_verb("book", self.followup["id"], slot["date"], slot["start"], "--mode", slot["mode"]).stdout
            self.assertIn(slot["start"], said)
            self.run_verb("cancel", self.followup["id"])
            self.assertEqual(self.bookings(), [])

    def test_a_name_a_day_an_hour(self):
        slot = self.slots()[0]
        first = next(one for one in CASELOAD["students"] if one["id"] == self.followup["student"])["name"].split()
        self.run_verb("book", *first, slot["date"], slot["start"].replace(":", "h"))
        [booked] = self.bookings()
        self.assertEqual((booked["date"], booked["start"]), (slot["date"], slot["start"]))

    def test_refused_with_what_would_help(self):
        night = self.run_verb("book", self.followup["id"], FIRST_DAY, "04:00", status=1).stderr
        self.assertIn("A day goes from", night)
        self.assertIn("comodalctl slots", night)
        self.assertIn("DAY", self.run_verb("book", "--help").stdout)
        self.run_verb("book", self.followup["id"], "someday", "10:00", status=2)
        self.run_verb("book", "nobody-at-all", FIRST_DAY, "10:00", status=1)
        french = self.ctl("--lang", "fr", "book", self.followup["id"], FIRST_DAY, "04:00", status=1, **self.here).stderr
        self.assertIn("Une journée va de", french)

    def test_move_and_cancel(self):
        first, second = self.slots()[:2]
        self.run_verb("book", self.followup["id"], first["date"], first["start"], "--mode", first["mode"])
        said = self.run_verb("move", first["date"], first["start"], second["date"], second["start"],
                             "--mode", second["mode"]).stdout
        self.assertIn("Moved", said)
        [booked] = self.bookings()
        self.assertEqual((booked["date"], booked["start"]), (second["date"], second["start"]))
        said = self.run_verb("cancel", second["date"], second["start"]).stdout
        self.assertIn("Cancelled", said)
        self.assertEqual(self.bookings(), [])
        self.run_verb("cancel", second["date"], second["start"], status=1)

    def places(self, kind, subject):
        found = self.client.json("Desk", "FindSlots", "(stssa{sv})", kind, subject, FIRST_DAY, LAST_DAY,
                                 {"all": GLib.Variant("b", True), "count": GLib.Variant("u", 64)})
        return {(one["date"], one["start"], one["mode"], one.get("room")) for one in found["slots"]}

    def test_slots_of_what_is_booked(self):
        offered = self.ask("slots", self.followup["id"], "--from", FIRST_DAY, "--to", LAST_DAY)
        first = offered["slots"][0]
        free = self.places("session", offered["session"])
        self.assertLess(1, len(free))
        self.assertLess(len(free), 64)
        self.run_verb("book", "--mode", first["mode"], self.followup["id"], first["date"], first["start"])
        [before] = self.bookings()
        # as though it were not there, but for where it is
        self.assertEqual(self.places("booking", before["number"]),
                         {one for one in free if one[:3] != (first["date"], first["start"], first["mode"])})
        said = self.ask("slots", first["date"], first["start"], "--from", FIRST_DAY, "--to", LAST_DAY)
        self.assertEqual((said["booking"], said["expected"]), (before["number"], before["version"]))
        # a day will do, but not where it may be a name
        weekday = datetime.date.fromisoformat(first["date"])
        self.clock.write_text(str(instant(first["date"], "06:00")))
        said = self.ask("slots", *self.name.split(), weekday.strftime("%a"), "--to", LAST_DAY)
        self.assertEqual(said["booking"], before["number"])
        self.clock.write_text(str(BEFORE))
        # by a name alone too, and the numbers are for moving, not for booking
        shown = self.run_verb("slots", "--move", self.followup["id"], "--from", FIRST_DAY, "--to", LAST_DAY).stdout
        self.assertIn("Instead of", shown)
        rows = re.findall(r"^ *(\d+) +\S.*?(\d\d:\d\d)–(\d\d:\d\d)", shown, re.M)
        self.assertIn("move --slot", self.run_verb("book", "1", status=1).stderr)
        self.assertIn("Moved", self.run_verb("move", "--slot", "1").stdout)
        [after] = self.bookings()
        self.assertEqual((after["number"], after["start"], after["end"]), (before["number"], *rows[0][1:]))
        # what moved since is not what was shown
        self.assertIn("changed meanwhile", self.run_verb("move", "--slot", "1", status=1).stderr)
        self.run_verb("move", "--slot", "99", status=1)
        self.run_verb("move", "--slot", "1", "--mode", "in-person", status=2)

    def test_each_other_time_is_taken(self):
        first = self.slots()[0]
        self.run_verb("book", "--mode", first["mode"], self.followup["id"], first["date"], first["start"])
        for _ in range(3):
            [before] = self.bookings()
            slot = self.ask("slots", before["date"], before["start"], "--from", FIRST_DAY, "--to", LAST_DAY)["slots"][0]
            verdict = self.client.json("Desk", "Judge", "(stsssa{sv})", "booking", before["number"], slot["date"],
                                       slot["start"], slot["mode"], {})
            self.assertEqual((verdict["allowed"], verdict["offered"]), (True, True))
            self.run_verb("slots", before["date"], before["start"], "--from", FIRST_DAY, "--to", LAST_DAY)
            self.run_verb("move", before["date"], before["start"], "--slot", "1")
            [after] = self.bookings()
            self.assertEqual((after["date"], after["start"], after["mode"]), (slot["date"], slot["start"], slot["mode"]))

    def test_a_guardian_removed(self):
        guardians = {one["id"] for one in CASELOAD["contacts"] if one["kind"] == "guardian"}
        followup, contact = next((one, person) for one in CASELOAD["followups"]
                                 for person in one["sessions"][0]["participants"] if person in guardians)
        self.run_verb("guardian", "add", followup["student"], contact)
        slot = self.ask("slots", followup["id"], "--from", FIRST_DAY, "--to", LAST_DAY)["slots"][0]
        self.run_verb("book", followup["id"], slot["date"], slot["start"], "--mode", slot["mode"])
        said = self.run_verb("guardian", "remove", followup["student"], contact).stdout
        self.assertIn("Nothing is cancelled", said)
        self.assertIn(slot["start"], said)
        [booked] = self.bookings()
        self.assertEqual(booked["start"], slot["start"])
        # of somebody who takes part in nothing
        other = next(one["id"] for one in CASELOAD["contacts"] if one["kind"] == "guardian" and one["id"] != contact)
        self.run_verb("guardian", "add", followup["student"], other)
        said = self.ask("guardian", "remove", followup["student"], other)
        self.assertEqual((said["takes_part"], said["others"]), ([], 1))

    def test_hold_then_confirm(self):
        slot = self.slots()[0]
        said = self.run_verb("hold", self.followup["id"], slot["date"], slot["start"], "--mode", slot["mode"],
                             "--hours", "48").stdout
        self.assertIn("On hold", said)
        self.assertEqual(len(self.bookings("hold")), 1)
        said = self.run_verb("book", slot["date"]).stdout
        self.assertIn("Booked", said)
        self.assertEqual(len(self.bookings()), 1)

    def state(self):
        return self.ask("followup", "show", self.followup["id"])["state"]

    def test_followup_states(self):
        self.run_verb("plan", "--seconds", "1")
        [draft] = self.ask("plan", "list")
        slot = self.slots()[0]
        order = ("book", self.followup["id"], slot["date"], slot["start"], "--mode", slot["mode"])
        self.run_verb(*order)
        self.assertIn("still booked: 1", self.run_verb("followup", "suspend", self.followup["id"], status=1).stderr)
        self.assertEqual((self.state(), len(self.bookings())), ("active", 1))
        said = self.ask("followup", "suspend", self.followup["id"], "--withdraw")
        self.assertEqual((said["state"], said["withdrawn"], self.bookings()), ("suspended", 1, []))
        # the desk offers nothing, and books nothing
        self.assertEqual(self.slots(), [])
        self.assertIn("suspended", self.run_verb(*order, status=1).stderr)
        # a plan leaves it out, and the others in; so does one made before
        mine = next(one["number"] for one in self.client.json("Roster", "List", "(s)", "followup")
                    if one["id"] == self.followup["id"])
        for words in (("publish", draft["plan"], "--yes"), ("--seconds", "1", "--yes")):
            self.run_verb("plan", *words)
            planned = {one["followup"] for one in self.bookings()}
            self.assertTrue(planned)
            self.assertNotIn(mine, planned)
        # no other way than the table's
        self.run_verb("followup", "reopen", self.followup["id"], status=1)
        self.run_verb("followup", "close", self.followup["id"])
        self.run_verb("followup", "resume", self.followup["id"], status=1)
        self.assertEqual(self.state(), "closed")
        self.run_verb("followup", "reopen", self.followup["id"])
        self.assertGreater(len(self.slots()), 0)
        self.assert_call_fails("Conflict", self.client.call, "Followup", "Change", "(tssa{sv})", mine, "closed",
                               "reopen", {})
        self.assert_call_fails("InvalidInput", self.client.call, "Followup", "Change", "(tssa{sv})", mine, "active",
                               "end", {})
        self.assert_call_fails("NotFound", self.client.call, "Followup", "Get", "(t)", 999999)

    def test_outcome(self):
        slot = self.slots()[0]
        self.run_verb("book", self.followup["id"], slot["date"], slot["start"], "--mode", slot["mode"])
        [booked] = self.bookings()
        self.run_verb("outcome", "held", status=1)
        self.clock.write_text(str(instant(slot["date"], slot["start"]) + 60))
        said = self.run_verb("outcome", "held").stdout
        self.assertIn("Held", said)
        self.assertEqual([one["number"] for one in self.bookings("held")], [booked["number"]])
        self.run_verb("outcome", "no-show", slot["start"])
        self.assertEqual(len(self.bookings("no-show")), 1)
        self.run_verb("outcome", "splendid", status=2)
        self.run_verb("outcome", "tenue", slot["start"])
        session = self.followup["sessions"][0]["id"]
        self.assertIn("not a session", self.run_verb("outcome", "absence", session, status=1).stderr)

    def test_series(self):
        slot = next(one for one in self.slots("--count", "40") if one["mode"] == "in-person")
        count = min(2, len(self.followup["sessions"]))
        result = self.ctl("series", self.followup["id"], slot["date"], slot["start"], "--count", str(count), "--every",
                          "7", status=None, **self.here)
        # all of them, or none: what is in the way is said
        self.assertEqual(len(self.bookings()), count if result.returncode == 0 else 0, result.stderr)

    def test_meeting(self):
        who = CASELOAD["professionals"][0]
        day = self.slots()[0]["date"]
        said = self.run_verb("meeting", day, "11:00", "--whose", who["id"], "--title", "Équipe", "--minutes", "30").stdout
        self.assertIn("Équipe", said)
        [booked] = self.bookings()
        self.assertEqual((booked["kind"], booked["minutes"]), ("meeting", 30))
        # it takes the professional's time from then on
        words = self.run_verb("meeting", day, "11:00", "--whose", who["id"], status=1).stderr
        self.assertIn("from 11:00 to 11:30", words)
        # other times for it, half an hour each: its own half hour is not in its way
        shown = self.ask("slots", day, "11:00", "--from", day, "--to", day, "--count", "64")
        self.assertEqual((shown["booking"], shown["minutes"]), (booked["number"], 30))
        slot = self.ask("slots", day, "11:00", "--from", day, "--to", day)["slots"][0]
        self.run_verb("slots", day, "11:00", "--from", day, "--to", day)
        self.run_verb("move", "--slot", "1")
        [moved] = self.bookings()
        self.assertEqual((moved["start"], moved["end"], moved["mode"]), (slot["start"], slot["end"], slot["mode"]))

    def agenda(self, day, *words):
        [shown] = self.ask("agenda", *words, "--from", day, "--to", day)["days"]
        return shown["entries"]

    def test_agenda_shows_what_is_booked(self):
        who = self.client.json("Roster", "List", "(s)", "professional")[0]
        week = (who["id"], "--from", FIRST_DAY, "--to", LAST_DAY)
        day = self.slots()[0]["date"]
        self.run_verb("meeting", day, "11:00", "--whose", who["id"], "--title", "Équipe", "--minutes", "30")
        job = self.client.plan(effort=20, seed=1, replan_from=FIRST_DAY)
        self.assertEqual(job.wait(), "succeeded")
        self.assertEqual(self.client.publish(job.result()["plan"], 0).wait(), "succeeded")
        [meeting] = [one for one in self.agenda(day, who["id"]) if one["type"] == "appointment"]
        self.assertEqual((meeting["start"], meeting["end"], meeting["title"], meeting["kind"]),
                         ("11:00", "11:30", "Équipe", "meeting"))
        self.assertRegex(self.run_verb("agenda", *week).stdout, "11:00–11:30 +meeting +Équipe")
        self.assertRegex(self.ctl("--lang", "fr", "agenda", *week, **self.here).stdout, "11:00–11:30 +rencontre +Équipe")
        first, second = [one for one in self.bookings()
                         if one["kind"] == "session" and one["professional"] == who["number"]][:2]
        self.assertNotIn("cancelled", self.run_verb("agenda", *week).stdout)
        call = ("Cancel", "(tta{sv})", first["number"], first["version"], {})
        self.client.call("Booking", *call)
        shown = [one for one in self.agenda(first["date"], who["id"]) if one.get("number") == first["number"]]
        self.assertEqual([one["state"] for one in shown], ["cancelled"])
        self.assertIn("cancelled", self.run_verb("agenda", *week).stdout)
        self.assertNotIn("cancelled", self.run_verb("agenda", *week, "--ics").stdout)
        followup = next(one["id"] for one in self.client.json("Roster", "List", "(s)", "followup")
                        if one["number"] == first["followup"])
        self.run_verb("hold", followup, first["date"], first["start"], "--mode", first["mode"], "--hours", "48")
        self.assertEqual({one.get("state") for one in self.agenda(first["date"], who["id"])
                          if one["type"] != "travel" and one["start"] == first["start"]}, {"cancelled", "hold"})
        self.clock.write_text(str(instant(second["date"], second["start"]) + 60))
        self.client.call("Booking", "SetOutcome", "(ttsa{sv})", second["number"], second["version"], "held", {})
        self.assertIn("held", [one.get("state") for one in self.agenda(second["date"], who["id"])])

    def test_verdict(self):
        """What is offered is allowed, and what blocks has a name."""
        slot = self.slots()[0]
        number = next(session["number"] for followup in self.client.json("Roster", "List", "(s)", "followup")
                      for session in followup["sessions"] if session["id"] == self.followup["sessions"][0]["id"])
        verdict = self.client.json("Desk", "Judge", "(stsssa{sv})", "session", number, slot["date"], slot["start"],
                                   slot["mode"], {})
        self.assertTrue(verdict["allowed"] and verdict["offered"], verdict)
        verdict = self.client.json("Desk", "Judge", "(stsssa{sv})", "session", number, slot["date"], "04:00",
                                   slot["mode"], {})
        self.assertFalse(verdict["allowed"])
        self.assertEqual(verdict["objections"][0]["code"], "day")
        self.assertIn("A day goes", english(verdict["objections"][0]["message"]))


tap.main()
