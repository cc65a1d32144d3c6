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


class Rooms(Exact):
    def test_enough_rooms_at_any_time_but_no_assignment(self):
        """Two rooms, never more than two sessions; yet whoever starts by video must change rooms. One is left out."""
        times = {"a": ("in-person", "08:00", "08:30"), "b": ("video-school", "08:15", "09:00"),
                 "c": ("video-school", "08:45", "09:30"), "d": ("in-person", "09:15", "09:45")}
        day = "2026-09-08"
        document = {
            "format": "comodal-caseload/1", "organisation": {"id": "rooms"}, "horizon": {"from": day, "to": day},
            "grid_minutes": 15, "companions": [], "contacts": [], "travel_minutes": {"s": {}},
            "calendars": [{"id": "c", "cycle_length": 1, "days": [{"date": day, "kind": "class", "cycle_day": 1}]}],
            "sites": [{"id": "s", "open": ["08:00", "15:00"], "calendar": "c"}],
            "rooms": [{"id": "both", "site": "s", "uses": ["in-person", "video"]},
                      {"id": "screen", "site": "s", "uses": ["video"]}],
            "professionals": [], "students": [], "followups": []}
        for name, (mode, start, end) in times.items():
            minutes = (int(end[:2]) - int(start[:2])) * 60 + int(end[3:]) - int(start[3:])
            document["professionals"].append({"id": name, "profession": "conseiller-orientation", "base": "s", "sites": ["s"],
                                              "hours": {"tue": [[start, end]]}, "absences": []})
            document["students"].append({"id": name, "site": "s", "birth_date": "2012-01-01", "remote_hours": {},
                                         "blocked": [], "core": []})
            document["followups"].append({
                "id": name, "professional": name, "student": name, "priority": 1, "not_before": day,
                "sessions": [{"id": f"{name}-1", "act": "suivi", "minutes": minutes, "target_date": day,
                              "participants": [], "prefer": None, "modes": [mode]}]})
        self.caseload.write_text(json.dumps(document), encoding="utf-8")
        self.expect({"optimum": 1000, "unscheduled": 1000})


if __name__ == "__main__":
    tap.main()
