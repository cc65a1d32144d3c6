#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a roster to a published plan, over the bus."""
import copy

import tap
from gi.repository import GLib
from comodal_test import BUS_NAME, OBJECT, TestCase, await_event, english, generate, verify

CASELOAD = generate("pair", "--seed", 1)
EFFORT = 10
# the horizon's first day: in the past or the future of whoever runs this
FIRST_DAY = CASELOAD["horizon"]["from"]


class PlanCase(TestCase):
    def setUp(self):
        super().setUp()
        self.start_daemon()
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")

    def make(self, **more):
        job = self.client.plan(**{"effort": EFFORT, "seed": 1, "threads": GLib.Variant("u", 1),
                                  "replan_from": FIRST_DAY, **more})
        job.wait()
        return job.result()

    def publish(self, plan, published):
        job = self.client.publish(plan, published)
        job.wait()
        return job.result()

    def plans(self):
        return {number: state for number, state, *_ in self.client.call("Planner", "ListPlans")[0]}

    def plan(self, number):
        return self.client.json("Planner", "Get", "(t)", number)


class Plan(PlanCase):
    def test_a_draft_is_valid_and_costs_what_it_says(self):
        result = self.make()
        plan = self.plan(result["plan"])
        valid, words = verify(self.client.roster(), plan)
        self.assertTrue(valid, words)
        self.assertEqual(result["placed"], len(plan["sessions"]))
        self.assertEqual(result["unscheduled"], len(plan["unscheduled"]))
        self.assertEqual(dict(result["cost"]), {name: value for name, value in plan["cost"].items() if name != "total"})
        (listed,) = self.client.call("Planner", "ListPlans")[0]
        self.assertEqual(listed[:2], (result["plan"], "draft"))
        self.assertEqual(listed[3:6], (result["placed"], result["unscheduled"], plan["cost"]["total"]))
        self.assertEqual(self.client.published(), 0)

    def test_an_effort_can_be_had_again(self):
        first, second = self.make(effort=40), self.make(effort=40, threads=GLib.Variant("u", 2))
        self.assertEqual(self.plan(first["plan"]), self.plan(second["plan"]))

    def test_progress_is_told(self):
        job = self.client.plan(seconds=1.5)
        self.assertEqual(job.wait(), "succeeded")
        self.assertEqual(job.properties()["Progress"], 1)
        running = [change for change in job.changes if "State" not in change]
        self.assertGreater(len(running), 1, "nothing was told while it ran")
        # five a second, and no more
        self.assertLess(len(running), 12)
        figures = [change["Figures"] for change in running if "cost" in change.get("Figures", {})]
        self.assertTrue(figures)
        for name in ("cost", "unscheduled", "effort", "seconds"):
            self.assertIn(name, figures[-1])
        self.assertEqual(job.finished, "succeeded")

    def test_stop_keeps_the_best_so_far(self):
        job = self.client.plan(seconds=600.0)
        job.await_change(lambda change: "cost" in change.get("Figures", {}), "a first plan")
        job.call("Stop")
        self.assertEqual(job.wait(), "succeeded")
        valid, words = verify(self.client.roster(), self.plan(job.result()["plan"]))
        self.assertTrue(valid, words)

    def test_cancel_keeps_nothing(self):
        job = self.client.plan(seconds=600.0)
        job.await_change(lambda change: "cost" in change.get("Figures", {}), "a first plan")
        job.call("Cancel")
        self.assertEqual(job.wait(), "cancelled")
        self.assertEqual(job.properties()["Result"], {})
        self.assertEqual(self.plans(), {})

    def test_release_cancels_and_forgets(self):
        job = self.client.plan(seconds=600.0)
        job.call("Release")
        with self.assertRaises(Exception) as context:
            job.properties()
        self.assertTrue(context.exception.full_name.startswith("org.freedesktop.DBus.Error.Unknown"))
        self.assertEqual(self.plans(), {})

    def test_options(self):
        for bad in ({"seconds": -1.0}, {"seconds": float("nan")}, {"seconds": 1e9}, {"seconds": 0.0},
                    {"threads": GLib.Variant("u", 1000)}, {"replan_from": "2026-13-01"}, {"effort": "much"},
                    {"quality": 1.0}):
            self.assert_call_fails("InvalidInput", self.client.plan, **bad)
        job = self.client.plan(effort=1, replan_from="1999-01-01")
        self.assertEqual(job.wait(), "failed")
        self.assertTrue(job.properties()["ErrorName"].endswith("InvalidInput"))

    def test_without_a_policy_for_a_profession(self):
        document = copy.deepcopy(CASELOAD)
        document["professionals"][0]["profession"] = "astrologue"
        self.client.import_caseload(document).wait()
        job = self.client.plan(effort=1)
        self.assertEqual(job.wait(), "failed")
        self.assertIn("astrologue", english(job.properties()["ErrorMessage"]))
        self.assertEqual(self.plans(), {})

    def test_before_the_first_import(self):
        self.daemon.stop()
        for path in self.daemon.database.parent.iterdir():
            path.unlink()
        self.start_daemon()
        client = self.connect()
        job = client.plan(effort=1)
        self.assertEqual(job.wait(), "failed")
        self.assertTrue(job.properties()["ErrorName"].endswith("NotFound"))
        self.assert_call_fails("NotFound", client.document, "Planner", "Get", "(t)", 0)


class Publish(PlanCase):
    def test_published(self):
        told = []
        self.client.bus.signal_subscribe(BUS_NAME, BUS_NAME + ".Planner", "Published", OBJECT, None, 0,
                                         lambda *event: told.append(event[5].unpack()[0]))
        draft = self.make()
        result = self.publish(draft["plan"], 0)
        await_event(lambda: told, "the Published signal")
        self.assertEqual(told, [draft["plan"]])
        self.assertEqual(result["placed"], draft["placed"])
        self.assertEqual(result["added"], draft["placed"])
        self.assertEqual(self.plans(), {draft["plan"]: "published"})
        self.assertEqual(self.client.published(), draft["plan"])
        self.assertEqual(self.plan(0), self.plan(draft["plan"]))
        previous = {session["id"]: session for session in self.client.roster()["previous"]}
        self.assertEqual(set(previous), {session["id"] for session in self.plan(0)["sessions"]})

    def test_again(self):
        first = self.make()
        self.publish(first["plan"], 0)
        second = self.make(effort=2 * EFFORT)
        self.assertEqual(self.plans(), {first["plan"]: "published", second["plan"]: "draft"})
        self.publish(second["plan"], first["plan"])
        self.assertEqual(self.plans(), {first["plan"]: "superseded", second["plan"]: "published"})

    def test_conflict_with_what_is_published(self):
        first, second = self.make(), self.make()
        self.publish(first["plan"], 0)
        job = self.client.publish(second["plan"], 0)
        self.assertEqual(job.wait(), "failed")
        self.assertTrue(job.properties()["ErrorName"].endswith(".Conflict"))
        self.assertEqual(self.client.published(), first["plan"])

    def test_conflict_with_the_roster(self):
        draft = self.make()
        document = copy.deepcopy(CASELOAD)
        document["students"][0]["name"] = "Une Autre"
        self.client.import_caseload(document).wait()
        job = self.client.publish(draft["plan"], 0)
        self.assertEqual(job.wait(), "failed")
        self.assertTrue(job.properties()["ErrorName"].endswith(".Conflict"))
        self.assertEqual(self.client.published(), 0)

    def test_what_is_not_a_draft(self):
        job = self.client.publish(12345, 0)
        self.assertEqual(job.wait(), "failed")
        self.assertTrue(job.properties()["ErrorName"].endswith(".NotFound"))
        draft = self.make()
        self.publish(draft["plan"], 0)
        job = self.client.publish(draft["plan"], draft["plan"])
        self.assertEqual(job.wait(), "failed")
        self.assert_call_fails("Conflict", self.client.call, "Planner", "Discard", "(t)", draft["plan"])

    def test_discard(self):
        draft = self.make()
        self.client.call("Planner", "Discard", "(t)", draft["plan"])
        self.assertEqual(self.plans(), {})
        self.assert_call_fails("NotFound", self.client.call, "Planner", "Discard", "(t)", draft["plan"])

    def test_a_restart_keeps_plans(self):
        draft, other = self.make(), self.make(seed=2)
        self.publish(draft["plan"], 0)
        before = self.plans(), self.plan(0), self.plan(other["plan"])
        self.restart_daemon()
        self.client = self.connect()
        self.assertEqual((self.plans(), self.plan(0), self.plan(other["plan"])), before)

    def test_replanning_leaves_what_is_over(self):
        first = self.make()
        self.publish(first["plan"], 0)
        before = {session["id"]: session for session in self.plan(0)["sessions"]}
        day = sorted({session["date"] for session in before.values()})[3]
        second = self.make(replan_from=day, seed=7)
        after = {session["id"]: session for session in self.plan(second["plan"])["sessions"]}
        over = [name for name, session in before.items() if session["date"] < day]
        self.assertTrue(over)
        for name in over:
            for member in ("date", "start", "mode"):
                self.assertEqual(after[name][member], before[name][member], name)

    def test_a_hold_ends_with_its_plan(self):
        self.publish(self.make()["plan"], 0)
        day = sorted({session["date"] for session in self.plan(0)["sessions"]})[3]
        second = self.make(replan_from=day)
        self.publish(second["plan"], self.client.published())
        self.assertFalse([placed for placed in self.client.roster()["previous"] if placed["locked"]])

    def test_a_day_that_was_taken_away(self):
        """Somebody who was ill, written down afterwards: what did not take place is planned again, the rest stands."""
        self.publish(self.make()["plan"], 0)
        before = {session["id"]: session for session in self.plan(0)["sessions"]}
        days = sorted({session["date"] for session in before.values()})
        document = copy.deepcopy(CASELOAD)
        professional = document["professionals"][0]
        professional["absences"].append([days[1], days[1]])
        self.assertEqual(self.client.import_caseload(document).wait(), "succeeded")
        after = {session["id"]: session for session in self.plan(self.make(replan_from=days[4])["plan"])["sessions"]}
        lost = held = 0
        for followup in CASELOAD["followups"]:
            broken = False
            for session in followup["sessions"]:
                name = session["id"]
                if name not in before or before[name]["date"] >= days[4]:
                    break
                broken = broken or (followup["professional"] == professional["id"] and before[name]["date"] == days[1])
                if broken:
                    self.assertTrue(name not in after or after[name]["date"] >= days[4], name)
                    lost += 1
                else:
                    self.assertEqual(after[name]["date"], before[name]["date"], name)
                    held += 1
        self.assertTrue(lost and held, (lost, held))

    def test_hours_that_changed_since(self):
        """What is over was right by what held on its day: it stays, and only the rest is planned by today's hours."""
        self.publish(self.make()["plan"], 0)
        before = {session["id"]: session for session in self.plan(0)["sessions"]}
        days = sorted({session["date"] for session in before.values()})
        document = copy.deepcopy(CASELOAD)
        for professional in document["professionals"]:
            professional["hours"] = {day: [["07:00", "07:30"]] for day in professional["hours"]}
        self.assertEqual(self.client.import_caseload(document).wait(), "succeeded")
        made = self.make(replan_from=days[3])
        after = {session["id"]: session for session in self.plan(made["plan"])["sessions"]}
        over = {name for name, session in before.items() if session["date"] < days[3]}
        self.assertTrue(over)
        self.assertEqual(set(after), over, "by hours so short nothing else has a place")
        for name in over:
            for key in ("date", "start", "mode"):
                self.assertEqual(after[name][key], before[name][key], name)
        self.publish(made["plan"], 1)

    def test_a_horizon_that_begins_later(self):
        self.publish(self.make()["plan"], 0)
        days = sorted({session["date"] for session in self.plan(0)["sessions"]})
        document = copy.deepcopy(CASELOAD)
        document["horizon"]["from"] = days[2]
        self.assertEqual(self.client.import_caseload(document).wait(), "succeeded")
        plan = self.plan(self.make(replan_from=days[3])["plan"])
        self.assertTrue(plan["sessions"])
        self.assertGreaterEqual(min(session["date"] for session in plan["sessions"]), days[2])

    def test_a_first_day_before_the_horizon(self):
        document = copy.deepcopy(CASELOAD)
        document["replan_from"] = "2020-01-01"
        self.assertEqual(self.client.import_caseload(document).wait(), "succeeded")
        job = self.client.plan(effort=1)
        self.assertEqual(job.wait(), "succeeded", english(job.properties()["ErrorMessage"]))


class Documents(PlanCase):
    def test_diff(self):
        first = self.make()
        whole = self.client.json("Planner", "Diff", "(tt)", 0, first["plan"])
        self.assertEqual(whole["format"], "comodal-plan-diff/1")
        self.publish(first["plan"], 0)
        same = self.client.document("Planner", "Diff", "(tt)", 0, first["plan"])
        self.assertLess(len(same), len(self.client.document("Planner", "Get", "(t)", 0)))
        self.assert_call_fails("NotFound", self.client.document, "Planner", "Diff", "(tt)", 0, 999)

    def test_agenda(self):
        draft = self.make()
        horizon = CASELOAD["horizon"]
        who = self.client.number("professional", CASELOAD["professionals"][0]["id"])
        period = (horizon["from"], horizon["to"])
        self.assert_call_fails("NotFound", self.client.document, "Agenda", "Get", "(tssa{sv})", who, *period, {})
        plan = {"plan": GLib.Variant("t", draft["plan"])}
        drafted = self.client.json("Agenda", "Get", "(tssa{sv})", who, *period, plan)
        self.assertEqual(drafted["format"], "comodal-agenda/1")
        self.publish(draft["plan"], 0)
        self.assertEqual(self.client.json("Agenda", "Get", "(tssa{sv})", who, *period, {}), drafted)
        for arguments in ((who, "monday", horizon["to"], {}), (who, horizon["to"], horizon["from"], {}),
                          (who, *period, {"week": GLib.Variant("s", "x")})):
            self.assert_call_fails("InvalidInput", self.client.document, "Agenda", "Get", "(tssa{sv})", *arguments)
        self.assert_call_fails("NotFound", self.client.document, "Agenda", "Get", "(tssa{sv})", 2**60, *period, {})

    def test_explain(self):
        draft = self.make()
        session = CASELOAD["followups"][0]["sessions"][0]["id"]
        explanation = self.client.json("Planner", "Explain", "(st)", session, draft["plan"])
        self.assertEqual(explanation["format"], "comodal-explanation/1")
        self.assert_call_fails("NotFound", self.client.document, "Planner", "Explain", "(st)", "nothing", draft["plan"])
        self.assert_call_fails("NotFound", self.client.document, "Planner", "Explain", "(st)", session, 0)


class Policies(PlanCase):
    def test_list_and_show(self):
        listed = {row[0]: row for row in self.client.call("Policy", "List")[0]}
        self.assertEqual(set(listed), {"psychologue", "orthophoniste", "conseiller-orientation"})
        for profession, row in listed.items():
            self.assertEqual(len(self.client.call("Policy", "Show", "(s)", profession)[0]), row[4])
        self.assert_call_fails("NotFound", self.client.call, "Policy", "Show", "(s)", "astrologue")


if __name__ == "__main__":
    tap.main()
