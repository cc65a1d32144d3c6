#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bound is never over the least cost, and finds what a room, or a professional's day, must leave out."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import tap

TESTS = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"]) / "tests"
PROGRAM = pathlib.Path(os.environ["COMODAL_BUILD_ROOT"]) / "tests" / "bench" / "bound"
HOUR = {"tue": [["08:00", "09:00"]]}
DAY = {"tue": [["08:00", "15:00"]]}


def crowd(professionals, sessions, hours, priorities):
    """One room at one site on one Tuesday; sessions of an hour, the professionals in turn."""
    return {
        "format": "comodal-caseload/1",
        "organisation": {"id": "crowd", "name": "Crowd", "timezone": "America/Toronto", "locale": "fr_CA"}, "grid_minutes": 15,
        "horizon": {"from": "2026-09-08", "to": "2026-09-08"}, "companions": [], "contacts": [],
        "travel_minutes": {},
        "calendars": [{"id": "c", "cycle_length": 1, "days": [{"date": "2026-09-08", "kind": "class", "cycle_day": 1}]}],
        "sites": [{"id": "s", "name": "S", "kind": "school", "lat": 48, "lon": -68, "open": ["08:00", "15:00"], "calendar": "c"}],
        "rooms": [{"id": "r", "site": "s", "uses": ["in-person", "video"]}],
        "professionals": [{"id": f"p{n}", "name": "P", "profession": "conseiller-orientation", "base": "s", "sites": ["s"], "absences": [],
                           "hours": hours} for n in range(professionals)],
        "students": [{"id": f"e{n}", "name": "E", "site": "s", "birth_date": "2008-01-01", "remote_hours": {}, "blocked": [], "core": []}
                     for n in range(sessions)],
        "followups": [{"id": f"f{n}", "professional": f"p{n % professionals}", "student": f"e{n}", "not_before": "2026-09-08",
                       "priority": priorities[n % len(priorities)],
                       "sessions": [{"id": f"f{n}-1", "act": "accueil", "minutes": 60, "target_date": "2026-09-08",
                                     "participants": [], "prefer": None}]} for n in range(sessions)]}


class Bound(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.caseload = pathlib.Path(folder.name) / "caseload.json"

    def find(self, *options):
        done = subprocess.run([PROGRAM, self.caseload, "-p", TESTS / "planning" / "policies", *options], text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return int(done.stdout.split()[-1])

    def hold(self, *crowded):
        self.caseload.write_text(json.dumps(crowd(*crowded)), encoding="utf-8")
        return self.find("--left-out", "--rounds", "300")

    def test_never_over_the_least_cost(self):
        for name, known in json.loads((TESTS / "planning" / "optima.json").read_text(encoding="utf-8")).items():
            with self.subTest(name):
                made = subprocess.run([sys.executable, TESTS / "planning" / "generate.py", *name.split(), "--out",
                                       self.caseload], capture_output=True, check=False)
                self.assertEqual(made.returncode, 0, made.stderr)
                self.assertLessEqual(self.find(), known["optimum"])
                self.assertLessEqual(self.find("--left-out"), known["unscheduled"])

    def test_one_room_for_an_hour(self):
        """Three come for the one hour of the room: two stay out, those of the lesser priorities."""
        points = self.hold(3, 3, HOUR, [1, 2, 3])
        self.assertLessEqual(points, 3000)
        self.assertGreater(points, 2900)

    def test_a_full_day(self):
        """Ten hours are asked of one professional who may work six a day; the room alone has seven."""
        points = self.hold(1, 10, DAY, [1])
        self.assertLessEqual(points, 4000)
        self.assertGreater(points, 3200)

    def test_room_for_all(self):
        self.assertEqual(self.hold(2, 4, DAY, [1]), 0)


if __name__ == "__main__":
    tap.main()
