#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sixty-four clients fighting for the same times, in full, and what booking costs beside a bare commit.

usage: meson devenv -C BUILD ../tests/bench/contention.py [--requests N] [--kills N]

Runs the real comodald on a bus of its own: all clients for each slot; the same with the daemon killed N times on the way; and each
client for slots of its own, beside the rate at which SQLite alone commits one small row (WAL, synchronous=FULL) on the same disk, in the
same run. After each, the file is judged by raw SQL.
"""
import argparse
import os
import pathlib
import sqlite3
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests" / "integration")]
from comodal_test import TestCase  # noqa: E402
from contest import CLIENTS, Contest  # noqa: E402

ARGUMENTS = argparse.Namespace(requests=100000, kills=5)


def cpu(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_commits(folder, seconds=2.0):
    """Commits a second of one row, by SQLite alone."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT);")
    count, begun = 0, time.monotonic()
    while time.monotonic() - begun < seconds:
        connection.execute("INSERT INTO t (b) VALUES (?)", ("x" * 100,))
        count += 1
    connection.close()
    return count / (time.monotonic() - begun)


class Run(TestCase):
    def runTest(self):
        slots = -(-ARGUMENTS.requests // CLIENTS)
        for name, kills in (("one success a slot", ()),
                            (f"killed {ARGUMENTS.kills} times",
                             tuple(range(1, 10 ** 6, max(1, slots * CLIENTS // 200 // (ARGUMENTS.kills + 1))))[1:ARGUMENTS.kills + 1])):
            self.setUp()
            contest = Contest(self, "centre", "--seed", 1)
            contest.start()
            result = contest.run(slots=slots, kills=kills)
            used = cpu(contest.daemon.process)
            stand = contest.judge(result)
            print(f"{name}: {result['asked']:.0f} requests of {CLIENTS} clients for {slots} slots, {stand} given, each once; "
                  f"{result['failed']:.0f} failed, {result['again']:.0f} asked again; {result['seconds']:.1f} s, "
                  f"{result['asked'] / result['seconds']:.0f} a second; p50 {result['p50']} ms, p95 {result['p95']} ms, "
                  f"p99 {result['p99']} ms, most {result['most']} ms; daemon {used:.1f} s of CPU (since it was last started)",
                  flush=True)
        self.measure_bookings()

    def measure_bookings(self):
        slots = min(2000, ARGUMENTS.requests)
        for clients in (1, 8, CLIENTS):
            self.setUp()
            contest = Contest(self, "centre", "--seed", 1)
            contest.start()
            before = measure_commits(self.folder)
            result = contest.run(slots=slots, together=False, clients=clients)
            contest.judge(result)
            rate = slots / result["seconds"]
            print(f"{clients} clients, {slots} bookings: {rate:.0f} a second, p95 {result['p95']} ms; bare commits "
                  f"{before:.0f} a second: {rate / before:.2f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--requests", type=int, default=100000)
    parser.add_argument("--kills", type=int, default=5)
    parser.parse_args(namespace=ARGUMENTS)
    case = Run()
    result = case.run()
    for _, text in result.failures + result.errors:
        sys.exit(text)
