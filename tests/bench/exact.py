#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The least cost that a caseload admits, by an exact model of tests/planning/FORMAT.md (HiGHS, through SciPy).

usage: exact.py CASELOAD.json [--policies DIR] [--limit SECONDS] [--apart] [--out PLAN.json] [--json]
       exact.py --make "pair --seed 9" [--make ...] [--record FILE] [--limit SECONDS] [--apart]

It shares no code with the planner. The plan it finds is judged by tests/planning/verify.py before anything is said of
it. `--record` adds to a file of optima what was found for each generated instance (see README.md here).
Exit status: 0 proven optimal, 1 not proven within the limit, 2 unreadable input or a caseload without a valid plan.
"""
import argparse
import collections
import configparser
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
from scipy import optimize, sparse

from exact_case import COSTS, Case, Placements, Unsuitable, clock, meets
from exact_model import Model

PLANNING = pathlib.Path(__file__).resolve().parent.parent / "planning"
INTERIOR_FROM = 10_000  # placements from which HiGHS's interior point is faster than its dual simplex
EPSILON = 1e-5  # what HiGHS's tolerances may hide of a bound; costs are whole


class Solver:
    """HiGHS on a model, first over the placements that the relaxation likes.

    The relaxation's value L and a placement's reduced cost r bound every plan that uses it by L + r. So once the best
    plan over the placements with r <= R costs no more than L + R, it is the best of all.
    """

    def __init__(self, model, deadline):
        self.model, self.deadline = model, deadline
        program = model.program
        self.matrix = program.matrix()
        self.low, self.high = np.array(program.low), np.array(program.high)
        self.cost, self.top = np.array(program.cost, float), np.array(program.top, float)
        self.whole = np.array(program.whole, int)
        self.number = len(model.columns)
        self.best, self.value, self.bound = None, math.inf, 0

    def _relax(self):
        equal = self.low == self.high
        above = np.isfinite(self.high) & ~equal
        below = np.isfinite(self.low) & ~equal
        limits = sparse.vstack([self.matrix.tocsr()[above], -self.matrix.tocsr()[below]])
        result = optimize.linprog(
            self.cost, A_ub=limits, b_ub=np.concatenate([self.high[above], -self.low[below]]),
            A_eq=self.matrix.tocsr()[equal], b_eq=self.low[equal],
            bounds=np.column_stack([np.zeros_like(self.top), self.top]),
            method="highs-ipm" if self.number > INTERIOR_FROM else "highs-ds", options={"time_limit": max(1.0, self.deadline - time.monotonic())})
        if result.status == 2:
            raise Unsuitable("there is no valid plan")
        if result.status != 0:
            return None
        return result.fun, result.lower.marginals[:self.number], result.x

    def _branch(self, top):
        left = max(1.0, self.deadline - time.monotonic())
        result = optimize.milp(self.cost, integrality=self.whole, bounds=optimize.Bounds(0, top),
                               constraints=optimize.LinearConstraint(self.matrix, self.low, self.high),
                               options={"time_limit": left, "mip_rel_gap": 0})
        if result.status == 2:
            return math.inf  # nothing with these placements
        if result.x is not None and round(result.fun) < self.value:
            self.best, self.value = result.x[:self.number] > 0.5, round(result.fun)
        bound = result.fun if result.status == 0 else result.mip_dual_bound
        return math.ceil(bound - EPSILON) if bound is not None and math.isfinite(bound) else 0

    def run(self):
        if not self.model.dropped:  # no session
            self.best, self.value = np.zeros(0, bool), 0
            return
        relaxed = self._relax()
        if relaxed is None:
            return
        least, reduced, solution = relaxed
        self.bound = math.ceil(least - EPSILON)
        left_out = sum(self.cost[v] * solution[v] for v in self.model.dropped.values())
        reach = max(8.0, 0.02 * (least - left_out))
        while self.bound < self.value and time.monotonic() < self.deadline:
            top = self.top.copy()
            top[:self.number][reduced > reach] = 0
            kept = int(np.count_nonzero(reduced <= reach))
            print(f"  relaxed {least:.1f}, within {reach:.1f}: {kept} of {self.number} placements", file=sys.stderr)
            restricted = self._branch(top)
            beyond = math.ceil(least + reach - EPSILON) if kept < self.number else math.inf
            self.bound = max(self.bound, min(restricted, beyond, self.value))
            print(f"  best {self.value}, bound {self.bound}", file=sys.stderr)
            if math.isinf(self.value):
                if kept == self.number and math.isinf(restricted):
                    raise Unsuitable("there is no valid plan")
                reach *= 4
            elif self.bound < self.value:
                wider = self.value - least  # all that could still be better
                if wider <= reach:
                    break
                reach = wider
            if kept == self.number:
                break


def assign_rooms(case, site, date, chosen):
    """A room for each (number, column), by trying; None if there is none."""
    chosen = sorted(chosen, key=lambda item: (item[1].start, item[0]))
    rooms = {}
    used = collections.defaultdict(list)

    def place(index):
        if index == len(chosen):
            return True
        number, column = chosen[index]
        use = "in-person" if column.mode == "in-person" else "video"
        for room in case.free_rooms(site, str(date), column.start, column.end, use):
            if not meets(used[room], column.start, column.end):
                used[room].append((column.start, column.end))
                rooms[number] = room
                if place(index + 1):
                    return True
                used[room].pop()
        return False

    return rooms if place(0) else None


def rooms_of(case, placements, best):
    """Rooms of all chosen placements, and the (site, date) where that fails."""
    rooms, failed, by_place = {}, set(), collections.defaultdict(list)
    for n in np.flatnonzero(best):
        column = placements.columns[n]
        if column.mode != "video-remote":
            by_place[column.site, column.date].append((n, column))
    for (site, date), chosen in by_place.items():
        some = assign_rooms(case, site, date, chosen)
        if some is None:
            failed.add((site, date))
        else:
            rooms.update(some)
    return rooms, failed


def plan_of(case, placements, best, rooms):
    cost = dict.fromkeys(COSTS, 0)
    placed, visited = {}, collections.defaultdict(set)
    for n in np.flatnonzero(best):
        placed[placements.columns[n].session] = (n, placements.columns[n])
    sessions, unscheduled = [], []
    for followup in case.followups:
        rhythm = collections.Counter()
        for session in followup["sessions"]:
            if session["id"] not in placed:
                cost["unscheduled"] += 1000 * followup["priority"]
                cost["moved"] += 60 if session["id"] in case.previous else 0
                unscheduled.append({"id": session["id"], "reason": "not in the least cost"})
                continue
            n, column = placed[session["id"]]
            for name, points in column.costs.items():
                cost[name] += points
            rhythm[column.date.weekday(), column.start] += 1
            if column.mode == "in-person":
                visited[followup["professional"], column.date].add(column.site)
            sessions.append({"id": session["id"], "date": str(column.date), "start": clock(column.start),
                             "mode": column.mode, "room": rooms.get(n), "companion": column.companion})
        cost["rhythm"] += 15 * (sum(rhythm.values()) - max(rhythm.values(), default=0))
    for (professional, _), sites in visited.items():
        cost["travel"] += case.round_minutes(case.professionals[professional]["base"], sites)
    cost["total"] = sum(cost.values())
    return {"format": "comodal-plan/1", "organisation": case.organisation, "sessions": sessions,
            "unscheduled": unscheduled, "cost": cost}


def solve(document, policies, limit):
    """Returns (plan or None, what to say of it)."""
    began = time.monotonic()
    try:
        case = Case(document, policies)
        placements = Placements(case)
    except (KeyError, ValueError, TypeError, configparser.Error) as error:
        raise Unsuitable(f"{type(error).__name__}: {error}") from error
    roomed, bound, plan = set(), 0, None
    while True:
        solver = Solver(Model(case, placements, roomed), began + limit)
        solver.run()
        bound = max(bound, solver.bound)  # without some rooms' names, the model is only easier
        if solver.best is None:
            break
        rooms, failed = rooms_of(case, placements, solver.best)
        if not failed:
            plan = plan_of(case, placements, solver.best, rooms)
            break
        roomed |= failed
    found = {"optimum": plan["cost"]["total"], "unscheduled": plan["cost"]["unscheduled"]} if plan else {}
    if plan and plan["cost"]["total"] > solver.value:  # less is possible where the time ran out
        raise Unsuitable(f"the model says {solver.value}, its plan costs {plan['cost']['total']}")
    found["bound"] = bound
    found["proven"] = plan is not None and bound >= plan["cost"]["total"]
    found["seconds"] = round(time.monotonic() - began, 1)
    return plan, found


def solve_apart(document, policies, limit):
    """A bound only: that of each professional alone, added. What they share (rooms, companions, contacts) is left free."""
    found, proven = {"bound": 0, "unscheduled": 0, "proven": False, "seconds": 0}, True
    for professional in document["professionals"]:
        mine = [f for f in document["followups"] if f["professional"] == professional["id"]]
        ids = {s["id"] for f in mine for s in f["sessions"]}
        previous = [p for p in document.get("previous", []) if p["id"] in ids]
        _, part = solve({**document, "followups": mine, "previous": previous}, policies, limit)
        print(f"  {professional['id']}: {part}", file=sys.stderr)
        found["bound"] += part["bound"]
        found["unscheduled"] += part.get("unscheduled", 0)
        found["seconds"] = round(found["seconds"] + part["seconds"], 1)
        proven = proven and part["proven"]
    if not proven:
        del found["unscheduled"]
    return found


def judge(caseload, plan, policies):
    done = subprocess.run([sys.executable, PLANNING / "verify.py", caseload, plan, "--policies", policies],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unsuitable(f"verify.py refuses the plan:\n{done.stdout}{done.stderr}")


def handle(caseload, args):
    document = json.loads(pathlib.Path(caseload).read_text(encoding="utf-8"))
    if args.apart:
        return solve_apart(document, args.policies, args.limit)
    plan, found = solve(document, args.policies, args.limit)
    if plan is not None:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(args.out or pathlib.Path(folder) / "plan.json")
            path.write_text(json.dumps(plan, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            judge(caseload, path, args.policies)
    return found


def record(path, name, found):
    """Adds to the file; keeps the better of two answers to one instance."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    old = known.get(name)
    if old is not None and old["proven"]:
        return
    if old is not None and not found["proven"]:
        better = min(old, found, key=lambda x: x.get("optimum", math.inf))
        bound = max(old["bound"], found["bound"])
        found = {**better, "bound": bound, "proven": bound >= better.get("optimum", math.inf)}
    known[name] = found
    lines = (f"{json.dumps(k)}: {json.dumps(v)}" for k, v in known.items())
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("caseload", nargs="?")
    parser.add_argument("--make", action="append", default=[], metavar="ARGUMENTS", help="what generate.py is given")
    parser.add_argument("--record", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--policies", default=PLANNING / "policies")
    parser.add_argument("--limit", type=float, default=300, metavar="SECONDS")
    parser.add_argument("--apart", action="store_true", help="a bound: each professional alone, each within the limit")
    parser.add_argument("--out", metavar="PLAN")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if (args.caseload is None) == (not args.make):
        parser.error("a caseload, or --make")
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in args.make or [args.caseload]:
            caseload = name
            if args.make:
                caseload = pathlib.Path(folder) / "caseload.json"
                subprocess.run([sys.executable, PLANNING / "generate.py", *name.split(), "--out", caseload],
                               check=True, stderr=subprocess.DEVNULL)
            try:
                found = handle(caseload, args)
            except (OSError, json.JSONDecodeError, Unsuitable) as error:
                print(f"exact.py: {name}: {error}", file=sys.stderr)
                return 2
            if args.record:
                record(args.record, name, found)
            plain = f"{name}: " + ", ".join(f"{k} {v}" for k, v in found.items())
            print(json.dumps({name: found}) if args.json else plain, flush=True)
            worst = max(worst, 0 if found["proven"] else 1)
    return worst


if __name__ == "__main__":
    sys.exit(main())
