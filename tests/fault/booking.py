#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bookings by hand, killed at each of their writes; and the step from schema 1 to 2, over a database of schema 1 with a plan in it."""
import os
import pathlib
import shutil
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
FIXTURES = SOURCE / "tests" / "fixtures" / "db"
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


class Migration(unittest.TestCase):
    """A database of each earlier schema, brought to this program's: killed anywhere it is of one of them, whole."""

    def prepare(self, schema):
        def copy(folder):
            data = pathlib.Path(folder, "data")
            data.mkdir(mode=0o700)
            for source, target in ((FIXTURES / f"v{schema}.db", data / "comodal.db"),
                                   (FIXTURES / "test.key", pathlib.Path(folder, "service.key"))):
                shutil.copyfile(source, target)
                target.chmod(0o600)
        return copy

    def rows(self, schema):
        """Every row, read without this program, and the copy aside whole or not there."""
        def read(folder):
            path = pathlib.Path(folder, "data", "comodal.db")
            copy = pathlib.Path(f"{path}.v{schema}.bak")
            if copy.exists():
                with sqlite3.connect(copy) as connection:
                    self.assertEqual(connection.execute("PRAGMA integrity_check").fetchone(), ("ok",))
                connection.close()
            with sqlite3.connect(path) as connection:
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                self.assertTrue(version == schema or copy.exists(), "there is no copy of what was before")
                tables = [name for name, in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
                said = [f"version {version}"] + [f"{name} {connection.execute(f'SELECT * FROM {name}').fetchall()}" for name in tables]
            connection.close()
            return "\n".join(said)
        return read

    def sweep(self, schema, **more):
        operation = fault.Operation(self.prepare(schema), self.rows(schema), lambda folder: [STORE, folder, "open"], **more)
        calls, seen = fault.sweep(self, operation, (fault.KILL, fault.TORN, fault.ENOSPC), 120, 20)
        print(f"# migrate from {schema}: {calls} writes, {seen}")
        return seen

    def test_migrate_from_3(self):
        seen = self.sweep(3)
        self.assertGreater(seen["before"], 5)
        self.assertGreater(seen["after"], 5)

    # between two steps it is of a schema in between, whole, as the test of that one has it
    def test_migrate_from_2(self):
        self.sweep(2, accept=lambda text: text.startswith("version 3\n"))

    def test_migrate_from_1(self):
        self.sweep(1, accept=lambda text: text.startswith(("version 2\n", "version 3\n")))


if __name__ == "__main__":
    tap.main()
