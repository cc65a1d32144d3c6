#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A term as a person lives it, by comodalctl alone: import, plan, look, publish, change, plan again."""
import copy
import json

import tap
from comodal_test import TestCase, generate, verify

CASELOAD = generate("pair", "--seed", 1)
FIRST_DAY = CASELOAD["horizon"]["from"]


class Scenario(TestCase):
    def setUp(self):
        super().setUp()
        # before the horizon: what is past stays, whatever a document says
        clock = self.folder / "clock"
        clock.write_text("1756700000")
        self.start_daemon(environment={"COMODAL_CLOCK": str(clock)})

    def write(self, name, document):
        path = self.folder / name
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False))
        return path

    def json(self, *arguments):
        return json.loads(self.ctl(*arguments, "--json").stdout)

    def export(self, *arguments):
        path = self.folder / "exported.json"
        path.unlink(missing_ok=True)
        self.ctl("export", *arguments, "--out", path)
        return json.loads(path.read_text())

    def plan(self, *arguments, effort=20):
        return self.ctl("plan", "--effort", effort, "--threads", 1, "--replan-from", FIRST_DAY, *arguments)

    def published(self):
        return self.json("status")["published_plan"]

    def test_a_term(self):
        case = self.write("caseload.json", CASELOAD)
        self.assertEqual(self.json("status")["roster_version"], 0)
        self.ctl("import", "--dry-run", case)
        self.assertEqual(self.json("status")["roster_version"], 0)
        self.ctl("import", case)
        self.assertEqual(self.json("status")["counts"]["student"], len(CASELOAD["students"]))

        self.plan()
        self.assertEqual(self.published(), 0, "nobody was asked, so nothing is published")
        self.ctl("plan", "publish", 1, "--yes")
        self.assertEqual(self.published(), 1)
        valid, words = verify(self.export("--caseload"), self.export())
        self.assertTrue(valid, words)

        professional = CASELOAD["professionals"][0]
        week = self.ctl("agenda", professional["name"], "--week", FIRST_DAY).stdout
        self.assertIn(professional["name"], week)
        french = self.ctl("agenda", professional["id"], "--week", FIRST_DAY, "--lang", "fr").stdout
        self.assertIn("août", french)
        self.assertNotIn("August", french)
        self.ctl("explain", CASELOAD["followups"][0]["sessions"][0]["id"])

        changed = copy.deepcopy(CASELOAD)
        gone = changed["followups"].pop(0)
        self.ctl("import", self.write("changed.json", changed))
        self.plan("--publish")
        self.assertEqual(self.published(), 2)
        ids = {session["id"] for session in gone["sessions"]}
        plan = self.export()
        self.assertFalse(ids & {session["id"] for session in plan["sessions"] + plan["unscheduled"]})
        valid, words = verify(self.export("--caseload"), plan)
        self.assertTrue(valid, words)
        self.ctl("plan", "diff", 1, 2)

    def test_faults_are_shown_by_line(self):
        document = copy.deepcopy(CASELOAD)
        document["students"][2]["birth_date"] = "2014-02-30"
        path = self.write("faulty.json", document)
        line = next(number for number, text in enumerate(path.read_text().split("\n"), 1) if "2014-02-30" in text)
        said = self.ctl("import", path, status=1).stderr
        self.assertIn(f"{path}:{line}: $.students[2].birth_date", said)
        self.assertEqual(self.json("status")["roster_version"], 0)

    def test_a_stale_draft_is_refused(self):
        self.ctl("import", self.write("caseload.json", CASELOAD))
        self.plan()
        changed = copy.deepcopy(CASELOAD)
        changed["students"][0]["name"] = "Une Autre"
        self.ctl("import", self.write("changed.json", changed))
        self.assertIn("plan again", self.ctl("plan", "publish", 1, "--yes", status=1).stderr)
        self.assertEqual(self.published(), 0)

    def test_from_a_pipe(self):
        self.ctl("import", "-", text=json.dumps(CASELOAD))
        self.assertEqual(self.json("status")["counts"]["student"], len(CASELOAD["students"]))

    def test_without_a_service(self):
        self.daemon.stop()
        for command in (["status"], ["import", self.write("caseload.json", CASELOAD)], ["plan", "--effort", 1]):
            self.assertNotEqual(self.ctl(*command, status=None).returncode, 0)


if __name__ == "__main__":
    tap.main()
