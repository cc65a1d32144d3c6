# SPDX-License-Identifier: GPL-3.0-or-later
"""Running the planner on an instance and having its plan judged: what planner.py and tables.py share.

An instance is named by its arguments to tests/planning/generate.py, "team --seed 3 --css 784000 --busy"; `--professionals N` makes
it what is left when only so many of its professionals are kept (cut.py). Programs are run one by one and nothing large is read
here, so that peak memory is theirs. A plan that the judge finds fault with ends everything: no figure comes of it.
"""
import contextlib
import fcntl
import json
import math
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

BENCH = pathlib.Path(__file__).resolve().parent
PLANNING = BENCH.parent / "planning"
ROOT = BENCH.parent.parent
PROGRAM = pathlib.Path(os.environ.get("COMODALCTL", ROOT / "build" / "cli" / "comodalctl"))
OPTIMA = (PLANNING / "optima.json", BENCH / "optima-own.json")
BEST_KNOWN = BENCH / "best-known.json"
CENTRE = "714000"  # generate.py's own, where none is named
CURVE_POINTS = 80
TICK = os.sysconf("SC_CLK_TCK")


class Fault(Exception):
    """A program failed, or a plan is not what it says."""


def name_of(size, seed, css=CENTRE, busy=False, professionals=None):
    words = [size, "--seed", str(seed)]
    words += ["--css", css] if css != CENTRE and size != "region" else []
    words += ["--busy"] if busy else []
    words += ["--professionals", str(professionals)] if professionals else []
    return " ".join(words)


def run(*command, good=(0,)):
    """A program's standard output."""
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if result.returncode not in good:
        raise Fault(f"{' '.join(map(str, command))} ended with {result.returncode}:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    return result.stdout


def python(script, *arguments, good=(0,)):
    return run("/usr/bin/python3", script, *arguments, good=good)


def generate(name, path):
    words = name.split()
    keep = None
    if "--professionals" in words:
        at = words.index("--professionals")
        keep = words[at + 1]
        del words[at:at + 2]
    python(PLANNING / "generate.py", *words, "--out", path)
    if keep:
        python(BENCH / "cut.py", path, "--professionals", keep, "--out", path)


def judge(caseload, plan):
    """The judge's cost by name, and how many sessions are left out."""
    verdict = json.loads(python(PLANNING / "verify.py", caseload, plan, "--policies", PLANNING / "policies", "--json", good=(0, 1)))
    if not verdict["valid"] or verdict["differs"]:
        verdict["broken"] = verdict["broken"][:5]
        raise Fault(f"{plan}: the judge says {verdict}")
    return verdict["cost"]


def first_fit(caseload, plan):
    python(BENCH / "first_fit.py", caseload, "--policies", PLANNING / "policies", "--out", plan)


class Process:
    """What the planner uses, from its own process."""

    def __init__(self, pid):
        self.folder = pathlib.Path("/proc") / str(pid)
        self.mib = 0

    def cpu(self):
        with contextlib.suppress(OSError, IndexError):
            fields = (self.folder / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / TICK
        return None

    def look(self):
        """The most memory it has had; asked for often, as nobody knows when it ends."""
        with contextlib.suppress(OSError):
            found = re.search(r"VmHWM:\s+(\d+)", (self.folder / "status").read_text(encoding="utf-8"))
            self.mib = max(self.mib, int(found.group(1)) / 1024 if found else 0)


def thin(curve):
    """At most CURVE_POINTS points; where the cost falls, and the last."""
    falls = [point for n, point in enumerate(curve) if n == 0 or point[2] < curve[n - 1][2]] + curve[-1:]
    step = max(1, math.ceil(len(falls) / CURVE_POINTS))
    return falls[:-1][::step] + falls[-1:]


def follow(process, master):
    """(all it says, [[seconds, CPU seconds, cost]…], MiB): its progress line, as a person sees it on a terminal."""
    began, text, curve, used = time.monotonic(), "", [], Process(process.pid)
    while True:
        ready, _, _ = select.select([master], [], [], 0.05)
        used.look()
        if not ready:
            continue
        try:
            piece = os.read(master, 65536).decode("utf-8", "replace")
        except OSError:  # it has closed its side
            break
        if not piece:
            break
        text = text[-4000:] + piece
        costs = re.findall(r"cost (?:[\d,]+ → )?([\d,]+), left out", piece)
        cpu = used.cpu()
        if costs and cpu is not None:
            curve.append([round(time.monotonic() - began, 2), round(cpu, 2), int(costs[-1].replace(",", ""))])
    return text, thin(curve), used.mib


def plan(caseload, out, *options):
    """Runs the planner: {wall, cpu, mib, effort, curve}."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    command = [str(PROGRAM), "plan-file", str(caseload), "--policies", str(PLANNING / "policies"), "--out", str(out),
               *map(str, options)]
    surroundings = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "en", "TERM": "xterm"}
    began = time.monotonic()
    # its own way to end is waited for below, with what it used
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=slave, env=surroundings)  # pylint: disable=R1732
    os.close(slave)
    text, curve, mib = follow(process, master)
    os.close(master)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - began
    effort = re.search(r"effort (\d+),", text)
    if process.returncode or effort is None:
        raise Fault(f"{' '.join(command)} ended with {process.returncode}:\n{text}")
    return {"wall": round(wall, 2), "cpu": round(usage.ru_utime + usage.ru_stime, 2), "mib": round(mib or usage.ru_maxrss / 1024, 1),
            "effort": int(effort.group(1)), "curve": curve}


def version():
    """The program's, and the commit of the sources where there is one."""
    number = run(PROGRAM, "--version").split()[-1]
    done = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return f"{number}-{done.stdout.strip()}" if done.returncode == 0 else number


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_lines(path, members):
    """JSON, one member a line: a change of one is a change of one line."""
    lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in members.items())
    temporary = path.with_suffix(".new")
    temporary.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    temporary.replace(path)


def order_of(name):
    """By size, centre and seed, as numbers."""
    sizes = ("pair", "month", "halfterm", "team", "centre", "region")
    words = name.split()
    rest = [int(word) if word.isdigit() else 0 for word in words[1:]]
    return (sizes.index(words[0]) if words[0] in sizes else len(sizes), "--css" in words, "--busy" in words, rest, name)


def reference(name):
    """What a plan is compared to: {cost, unscheduled, kind}, kind being "optimum" (proven) or "best" (known: then with the CPU seconds
    it took), or None."""
    exact = [answer for answer in (read_json(path).get(name) for path in OPTIMA) if answer and "optimum" in answer]
    for answer in exact:
        if answer.get("proven", True):
            return {"cost": answer["optimum"], "unscheduled": answer["unscheduled"], "kind": "optimum"}
    found = [{"cost": a["optimum"], "unscheduled": a["unscheduled"], "kind": "best", "cpu": a["seconds"]} for a in exact]
    best = read_json(BEST_KNOWN).get(name)
    if best:
        found.append({"cost": best["cost"], "unscheduled": best["unscheduled"], "kind": "best", "cpu": best["cpu"]})
    return min(found, key=lambda answer: answer["cost"], default=None)


def bound(name):
    """No plan costs less; None where nothing is proven."""
    known = [read_json(path).get(name) for path in OPTIMA]
    return max((answer.get("bound", answer.get("optimum")) for answer in known if answer), default=None)


def gap(cost, known):
    """In per cent, as FORMAT.md's last section has it: what must stay unscheduled flatters nobody."""
    return 100 * (cost - known["cost"]) / (known["cost"] - known["unscheduled"])


@contextlib.contextmanager
def locked(folder):
    """Other runs may write there."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def record(name, cost, how, path=BEST_KNOWN):
    """Keeps the plan's cost if it is the least so far. `how`: what it took, to find it again. Returns whether it was kept."""
    least = bound(name)
    if least is not None and cost["total"] < least:
        raise Fault(f"{name}: a plan of {cost['total']} points, though none costs less than {least}: the judge or the proof is wrong")
    known = reference(name)
    if known is not None and known["kind"] == "optimum":
        return False
    with locked(path.parent):
        answers = read_json(path)
        if name in answers and answers[name]["cost"] <= cost["total"]:
            return False
        answers[name] = {"cost": cost["total"], "unscheduled": cost["unscheduled"], **how}
        write_lines(path, dict(sorted(answers.items(), key=lambda item: order_of(item[0]))))
    return True


def entry_point(main):
    """Ends with a message and no trace where a run came to nothing."""
    try:
        main()
    except Fault as fault:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {fault}")
    except KeyboardInterrupt:
        sys.exit(130)
