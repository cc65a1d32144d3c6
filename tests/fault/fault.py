# SPDX-License-Identifier: GPL-3.0-or-later
"""Run an operation with the process killed at each of its durable writes in turn.

    import fault

    operation = fault.Operation(
        prepare=lambda folder: ...,            # make what it works on, in an empty folder
        command=lambda folder: [program, ...], # what is run, and killed
        describe=lambda folder: "...")         # what is there, as a text; recovers first if it must
    fault.sweep(self, operation)               # self: a unittest.TestCase

The operation runs once whole, which counts its durable writes, then once for each of them on a fresh copy, killed there. After each,
describe() must say what it said before the operation or what it says after it, and every SQLite database must be sound. What another fault has
left to the octet the same (one killed at a write, and at the sync before it) is judged once. Modes: see fault-preload.c. A failure names the
mode and the number, and `fault.run(operation, folder, at=…, mode=…)` does it again alone.
"""
import hashlib
import os
import pathlib
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import tempfile

BUILD = pathlib.Path(os.environ.get("COMODAL_BUILD_ROOT", "."))
LIBRARY = BUILD / "tests" / "fault" / "libfault-preload.so"

# what is lost in a power cut is not tried, so that a folder in memory shows as much, and many times faster
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

KILL, TORN, EIO, ENOSPC = "kill", "torn", "eio", "enospc"
KILLING = (KILL, TORN)
FEW = 10


class Operation:
    """`under`: the folder whose writes count, the whole by default. `environment`: more variables for the command.
    `run`: instead of `command`, a function (folder, environment) that starts the programs itself with these variables and returns
    when the operation ended or was killed; for a daemon and its client. `accept`: a text that is good too, besides before and after.
    `again`: after each fault it is run once more, whole, and must end well and come to what it comes to when nothing goes wrong."""

    def __init__(self, prepare, describe, command=None, run=None, under="", environment=None, accept=None, again=False):
        self.prepare, self.describe, self.command, self.under = prepare, describe, command, under
        self.run = run or self._run_command
        self.environment = dict(environment or {})
        self.accept = accept or (lambda text: False)
        self.again = again

    def _run_command(self, folder, environment):
        with subprocess.Popen(self.command(folder), env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            # told when it ends; Popen.wait() with a time-out would sleep and look, for longer than most operations take
            handle = os.pidfd_open(process.pid)
            try:
                if not select.select([handle], [], [], 120)[0]:
                    process.kill()
                    raise subprocess.TimeoutExpired(process.args, 120)
            finally:
                os.close(handle)
            return process.wait()


class Outcome:
    def __init__(self, status, calls, struck):
        self.status, self.calls, self.struck = status, calls, struck


def run(operation, folder, at=0, mode=KILL):
    """Run it in a prepared folder. Returns its status, how many calls were counted, and where the fault struck (0: nowhere)."""
    handle, counter = tempfile.mkstemp(prefix="comodal-fault-")
    os.write(handle, bytes(16))
    os.close(handle)
    try:
        environment = dict(os.environ, LD_PRELOAD=str(LIBRARY), COMODAL_FAULT_COUNTER=counter, COMODAL_FAULT_AT=str(at),
                           COMODAL_FAULT_MODE=mode, COMODAL_FAULT_UNDER=os.path.join(folder, operation.under),
                           **operation.environment)
        status = operation.run(folder, environment)
        calls, struck = struct.unpack("=QQ", pathlib.Path(counter).read_bytes())
    finally:
        os.unlink(counter)
    return Outcome(status, calls, struck)


def find_damage(folder):
    """What SQLite says of each database in the folder, "" when all are sound. Call it once recovered."""
    said = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if not path.is_file() or path.read_bytes()[:15] != b"SQLite format 3":
            continue
        connection = sqlite3.connect(path)
        try:
            rows = connection.execute("PRAGMA integrity_check").fetchall() + \
                connection.execute("PRAGMA foreign_key_check").fetchall()
            said += [f"{path.name}: {row}" for row in rows if row != ("ok",)]
        except sqlite3.DatabaseError as error:
            said.append(f"{path.name}: {error}")
        finally:
            connection.close()
    return "; ".join(said)


def choose(calls, most):
    """All of 1..calls, or `most` of them spread evenly, first and last among them."""
    if calls <= most:
        return list(range(1, calls + 1))
    return sorted({1 + round(i * (calls - 1) / (most - 1)) for i in range(most)})


def sweep(case, operation, modes=(KILL,), most=400, least=1):
    """Every fault of `modes`; `most` faults a mode, or of some modes as a mapping has them, of others FEW; an operation of fewer than `least` calls is not what it was taken for."""
    root = tempfile.mkdtemp(prefix="comodal-fault-", dir=MEMORY)
    try:
        return _sweep(case, operation, modes, most, least, root)
    finally:
        shutil.rmtree(root)


def _sweep(case, operation, modes, most, least, root):
    prepared, whole, copy = (os.path.join(root, name) for name in ("prepared", "whole", "copy"))
    os.mkdir(prepared, 0o700)
    operation.prepare(prepared)
    _copy(prepared, copy)
    before = operation.describe(copy)
    _copy(prepared, whole)
    outcome = run(operation, whole)
    case.assertEqual(outcome.status, 0, "the operation fails by itself")
    case.assertGreaterEqual(outcome.calls, least, "the preloaded library saw too little")
    after = operation.describe(whole)
    case.assertNotEqual(before, after, "the operation does nothing that describe() shows")
    seen = {"before": 0, "after": 0, "accepted": 0}
    judged = {}  # what a fault left, by its digest: what describe() says of it, once all that is left so was found sound
    for mode in modes:
        for at in choose(outcome.calls, most if isinstance(most, int) else most.get(mode, FEW)):
            _copy(prepared, copy)
            result = run(operation, copy, at, mode)
            where = f"{mode} at {at} of {outcome.calls}"
            if mode in KILLING:
                case.assertTrue(result.struck, f"{where}: it was not struck")
                case.assertEqual(result.status, -signal.SIGKILL, f"{where}: it was not killed")
            left = _digest(copy)
            known = left in judged
            text = judged[left] if known else operation.describe(copy)
            kind = "before" if text == before else "after" if text == after else "accepted" if operation.accept(text) else None
            case.assertIsNotNone(kind, f"{where}: neither before nor after:\n{text[:2000]}")
            # what says it succeeded has succeeded
            case.assertFalse(result.status == 0 and kind == "before", f"{where}: it says it succeeded, and has not")
            seen[kind] += 1
            if known:
                continue
            case.assertEqual(find_damage(copy), "", where)
            if operation.again:
                case.assertEqual(run(operation, copy).status, 0, f"{where}: it fails when it is said again")
                case.assertEqual(operation.describe(copy), after, f"{where}: said again, it is not what it would have been")
            judged[left] = text
    return outcome.calls, seen


def _digest(folder):
    """Of all that is in it, to the octet, and how it may be read."""
    digest = hashlib.blake2b()
    for path in sorted(pathlib.Path(folder).rglob("*")):
        status = path.lstat()
        digest.update(f"{path}\0{status.st_mode}\0{status.st_size}\0".encode())
        if path.is_symlink():
            digest.update(os.readlink(path).encode())
        elif path.is_file():
            digest.update(path.read_bytes())
    return digest.digest()


def _copy(source, target):
    if os.path.exists(target):
        shutil.rmtree(target)
    shutil.copytree(source, target, symlinks=True)
