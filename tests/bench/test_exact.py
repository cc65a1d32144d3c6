#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""exact.py finds known optima, and verify.py accepts its plans."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import tap

TESTS = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"]) / "tests"


def run(*command):
    return subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True, check=False)


class Exact(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.caseload = pathlib.Path(folder.name) / "caseload.json"
        self.plan = pathlib.Path(folder.name) / "plan.json"

    def expect(self, known):
        done = run(TESTS / "bench" / "exact.py", self.caseload, "--out", self.plan, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)[str(self.caseload)]
        self.assertTrue(found["proven"])
        self.assertEqual({k: found[k] for k in known}, known)
        judged = run(TESTS / "planning" / "verify.py", self.caseload, self.plan, "--json")
        self.assertEqual(judged.returncode, 0, judged.stdout + judged.stderr)
        self.assertEqual(json.loads(judged.stdout)["cost"]["total"], known["optimum"])


class KnownOptimum(Exact):
    def reach(self, name):
        made = run(TESTS / "planning" / "generate.py", *name.split(), "--out", self.caseload)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.expect(json.loads((TESTS / "planning" / "optima.json").read_text(encoding="utf-8"))[name])

    def test_everything_placed(self):
        self.reach("pair --seed 6")

    def test_something_left_out(self):
        self.reach("pair --seed 2")


class Edges(Exact):
    """Sessions with one time each: a contact takes part who has just that one. What cannot stand is left out: 1000."""

    def hold(self, sessions, days, profession, followups):
        """`sessions`: (mode, from, to), with targets on the days in turn; those beyond `followups` are the first one's."""
        document = {
            "format": "comodal-caseload/1", "organisation": {"id": "edges"}, "grid_minutes": 15,
            "horizon": {"from": days[0], "to": days[-1]}, "companions": [], "contacts": [], "travel_minutes": {"s": {}},
            "calendars": [{"id": "c", "cycle_length": 1,
                           "days": [{"date": day, "kind": "class", "cycle_day": 1} for day in days]}],
            "sites": [{"id": "s", "open": ["08:00", "15:00"], "calendar": "c"}],
            "rooms": [{"id": "both", "site": "s", "uses": ["in-person", "video"]},
                      {"id": "screen", "site": "s", "uses": ["video"]}],
            "professionals": [], "students": [], "followups": []}
        for n, (mode, start, end) in enumerate(sessions):
            hours = {day: [[start, end]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
            document["contacts"].append({"id": f"g{n}", "kind": "guardian", "hours": hours, "preferred": hours})
            minutes = (int(end[:2]) - int(start[:2])) * 60 + int(end[3:]) - int(start[3:])
            session = {"id": f"{n}", "act": "suivi", "minutes": minutes, "target_date": days[n % len(days)],
                       "participants": [f"g{n}"], "prefer": None, "modes": [mode]}
            if n >= followups:
                document["followups"][0]["sessions"].append(session)
                continue
            document["students"].append({"id": f"e{n}", "site": "s", "birth_date": "2008-01-01", "remote_hours": {},
                                         "blocked": [], "core": []})
            document["followups"].append({"id": f"f{n}", "professional": "p0", "student": f"e{n}", "priority": 1,
                                          "not_before": days[0], "sessions": [session]})
        for n in range(len(sessions) if profession == "conseiller-orientation" else 1):  # one each, or one for all
            document["professionals"].append({
                "id": f"p{n}", "profession": profession, "base": "s", "sites": ["s"], "absences": [],
                "hours": {day: [["08:00", "15:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}})
            if profession == "conseiller-orientation":
                document["followups"][n]["professional"] = f"p{n}"
        self.caseload.write_text(json.dumps(document), encoding="utf-8")

    def left_out(self, points):
        self.expect({"optimum": points, "unscheduled": points})

    def test_enough_rooms_at_any_time_but_no_assignment(self):
        """Two rooms, never more than two sessions; yet one of those by video would have to change rooms."""
        times = [("in-person", "08:00", "08:30"), ("video-school", "08:15", "09:00"),
                 ("video-school", "08:45", "09:30"), ("in-person", "09:15", "09:45")]
        self.hold(times, ["2026-09-08"], "conseiller-orientation", 4)
        self.left_out(1000)

    def follow(self, first, second):
        self.hold([("in-person", "08:00", "08:45")] * 2, [first, second], "psychologue", 1)

    def test_least_gap_reached(self):
        self.follow("2026-09-01", "2026-09-05")
        self.expect({"optimum": 15, "unscheduled": 0})  # another weekday

    def test_least_gap_missed(self):
        self.follow("2026-09-01", "2026-09-04")
        self.left_out(1000)

    def test_most_gap_reached(self):
        self.follow("2026-09-01", "2026-09-29")
        self.left_out(0)

    def test_most_gap_exceeded(self):
        self.follow("2026-09-01", "2026-09-30")
        self.left_out(1000)

    def watch(self, *starts):
        times = [("video-school", f"{start}:00", f"{start}:45") for start in starts]
        self.hold(times, ["2026-09-08"], "orthophoniste", len(times))

    def test_video_run_at_its_limit(self):
        self.watch("08", "09", "10")
        self.left_out(0)

    def test_video_run_over_its_limit(self):
        self.watch("08", "09", "10", "11")
        self.left_out(1000)

    def test_break_of_just_its_minutes(self):
        times = [("08:00", "08:45"), ("09:00", "09:45"), ("10:00", "10:45"), ("11:15", "12:00")]
        self.hold([("video-school", *t) for t in times], ["2026-09-08"], "orthophoniste", 4)
        self.left_out(0)


if __name__ == "__main__":
    tap.main()
