#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bookings by hand, killed at each of their writes."""
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fault
import tap

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
STORE = str(fault.BUILD / "tests" / "fault" / "store-operation")
BOOKING = str(fault.BUILD / "tests" / "fault" / "booking-operation")
# what is sealed differs from one time to the next
QUERIES = (
    "SELECT session, version, state, date, start, mode, origin, series, changed_at, changed_by FROM booking ORDER BY 1",
    "SELECT id, version, kind, state, hold_until, session, date, start, holder, series FROM appointment ORDER BY 1",
    "SELECT * FROM appointment_attendee ORDER BY 1, 2, 3",
    "SELECT kind, resource, start_utc, session FROM claim ORDER BY 1, 2, 3, 4",
    "SELECT sequence, at, uid, action, subject, version_before, version_after FROM audit ORDER BY 1",
    "SELECT kind, recipient_kind, recipient, subject FROM notice ORDER BY 1, 2, 3, 4",
    "SELECT uid, key, answer FROM request_key ORDER BY 1, 2",
    "SELECT id, version, state, subject, subject_version, start_utc, changed_by, changed_at FROM time_request ORDER BY 1",
)


def do(program, folder, verb, *arguments):
    result = subprocess.run([program, folder, verb, *arguments], capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(f"{verb}: {result.stderr}")
    return result.stdout


def describe(folder):
    """What is booked, and what it left behind; recovered and checked first."""
    do(STORE, folder, "describe")
    connection = sqlite3.connect(pathlib.Path(folder, "data", "comodal.db"))
    said = [f"{query}: {connection.execute(query).fetchall()}" for query in QUERIES]
    connection.close()
    return "\n".join(said)


class Booking(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.TemporaryDirectory(prefix="comodal-fault-")
        cls.file = f"{cls.work.name}/caseload.json"
        subprocess.run([sys.executable, SOURCE / "tests" / "planning" / "generate.py", "pair", "--seed", "1", "--out", cls.file],
                       check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.work.cleanup()

    def sweep(self, before, last, modes=(fault.KILL, fault.TORN), most=40):
        def prepare(folder):
            do(STORE, folder, "key-create")
            do(STORE, folder, "import", self.file)
            for verb in before:
                do(BOOKING, folder, verb)
        operation = fault.Operation(prepare, describe, lambda folder: [BOOKING, folder, last])
        calls, seen = fault.sweep(self, operation, modes, most, 5)
        print(f"# {last}: {calls} writes, {seen}")
        self.assertGreater(seen["before"], 0)
        self.assertGreater(seen["after"], 0)

    def test_book(self):
        self.sweep([], "book")

    def test_hold(self):
        self.sweep([], "hold")

    def test_confirm(self):
        self.sweep(["hold"], "confirm")

    def test_book_over_an_ended_hold(self):
        self.sweep(["hold"], "book-over")

    def test_move(self):
        self.sweep(["book"], "move")

    def test_cancel(self):
        self.sweep(["book"], "cancel")

    def test_outcome(self):
        self.sweep(["book"], "outcome")

    def test_series(self):
        self.sweep([], "series")

    def test_group(self):
        self.sweep([], "group")

    def test_ask_another_time(self):
        # the first gives way to the second in the same commit
        self.sweep(["book", "ask-another-time"], "ask-another-time")

    def test_accept_another_time(self):
        # moved, accepted, told and answered for its key: all of it or nothing
        self.sweep(["book", "ask-another-time"], "accept-another-time")

    def test_decline_another_time(self):
        self.sweep(["book", "ask-another-time"], "decline-another-time")

    def test_settle_another_time(self):
        self.sweep(["book", "ask-another-time", "move"], "settle-another-time")

    def test_disk_full(self):
        self.sweep([], "series", (fault.ENOSPC, fault.EIO))


if __name__ == "__main__":
    tap.main()
