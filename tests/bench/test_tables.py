#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables and pictures of docs/performance.md: made of results.json and nothing else, and made rightly."""
import json
import os
import pathlib
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET

import tap

TESTS = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"]) / "tests"
sys.path.insert(0, str(TESTS / "bench"))
import chart  # noqa: E402
import report  # noqa: E402
import tables  # noqa: E402


def run_of(table, instance, seconds, total, unscheduled=0, **more):
    return {"table": table, "instance": instance, "seconds": seconds, "wall": float(seconds), "cpu": 2.0 * seconds, "mib": 50.0,
            "effort": 7, "curve": [[0.5, 2 * total], [seconds / 2, total + 10]], "cost": {"total": total, "unscheduled": unscheduled},
            **more}


def about(total, unscheduled, by_hand, **more):
    return {"professionals": 2, "sessions": 100, "weight": 200000, "first_fit": {"total": by_hand, "unscheduled": 20000},
            "reference": {"cost": total, "unscheduled": unscheduled, "kind": "best", "cpu": 600}, "bound": None, **more}


def results_by_hand():
    """Figures that can be checked in the head."""
    instances = {f"{size} --seed {seed}": about(1000, 0, 3000) for size in report.SMALL for seed in (1, 2)}
    instances |= {"team --seed 1": about(14000, 4000, 34000, bound=12500), "team --seed 2": about(10000, 0, 20000),
                  "centre --seed 1": about(300000, 100000, 1000000), "region --seed 1": about(900000, 0, 1800000, professionals=300),
                  "region --seed 1 --professionals 10": about(90000, 0, 180000, professionals=10)}
    runs = [run_of("small", f"{size} --seed {seed}", 2, 1000 + 20 * (seed - 1)) for size in report.SMALL for seed in (1, 2)]
    runs += [run_of("team", "team --seed 1", 5, 14100, 4000), run_of("team", "team --seed 2", 5, 10300),
             run_of("centre", "centre --seed 1", 1, 400000, 103000), run_of("centre", "centre --seed 1", 30, 302000, 100000),
             run_of("region", "region --seed 1", 20, 1800000, 9000), run_of("region", "region --seed 1", 120, 945000),
             run_of("first", "region --seed 1 --professionals 10", 0.01, 120000), run_of("first", "region --seed 1", 0.01, 1900000),
             run_of("growth", "region --seed 1 --professionals 10", 4, 95000)]
    again = {"date": "2026-10-28", "kind": "closed", "schools": "all", "sessions": 110, "forced": 10}
    closures = [{"instance": "pair --seed 1", **again, "least": {"optimum": 2000, "unscheduled": 1000, "proven": True},
                 "runs": [run_of("", "", 2, 2010, 1000)]},
                {"instance": "centre --seed 1", **again, "runs": [run_of("", "", 2, 303000, 100000), run_of("", "", 10, 300000, 100000)]}]
    for closure in closures:
        for run in closure["runs"]:
            run["cost"]["moved"] = 15 * 60
    return {"made": "2026-01-02", "version": "1.2.3", "quick": False, "load": 0.1, "processors": 2, "processor": "Abacus", "minutes": 3.2,
            "instances": instances, "runs": runs, "closures": closures}


def rows(block):
    """The cells of a table's rows, by the words of the first two."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines() if line.startswith("|")]
    return {" ".join(line[:2]): dict(zip(lines[0], line)) for line in lines[2:]}


class Tables(unittest.TestCase):
    def setUp(self):
        self.results = results_by_hand()

    def rows_of(self, name):
        return rows(report.make(self.results)[0][name])

    def test_small(self):
        row = self.rows_of("small")["`pair` Kamouraska–Rivière-du-Loup"]
        self.assertEqual([row[head] for head in ("instances", "gap, mean", "median", "worst", "at the optimum", "by hand, mean")],
                         ["2", "1.00 %", "1.00 %", "2.00 %", "1", "200 %"])

    def test_team(self):
        block = report.make(self.results)[0]["team"]
        row = rows(block)["Kamouraska–Rivière-du-Loup 2"]  # 100 of 10,000 and 300 of 10,000; 200 % and 100 %
        self.assertEqual([row["gap to the best known, mean"], row["worst"], row["by hand, mean"]], ["2.00 %", "3.00 %", "150 %"])
        self.assertIn("the plans above are 12.8 % above it, the best known 12.0 %", block)  # of 12,500

    def test_centre(self):
        row = self.rows_of("centre")["1 Kamouraska–Rivière-du-Loup"]
        self.assertEqual([row["gap"], row["more, of all sessions"]], ["50.0 %", "1.50 %"])

    def test_close(self):
        found = self.rows_of("close")
        self.assertEqual(found["`pair` all schools, closed"]["gap, mean"], "1.00 %")
        self.assertEqual(found["`centre` all schools, closed"]["gap, mean"], "1.50 %")
        self.assertEqual(found["`centre` all schools, closed"]["more than must"], "5.0")

    def test_growth(self):
        found = list(self.rows_of("growth").values())
        self.assertEqual([row["professionals"] for row in found], ["10", "300"])
        self.assertEqual([row["search, s"] for row in found], ["4", "120"])

    def test_goals(self):
        met = {row["what"]: row["met"] for row in self.rows_of("goals").values()}
        self.assertEqual(list(met.values()).count("yes"), 11)
        self.assertEqual([met["`pair`, 2 s, worst gap"], met["`team`, 5 s, worst gap"], met["`centre`, 30 s, worst gap"],
                          met["`region`, 120 s, worst gap"]], ["yes", "no", "yes", "yes"])
        self.assertEqual(met["`centre`, 1 s, left out more than the best known leaves out, worst"], "no")
        self.assertEqual(met["the same, moved though it might have stayed, of what might, worst"], "no")

    def test_nothing_to_compare_with(self):
        """a plan that is the best known itself, or nearly so long a run, is no measure"""
        self.results["instances"]["team --seed 1"]["reference"]["cpu"] = 19
        blocks = report.make(self.results)[0]
        self.assertIn("For 1 of the 2 plans above", blocks["team"])
        self.assertIn("| `team`, 5 s, worst gap (1 of 2) | 2 % | 3.00 % | no |", blocks["goals"])
        self.results["instances"]["centre --seed 1"]["reference"]["cpu"] = 60
        self.assertIn("| `centre`, 30 s, worst gap (0 of 1) | 3 % | nothing to compare with | ? |", report.make(self.results)[0]["goals"])

    def test_late_plan(self):
        self.results["closures"][1]["runs"][0]["wall"] += 0.2
        self.assertEqual(list(self.rows_of("goals").values())[-1]["met"], "no")

    def test_some_tables_anew(self):
        old, new = results_by_hand(), results_by_hand()
        new["runs"] = [run_of("team", "team --seed 1", 5, 13900, 4000), run_of("team", "team --seed 3", 5, 900)]
        new["load"], new["closures"] = 3.0, []
        merged = tables.merge(old, new)
        costs = {(run["table"], run["instance"]): run["cost"]["total"] for run in merged["runs"]}
        self.assertEqual((costs["team", "team --seed 1"], costs["team", "team --seed 2"], costs["team", "team --seed 3"]),
                         (13900, 10300, 900))
        self.assertEqual((len(merged["runs"]), merged["load"]), (len(old["runs"]) + 1, 3.0))

        self.assertEqual((merged["closures"], merged["anew"]), (old["closures"], ["team"]))

    def test_closures_anew(self):
        old, new = results_by_hand(), results_by_hand()
        new["runs"], new["closures"] = [], new["closures"][:1]
        merged = tables.merge(old, new)
        self.assertEqual((merged["runs"], merged["closures"], merged["anew"]), (old["runs"], new["closures"], ["again"]))

    def test_busy_machine_is_said(self):
        self.assertIn("nobody else used it", report.make(self.results)[0]["machine"])
        for run in self.results["runs"]:
            run["cpu"] /= 2
        self.assertIn("others used it", report.make(self.results)[0]["machine"])


    def test_notes_are_there_until_all_is_measured_again(self):
        self.assertEqual(report.make(self.results)[0]["notes"], "All tables are of this one run.")
        noted = {**self.results, "notes": ["One was busy.", "Another was not."]}
        self.assertEqual(report.make(noted)[0]["notes"], "One was busy.\n\nAnother was not.")
        some = tables.merge(noted, results_by_hand())
        self.assertIn("One was busy.", report.make(some)[0]["notes"])
        del some["notes"]
        self.assertEqual(report.make(some)[0]["notes"], "")


class Documents(unittest.TestCase):
    def test_say_what_the_results_say(self):
        """otherwise: tests/bench/tables.py --render"""
        self.assertEqual(report.differences(tables.read(tables.RESULTS), TESTS.parent / "docs"), [])

    def test_a_difference_is_seen(self):
        with tempfile.TemporaryDirectory() as folder:
            results, path = results_by_hand(), pathlib.Path(folder)
            report.write(results, path)
            self.assertEqual(report.differences(results, path), [])
            results["runs"][0]["cost"]["total"] += 500
            self.assertEqual([found.name for found in report.differences(results, path)], ["performance.md"])
            results["runs"][6]["curve"][1][1] -= 100
            self.assertEqual([found.name for found in report.differences(results, path)], ["performance.md", "cost-against-time.svg"])


class Pictures(unittest.TestCase):
    def setUp(self):
        self.pictures = report.make(results_by_hand())[1]

    def test_read_without_seeing(self):
        for name, text in self.pictures.items():
            root = ET.fromstring(text)
            space = {"svg": chart.NAMESPACE}
            self.assertTrue(root.find("svg:title", space).text, name)
            self.assertGreater(len(root.find("svg:desc", space).text), 100, name)
            self.assertIn("prefers-color-scheme: dark", text)

    def test_places(self):
        """a logarithmic scale: each power of ten is as far from the next"""
        scale = chart.Scale([1, 1000], 0, 300)
        self.assertEqual([scale.at(value) for value in (1, 10, 100, 1000)], [0, 100, 200, 300])
        self.assertEqual((scale.low, scale.high), (1, 1000))
        picture = ET.fromstring(chart.draw("a", "b", [chart.Panel("", "", "", [chart.Series("x", [(1, 1), (10, 100)])])]))
        paths = [path.get("d") for path in picture.iter(f"{{{chart.NAMESPACE}}}path") if path.get("class") == "line s0 d0"]
        self.assertEqual(paths[0], f"M{chart.LEFT}.0,{chart.HEIGHT - chart.BOTTOM}.0L{chart.WIDTH - chart.RIGHT}.0,{chart.TOP}.0")

    def test_inside(self):
        for text in self.pictures.values():
            root = ET.fromstring(text)
            for group in root.iter(f"{{{chart.NAMESPACE}}}g"):
                for mark in group.iter(f"{{{chart.NAMESPACE}}}text"):
                    self.assertTrue(0 <= float(mark.get("x")) <= chart.WIDTH and 0 <= float(mark.get("y")) <= chart.HEIGHT)


class Tiny(tables.Profile):
    """All of the run, on what takes no time."""

    def first_runs(self):
        yield "small", "pair --seed 3", 0.3
        yield "team", "team --seed 1", 0.5
        yield "centre", "team --seed 2 --professionals 2", 0.3
        yield "first", "team --seed 2 --professionals 2", 0.01
        yield "growth", "team --seed 2 --professionals 2", 0.3

    def closures(self):
        yield "pair --seed 3", 0.3, "pedagogical", True, None
        yield "team --seed 1", 0.5, "closed", False, 0.6


class Run(unittest.TestCase):
    def test_from_instances_to_documents(self):
        with tempfile.TemporaryDirectory() as folder:
            profile = Tiny(quick=True)
            profile.close_seconds = 0.3
            run = tables.Run(profile, pathlib.Path(folder))
            run.say = lambda text: None
            run.measure()
            tables.refresh(run.results)
            caseload = tables.read(pathlib.Path(folder) / "pair-seed-3.json")
            self.assertEqual(run.results["instances"]["pair --seed 3"]["weight"],
                             1000 * sum(f["priority"] * len(f["sessions"]) for f in caseload["followups"]))
            path = pathlib.Path(folder) / "results.json"
            tables.write_results(path, run.results)
            self.assertEqual(tables.read(path), json.loads(json.dumps(run.results)))
            report.write(run.results, pathlib.Path(folder))
            self.assertEqual(report.differences(run.results, pathlib.Path(folder)), [])
        pair, team = run.results["closures"]
        self.assertTrue(pair["least"]["proven"])
        self.assertGreaterEqual(pair["runs"][0]["cost"]["total"], pair["least"]["optimum"])
        for closure in (pair, team):
            self.assertGreater(closure["forced"], 0)
            self.assertGreaterEqual(closure["runs"][0]["cost"]["moved"], 60 * closure["forced"])
        self.assertEqual(run.results["instances"]["pair --seed 3"]["reference"], {"cost": 908, "unscheduled": 0, "kind": "optimum"})
        self.assertGreater(run.results["instances"]["team --seed 1"]["first_fit"]["total"], run.results["runs"][1]["cost"]["total"])


if __name__ == "__main__":
    tap.main()
