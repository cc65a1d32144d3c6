#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""exact.py against every plan of very small random caseloads, each judged by verify.py; random policies too.

With a number as its argument: that many caseloads, instead of a few.
"""
import collections
import contextlib
import datetime as dt
import io
import itertools
import os
import pathlib
import random
import sys
import tempfile
import unittest

import tap

TESTS = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"]) / "tests"
sys.path[:0] = [str(TESTS / "bench"), str(TESTS / "planning")]
import exact  # noqa: E402
import verify  # noqa: E402

COUNT = int(sys.argv.pop(1)) if sys.argv[1:] and sys.argv[1].isdigit() else 40
PLANS_MAX = 6000  # plans of one caseload that are judged
UNARY = {1, 2, 4, 5, 6, 7, 8, 13}  # rules that one session alone can break for good
MODES = ("in-person", "video-school", "video-remote")
WEEK = ("mon", "tue", "wed", "thu", "fri")
FIRST = dt.date(2026, 9, 7)
# shape: professionals, follow-ups, sessions of one at most, days
SHAPES = {"day": (1, 3, 1, 1), "weeks": (1, 2, 3, 15), "rooms": (3, 3, 2, 1), "mixed": (2, 3, 1, 3)}


def hhmm(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


class Maker:
    def __init__(self, seed, policies):
        self.rnd = random.Random(seed)
        self.shape = self.rnd.choice(sorted(SHAPES))
        self.professionals, self.followups, self.sessions, self.days = SHAPES[self.shape]
        self.grid = self.rnd.choice([30, 30, 60])
        self.span = self.rnd.choice([60, 90]) if self.shape == "weeks" else self.rnd.choice([120, 180, 240])
        self.policies = policies
        self.document = {"format": "comodal-caseload/1", "organisation": {"id": "o"}, "grid_minutes": self.grid,
                         "horizon": {"from": str(FIRST), "to": str(FIRST + dt.timedelta(self.days - 1))}}

    def chance(self, share):
        return self.rnd.random() < share

    def hours(self, full):
        """`full`: the share of people who have the whole span each day."""
        if self.chance(full):
            return {day: [["08:00", hhmm(480 + self.span)]] for day in WEEK}
        return {day: [[hhmm(480 + 30 * self.rnd.randint(0, 3)), hhmm(480 + self.span - 30 * self.rnd.randint(0, 2))]]
                for day in WEEK if self.chance(0.8)}

    def date(self):
        return str(FIRST + dt.timedelta(self.rnd.randrange(self.days)))

    def policy(self, name):
        lines = ["[Day]", f"MaxSites={self.rnd.choice([1, 2, 2, 2])}"]

        def perhaps(key, values, share):
            if self.chance(share):
                lines.append(f"{key}={self.rnd.choice(values)}")

        perhaps("BufferMinutes", [0, 5, 10, 15, 20], 0.7)
        perhaps("MaxSessions", [2, 3], 0.2)
        perhaps("MaxMinutes", [90, 120], 0.2)
        perhaps("MaxConsecutiveVideoMinutes", [30, 45, 60, 75], 0.7)
        perhaps("BreakMinutes", [15, 30, 45, 60], 0.7)
        for act in ("x", "y"):
            lines += [f"[Act {act}]", "Modalities=" + self.rnd.choice(["in-person;video"] * 8 + ["in-person", "video"])]
            perhaps("StudentPresent", ["true", "false", "1", "0"], 0.5)
            perhaps("FirstInPerson", ["true", "false"], 0.3)
            perhaps("InPersonEvery", [1, 2, 3], 0.4)
            perhaps("MinGapDays", [0, 1, 1, 3], 0.6)
            perhaps("MaxGapDays", [1, 3, 7, 8], 0.5)
            perhaps("CompanionBelowAge", [8], 0.4)
            perhaps("GuardianBelowAge", [8], 0.4)
        (self.policies / f"{name}.policy").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def places(self):
        rnd, doc = self.rnd, self.document
        days = [str(FIRST + dt.timedelta(n)) for n in range(self.days) if (FIRST + dt.timedelta(n)).weekday() < 5]
        doc["calendars"] = [{"id": "c", "cycle_length": 3, "days": [
            {"date": day, "kind": "class", "cycle_day": n % 3 + 1} if self.chance(0.9)
            else {"date": day, "kind": rnd.choice(["pedagogical", "closed"])} for n, day in enumerate(days)]}]
        sites = ["a"] if self.shape == "rooms" else ["a", "b", "c"][:rnd.choice([2, 3])]
        road = {site: rnd.randint(0, 8) for site in sites}
        doc["sites"] = [{"id": s, "open": [rnd.choice(["08:00", "08:30"]), "16:00"], "calendar": "c"} for s in sites]
        doc["travel_minutes"] = {a: {b: 5 + 10 * abs(road[a] - road[b]) for b in sites if b != a} for a in sites}
        uses = [["in-person", "video"], ["in-person", "video"], ["video"], ["in-person"]]
        doc["rooms"] = [{"id": f"{s}{n}", "site": s, "uses": rnd.choice(uses)} for s in sites
                        for n in range(rnd.choice([2, 3] if self.shape == "rooms" else [1, 1, 2]))]
        doc["companions"] = [{"id": f"k{s}{n}", "site": s, "hours": self.hours(0.4)} for s in sites
                             for n in range(rnd.choice([0, 1, 2]))]
        return sites

    def people(self, sites):
        rnd, doc = self.rnd, self.document
        doc["professionals"], doc["students"], doc["contacts"] = [], [], []
        for n in range(self.professionals):
            self.policy(f"q{n}")
            doc["professionals"].append({
                "id": f"p{n}", "profession": f"q{n}", "base": rnd.choice(sites), "hours": self.hours(0.9),
                "sites": sites[rnd.choice([0, 0, 0, 1]):] or sites, "absences": []})
        for n in range(2):
            doc["contacts"].append({"id": f"g{n}", "kind": rnd.choice(["guardian", "teacher"]),
                                    "hours": self.hours(0.6), "preferred": self.hours(0.2)})
        for n in range(self.followups):
            doc["students"].append({
                "id": f"e{n}", "site": rnd.choice(sites), "birth_date": f"20{rnd.choice([16, 18, 19])}-09-08",
                "remote_hours": self.hours(0.7) if self.chance(0.7) else {},
                "blocked": [{"cycle_day": 1, "from": "08:30", "to": "09:00"}] if self.chance(0.3) else [],
                "core": [{"cycle_day": c, "from": hhmm(480 + 7 * rnd.randint(0, 9)), "to": "09:20"} for c in (1, 2)]})

    def work(self):
        rnd, doc = self.rnd, self.document
        doc["followups"], doc["busy"], doc["previous"] = [], [], []
        for n in range(self.followups):
            sessions = [{"id": f"f{n}-{k}", "act": rnd.choice("xy"), "minutes": rnd.choice([30, 30, 45, 60]),
                         "target_date": self.date(), "participants": rnd.sample(["g0", "g1"], rnd.choice([0, 0, 0, 1])),
                         "prefer": rnd.choice([None, "in-person", "video"])}
                        for k in range(rnd.randint(1, self.sessions))]
            if self.chance(0.15):
                sessions[0]["modes"] = rnd.sample(MODES, 2)
            doc["followups"].append({"id": f"f{n}", "professional": f"p{n % self.professionals}",
                                     "student": f"e{rnd.randint(0, n)}", "priority": rnd.randint(1, 3),
                                     "not_before": str(FIRST), "sessions": sessions})
            for session in sessions if self.chance(0.3) else ():
                start = hhmm(480 + 30 * rnd.randint(0, 3))
                doc["previous"].append({"id": session["id"], "date": self.date(), "start": start, "mode": rnd.choice(MODES),
                                        "room": None, "companion": None, "locked": self.chance(0.1)})
        if self.chance(0.15):
            doc["replan_from"] = self.date()
        for kind in ("professional", "room", "student", "contact", "companion"):
            for who in doc[kind + "s"]:
                if self.chance(0.12):
                    start = 480 + 15 * rnd.randint(0, 10)
                    doc["busy"].append({"kind": kind, "id": who["id"], "date": self.date(), "from": hhmm(start),
                                        "to": hhmm(start + rnd.choice([15, 30, 60]))})

    def make(self):
        self.people(self.places())
        self.work()
        return self.document


def plan_of(case, entries):
    return {"organisation": "o", "sessions": [e for e in entries.values() if e],
            "unscheduled": [{"id": sid, "reason": "-"} for sid in case.session if not entries.get(sid)]}


def options_of(case, sid):
    """Every placement of one session that no rule forbids it alone, and None."""
    site, doc = case.student[case.session[sid][0]["student"]]["site"], case.doc
    rooms = [r["id"] for r in doc["rooms"] if r["site"] == site]
    helpers = [None] + [c["id"] for c in doc["companions"] if c["site"] == site]
    ways = [("in-person", room, None) for room in rooms] + [("video-remote", None, None)]
    ways += [("video-school", room, helper) for room in rooms for helper in helpers]
    dates = [str(case.first + dt.timedelta(n)) for n in range((case.last - case.first).days + 1)]
    found = [None]
    for date, start, (mode, room, helper) in itertools.product(dates, range(480, 720, case.grid), ways):
        entry = {"id": sid, "date": date, "start": hhmm(start), "mode": mode, "room": room, "companion": helper}
        broken, _ = verify.judge(case, plan_of(case, {sid: entry}))
        if not UNARY & {rule for rule, _, _ in broken}:
            found.append(entry)
    return found


def least(case):
    """The least cost of all valid plans, None if there is none; raises if the plans are too many."""
    options = {sid: options_of(case, sid) for sid in case.session}
    count = 1
    for some in options.values():
        count *= len(some)
    if count > PLANS_MAX:
        raise OverflowError
    best = None
    for entries in itertools.product(*options.values()):
        broken, cost = verify.judge(case, plan_of(case, dict(zip(options, entries))))
        if not broken and (best is None or cost["total"] < best):
            best = cost["total"]
    return best


class EveryPlan(unittest.TestCase):
    def compare(self, seed):
        """Returns what was compared: "none" without a valid plan, else how many sessions the best plan places."""
        with tempfile.TemporaryDirectory() as folder:
            document = Maker(seed, pathlib.Path(folder)).make()
            case = verify.Caseload(document, folder)
            best = least(case)
            with contextlib.redirect_stderr(io.StringIO()):
                if best is None:
                    with self.assertRaises(exact.Unsuitable, msg=f"caseload {seed}"):
                        exact.solve(document, folder, 60)
                    return "none"
                plan, found = exact.solve(document, folder, 60)
            broken, cost = verify.judge(case, plan)
        self.assertEqual(broken, [], f"caseload {seed}")
        self.assertEqual((cost["total"], found["optimum"], found["proven"]), (best, best, True), f"caseload {seed}")
        return len(plan["sessions"])

    def test_no_plan_costs_less(self):
        seen = collections.Counter()
        for seed in itertools.count(1):
            with contextlib.suppress(OverflowError):
                seen[self.compare(seed)] += 1
            if sum(seen.values()) == COUNT:
                break
        print("# sessions placed: caseloads:", dict(seen))
        self.assertGreater(sum(n for placed, n in seen.items() if placed not in ("none", 0, 1)), COUNT // 4)


if __name__ == "__main__":
    tap.main()
