# SPDX-License-Identifier: GPL-3.0-or-later
"""Several people of one organisation, each another user of the system with a comodal-agent of their own, over one comodald. Root alone."""
import json
import os
import pathlib
import select
import signal
import sqlite3
import subprocess
import time

from agent_case import run_enrolment
from comodal_test import COMODALCTL, DEADLINE, TestCase, generate
import other_user
import terminal
import vault_keys
import vault
import vault_case

CASELOAD = generate("pair", "--seed", 1)
PASSPHRASE = "quatre oies sur le quai"
# bin, sys, sync, games: dbus-daemon lets in only whom the system knows
UIDS = (2, 3, 4, 5)
NAMES = ("Anne Bouchard, psychologue", "Bruno Côté, orthophoniste", "Chloé Dubé, superviseure", "Denis Roy, psychoéducateur")


class Person:
    """Somebody's keys, as the second implementation made them, in a folder where their agent finds them."""

    def __init__(self, house, uid, name, professional):
        self.house, self.uid, self.name = house, uid, name
        self.folder = pathlib.Path(house.folder, f"user-{uid}")
        self.data = self.folder / "data" / "comodal-session"
        house.administrator.call("Accounts", "Set", "(ua{sv})", uid,
                                 {"roles": ("as", ["professional"]), "professional": ("t", professional["number"])})
        self.caller = house.caller(uid)
        self.keys = self.enrol()
        for folder in (self.folder, self.folder / "runtime", self.folder / "data", self.data):
            folder.mkdir(mode=0o700)
            os.chown(folder, uid, 0)
        self.keep(self.keys)

    def enrol(self):
        """The next generation of their keys, which waits for the directory."""
        (organisation, person, generation), _ = self.caller.call("Directory", "BeginEnrolment")
        keys = vault_keys.Keys(bytes(organisation), bytes(person), generation, self.name, self.house.now)
        self.caller.call("Directory", "Enrol", "(hh)", 0, 1, documents=[keys.enrolment(), keys.recovery()])
        return keys

    def enrol_again(self, passphrase=PASSPHRASE):
        """The same by the verb, in the place of what is there; what it said. Their keys are those that the second implementation finds."""
        _, output, said, status = run_enrolment(
            ["setpriv", f"--reuid={self.uid}", "--clear-groups", COMODALCTL, "--session", "vault", "enrol", "--again", "--yes"],
            self.environment(), (vault.fingerprint(self.house.organisation.key), self.name, passphrase), cwd="/")
        self.house.assertEqual(status, 0, said)
        bundle = vault.open_keyring((self.data / "comodal-keyring").read_bytes(), self.house.organisation.id, passphrase)
        enrolments = split(self.house.client.document("Directory", "ListEnrolments"))
        record = next(record for record in (vault.read(octets, "enrolment") for octets in enrolments)
                      if (record["person"], record["generation"]) == (bundle["person"], bundle["generation"]))
        self.keys = vault_keys.Owner(bundle, record)
        return " ".join(output.split())

    def keep(self, keys):
        """The keyring in their own folder, instead of the one before."""
        path = self.data / "comodal-keyring"
        path.write_bytes(keys.keyring(PASSPHRASE))
        path.chmod(0o600)
        os.chown(path, self.uid, 0)

    def environment(self, **more):
        return self.house.bus.environment(**{
            "HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder / "runtime"), "XDG_DATA_HOME": str(self.folder / "data"),
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0", **more})

    def ctl(self, *arguments, lines=(), status=0, **more):
        """comodalctl as this person: what it said, in one line."""
        result = subprocess.run(["setpriv", f"--reuid={self.uid}", "--clear-groups", COMODALCTL, "--session", *arguments],
                                input="".join(line + "\n" for line in lines), text=True, capture_output=True,
                                env=self.environment(**more), cwd="/", timeout=DEADLINE)
        self.house.assertEqual(result.returncode, status, f"{arguments}: {result.stdout}{result.stderr}")
        return " ".join((result.stdout + result.stderr).split())

    def at_terminal(self, arguments, answers, **more):
        """The same at a terminal, as terminal.run()."""
        return terminal.run(["setpriv", f"--reuid={self.uid}", "--clear-groups", COMODALCTL, "--session", *arguments],
                            self.environment(TERM="xterm", **more), answers)

    def json(self, *arguments, **more):
        return json.loads(self.ctl(*arguments, "--json", **more))

    def unlock(self):
        self.ctl("vault", "unlock", lines=[PASSPHRASE])

    def write(self, student, text, *arguments):
        self.ctl("note", "write", student, *arguments, lines=[text])
        return self.ctl("note", "sign", student, *[a for a in arguments if a not in ("--kind", "evaluation")])

    def fingerprint(self, keys=None):
        keys = keys or self.keys
        return vault.fingerprint(keys.sign_key, keys.box_key)

    def find_agent(self):
        """Its process; None when none runs."""
        return self.house.bus.find_agent(self.folder / "runtime")

    def end(self):
        pid = self.find_agent()
        if pid is None:
            return
        watch = os.pidfd_open(pid)
        os.kill(pid, signal.SIGTERM)
        select.select([watch], [], [], DEADLINE)
        os.close(watch)


class House(TestCase):
    PEOPLE = 3

    def setUp(self):
        super().setUp()
        self.folder.chmod(0o755)
        self.start_daemon()
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")
        self.now = int(time.time())
        self.organisation = vault_keys.Organisation(self.now)
        self.administrator = self.caller(os.getuid())
        self.add(self.organisation.sign())
        professionals = self.client.json("Roster", "List", "(s)", "professional")
        self.people = [self.person(uid, name, professionals[i % len(professionals)])
                       for i, (uid, name) in enumerate(zip(UIDS[:self.PEOPLE], NAMES))]
        self.sign_directory()
        self.students = [f["student"] for f in CASELOAD["followups"] if f["professional"] == professionals[0]["id"]]
        for person in self.people:
            person.unlock()

    def caller(self, uid):
        caller = other_user.Caller(self.bus, uid)
        self.addCleanup(caller.end)
        return caller

    def person(self, uid, name, professional):
        person = Person(self, uid, name, professional)
        self.addCleanup(person.end)
        self.organisation.admit(person.keys)
        return person

    def add(self, *records):
        self.administrator.call("Directory", "Add", "(h)", 0, documents=[b"".join(records)])

    def sign_directory(self):
        self.add(self.organisation.sign())

    def open_database(self):
        self.assertEqual(self.daemon.stop(), 0)
        connection = sqlite3.connect(self.daemon.database)
        for trigger, in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'vault%'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        return connection

    def edit_database(self, other=None):
        """All its files, which those of `other` take the place of."""
        self.assertEqual(self.daemon.stop(), 0)
        folder = self.daemon.database.parent
        files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for path in files if other is not None else ():
            path.unlink()
        for path, octets in (other or {}).items():
            path.write_bytes(octets)
            path.chmod(0o600)
        self.start_daemon()
        return files

    def cases(self, person):
        """Ids of what comodald lists for somebody, by the student's reference."""
        document = json.loads(person.caller.call("Vault", "ListCases", "(a{sv})", {})[1][0])
        return {listed["reference"]: bytes.fromhex(listed["case"]) for listed in document["cases"]}

    def records(self, person, case_id):
        return split(person.caller.call("Vault", "GetRecords", "(ay)", case_id)[1][0])

    def replay(self, person, case_id):
        """Every record of a case, which the second implementation believes, by kind."""
        case = vault_case.Case(vault.Directory(self.organisation.directories[-1], self.organisation.key), case_id)
        kept = {}
        for octets in self.records(person, case_id):
            case.add(octets)
            kept.setdefault(kind_of(octets), []).append(octets)
        case.finish()
        return kept

    def open(self, person, case_id):
        """Texts that the second implementation opens with somebody's keys, by the note's number."""
        return {number: str(content) for number, content in self.contents(person, case_id).items()}

    def contents(self, person, case_id):
        """The same, as contents."""
        kept = self.replay(person, case_id)
        secrets, texts = {}, {}
        for octets in kept["envelope"]:
            envelope = vault.read(octets, "envelope")
            if (envelope["to"], envelope["recipient"], envelope["recipient_generation"]) == (1, person.keys.id, person.keys.generation):
                secrets[envelope["epoch"]] = vault.open_envelope(envelope, (person.keys.id, person.keys.generation),
                                                                 person.keys.box_secret)
        bodies = split(person.caller.call("Vault", "GetBodies", "(ayay)", case_id, b"")[1][0])
        for octets, body in zip(kept.get("note", []), bodies):
            note = vault.read(octets, "note")
            if note["epoch"] in secrets:
                texts[note["sequence"]] = vault.open_body(body, self.organisation.id, note, note["epoch"], secrets[note["epoch"]])
        return texts


def split(records):
    found = []
    while records:
        length = 16 + int.from_bytes(records[12:16], "little")
        found.append(records[:length])
        records = records[length:]
    return found


def kind_of(octets):
    number = int.from_bytes(octets[8:12], "little")
    return next(name for name, layout in vault.layout.LAYOUTS.items() if layout.number == number)
