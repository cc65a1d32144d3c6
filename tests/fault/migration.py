#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The step from each earlier schema to this program's, over a database of it with a plan in it, killed at each of its writes."""
import os
import pathlib
import shutil
import sqlite3
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fault
import tap

STORE = str(fault.BUILD / "tests" / "fault" / "store-operation")
FIXTURES = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"]) / "tests" / "fixtures" / "db"


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
