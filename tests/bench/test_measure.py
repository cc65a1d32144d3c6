#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The harness that measures the planner: it must see a bad plan, a wrong cost, and what a run took."""
import argparse
import json
import os
import pathlib
import sys
import tempfile
import unittest

import tap

TESTS = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"]) / "tests"
sys.path.insert(0, str(TESTS / "bench"))
import measure  # noqa: E402
import planner  # noqa: E402


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="comodal-measure-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.caseload, self.out = self.folder / "caseload.json", self.folder / "plan.json"


class Judge(Folder):
    """A plan by hand, then each way to spoil it."""

    def setUp(self):
        super().setUp()
        measure.generate("pair --seed 3", self.caseload)
        measure.first_fit(self.caseload, self.out)
        self.plan = json.loads(self.out.read_text(encoding="utf-8"))

    def judge(self):
        self.out.write_text(json.dumps(self.plan), encoding="utf-8")
        return measure.judge(self.caseload, self.out)

    def refused(self):
        with self.assertRaises(measure.Fault):
            self.judge()

    def test_good(self):
        self.assertEqual(self.judge(), self.plan["cost"])

    def test_outside_hours(self):
        self.plan["sessions"][0]["start"] = "23:00"
        self.refused()

    def test_no_room(self):
        next(s for s in self.plan["sessions"] if s["mode"] == "in-person")["room"] = None
        self.refused()

    def test_two_at_once(self):
        for session in self.plan["sessions"]:
            session.update({key: self.plan["sessions"][0][key] for key in ("date", "start")})
        self.refused()

    def test_forgotten(self):
        self.plan["sessions"].pop()
        self.refused()

    def test_flattered_cost(self):
        self.plan["cost"]["lateness"] -= 1
        self.plan["cost"]["total"] -= 1
        self.refused()


class Gap(unittest.TestCase):
    def test_formula(self):
        self.assertEqual(measure.gap(1010, {"cost": 1000, "unscheduled": 0}), 1)
        # 3,000 of 4,000 points can't be helped: 10 more than 1,000
        self.assertEqual(measure.gap(4010, {"cost": 4000, "unscheduled": 3000}), 1)
        self.assertEqual(measure.gap(4000, {"cost": 4000, "unscheduled": 3000}), 0)
        self.assertEqual(measure.gap(6000, {"cost": 4000, "unscheduled": 3000}), 200)

    def test_reference(self):
        optima = json.loads((TESTS / "planning" / "optima.json").read_text(encoding="utf-8"))
        self.assertEqual(measure.reference("pair --seed 1"), {
            "cost": optima["pair --seed 1"]["optimum"], "unscheduled": optima["pair --seed 1"]["unscheduled"], "kind": "optimum"})
        self.assertIsNone(measure.reference("pair --seed 987654"))
        self.assertGreaterEqual(measure.bound("team --seed 1"), 13460)

    def test_no_plan_is_better_than_the_bounds(self):
        """what is said to be the best known is no better than what is proven"""
        for name, answer in measure.read_json(measure.BEST_KNOWN).items():
            self.assertGreaterEqual(answer["cost"], measure.bound(name) or 0, name)
            self.assertGreaterEqual(answer["cost"], answer["unscheduled"], name)

    def test_names(self):
        self.assertEqual(measure.name_of("pair", 7), "pair --seed 7")
        self.assertEqual(measure.name_of("team", 7, "784000", True), "team --seed 7 --css 784000 --busy")
        self.assertEqual(measure.name_of("region", 1, professionals=30), "region --seed 1 --professionals 30")


class BestKnown(Folder):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "best.json"

    def record(self, name, total, unscheduled=0):
        return measure.record(name, {"total": total, "unscheduled": unscheduled}, {"effort": 5}, self.path)

    def test_only_the_better_is_kept(self):
        self.assertTrue(self.record("team --seed 10", 20000, 1000))
        self.assertFalse(self.record("team --seed 10", 20000))
        self.assertFalse(self.record("team --seed 10", 20001))
        self.assertTrue(self.record("team --seed 10", 19999))
        self.assertTrue(self.record("team --seed 9", 30000))
        self.assertEqual(measure.read_json(self.path)["team --seed 10"], {"cost": 19999, "unscheduled": 0, "effort": 5})
        self.assertEqual(list(measure.read_json(self.path)), ["team --seed 9", "team --seed 10"])

    def test_below_what_is_proven(self):
        with self.assertRaises(measure.Fault):
            self.record("team --seed 1", 13459)  # tests/bench/optima-own.json
        with self.assertRaises(measure.Fault):
            self.record("pair --seed 1", 3851, 3000)

    def test_nothing_beside_an_optimum(self):
        self.assertFalse(self.record("pair --seed 1", 3900, 3000))
        self.assertFalse(self.path.exists())


class Run(Folder):
    def test_what_it_took(self):
        measure.generate("month --seed 2", self.caseload)
        found = measure.plan(self.caseload, self.out, "--effort", 100, "--threads", 1)
        cost = measure.judge(self.caseload, self.out)
        self.assertEqual(found["effort"], 100)
        self.assertGreater(found["cpu"], 0.05)
        self.assertGreater(found["wall"], 0)
        self.assertGreater(found["mib"], 2)
        self.assertTrue(found["curve"])
        costs = [point[2] for point in found["curve"]]
        self.assertEqual(costs, sorted(costs, reverse=True))
        self.assertGreaterEqual(costs[-1], cost["total"])

    def test_program_that_fails(self):
        self.caseload.write_text("{}", encoding="utf-8")
        with self.assertRaises(measure.Fault):
            measure.plan(self.caseload, self.out, "--effort", 1)

    def test_part_of_a_caseload(self):
        measure.generate("team --seed 3 --busy --professionals 2", self.caseload)
        whole = self.folder / "whole.json"
        measure.generate("team --seed 3 --busy", whole)
        part, all_ = [json.loads(path.read_text(encoding="utf-8")) for path in (self.caseload, whole)]
        self.assertEqual(part["professionals"], all_["professionals"][:2])
        self.assertEqual(part["followups"], [f for f in all_["followups"] if f["professional"] in ("p-00001", "p-00002")])
        self.assertLess(len(part["busy"]), len(all_["busy"]))
        measure.plan(self.caseload, self.out, "--effort", 2)
        self.assertGreater(measure.judge(self.caseload, self.out)["total"], 0)


class Program(Folder):
    """planner.py, as a person calls it."""

    def test_instances(self):
        asked = argparse.Namespace(make=["team --seed 4"], size=["pair", "month"], seeds="1-2,7", css=["714000", "784000"], busy=False)
        names = planner.names_of(asked)
        self.assertEqual(len(names), 1 + 2 * 3 * 2)
        self.assertEqual(names[:2] + names[-1:], ["team --seed 4", "pair --seed 1", "month --seed 7 --css 784000"])
        asked = argparse.Namespace(make=[], size=["halfterm"], seeds=None, css=None, busy=False)
        self.assertIn("halfterm --seed 4 --busy", planner.names_of(asked))
        self.assertEqual({name.split()[0] for name in planner.names_of(asked)}, {"halfterm"})

    def test_run(self):
        out = self.folder / "out.json"
        text = measure.python(TESTS / "bench" / "planner.py", "--make", "pair --seed 3", "--make", "pair --seed 4", "--effort", 5,
                              "--first-fit", "--out", out)
        results = json.loads(out.read_text(encoding="utf-8"))
        self.assertEqual([result["instance"] for result in results], ["pair --seed 3", "pair --seed 4"])
        for result, line, optimum in zip(results, text.splitlines()[1:], (908, 761)):
            total = result["cost"]["total"]
            self.assertIn(f"{total:>10}{optimum:>10}{100 * (total - optimum) / optimum:>9.2f}", line)
            self.assertGreater(result["first_fit"]["total"], total)
        self.assertIn("pair: 2 runs, gap mean", text.splitlines()[-1])


if __name__ == "__main__":
    tap.main()
