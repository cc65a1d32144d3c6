#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The waiting list: who comes first for a free hour, an offer that ends, and nothing that books itself."""
import datetime
import json
import sqlite3
import unittest
import zoneinfo

import comodal_test
import tap
from gi.repository import GLib


CASELOAD = comodal_test.generate("pair", "--seed", 4)
WHO = CASELOAD["professionals"][0]
ZONE = zoneinfo.ZoneInfo(CASELOAD["organisation"]["timezone"])
START = datetime.datetime.fromisoformat(CASELOAD["horizon"]["from"]).replace(tzinfo=ZONE)
HOURS = [f"{hour:02}:{minute:02}" for hour in range(8, 16) for minute in (0, 30)]


class Waiting(comodal_test.TestCase):
    def setUp(self):
        super().setUp()
        self.clock = self.folder / "clock"
        self.set_clock(0)
        self.daemon = self.start_daemon(environment={"COMODAL_CLOCK": str(self.clock)})
        self.client = self.connect()
        job = self.client.import_caseload(CASELOAD)
        job.wait()
        job.result()
        self.students = self.client.json("Roster", "List", "(s)", "student")
        self.numbers = {student["id"]: student["number"] for student in self.students}
        (self.professional,) = [one["number"] for one in self.client.json("Roster", "List", "(s)", "professional")
                                if one["id"] == WHO["id"]]
        # students of a school where this professional works
        sites = set(WHO["sites"])
        self.near = [student["id"] for student in CASELOAD["students"] if student["site"] in sites]

    def set_clock(self, days):
        self.clock.write_text(str(int((START + datetime.timedelta(days=days)).timestamp())))

    def waiting(self, *arguments, **more):
        return self.ctl("waiting", *arguments, "--lang", "en", **more)

    def add(self, student, priority=2, received="2026-06-01", reason="Ne dort plus", minutes=45):
        shown = self.waiting("add", student, "--profession", WHO["profession"], "--act", "suivi", "--minutes", minutes,
                             "--priority", priority, "--received", received, "--json", text=reason + "\n")
        return json.loads(shown.stdout)["number"]

    def list(self, *arguments):
        return json.loads(self.waiting("list", "--json", *arguments).stdout)["requests"]

    def state(self, number):
        (request,) = [one for one in self.list("--all") if one["number"] == number]
        return request["state"]

    def free_hour(self):
        """A date and an hour at which the first of those who wait fits."""
        for days in range(12):
            date = (START + datetime.timedelta(days=days + 1)).date().isoformat()
            for at in HOURS:
                ranked = self.client.json("Waiting", "Rank", "(tssa{sv})", self.professional, date, at, {})["requests"]
                if ranked and ranked[0]["fits"]:
                    return date, at, ranked
        self.fail("no hour fits anybody")

    def offer(self, number, hour, **more):
        return json.loads(self.waiting("offer", number, "--for", WHO["id"], "--date", hour[0], "--at", hour[1], "--json",
                                       **more).stdout)["hold"]


class List(Waiting):
    def test_added_and_listed(self):
        first = self.add(self.near[0], priority=3)
        second = self.add(self.near[1], priority=1)
        listed = self.list()
        self.assertEqual([one["number"] for one in listed], [second, first])
        self.assertEqual((listed[0]["reason"], listed[0]["state"]), ("Ne dort plus", "waiting"))
        self.assertIn("priority 1", self.waiting("list").stdout)
        self.assertEqual(self.list("--profession", "nobody"), [])
        self.waiting("withdraw", second)
        self.assertEqual([one["number"] for one in self.list()], [first])
        self.assertEqual(self.state(second), "withdrawn")

    def test_fifty_of_a_student(self):
        for number in [self.add(self.near[0]) for _ in range(50)][:2]:
            self.waiting("withdraw", number)
        # those that are over count too
        error = self.waiting("add", self.near[0], "--profession", "x", "--act", "y", status=1, text="\n").stderr
        self.assertIn("at most 50 requests for service", error)
        self.add(self.near[1])

    def test_why_is_sealed_and_never_in_a_message(self):
        monitor = comodal_test.Monitor(self.bus)
        self.add(self.near[0], reason="Zorglub")
        crossed = monitor.end()
        self.client.close()
        self.daemon.stop()
        content = b"".join(path.read_bytes() for path in self.daemon.database.parent.iterdir())
        self.assertNotIn(b"Zorglub", crossed + content + self.daemon.log.read_bytes())

    def test_wrong(self):
        self.waiting("add", self.near[0], "--profession", "x", "--act", "y", "--priority", 4, status=2, text="\n")
        self.waiting("add", "nobody at all", "--profession", "x", "--act", "y", status=1, text="\n")
        self.waiting("add", self.near[0], "--profession", "x", "--act", "y" * 201, status=1, text="\n")
        self.waiting("serve", 4711, status=1)
        # what is nobody's and what is somebody else's are refused alike
        error = self.assert_call_fails("NotFound", self.client.call, "Waiting", "Rank", "(tssa{sv})", 0, "", "",
                                       {"booking": GLib.Variant("t", 4711)})
        self.assertIn("nothing of yours", error.message)

    def test_illegal_edges(self):
        number = self.add(self.near[0])
        self.waiting("serve", number)
        for verb, version in (("Serve", 2), ("Withdraw", 2)):
            error = self.assert_call_fails("Conflict", self.client.call, "Waiting", verb, "(tt)", number, version)
            self.assertIn("served already", error.message)
        error = self.assert_call_fails("Conflict", self.client.call, "Waiting", "Withdraw", "(tt)", number, 1)
        self.assertIn("changed since", error.message)


class Rank(Waiting):
    def test_in_order_with_reasons(self):
        low = self.add(self.near[0], priority=3, received="2026-08-30")
        high = self.add(self.near[0], priority=1, received="2026-08-30")
        date, at, ranked = self.free_hour()
        self.assertEqual([one["number"] for one in ranked], [high, low])
        self.assertEqual(ranked[0]["points"] - ranked[1]["points"], 120)
        # as docs/waiting.md has it
        first = ranked[0]
        warns = sum(one["effect"] == "warns" for one in first["objections"])
        self.assertEqual(first["points"], 120 + first["days"] - first["travel_added"] - 15 * warns)
        shown = self.waiting("list", "--for", WHO["id"], "--date", date, "--at", at).stdout
        self.assertIn("points: waits", shown)
        # too long for the hour
        self.assertEqual(self.list("--for", WHO["id"], "--date", date, "--at", at, "--minutes", 30), [])

    def test_what_blocks_is_said(self):
        self.add(self.near[0])
        (one,) = self.list("--for", WHO["id"], "--date", "2026-09-05", "--at", "09:00")
        self.assertFalse(one["fits"])
        self.assertEqual(one["objections"][0]["effect"], "blocks")
        self.assertIn("✗", self.waiting("list", "--for", WHO["id"], "--date", "2026-09-05", "--at", "09:00").stdout)


class Offer(Waiting):
    def offered(self):
        number = self.add(self.near[0])
        hour = self.free_hour()
        hold = self.offer(number, hour)
        return number, hour, hold

    def test_held_not_booked(self):
        number, hour, hold = self.offered()
        (one,) = self.list()
        self.assertEqual((one["state"], one["hold"]), ("offered", hold))
        database = sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True)
        rows = database.execute("SELECT state, request FROM appointment").fetchall()
        notices = database.execute("SELECT DISTINCT kind, recipient_kind FROM notice WHERE subject = ?",
                                   (number,)).fetchall()
        database.close()
        self.assertEqual(rows, [("hold", number)])
        # for the student: who is told depends on their age
        self.assertEqual(notices, [("request.offered", 1)])
        # not twice, and not to somebody else at that hour
        self.assertIn("offered already", self.waiting("offer", number, "--for", WHO["id"], "--date", hour[0], "--at",
                                                      hour[1], status=1).stderr)
        other = self.add(self.near[1])
        self.waiting("offer", other, "--for", WHO["id"], "--date", hour[0], "--at", hour[1], status=1)
        self.assertEqual(self.state(other), "waiting")

    def test_waits_again_when_it_ends(self):
        number, hour, _ = self.offered()
        self.set_clock(2)
        self.assertEqual(self.state(number), "offered")
        self.set_clock(3.5)
        self.assertEqual(self.state(number), "waiting")
        log = json.loads(self.ctl("audit", "show", "--json", "--subject", number).stdout)
        self.assertEqual([entry["action"] for entry in log], ["request.expire", "request.offer", "request.add"])

    def test_let_go(self):
        number, _, hold = self.offered()
        self.waiting("withdraw", number)
        self.assertEqual(self.state(number), "withdrawn")
        database = sqlite3.connect(f"file:{self.daemon.database}?mode=ro", uri=True)
        self.assertEqual(database.execute("SELECT count(*) FROM appointment WHERE state = 'hold'").fetchone(), (0,))
        database.close()

    def test_what_blocks_refuses(self):
        number = self.add(self.near[0])
        self.waiting("offer", number, "--for", WHO["id"], "--date", "2026-09-05", "--at", "09:00", status=1)
        self.assertEqual(self.state(number), "waiting")


if __name__ == "__main__":
    tap.main()
