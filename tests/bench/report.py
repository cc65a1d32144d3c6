# SPDX-License-Identifier: GPL-3.0-or-later
"""What tables.py measured, as Markdown tables and pictures in the documents.

performance.md holds, between `<!-- tables.py: NAME -->` and `<!-- end -->`, what is made here; what is around it is written by people.
"""
import re
import statistics

import chart
import measure

DOCUMENT = "performance.md"
PICTURES = "pictures"
CENTRE_NAMES = {measure.CENTRE: "Kamouraska–Rivière-du-Loup", "762000": "Montréal", "784000": "Or-et-des-Bois"}
SMALL = ("pair", "month", "halfterm")
QUIET = 80  # per cent of the processors' time that runs get where nobody else works
LONGER = 2  # times the CPU seconds of a run: then what was found so is a measure for it
OVERRUN = 0.1  # seconds: to start and to end a process, and to look at the clock
LEAST_DRAWN = 0.1  # per cent: a logarithm has no 0
CURVE_STEPS = 60


def number(value):
    return f"{value:,}"


def percent(value):
    """Few digits where it is large."""
    if value is None:
        return "?"
    return f"{value:.2f} %" if abs(value) < 10 else f"{value:.1f} %" if abs(value) < 100 else f"{value:,.0f} %"


def mean(values):
    return statistics.mean(values) if values else None


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def centre_of(name):
    """(its name, whether busy)"""
    words = name.split()
    css = words[words.index("--css") + 1] if "--css" in words else measure.CENTRE
    return CENTRE_NAMES.get(css, css) + (", busy" if "--busy" in words else "")


def seed_of(name):
    return int(name.split()[2])


class Results:
    def __init__(self, results):
        self.results, self.instances = results, results["instances"]
        self.tables = {}
        for run in results["runs"]:
            self.tables.setdefault(run["table"], []).append(run)

    def about(self, run):
        return self.instances[run["instance"]]

    def gap(self, run):
        return measure.gap(run["cost"]["total"], self.about(run)["reference"])

    def hand_gap(self, run):
        return measure.gap(self.about(run)["first_fit"]["total"], self.about(run)["reference"])

    def share_of_all(self, run):
        """What is left out beyond the best known plan, of the weight of all sessions, in per cent."""
        about = self.about(run)
        return 100 * (run["cost"]["unscheduled"] - about["reference"]["unscheduled"]) / about["weight"]

    def share_of_left_out(self, run):
        """The same, of what the best known plan leaves out."""
        best = self.about(run)["reference"]["unscheduled"]
        more = run["cost"]["unscheduled"] - best
        return 100 * more / best if best else None if more else 0.0

    def is_compared(self, run):
        """Whether what it is compared with says anything: a proof, or a plan that took much longer."""
        known = self.about(run)["reference"]
        return known["kind"] == "optimum" or known["cpu"] >= LONGER * run["cpu"]

    def groups(self, name, key):
        found = {}
        for run in self.tables.get(name, ()):
            found.setdefault(key(run), []).append(run)
        return found

    def of_size(self, name, *sizes):
        return [run for run in self.tables.get(name, ()) if run["instance"].split()[0] in sizes]


def size_of(run):
    return run["instance"].split()[0]


# the tables

def write_machine(results):
    data = results.results
    shares = [100 * run["cpu"] / (run["wall"] * data["processors"]) for run in data["runs"] if run["table"] != "first"]
    share = statistics.median(shares)
    quiet = "nobody else used it" if share >= QUIET else \
        "**others used it at the same time**, so a quiet one gives better plans in the same seconds"
    kept = f" Only {', '.join(data['anew'])} were measured then; the rest is of {data['kept']['made']}, with version " \
        f"{data['kept']['version']}." if "kept" in data else ""
    part = " **This is `--quick`: fewer seeds and centres, shorter runs.**" if data["quick"] else ""
    return (f"Measured on {data['made']} with version {data['version']}, on {data['processors']} processors ({data['processor']}), in "
            f"{data['minutes']:.0f} minutes. The load was {data['load']} at the start; the searches had {share:.0f} % of the processors' "
            f"time (median): {quiet}.{kept}{part}")


def write_notes(results):
    """What people add to results until they are measured again: `notes` of results.json, a paragraph each."""
    data = results.results
    alone = () if "kept" in data else ("All tables are of this one run.",)
    return "\n\n".join(data.get("notes", alone))


def given_seconds(results, name):
    return " and ".join(sorted({f"{run['seconds']} seconds" for run in results.tables.get(name, ())})) + " a plan.\n\n"


def write_references(results, name):
    """How good what is compared with may be."""
    runs = results.tables.get(name, ())
    if not runs:
        return ""
    took = sorted({run["instance"]: results.about(run)["reference"]["cpu"] for run in runs}.values())
    weak = sum(not results.is_compared(run) for run in runs)
    text = f"\n\nThe best known plans took {took[0]:.0f} to {took[-1]:.0f} s of CPU (median {statistics.median(took):.0f})."
    if weak:
        text += (f" For {weak} of the {len(runs)} plans above that is less than {LONGER} times their own, or they are the best known "
                 "themselves: their gap says nothing.")
    bounded = [run for run in runs if results.about(run)["bound"]]
    if bounded:
        bounds = [results.about(run)["bound"] for run in bounds_of(bounded)]
        plans, best = [[100 * (cost - bound) / bound for cost, bound in zip(costs, bounds)] for costs in (
            [run["cost"]["total"] for run in bounds_of(bounded)],
            [results.about(run)["reference"]["cost"] for run in bounds_of(bounded)])]
        text += (f" {len(bounds)} of the instances {'have' if len(bounds) > 1 else 'has'} a proven bound (`optima-own.json`): the plans above "
                 f"are {percent(mean(plans))} above it, the best known {percent(mean(best))} (mean).")
    return text


def bounds_of(runs):
    """Of each instance the longest run."""
    longest = {}
    for run in sorted(runs, key=lambda run: run["seconds"]):
        longest[run["instance"]] = run
    return list(longest.values())


def write_small(results):
    rows = []
    for (size, centre), runs in results.groups("small", lambda run: (size_of(run), centre_of(run["instance"]))).items():
        gaps = [results.gap(run) for run in runs]
        rows.append([f"`{size}`", centre, len(runs), percent(mean(gaps)), percent(statistics.median(gaps)), percent(max(gaps)),
                     sum(gap < 1e-9 for gap in gaps), percent(mean([results.hand_gap(run) for run in runs])),
                     f"{mean([run['cpu'] for run in runs]):.1f}"])
    return given_seconds(results, "small") + table(
        ["size", "centre", "instances", "gap, mean", "median", "worst", "at the optimum", "by hand, mean", "CPU s"], rows)


def write_team(results):
    rows = []
    for centre, runs in results.groups("team", lambda run: centre_of(run["instance"])).items():
        gaps = [results.gap(run) for run in runs]
        rows.append([centre, len(runs), percent(mean(gaps)), percent(statistics.median(gaps)), percent(max(gaps)),
                     number(sum(run["cost"]["unscheduled"] for run in runs)),
                     number(sum(results.about(run)["reference"]["unscheduled"] for run in runs)),
                     percent(mean([results.hand_gap(run) for run in runs])),
                     f"{mean([run['cpu'] for run in runs]):.1f}", f"{max(run['mib'] for run in runs):.0f}"])
    return given_seconds(results, "team") + table(
        ["centre", "instances", "gap to the best known, mean", "median", "worst", "left out, points", "of the best known",
         "by hand, mean", "CPU s", "MiB"], rows) + write_references(results, "team")


def write_large(results, name, label):
    rows = []
    for run in sorted(results.tables.get(name, ()), key=lambda run: (run["seconds"], measure.order_of(run["instance"]))):
        about = results.about(run)
        rows.append([run["seconds"], label(run["instance"]), number(about["sessions"]), number(run["cost"]["total"]),
                     number(about["reference"]["cost"]), percent(results.gap(run)), percent(results.hand_gap(run)),
                     number(run["cost"]["unscheduled"]), number(about["reference"]["unscheduled"]),
                     percent(results.share_of_all(run)), number(about["first_fit"]["unscheduled"]),
                     f"{run['wall']:.1f}", f"{run['cpu']:.1f}", f"{run['mib']:.0f}"])
    return table(["seconds", "instance", "sessions", "cost", "best known", "gap", "by hand, gap", "left out, points", "of the best known",
                  "more, of all sessions", "by hand, left out", "s in all", "CPU s", "MiB"], rows) + write_references(results, name)


def closure_label(closure):
    size = closure["instance"].split()[0]
    return (f"`{size}`", f"{'all schools' if closure['schools'] == 'all' else 'one school'}, {closure['kind']}")


def closure_gap(closure):
    """(of the first run, to what)"""
    first = closure["runs"][0]["cost"]["total"]
    least = closure.get("least")
    if least and least.get("proven"):
        return measure.gap(first, {"cost": least["optimum"], "unscheduled": least["unscheduled"]}), "the optimum"
    if len(closure["runs"]) < 2:
        return None, "nothing"
    best = min(closure["runs"], key=lambda run: run["cost"]["total"])["cost"]
    return measure.gap(first, {"cost": best["total"], "unscheduled": best["unscheduled"]}), f"{closure['runs'][-1]['seconds']} s"


def spared(closure):
    """What moved without being forced to, of all that was not, in per cent."""
    moved = closure["runs"][0]["cost"]["moved"] // 60
    return 100 * (moved - closure["forced"]) / (closure["sessions"] - closure["forced"])


def write_close(results):
    groups, rows = {}, []
    for closure in results.results["closures"]:
        groups.setdefault(closure_label(closure), []).append(closure)
    for (size, what), closures in groups.items():
        gaps = [closure_gap(closure)[0] for closure in closures]
        known = [gap for gap in gaps if gap is not None]
        firsts = [closure["runs"][0] for closure in closures]
        moved = [run["cost"]["moved"] // 60 for run in firsts]
        forced = [closure["forced"] for closure in closures]
        rows.append([size, what, len(closures), number(round(mean([c["sessions"] for c in closures]))), f"{mean(forced):.1f}",
                     f"{mean(moved):.1f}", f"{mean([m - f for m, f in zip(moved, forced)]):.1f}", firsts[0]["seconds"],
                     closure_gap(closures[0])[1], percent(mean(known)), percent(max(known, default=None)),
                     f"{max(run['wall'] for run in firsts):.2f}"])
    return table(["size", "closed", "cases", "sessions", "must move", "moved", "more than must", "seconds", "compared with", "gap, mean",
                  "worst", "s in all, worst"], rows)


def growth_rows(results):
    """(first plan's run, longer run) by professionals."""
    longer = {run["instance"]: run for run in results.tables.get("growth", ())}
    for run in results.tables.get("region", ()):
        if run["instance"] not in longer or run["seconds"] > longer[run["instance"]]["seconds"]:
            longer[run["instance"]] = run
    pairs = [(run, longer[run["instance"]]) for run in results.tables.get("first", ()) if run["instance"] in longer]
    return sorted(pairs, key=lambda pair: results.about(pair[0])["professionals"])


def a_session(results, run, cost):
    return cost["total"] / results.about(run)["sessions"]


def left_out(results, run, cost):
    return percent(100 * cost["unscheduled"] / results.about(run)["weight"])


def write_growth(results):
    rows = []
    for first, run in growth_rows(results):
        about = results.about(run)
        by_hand = about["first_fit"]
        rows.append([about["professionals"], number(about["sessions"]), f"{first['wall']:.2f}", f"{first['cpu']:.2f}", f"{first['mib']:.0f}",
                     f"{a_session(results, first, first['cost']):.0f}", left_out(results, first, first["cost"]), run["seconds"],
                     f"{run['mib']:.0f}", f"{a_session(results, run, run['cost']):.0f}", left_out(results, run, run["cost"]),
                     f"{a_session(results, run, by_hand):.0f}", left_out(results, run, by_hand)])
    return table(["professionals", "sessions", "first plan, s", "CPU s", "MiB", "points a session", "left out", "search, s", "MiB",
                  "points a session", "left out", "by hand, points a session", "left out"], rows)


# what was aimed at

def goal(text, aim, values, limit):
    """`values` all within the limit? Shows the worst."""
    if not values:
        return [text, aim, "nothing to compare with", "?"]
    if None in values:
        return [text, aim, "more than nothing", "no"]
    return [text, aim, percent(max(values)), "yes" if max(values) <= limit else "no"]


def goals_of_gaps(results, runs, what, aims):
    """Mean and worst of those runs that are compared with something."""
    compared = [run for run in runs if results.is_compared(run)]
    gaps = [results.gap(run) for run in compared]
    part = f" ({len(compared)} of {len(runs)})" if len(compared) < len(runs) else ""
    return [goal(f"{what}, mean gap{part}", f"{aims[0]} %", [mean(gaps)] if gaps else [], aims[0]),
            goal(f"{what}, worst gap{part}", f"{aims[1]} %", gaps, aims[1])]


def goals_of_large(results, size, limit):
    runs = results.tables[size]
    quick, full = [[run for run in runs if run["seconds"] == seconds]
                   for seconds in (min(run["seconds"] for run in runs), max(run["seconds"] for run in runs))]
    compared = [run for run in quick if results.is_compared(run)]
    what = f"`{size}`, {quick[0]['seconds']} s"
    return [goal(f"{what}, left out more than the best known leaves out, worst", "1 % of that",
                 [results.share_of_left_out(run) for run in compared], 1),
            goal(f"{what}, the same, of the weight of all sessions", "1 %", [results.share_of_all(run) for run in compared], 1),
            *goals_of_gaps(results, full, f"`{size}`, {full[0]['seconds']} s", (limit, limit))[1:]]


def write_goals(results):
    rows = []
    for size in SMALL:
        rows += goals_of_gaps(results, results.of_size("small", size), f"`{size}`, 2 s", (1, 3))
    rows += goals_of_gaps(results, results.tables.get("team", []), "`team`, 5 s", (2, 2))
    for size, limit in (("centre", 3), ("region", 5)):
        rows += goals_of_large(results, size, limit) if results.tables.get(size) else [[f"`{size}`", "", "not measured", ""]]
    memory = [run["mib"] for run in results.tables.get("region", ())]
    if memory:
        rows.append(["`region`, memory", "1,024 MiB", f"{max(memory):.0f} MiB", "yes" if max(memory) < 1024 else "no"])
    closures = [c for c in results.results["closures"] if c["instance"].split()[0] == "centre"]
    rows.append(goal("`centre` planned again, 2 s, worst gap to a longer look", "1 %", [closure_gap(c)[0] for c in closures], 1))
    rows.append(goal("the same, moved though it might have stayed, of what might, worst", "none", [spared(c) for c in closures], 0))
    searches = [run for run in results.results["runs"] if run["table"] != "first"]
    over = max(run["wall"] - run["seconds"] for run in searches + [closure["runs"][0] for closure in results.results["closures"]])
    rows.append(["any plan, in all longer than its `--seconds`, worst", f"{OVERRUN} s", f"{max(0, over):.2f} s",
                 "yes" if over <= OVERRUN else "no"])
    return table(["what", "aim", "reached", "met"], rows)


# the pictures

def value_at(curve, moment):
    """The cost of a curve at a moment; None before its first plan."""
    costs = [cost for at, cost in curve if at <= moment]
    return costs[-1] if costs else None


def curve_of(results, runs):
    """The mean gap of several runs of as many seconds: [(s, per cent)]."""
    curves = [[*run["curve"], [run["seconds"], run["cost"]["total"]]] for run in runs]
    first, last = max(curve[0][0] for curve in curves), runs[0]["seconds"]
    points = []
    for step in range(CURVE_STEPS + 1):
        moment = first * (last / first) ** (step / CURVE_STEPS)
        gaps = [measure.gap(value_at(curve, moment + 1e-6), results.about(run)["reference"]) for curve, run in zip(curves, runs)]
        points.append((round(moment, 3), max(LEAST_DRAWN, mean(gaps))))
    return points


def panel_of(results, name, title, key):
    """Gap against time, a line for each group of the longest runs; by hand; where shorter runs of their own end."""
    runs = results.tables.get(name, [])
    longest = max(run["seconds"] for run in runs)
    series, by_hand = [], []
    groups = results.groups(name, lambda run: key(run["instance"]))
    for style, (label, group) in enumerate(groups.items()):
        full = [run for run in group if run["seconds"] == longest]
        series.append(chart.Series(label, curve_of(results, full), style, steps=True))
        by_hand += [results.hand_gap(run) for run in full]
    span = [min(point[0] for one in series for point in one.points), longest]
    series.append(chart.Series("by hand (mean)", [(moment, mean(by_hand)) for moment in span], 3))
    shorter = [(run["seconds"], max(LEAST_DRAWN, results.gap(run))) for run in runs if run["seconds"] < longest]
    if shorter:
        series.append(chart.Series(f"runs of {shorter[0][0]} s", shorter, 4, marked=True))
    return chart.Panel(title, "seconds since the start", "gap to the best known plan, %", series)


def describe(panels):
    """In words what the lines show."""
    lines = []
    for panel in panels:
        for series in panel.series:
            ends = series.points[0], series.points[-1]
            text = " to ".join(f"{chart.label_of(round(value, 1))} at {chart.label_of(round(at, 2))}" for at, value in ends)
            lines.append(f"{panel.title}, {series.name}: {text}.")
    return " ".join(lines)


def draw_costs(results):
    def short(name):
        return centre_of(name).split("–")[0]
    seeds = len({seed_of(run["instance"]) for run in results.tables.get("team", ())})
    panels = [panel_of(results, name, title, key) for name, title, key in (
        ("team", f"team: 6 professionals, mean of {seeds}", short), ("centre", "centre: 40 professionals", short),
        ("region", "region: 300 professionals", lambda name: f"seed {seed_of(name)}")) if results.tables.get(name)]
    return chart.draw("Cost against time", "Both axes are logarithmic. " + describe(panels), panels)


def draw_growth(results):
    rows = growth_rows(results)

    def line(label, style, value):
        return chart.Series(label, [(results.about(run)["professionals"], max(0.001, value(first, run))) for first, run in rows], style,
                            marked=True)
    x = "professionals"
    panels = [
        chart.Panel("Time to a first plan", x, "seconds, reading and writing included", [line("elapsed", 0, lambda first, _: first["wall"]),
                                           line("CPU", 1, lambda first, _: first["cpu"])]),
        chart.Panel("Memory", x, "MiB", [line("first plan", 0, lambda first, _: first["mib"]), line("search", 2, lambda _, run: run["mib"])]),
        chart.Panel("Cost", x, "points a session", [
            line("first plan", 0, lambda first, _: a_session(results, first, first["cost"])),
            line("search", 2, lambda _, run: a_session(results, run, run["cost"])),
            line("by hand", 3, lambda _, run: a_session(results, run, results.about(run)["first_fit"]))])]
    return chart.draw("From 10 to 300 professionals", "All axes are logarithmic. " + describe(panels), panels)


# the documents

def make(results):
    """(blocks of the document by name, pictures by file name)"""
    results = Results(results)
    blocks = {"machine": write_machine(results), "notes": write_notes(results), "goals": write_goals(results), "small": write_small(results),
              "team": write_team(results), "centre": write_large(results, "centre", centre_of),
              "region": write_large(results, "region", lambda name: f"seed {seed_of(name)}"),
              "close": write_close(results), "growth": write_growth(results)}
    return blocks, {"cost-against-time.svg": draw_costs(results), "growth.svg": draw_growth(results)}


def put(text, blocks):
    """The document with its blocks filled in."""
    for name, block in blocks.items():
        text, count = re.subn(rf"(<!-- tables\.py: {name} -->\n).*?(<!-- end -->)", lambda found, block=block:
                              f"{found[1]}\n{block}\n\n{found[2]}", text, flags=re.S)
        if count != 1:
            raise measure.Fault(f"{DOCUMENT} has {count} places for “{name}”")
    return text


def wanted(results, documents):
    """(path, what it should hold) of each file; the document made of the blocks alone where there is none."""
    blocks, pictures = make(results)
    path = documents / DOCUMENT
    bare = "\n\n".join(f"<!-- tables.py: {name} -->\n<!-- end -->" for name in blocks) + "\n"
    yield path, put(path.read_text(encoding="utf-8") if path.exists() else bare, blocks)
    for name, picture in pictures.items():
        yield documents / PICTURES / name, picture


def write(results, documents):
    (documents / PICTURES).mkdir(exist_ok=True)
    for path, text in wanted(results, documents):
        path.write_text(text, encoding="utf-8")


def differences(results, documents):
    """The files that do not hold what they should."""
    return [path for path, text in wanted(results, documents) if not path.exists() or path.read_text(encoding="utf-8") != text]
