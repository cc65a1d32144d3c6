#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the planner on everything that docs/performance.md has tables of, and writes those tables and their pictures.

usage: tables.py --all | --quick    measure (about 20 minutes; one), then as --render
       tables.py --some TABLE...    measure these alone (small, team, centre, region, first, growth, again), the others kept
       tables.py --render           the tables and pictures of the results as they are
       tables.py --refresh          the same, compared anew with what is now the best known
       tables.py --check            do the documents say what the results say?

Results go to tests/bench/results.json and the costs of the best plans to best-known.json (--quick: to a folder of its own, without
touching any of these). The planner has the machine to itself: instances are made before, plans are judged after, by two processes.
"""
import argparse
import concurrent.futures
import datetime as dt
import functools
import json
import os
import pathlib
import platform
import re
import shutil
import sys
import tempfile
import time

import measure
import report

RESULTS = measure.BENCH / "results.json"
PROCESSES = 2
CENTRES = (measure.CENTRE, "762000", "784000")  # near one another, in a city, far apart
SMALL = ("pair", "month", "halfterm")
EXACT_SECONDS = 60


class Profile:
    """What is measured, and for how long."""

    def __init__(self, quick):
        self.quick = quick
        self.seeds = range(1, 3) if quick else range(1, 11)
        self.centres = CENTRES[:2] if quick else CENTRES
        self.small_seconds, self.team_seconds = 2, 5
        self.centre_seconds = (1, 10) if quick else (1, 30)
        self.region_seeds = () if quick else (1, 2)
        self.region_seconds = (20, 120)
        self.growth = (10, 30) if quick else (10, 30, 100, 300)
        self.growth_rate = 6000 if quick else 1500  # sessions a second
        self.close_seconds, self.close_long = 2, 4 if quick else 10
        self.close_team = range(1, 2) if quick else range(1, 6)
        self.close_small = range(1, 3) if quick else range(1, 7)

    def first_runs(self):
        """(table, instance, seconds)"""
        for size in SMALL:
            for css, busy in [(css, False) for css in self.centres] + [(measure.CENTRE, True)]:
                for seed in self.seeds:
                    yield "small", measure.name_of(size, seed, css, busy), self.small_seconds
        for css in self.centres:
            for seed in self.seeds:
                yield "team", measure.name_of("team", seed, css), self.team_seconds
            for seconds in self.centre_seconds:
                yield "centre", measure.name_of("centre", 1, css), seconds
        for seed in self.region_seeds:
            for seconds in self.region_seconds:
                yield "region", measure.name_of("region", seed), seconds
        for count in self.growth:
            whole = count == 300 and 1 in self.region_seeds
            name = measure.name_of("region", 1, professionals=None if whole else count)
            yield "first", name, 0.01
            if not whole:  # region's own run is the last point
                yield "growth", name, None

    def closures(self):
        """(instance, seconds of the plan that is closed, kind, all schools?, seconds of a longer look)"""
        for size in SMALL:
            for seed in self.close_small:
                yield measure.name_of(size, seed), self.small_seconds, "pedagogical", True, None
        for seed in self.close_team:
            yield measure.name_of("team", seed), self.team_seconds, "pedagogical", True, self.close_long
        for css in self.centres:
            for whole, kind in ((True, "pedagogical"), (False, "closed")):
                yield measure.name_of("centre", 1, css), self.centre_seconds[-1], kind, whole, self.close_long


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


# in processes of their own

def prepare(folder, name):
    """Makes an instance and its plan by hand; says how large it is and what that plan costs."""
    caseload, plan = folder / f"{slug(name)}.json", folder / f"{slug(name)}.hand"
    measure.generate(name, caseload)
    began = time.process_time()
    measure.first_fit(caseload, plan)
    document = read(caseload)
    sessions = [(f["priority"], s) for f in document["followups"] for s in f["sessions"]]
    return {"professionals": len(document["professionals"]), "sessions": len(sessions),
            "weeks": round((dt.date.fromisoformat(document["horizon"]["to"])
                            - dt.date.fromisoformat(document["horizon"]["from"])).days / 7),
            "weight": sum(1000 * priority for priority, _ in sessions), "first_fit": measure.judge(caseload, plan),
            "took": round(time.process_time() - began, 2)}


def class_day(document):
    """The first day after the middle of the horizon that is a class day of every school, no Monday."""
    first, last = [dt.date.fromisoformat(document["horizon"][end]) for end in ("from", "to")]
    kinds = [{day["date"]: day["kind"] for day in calendar["days"]} for calendar in document["calendars"]]
    day = first + (last - first) / 2
    while day.weekday() == 0 or not all(kind.get(str(day)) == "class" for kind in kinds):
        day += dt.timedelta(1)
    return str(day)


def shut(folder, closure, plan):
    """Closes a day of a planned caseload: (where that is, what is said of it)."""
    name, _, kind, whole, _ = closure
    caseload = folder / f"{slug(name)}.json"
    out = folder / f"{slug(name)}-{'all' if whole else 'one'}-shut.json"
    document, date = read(caseload), None
    date = class_day(document)
    placed = {s["id"]: s for s in read(plan)["sessions"]}
    there, site_of = {}, {s["id"]: s["site"] for s in document["students"]}
    for followup in document["followups"]:
        for session in followup["sessions"]:
            place = placed.get(session["id"])
            if place and place["date"] == date and place["mode"] != "video-remote":
                there.setdefault(site_of[followup["student"]], []).append(session["id"])
    busiest = max(sorted(there), key=lambda site: len(there[site])) if there else document["sites"][0]["id"]
    sites = [] if whole else ["--site", busiest]
    measure.python(measure.PLANNING / "generate.py", "close", caseload, plan, "--date", date, "--kind", kind, *sites, "--out", out)
    return out, {"date": date, "kind": kind, "schools": "all" if whole else "one", "sessions": len(placed),
                 "forced": count_forced(out)}


def count_forced(caseload):
    """How many of what stood has no right to stay where it is, whatever else is done: the judge's rule 1, of a day closed."""
    sys.path.insert(0, str(measure.PLANNING))
    import verify  # pylint: disable=import-outside-toplevel
    case = verify.Caseload(read(caseload), measure.PLANNING / "policies")
    old = [{key: value for key, value in p.items() if key != "locked"} for p in case.previous.values()]
    broken, _ = verify.judge(case, {"organisation": case.doc["organisation"]["id"], "sessions": old,
                                    "unscheduled": [{"id": sid, "reason": "-"} for sid in case.session if sid not in case.previous]})
    return len({who for rule, who, _ in broken if rule == 1})


def prove(caseload):
    """The least cost of a small caseload; nothing if the model does not suit it."""
    text = measure.python(measure.BENCH / "exact.py", caseload, "--limit", EXACT_SECONDS, "--json", good=(0, 1, 2))
    return next(iter(json.loads(text).values())) if text else {}


def judge(pair):
    return measure.judge(*pair)


# the run

class Run:
    def __init__(self, profile, folder):
        self.profile, self.folder = profile, folder
        self.began = time.monotonic()
        self.pool = concurrent.futures.ProcessPoolExecutor(PROCESSES)
        self.results = {"made": str(dt.date.today()), "version": measure.version(), "quick": profile.quick,
                        "load": round(os.getloadavg()[0], 2), "processors": os.cpu_count(), "processor": processor(),
                        "instances": {}, "runs": [], "closures": []}
        self.plans = []

    def say(self, text):
        print(f"{time.monotonic() - self.began:6.0f} s  {text}", file=sys.stderr, flush=True)

    def path(self, name):
        return self.folder / f"{slug(name)}.json"

    def plan(self, table, name, seconds):
        if seconds is None:
            seconds = max(1, round(self.results["instances"][name]["sessions"] / self.profile.growth_rate))
        out = self.folder / f"{slug(name)}-{table}-{seconds}.plan"
        found = measure.plan(self.path(name), out, "--seconds", seconds)
        self.plans.append((self.path(name), out))
        curve = [[point[0], point[2]] for point in found.pop("curve")] if table not in ("small", "first") else []
        self.results["runs"].append({"table": table, "instance": name, "seconds": seconds, **found, "curve": curve})
        return out

    def plan_again(self, closure, caseload, about):
        one = {"instance": closure[0], **about, "runs": []}
        for seconds in (self.profile.close_seconds, closure[4]):
            if seconds is not None:
                out = caseload.with_suffix(f".{seconds}")
                found = measure.plan(caseload, out, "--seconds", seconds)
                del found["curve"]
                self.plans.append((caseload, out))
                one["runs"].append({"seconds": seconds, **found})
        self.results["closures"].append(one)

    def measure(self, tables=None):
        """All of it, or some tables; "again" needs the plans that are closed, of which nothing else is kept."""
        closures = list(self.profile.closures()) if tables is None or "again" in tables else []
        closed = {(name, seconds) for name, seconds, *_ in closures}
        todo = [run for run in self.profile.first_runs() if tables is None or run[0] in tables or run[1:] in closed]
        names = list(dict.fromkeys(name for _, name, _ in todo))
        self.say(f"{len(names)} instances to make")
        for name, about in zip(names, self.pool.map(functools.partial(prepare, self.folder), names)):
            self.results["instances"][name] = about
        self.say(f"{len(todo)} plans")
        outs = {(name, seconds): self.plan(table, name, seconds) for table, name, seconds in todo}
        self.say(f"{len(closures)} closures to make")
        bases = [outs[closure[0], closure[1]] for closure in closures]
        shuts = list(self.pool.map(functools.partial(shut, self.folder), closures, bases))
        self.say("plans again")
        for closure, (caseload, about) in zip(closures, shuts):
            self.plan_again(closure, caseload, about)
        self.say(f"{len(self.plans)} plans to judge")
        costs = list(self.pool.map(judge, self.plans))
        runs = self.results["runs"] + [run for closure in self.results["closures"] for run in closure["runs"]]
        for run, cost in zip(runs, costs):
            run["cost"] = cost
        small = [n for n, closure in enumerate(closures) if closure[0].split()[0] in SMALL]
        self.say(f"{len(small)} closures to prove")
        for n, answer in zip(small, self.pool.map(prove, [shuts[n][0] for n in small])):
            self.results["closures"][n]["least"] = answer
        self.results["runs"] = [run for run in self.results["runs"] if tables is None or run["table"] in tables]
        self.pool.shutdown()
        self.results["minutes"] = round((time.monotonic() - self.began) / 60, 1)

    def record(self):
        for run in self.results["runs"]:
            how = {"effort": run["effort"], "search_seed": 1, "cpu": run["cpu"], "version": self.results["version"]}
            if run["table"] in ("team", "centre", "region") and measure.record(run["instance"], run["cost"], how):
                self.say(f"{run['instance']}: {run['cost']['total']}, better than any before")


def merge(old, new):
    """The old results, with what was measured anew in its place; what is kept says of when it is."""
    anew = {(run["table"], run["instance"], run["seconds"]): run for run in new["runs"]}
    runs = [anew.pop((run["table"], run["instance"], run["seconds"]), run) for run in old["runs"]]
    return {**old, **{name: new[name] for name in ("made", "version", "load", "minutes")}, "instances": {**old["instances"], **new["instances"]},
            "runs": runs + list(anew.values()), "closures": new["closures"] or old["closures"],
            "anew": sorted({run["table"] for run in new["runs"]} | ({"again"} if new["closures"] else set())),
            "kept": {name: old["kept"][name] if "kept" in old else old[name] for name in ("made", "version")}}


def processor():
    found = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found.group(1) if found else platform.machine()


def refresh(results):
    """What each result is compared with, as it is now: the best of the results themselves where nothing else is known."""
    best = {}
    for run in results["runs"]:
        if run["instance"] not in best or run["cost"]["total"] < best[run["instance"]]["cost"]:
            best[run["instance"]] = {"cost": run["cost"]["total"], "unscheduled": run["cost"]["unscheduled"], "kind": "best",
                                     "cpu": run["cpu"]}
    for name, about in results["instances"].items():
        known = measure.reference(name)
        about["reference"] = best[name] if known is None or best[name]["cost"] < known["cost"] else known
        about["bound"] = measure.bound(name)


def write_results(path, results):
    """A line a run."""
    def block(value):
        if isinstance(value, list):
            return "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
        if isinstance(value, dict):
            return "{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()) + "\n}"
        return json.dumps(value)
    path.write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {block(v)}" for k, v in results.items()) + "\n}\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    what = parser.add_mutually_exclusive_group(required=True)
    for name in ("all", "quick", "render", "refresh", "check"):
        what.add_argument(f"--{name}", action="store_true")
    what.add_argument("--some", nargs="+", choices=("small", "team", "centre", "region", "first", "growth", "again"))
    parser.add_argument("--results", type=pathlib.Path)
    parser.add_argument("--documents", type=pathlib.Path, help="the folder of the documents; docs by default")
    asked = parser.parse_args()
    path, documents = asked.results or RESULTS, asked.documents or measure.ROOT / "docs"
    if asked.quick and asked.results is None:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-tables-"))
        path, documents = folder / "results.json", asked.documents or folder
    if asked.all or asked.quick or asked.some:
        work = tempfile.mkdtemp(prefix="comodal-tables-work-")
        print(f"what is wrong, if anything, will be found in {work}", file=sys.stderr)
        run = Run(Profile(asked.quick), pathlib.Path(work))
        run.measure(asked.some)
        shutil.rmtree(work)
        if not asked.quick:
            run.record()
        if asked.some:
            run.results = merge(read(path), run.results)
        refresh(run.results)
        write_results(path, run.results)
        run.say(f"{path}, {documents}")
    results = read(path)
    if asked.refresh:
        refresh(results)
        write_results(path, results)
    if asked.check:
        stale = report.differences(results, documents)
        sys.exit("\n".join(f"{name} does not say what {path} says: run tests/bench/tables.py --render" for name in stale) or 0)
    report.write(results, documents)


if __name__ == "__main__":
    measure.entry_point(main)
