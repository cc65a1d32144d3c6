#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies under a daemon that runs: read again when they change or when asked, kept when the new ones are wrong."""
import shutil

import tap
from gi.repository import GLib
from comodal_test import POLICIES, TestCase, english, generate

CASELOAD = generate("pair", "--seed", 1)


class Reload(TestCase):
    def setUp(self):
        super().setUp()
        self.policies = self.folder / "policies"
        shutil.copytree(POLICIES, self.policies)
        self.own = self.folder / "own"
        self.start_daemon(policies=[self.policies, self.own])
        self.client = self.connect()

    def drop_in(self, profession, text):
        folder = self.own / (profession + ".policy.d")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "10-own.conf").write_text(text)

    def titles(self):
        return {row[0]: row[1] for row in self.client.call("Policy", "List")[0]}

    def plan(self):
        job = self.client.plan(effort=5, threads=GLib.Variant("u", 1), replan_from=CASELOAD["horizon"]["from"])
        job.wait()
        return self.client.json("Planner", "Get", "(t)", job.result()["plan"])

    def most_a_day(self, plan):
        professionals = {followup["id"]: followup["professional"] for followup in CASELOAD["followups"]}
        owner = {session["id"]: professionals[followup["id"]]
                 for followup in CASELOAD["followups"] for session in followup["sessions"]}
        days = {}
        for session in plan["sessions"]:
            day = owner[session["id"]], session["date"]
            days[day] = days.get(day, 0) + 1
        return max(days.values())

    def test_when_asked(self):
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        self.assertGreater(self.most_a_day(self.plan()), 2)
        for profession in self.titles():
            self.drop_in(profession, "[Day]\nMaxSessions=2\n")
        self.assertEqual(self.client.call("Policy", "Reload"), ([],))
        self.assertEqual(self.most_a_day(self.plan()), 2)

    def test_what_is_wrong_is_not_taken(self):
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        before = self.client.call("Policy", "List"), self.plan()
        self.drop_in("psychologue", "[Day]\nMaxSessions=2\nUnheardOf=1\n")
        (problems,) = self.client.call("Policy", "Reload")
        self.assertEqual([(file.rsplit("/", 1)[-1], line) for file, line, _ in problems], [("10-own.conf", 3)])
        self.assertIn("key", english(problems[0][2]))
        self.assertEqual((self.client.call("Policy", "List"), self.plan()), before)

    def test_by_itself(self):
        self.drop_in("psychologue", "[Day]\nUnheardOf=1\n")
        self.daemon.await_log("10-own.conf:2: ")
        self.drop_in("psychologue", "[Day]\nMaxSessions=2\n")
        self.daemon.await_log("new policies are in force")

    def test_a_published_plan_is_judged_by_what_is_in_force(self):
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        plan = self.plan()
        self.assertGreater(self.most_a_day(plan), 1)
        for profession in self.titles():
            self.drop_in(profession, "[Day]\nMaxSessions=1\n")
        self.assertEqual(self.client.call("Policy", "Reload"), ([],))
        job = self.client.publish(1, 0)
        self.assertEqual(job.wait(), "failed", "a plan that breaks a rule was published")
        self.assertTrue(job.properties()["ErrorName"].endswith(".Conflict"), job.properties()["ErrorName"])
        self.assertEqual(self.client.published(), 0)


if __name__ == "__main__":
    tap.main()
