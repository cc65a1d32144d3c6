#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The vault, killed at each write of what people hand over: a key made anew, a caseload handed over, a note, a directory are there whole
or not at all."""
import copy
import hashlib
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import types
import unittest

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(SOURCE / "tests" / "integration")]
import fault
import tap
import retention_world
import vault_keys
import vault
from vault_case_maker import Case, content

STORE = str(fault.BUILD / "tests" / "fault" / "store-operation")
VAULT = str(fault.BUILD / "tests" / "fault" / "vault-operation")
NOW = 1790000000
FIRST, SECOND = 1000, 1001
KEEPERS = (1002, 1003, 1004)
DELAY = 3 * 86400
# of the writes of one operation, first and last among them: most are SQLite's, of one transaction; fault.FEW of other faults
POINTS = 10
# sealed anew each time, or a name that is made for the disk alone: how many there are has to do
DIFFERENT = {("vault_directory", "octets"), ("vault_keys", "enrolment"), ("vault_attachment", "kept_as"), ("vault_attachment_left", "kept_as")}


def do(program, folder, *arguments):
    result = subprocess.run([program, folder, *map(str, arguments)], capture_output=True, text=True)
    if result.returncode != 0:
        raise AssertionError(f"{arguments}: {result.stderr}")
    return result.stdout


def describe_table(connection, name):
    """Every octet of a table of the vault; of others how many rows there are."""
    if not name.startswith("vault_"):
        return f"{name}: {connection.execute(f'SELECT count(*) FROM {name}').fetchone()}"
    columns = [column for _, column, *_ in connection.execute(f"PRAGMA table_info({name})") if (name, column) not in DIFFERENT]
    rows = sorted(map(repr, connection.execute(f"SELECT {', '.join(columns) or 'count(*)'} FROM {name}")))
    return f"{name}: {len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()}"


def describe(folder):
    """What is there, recovered first; that it is sound, fault.py looks."""
    left = do(VAULT, folder, NOW, "tidy")
    folder_names = [path.name for path in pathlib.Path(folder, "data").glob("attachments/*")]
    connection = sqlite3.connect(pathlib.Path(folder, "data", "comodal.db"))
    tables = [name for name, in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1")]
    said = [describe_table(connection, name) for name in tables]
    said.append(str(connection.execute("SELECT sequence, at, uid, action FROM audit ORDER BY 1").fetchall()))
    connection.close()
    return "\n".join([*said, left, str(len(folder_names))])


class House:
    """A database with two people's keys in it, and three cases of the first."""

    def __init__(self, folder, caseload):
        self.folder = folder
        os.mkdir(folder, 0o700)
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

    def move(self, folder):
        """Another, in a copy of the folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        other = copy.deepcopy(self)
        other.folder = folder
        return other

    def write(self, name, octets):
        path = pathlib.Path(self.folder, name)
        path.write_bytes(octets)
        return path

    def hand(self, verb, octets, *arguments):
        do(VAULT, self.folder, NOW, verb, *arguments, self.write("records", octets))

    def deposit(self, keys, keepers, now, number=1):
        """The escrow secret, and its deposit with three custodians."""
        secret = os.urandom(32)
        keepers = sorted(keepers, key=lambda keeper: keeper.id)
        values = {"organisation": self.organisation.id, "person": keys.id, "generation": keys.generation, "number": number,
                  "directory": len(self.organisation.directories), "made_at": now}
        return secret, vault.make_deposit(values, secret, [(k.id, k.generation, k.box_key) for k in keepers], keys.seed)

    def renew(self, case, keys, left, signer=None, **changes):
        """A case's next epoch, left with custodians: by its responsible, or taken over."""
        deposit = vault.read(left[1], "deposit")
        named = vault.record_hash(left[1])
        if signer is not None:
            case.keys = signer
            changes = {"signer": signer.id, "signer_generation": signer.generation, **changes}
        octets = case.epoch(responsible=keys.id, responsible_generation=keys.generation, deposit=named, **changes)
        escrow = types.SimpleNamespace(id=keys.id, generation=keys.generation, box_key=deposit["escrow_key"])
        return octets + case.envelope(keys) + case.envelope(escrow, rights=1, to=2, deposit=named)

    def request(self, owner, keeper, heir, deposit):
        return vault.sign_record("request", {
            "organisation": self.organisation.id, "request": os.urandom(16), "person": owner.id, "generation": owner.generation,
            "deposit": vault.record_hash(deposit), "custodian": keeper.id, "custodian_generation": keeper.generation,
            "recipient": heir.id, "recipient_generation": heir.generation, "reason": 2, "delay": DELAY,
            "directory": len(self.organisation.directories), "made_at": NOW}, keeper.seed)

    def release(self, asked, left, keeper, heir, now):
        half = vault.open_half(vault.read(left[1], "deposit"), (keeper.id, keeper.generation), keeper.box_secret)
        return vault.make_sealed("release", {
            "organisation": self.organisation.id, "request": vault.record_hash(asked), "deposit": vault.record_hash(left[1]),
            "custodian": keeper.id, "custodian_generation": keeper.generation, "recipient": heir.id,
            "recipient_generation": heir.generation, "directory": len(self.organisation.directories), "made_at": now},
            heir.box_key, half, keeper.seed)

    def enrol(self, uid, roles=vault_keys.PROFESSIONAL):
        person, generation = do(VAULT, self.folder, NOW, "begin", uid).split()
        keys = vault_keys.Keys(self.organisation.id, bytes.fromhex(person), int(generation), f"Personne {uid}", NOW)
        do(VAULT, self.folder, NOW, "enrol", uid, self.write("enrolment", keys.enrolment()), self.write("recovery", keys.recovery()))
        self.organisation.admit(keys, roles)
        return keys


class Vault(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.TemporaryDirectory(prefix="comodal-fault-")
        cls.file = f"{cls.work.name}/caseload.json"
        subprocess.run([sys.executable, SOURCE / "tests" / "planning" / "generate.py", "pair", "--seed", "1", "--out", cls.file],
                       check=True, capture_output=True)
        # made once, and copied for each
        cls.house = House(f"{cls.work.name}/house", cls.file)

    @classmethod
    def tearDownClass(cls):
        cls.work.cleanup()

    def sweep(self, verb, make, *arguments, modes=(fault.KILL, fault.TORN), now=NOW, description=describe, every=False):
        """`make(house)`: the octets that are handed over, and done before. `every`: killed at each of its writes."""
        def prepare(folder):
            house = self.house.move(folder)
            house.write("last", make(house))
        operation = fault.Operation(
            prepare, description, lambda folder: [VAULT, folder, str(now), verb, *(str(argument).format(folder=folder) for argument in arguments),
                                                  f"{folder}/last"])
        calls, seen = fault.sweep(self, operation, modes, {fault.KILL: 400 if every else POINTS}, 5)
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
        self.sweep("append", make, FIRST, 0, every=True)

    def test_hand_over(self):
        """Everything of somebody who leaves, to a colleague: all cases, or none."""
        def make(house):
            other = house.keys[1]
            # a case that was shared and ended before: the colleague gets its earlier keys too
            case = house.cases[0]
            house.hand("append", b"".join(case.note("avant")) + case.epoch() + case.envelope(case.keys), FIRST, 0)
            return b"".join(case.epoch(responsible=other.id, responsible_generation=other.generation, reason=3) + case.envelope(other)
                            + b"".join(case.envelope(other, rights=1, number=number) for number in range(1, len(case.epochs)))
                            for case in house.cases)
        self.sweep("append", make, FIRST, 0, modes=(fault.KILL, fault.TORN, fault.ENOSPC, fault.EIO), every=True)

    def leave(self, house):
        """What the first leaves with three custodians, and their keys."""
        keepers = [house.enrol(uid, vault_keys.PROFESSIONAL | vault_keys.CUSTODIAN) for uid in KEEPERS]
        house.hand("add", house.organisation.sign())
        left = house.deposit(house.keys[0], keepers, NOW)
        return keepers, left, left[1] + b"".join(house.renew(case, house.keys[0], left) for case in house.cases)

    def ask(self, house, releases):
        """That it is asked for, and released by so many; what the next would hand over."""
        keepers, left, octets = self.leave(house)
        house.hand("append", octets, FIRST, 0)
        asked = house.request(house.keys[0], keepers[0], house.keys[1], left[1])
        house.hand("custody", asked, KEEPERS[0], 0)
        given = [house.release(asked, left, keeper, house.keys[1], NOW + DELAY) for keeper in keepers[:2]]
        for index in range(releases):
            do(VAULT, house.folder, NOW + DELAY, "custody", KEEPERS[index], 0 if index else DELAY, house.write("records", given[index]))
        return keepers, asked, given

    def test_deposit(self):
        """A key left with custodians, and a new key of every file for it, with what the custodians of before had gone."""
        def make(house):
            keepers, left, octets = self.leave(house)
            house.hand("append", octets, FIRST, 0)
            gone = keepers.pop()
            next(entry for entry in house.organisation.entries if entry["person"] == gone.id)["roles"] = vault_keys.PROFESSIONAL
            keepers.append(house.enrol(1005, vault_keys.PROFESSIONAL | vault_keys.CUSTODIAN))
            house.hand("add", house.organisation.sign())
            left = house.deposit(house.keys[0], keepers, NOW, number=2)
            return left[1] + b"".join(house.renew(case, house.keys[0], left) for case in house.cases)
        self.sweep("append", make, FIRST, 0)

    def test_request(self):
        def make(house):
            keepers, left, octets = self.leave(house)
            house.hand("append", octets, FIRST, 0)
            return house.request(house.keys[0], keepers[0], house.keys[1], left[1])
        self.sweep("custody", make, KEEPERS[0], 0)

    def test_release(self):
        """The second, by which files can be taken over."""
        self.sweep("custody", lambda house: self.ask(house, 1)[2][1], KEEPERS[1], 0, now=NOW + DELAY)

    def test_refusal(self):
        def make(house):
            _, asked, _ = self.ask(house, 1)
            owner = house.keys[0]
            return vault.sign_record("refusal", {
                "organisation": house.organisation.id, "request": vault.record_hash(asked), "person": owner.id,
                "generation": owner.generation, "directory": len(house.organisation.directories), "made_at": NOW + DELAY + 1}, owner.seed)
        # behind the release, or it is not taken
        self.sweep("custody", make, FIRST, 0, now=NOW + DELAY + 1)

    def test_take_over(self):
        """Everything that somebody left with custodians, by whom two of them released it to: all files, or none."""
        later = NOW + DELAY

        def make(house):
            heir = house.keys[1]
            keepers, _, given = self.ask(house, 2)
            own = house.deposit(heir, keepers, later)
            first, second = sorted(map(vault.record_hash, given))
            for case in house.cases:
                case.now = later
            return own[1] + b"".join(
                house.renew(case, heir, own, signer=heir, authority=3, reason=4, release_a=first, release_b=second)
                for case in house.cases)
        self.sweep("append", make, SECOND, 0, modes=(fault.KILL, fault.TORN, fault.ENOSPC, fault.EIO), now=later)

    def end(self, house, later, *, asked):
        """A file whose time is over, of which `kept` keeps what it was; its destruction, which was asked for."""
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
        if asked:
            do(VAULT, house.folder, later, "ask", FIRST, house.write("records", retention_world.ask(whole)))
        return whole if asked else retention_world.ask(whole)

    def test_question_of_a_destruction(self):
        later = NOW + 9 * 365 * 86400
        self.sweep("ask", lambda house: self.end(house, later, asked=False), FIRST, modes=(fault.KILL,), now=later)

    def test_destruction(self):
        """A case is there whole, or gone whole; once it is gone and comodald has looked, nothing of it stands in the database's files."""
        later = NOW + 9 * 365 * 86400

        def describe_erased(folder):
            do(VAULT, folder, later, "look")
            kept = [line.split() for line in pathlib.Path(folder, "kept").read_text().splitlines()]
            found = retention_world.find_traces(pathlib.Path(folder, "data"), [(kind, bytes.fromhex(octets)) for kind, octets in kept])
            return f"{describe(folder)}\n{sorted({kind for kind, _ in found})}"
        self.sweep("agree", lambda house: self.end(house, later, asked=True), SECOND, now=later, description=describe_erased,
                   modes=(fault.KILL, fault.TORN, fault.ENOSPC, fault.EIO), every=True)

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

    def test_enrolment(self):
        """Somebody's public keys, and the keyring that their recovery code opens: both, or neither."""
        def make(house):
            person, generation = do(VAULT, house.folder, NOW, "begin", FIRST).split()
            keys = vault_keys.Keys(house.organisation.id, bytes.fromhex(person), int(generation), "de nouvelles clés", NOW)
            house.write("enrolment", keys.enrolment())
            return keys.recovery()
        self.sweep("enrol", make, FIRST, "{folder}/enrolment")

    def minutes(self, house):
        author = house.keys[0]
        values = {"organisation": house.organisation.id, "minutes": os.urandom(16), "author": author.id, "author_generation": author.generation,
                  "directory": len(house.organisation.directories), "held_on": 20260920, "entered_at": NOW, "session": 0, "about": None}
        return vault.make_minutes(values, os.urandom(32), os.urandom(32), content("Le plan."), house.keys, author.seed)

    def test_minutes(self):
        """With those who can read them, and what tells these of it."""
        self.sweep("minutes", self.minutes, FIRST)

    def test_minutes_that_are_taken_away(self):
        def make(house):
            octets = self.minutes(house)
            house.hand("minutes", octets, FIRST)
            return octets
        self.sweep("unsay", make, FIRST)

    def test_draft(self):
        def make(house):
            draft = os.urandom(16)
            house.hand("draft", house.cases[0].draft(draft, 1, "un"), FIRST)
            return house.cases[0].draft(draft, 2, "deux")
        self.sweep("draft", make, FIRST)


if __name__ == "__main__":
    tap.main()
