#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vault, killed at each write of what people hand over: a key made anew, a caseload handed over, a note, a directory are there whole
or not at all."""
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(SOURCE / "tests" / "integration")]
import fault
import tap
import retention_world
import vault_keys
import vault
from vault_case_maker import Case

STORE = str(fault.BUILD / "tests" / "fault" / "store-operation")
VAULT = str(fault.BUILD / "tests" / "fault" / "vault-operation")
NOW = 1790000000
FIRST, SECOND = 1000, 1001
# ids, keys and signatures differ from one time to the next; how many there are of what, and in which order, does not
QUERIES = (
    "SELECT sequence FROM vault_directory ORDER BY 1",
    "SELECT generation, made_at FROM vault_keys ORDER BY id",
    "SELECT student FROM vault_case ORDER BY id",
    "SELECT (SELECT count(*) FROM vault_case WHERE id <= file), kind, stored_at FROM vault_record ORDER BY id",
    "SELECT count(*) FROM vault_body",
    "SELECT revision FROM vault_draft ORDER BY 1",
    "SELECT size, note IS NOT NULL, stored_at FROM vault_attachment ORDER BY id",
    "SELECT sequence, at, uid, action FROM audit ORDER BY 1",
    "SELECT (SELECT count(*) FROM vault_case WHERE id <= file), asked_at, destroyed_at FROM vault_destruction",
)


def do(program, folder, *arguments):
    result = subprocess.run([program, folder, *map(str, arguments)], capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(f"{arguments}: {result.stderr}")
    return result.stdout


def describe(folder):
    """How much there is of what, recovered and checked first."""
    do(STORE, folder, "describe")
    left = do(VAULT, folder, NOW, "tidy")
    folder_names = [path.name for path in pathlib.Path(folder, "data").glob("attachments/*")]
    connection = sqlite3.connect(pathlib.Path(folder, "data", "comodal.db"))
    said = [f"{query}: {connection.execute(query).fetchall()}" for query in QUERIES]
    connection.close()
    return "\n".join([*said, left, str(len(folder_names))])


class House:
    """A database with two people's keys in it, and three cases of the first."""

    def __init__(self, folder, caseload):
        self.folder = folder
        do(STORE, folder, "key-create")
        do(STORE, folder, "import", caseload)
        self.organisation = vault_keys.Organisation(NOW)
        self.hand("add", self.organisation.sign())
        self.keys = [self.enrol(uid) for uid in (FIRST, SECOND)]
        self.hand("add", self.organisation.sign())
        with sqlite3.connect(pathlib.Path(folder, "data", "comodal.db")) as connection:
            students = [number for (number,) in connection.execute("SELECT id FROM student ORDER BY id LIMIT 3")]
        connection.close()
        self.cases = [Case(self.organisation, self.keys[0], "x", NOW) for _ in students]
        for case, student in zip(self.cases, students):
            self.hand("append", case.open(), FIRST, student)

    def write(self, name, octets):
        path = pathlib.Path(self.folder, name)
        path.write_bytes(octets)
        return path

    def hand(self, verb, octets, *arguments):
        do(VAULT, self.folder, NOW, verb, *arguments, self.write("records", octets))

    def enrol(self, uid):
        person, generation = do(VAULT, self.folder, NOW, "begin", uid).split()
        keys = vault_keys.Keys(self.organisation.id, bytes.fromhex(person), int(generation), f"Personne {uid}", NOW)
        do(VAULT, self.folder, NOW, "enrol", uid, self.write("enrolment", keys.enrolment()), self.write("recovery", keys.recovery()))
        self.organisation.admit(keys)
        return keys


class Vault(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.TemporaryDirectory(prefix="comodal-fault-")
        cls.file = f"{cls.work.name}/caseload.json"
        subprocess.run([sys.executable, SOURCE / "tests" / "planning" / "generate.py", "pair", "--seed", "1", "--out", cls.file],
                       check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.work.cleanup()

    def sweep(self, verb, make, *arguments, modes=(fault.KILL, fault.TORN), now=NOW, description=describe):
        """`make(house)`: the octets that are handed over, and done before."""
        def prepare(folder):
            house = House(folder, self.file)
            house.write("last", make(house))
        operation = fault.Operation(
            prepare, description, lambda folder: [VAULT, folder, str(now), verb, *map(str, arguments), f"{folder}/last"])
        calls, seen = fault.sweep(self, operation, modes, 16, 5)
        print(f"# {verb}: {calls} writes, {seen}")
        self.assertGreater(seen["before"], 0)
        self.assertGreater(seen["after"], 0)

    def test_note(self):
        self.sweep("append", lambda house: b"".join(house.cases[0].note("Zorglub dort mal")), FIRST, 0)

    def test_new_key(self):
        """Somebody's access ends: the epoch, its envelope and the next note."""
        def make(house):
            case = house.cases[0]
            house.hand("append", b"".join(case.note("avant")), FIRST, 0)
            return case.epoch() + case.envelope(case.keys) + b"".join(case.note("après"))
        self.sweep("append", make, FIRST, 0)

    def test_hand_over(self):
        """Everything of somebody who leaves, to a colleague: all cases, or none."""
        def make(house):
            other = house.keys[1]
            return b"".join(case.epoch(responsible=other.id, responsible_generation=other.generation, reason=3) + case.envelope(other)
                            for case in house.cases)
        self.sweep("append", make, FIRST, 0, modes=(fault.KILL, fault.TORN, fault.ENOSPC, fault.EIO))

    def test_destruction(self):
        """A case is there whole, or gone whole; once it is gone and comodald has looked, nothing of it stands in the database's files."""
        later = NOW + 9 * 365 * 86400

        def make(house):
            case, (first, second) = house.cases[0], house.keys
            house.hand("append", case.envelope(second), FIRST, 0)
            house.hand("append", b"".join(case.note("Zorglub dort mal" * 50)) + case.head(), FIRST, 0)
            draft = case.draft(os.urandom(16), 1, "pas signé")
            house.hand("draft", draft, FIRST)
            kept = [("draft", draft), ("note", case.notes[0]), ("body", case.bodies[0]),
                    *(("envelope", octets) for octets in case.grants.values())]
            house.write("kept", "".join(f"{kind} {octets.hex()}\n" for kind, octets in kept).encode())
            with sqlite3.connect(pathlib.Path(house.folder, "data", "comodal.db")) as connection:
                connection.execute("UPDATE followup SET state = 'closed'")
            connection.close()
            due, until, basis = do(VAULT, house.folder, later, "basis", NOW).rstrip("\n").split(" ", 2)
            whole = retention_world.destruction(case, first, second, {"basis": basis, "due": due}, until, later)
            do(VAULT, house.folder, later, "ask", FIRST, house.write("records", retention_world.ask(whole)))
            return whole

        def describe_erased(folder):
            do(VAULT, folder, later, "look")
            kept = [line.split() for line in pathlib.Path(folder, "kept").read_text().splitlines()]
            found = retention_world.find_traces(pathlib.Path(folder, "data"), [(kind, bytes.fromhex(octets)) for kind, octets in kept])
            return f"{describe(folder)}\n{sorted({kind for kind, _ in found})}"
        self.sweep("agree", make, SECOND, modes=(fault.KILL, fault.TORN, fault.ENOSPC, fault.EIO), now=later, description=describe_erased)

    def stream(self, house, case):
        which = {"organisation": house.organisation.id, "case": case.id, "attachment": os.urandom(16)}
        return which["attachment"], vault.make_attachment(which, os.urandom(32), os.urandom(200000))

    def test_attachment(self):
        """A file and its row: both, or neither, and nothing is left over; when the disk is full, too."""
        def make(house):
            return self.stream(house, house.cases[0])[1]
        self.sweep("attach", make, FIRST, modes=(fault.KILL, fault.TORN, fault.ENOSPC, fault.EIO))

    def test_note_with_an_attachment(self):
        def make(house):
            case = house.cases[0]
            attachment, stream = self.stream(house, case)
            house.hand("attach", stream, FIRST)
            item = {"attachment": attachment, "size": len(stream), "digest": vault.H("stream", stream)}
            return b"".join(case.note("voir le dessin", attachments=[item]))
        self.sweep("append", make, FIRST, 0)

    def test_directory(self):
        def make(house):
            house.organisation.retire(house.keys[1])
            return house.organisation.sign() + house.organisation.sign()
        self.sweep("add", make)

    def test_draft(self):
        def make(house):
            draft = os.urandom(16)
            house.hand("draft", house.cases[0].draft(draft, 1, "un"), FIRST)
            return house.cases[0].draft(draft, 2, "deux")
        self.sweep("draft", make, FIRST)


if __name__ == "__main__":
    tap.main()
