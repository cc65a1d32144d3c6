#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the planner's plans are from the least cost, over the instances of tests/planning/optima.json and optima-own.json
that have one, or over those named.

usage: gaps.py [--seconds S | --effort N] [--threads N] [--seed N] [--size SIZE ...] [--make "SIZE --seed N [--busy]" ...]

Each plan is judged by tests/planning/verify.py. A gap is (cost - optimum) / (optimum - unscheduled), in per cent; where only a
bound is known it is the largest the gap can be, and marked <=. CPU is the planner's, in seconds: on a busy machine read it instead
of the clock. Runs build/cli/comodalctl, or $COMODALCTL.
"""
import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent
PLANNING = BENCH.parent / "planning"
PROGRAM = os.environ.get("COMODALCTL", BENCH.parent.parent / "build" / "cli" / "comodalctl")


def known():
    """What is known of each instance, by its arguments."""
    answers = {}
    for path in (PLANNING / "optima.json", BENCH / "optima-own.json"):
        answers.update(json.loads(path.read_text(encoding="utf-8")))
    return answers


def run(*command):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if result.returncode not in (0, 1):
        sys.exit(f"gaps.py: {command[0]} ended with {result.returncode}: {result.stderr}")
    return result


def plan(arguments, folder, options):
    """The judge's cost of a plan, and the CPU seconds it took."""
    caseload, out = folder / "caseload.json", folder / "plan.json"
    run("/usr/bin/python3", PLANNING / "generate.py", *arguments.split(), "--out", caseload)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(PROGRAM, "plan-file", caseload, "--policies", PLANNING / "policies", "--out", out, *options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    verdict = json.loads(run("/usr/bin/python3", PLANNING / "verify.py", caseload, out, "--json").stdout)
    if not verdict["valid"] or verdict["differs"]:
        sys.exit(f"gaps.py: {arguments}: the judge says {verdict}")
    return verdict["cost"], after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def gap(cost, answer):
    """In per cent, and whether it is exact; None where nothing is known."""
    least = answer.get("optimum") if answer.get("proven", True) else answer.get("bound")
    if least is None or "unscheduled" not in answer:
        return None, False
    return 100 * (cost["total"] - least) / (least - answer["unscheduled"]), answer.get("proven", True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", default="2")
    parser.add_argument("--effort")
    parser.add_argument("--threads")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--size", action="append")
    parser.add_argument("--make", action="append")
    asked = parser.parse_args()
    answers = known()
    names = asked.make or [name for name in answers if asked.size is None or name.split()[0] in asked.size]
    options = ["--effort", asked.effort] if asked.effort else ["--seconds", asked.seconds]
    options += ["--seed", asked.seed] + (["--threads", asked.threads] if asked.threads else [])
    by_size = {}
    print(f"{'instance':28}{'cost':>9}{'least':>9}{'gap %':>9}{'CPU s':>8}")
    with tempfile.TemporaryDirectory(prefix="comodal-gaps-") as folder:
        for name in names:
            cost, cpu = plan(name, pathlib.Path(folder), options)
            found, exact = gap(cost, answers.get(name, {}))
            least = answers.get(name, {}).get("optimum", answers.get(name, {}).get("bound", "?"))
            mark = "" if exact or found is None else "<="
            text = "?" if found is None else f"{mark}{found:.2f}"
            print(f"{name:28}{cost['total']:>9}{least:>9}{text:>9}{cpu:>8.2f}", flush=True)
            if found is not None:
                by_size.setdefault(name.split()[0], []).append(found)
    for size, gaps in by_size.items():
        print(f"{size}: {len(gaps)} instances, mean gap {statistics.mean(gaps):.2f} %, worst {max(gaps):.2f} %, "
              f"at the least cost {sum(g < 1e-9 for g in gaps)}")


if __name__ == "__main__":
    main()
