#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How good the planner's plans are: each judged by tests/planning/verify.py, and compared with the least cost (tests/planning/optima.json,
optima-own.json) or the best that anyone found (best-known.json), and with what a person does by hand (first_fit.py).

usage: planner.py [--size SIZE…] [--seeds 1-10,12] [--css CODE…] [--busy] [--make "SIZE --seed N …"…]
                  [--seconds S | --effort N] [--threads N] [--seed N] [--repeat N] [--first-fit] [--record] [--out FILE.json]

--size and --seeds make instances, --make names one; without any of them it is every small one whose least cost is known.
A gap is (cost - least) / (least - what must stay unscheduled), in per cent. Where only the best known plan is there to compare to, it is
marked ~, and --record puts a better one in its place. CPU is the planner's, in seconds: on a busy machine read it instead of the clock.
Runs build/cli/comodalctl, or $COMODALCTL.
"""
import argparse
import json
import pathlib
import statistics
import tempfile

import measure

SMALL = ("pair", "month", "halfterm")


def seeds_of(text):
    """"1-3,7" → 1, 2, 3, 7"""
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def names_of(asked):
    names = list(asked.make)
    if asked.seeds:
        names += [measure.name_of(size, seed, css, asked.busy) for size in asked.size or SMALL
                  for css in asked.css or [measure.CENTRE] for seed in seeds_of(asked.seeds)]
    elif not names:
        known = {name for path in measure.OPTIMA for name, answer in measure.read_json(path).items() if "optimum" in answer}
        names = sorted((name for name in known if name.split()[0] in (asked.size or SMALL)), key=measure.order_of)
    return names


def measure_one(name, folder, asked, seed):
    """What came of one instance."""
    caseload, out = folder / "caseload.json", folder / "plan.json"
    measure.generate(name, caseload)
    options = ["--effort", asked.effort] if asked.effort else ["--seconds", asked.seconds]
    options += ["--seed", seed] + (["--threads", asked.threads] if asked.threads else [])
    found = measure.plan(caseload, out, *options)
    cost = measure.judge(caseload, out)
    how = {"effort": found["effort"], "search_seed": seed, "cpu": found["cpu"], "version": measure.version()}
    kept = asked.record and measure.record(name, cost, how)
    result = {**found, "instance": name, "search_seed": seed, "cost": cost, "options": " ".join(map(str, options)),
              "better": bool(kept)}
    if asked.first_fit:
        measure.first_fit(caseload, out)
        result["first_fit"] = measure.judge(caseload, out)
    return result


def row_of(result):
    known = measure.reference(result["instance"])
    text = "?"
    if known is not None:
        mark = "" if known["kind"] == "optimum" else "~"
        text = f"{mark}{measure.gap(result['cost']['total'], known):.2f}"
    by_hand = ""
    if "first_fit" in result and known is not None:
        by_hand = f"{measure.gap(result['first_fit']['total'], known):.0f}"
    return (f"{result['instance']:34}{result['cost']['total']:>10}{known['cost'] if known else '?':>10}{text:>9}{by_hand:>9}"
            f"{result['cost']['unscheduled']:>10}{result['cpu']:>8.2f}{result['wall']:>8.2f}{result['mib']:>7.0f}"
            f"{' better than any before' if result['better'] else ''}")


def group_of(name):
    """An instance's size and centre."""
    words = name.split()
    return " ".join([words[0]] + [word for n, word in enumerate(words) if n > 2 and words[n - 1] != "--professionals"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", default="2")
    parser.add_argument("--effort")
    parser.add_argument("--threads")
    parser.add_argument("--seed", type=int, default=1, help="of the search")
    parser.add_argument("--repeat", type=int, default=1, help="as many searches, each with the next seed")
    parser.add_argument("--size", action="append")
    parser.add_argument("--seeds", help="of the instances")
    parser.add_argument("--css", action="append", help="centres, by their code")
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--make", action="append", default=[], metavar="ARGUMENTS")
    parser.add_argument("--first-fit", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--out", type=pathlib.Path)
    asked = parser.parse_args()
    results, groups = [], {}
    print(f"{'instance':34}{'cost':>10}{'least':>10}{'gap %':>9}{'by hand':>9}{'left out':>10}{'CPU s':>8}{'s':>8}{'MiB':>7}")
    with tempfile.TemporaryDirectory(prefix="comodal-planner-") as folder:
        for name in names_of(asked):
            for seed in range(asked.seed, asked.seed + asked.repeat):
                results.append(measure_one(name, pathlib.Path(folder), asked, seed))
                print(row_of(results[-1]), flush=True)
    for result in results:
        known = measure.reference(result["instance"])
        if known is not None:
            groups.setdefault(group_of(result["instance"]), []).append(measure.gap(result["cost"]["total"], known))
    for group, gaps in groups.items():
        print(f"{group}: {len(gaps)} runs, gap mean {statistics.mean(gaps):.2f} %, median {statistics.median(gaps):.2f} %, "
              f"worst {max(gaps):.2f} %, at the least cost {sum(g < 1e-9 for g in gaps)}")
    if asked.out:
        asked.out.write_text(json.dumps(results) + "\n", encoding="utf-8")


if __name__ == "__main__":
    measure.entry_point(main)
