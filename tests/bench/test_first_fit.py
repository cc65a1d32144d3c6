#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does by hand (first_fit.py): its plans are valid and cost what they say, and it does what it says it does."""
import json
import os
import pathlib
import sys
import tempfile
import unittest

import tap

TESTS = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"]) / "tests"
sys.path[:0] = [str(TESTS / "bench"), str(TESTS / "planning")]
import first_fit  # noqa: E402
import generate  # noqa: E402
import measure  # noqa: E402
import test_exact_every_plan as every_plan  # noqa: E402
import verify  # noqa: E402

POLICIES = TESTS / "planning" / "policies"
RANDOM_CASELOADS = 250


def plan_of(document, policies=POLICIES):
    """The plan and the judge's verdict."""
    plan = first_fit.plan(first_fit.Caseload(document, policies))
    return plan, *verify.judge(verify.Caseload(document, policies), plan)


class Valid(unittest.TestCase):
    def hold(self, document, policies=POLICIES):
        plan, broken, cost = plan_of(document, policies)
        self.assertEqual(broken, [])
        self.assertEqual(plan["cost"], cost)
        return plan

    def test_each_size(self):
        for size, seed, css, busy in (("pair", 1, None, False), ("pair", 4, "762000", True), ("month", 2, "784000", True),
                                      ("halfterm", 3, "831000", False), ("team", 1, None, True), ("team", 7, "784000", False)):
            document = generate.make(size, seed, css)
            plan = self.hold(generate.add_busy(document, seed) if busy else document)
            self.assertGreater(len(plan["sessions"]), 0.8 * len(plan["unscheduled"] + plan["sessions"]))

    def test_random_policies(self):
        placed = 0
        for seed in range(1, RANDOM_CASELOADS + 1):
            with tempfile.TemporaryDirectory() as folder, self.subTest(seed=seed):
                document = every_plan.Maker(seed, pathlib.Path(folder)).make()
                del document["previous"]
                placed += len(self.hold(document, folder)["sessions"])
        self.assertGreater(placed, RANDOM_CASELOADS)

    def test_never_below_the_least_cost(self):
        for name, answer in json.loads((TESTS / "planning" / "optima.json").read_text(encoding="utf-8")).items():
            _, _, cost = plan_of(generate.make("pair", int(name.split()[-1]), None))
            self.assertGreaterEqual(cost["total"], answer["optimum"], name)

    def test_nothing_to_plan_again(self):
        document = generate.make("pair", 1, None)
        document["previous"] = [{"id": document["followups"][0]["sessions"][0]["id"]}]
        with self.assertRaises(ValueError):
            first_fit.Caseload(document, POLICIES)


class Order(unittest.TestCase):
    """One professional, one room, days of one hour: who comes first, and where to."""

    def setUp(self):
        hours = {day: [["09:00", "10:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
        days = ["2026-09-07", "2026-09-08", "2026-09-09", "2026-09-10"]
        self.document = {
            "format": "comodal-caseload/1", "organisation": {"id": "o"}, "grid_minutes": 30,
            "horizon": {"from": days[0], "to": days[-1]},
            "calendars": [{"id": "c", "cycle_length": 1, "days": [{"date": d, "kind": "class", "cycle_day": 1} for d in days]}],
            "sites": [{"id": "s", "open": ["08:00", "16:00"], "calendar": "c"}], "travel_minutes": {},
            "rooms": [{"id": "r", "site": "s", "uses": ["in-person"]}], "companions": [],
            "professionals": [{"id": "p", "profession": "conseiller-orientation", "base": "s", "sites": ["s"], "hours": hours,
                               "absences": []}],
            "students": [], "contacts": [], "followups": []}
        self.home = hours

    def ask(self, name, date, priority=1, prefer=None, remote=False):
        document = self.document
        document["students"].append({"id": f"e{name}", "site": "s", "birth_date": "2010-01-01", "blocked": [], "core": [],
                                     "remote_hours": self.home if remote else {}})
        document["followups"].append({
            "id": f"f{name}", "professional": "p", "student": f"e{name}", "priority": priority, "not_before": "2026-09-07",
            "sessions": [{"id": name, "act": "suivi", "minutes": 60, "target_date": date, "participants": [], "prefer": prefer}]})

    def places(self):
        plan, broken, _ = plan_of(self.document)
        self.assertEqual(broken, [])
        return {s["id"]: (s["date"][-2:], s["mode"]) for s in plan["sessions"]}

    def test_priority_first(self):
        self.ask("low", "2026-09-07", 1)
        self.ask("high", "2026-09-08", 3)
        self.ask("low-too", "2026-09-08", 1)
        self.assertEqual(self.places(), {"low": ("07", "in-person"), "high": ("08", "in-person"), "low-too": ("09", "in-person")})

    def test_then_by_target_date(self):
        self.ask("late", "2026-09-09")
        self.ask("soon", "2026-09-08")
        self.ask("soon-too", "2026-09-08")
        self.assertEqual({name: day for name, (day, _) in self.places().items()}, {"soon": "08", "soon-too": "09", "late": "10"})

    def test_preferred_mode_though_later(self):
        self.ask("first", "2026-09-08", 3)
        self.ask("second", "2026-09-07", 2, "in-person", True)
        self.ask("third", "2026-09-07", 1, "video", True)
        self.assertEqual(self.places(), {"first": ("08", "in-person"), "second": ("07", "in-person"), "third": ("09", "video-remote")})

    def test_other_mode_when_there_is_no_place(self):
        self.document["rooms"] = []
        self.ask("one", "2026-09-08", 1, "in-person", True)
        self.assertEqual(self.places(), {"one": ("08", "video-remote")})

    def test_sooner_rather_than_not(self):
        for name in ("a", "b"):
            self.ask(name, "2026-09-10")
        self.assertEqual({name: day for name, (day, _) in self.places().items()}, {"a": "10", "b": "09"})


if __name__ == "__main__":
    tap.main()
