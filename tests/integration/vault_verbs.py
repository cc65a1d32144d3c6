#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl vault: from an enrolment to the recovery of keys, with the real comodald and comodal-agent."""
import json
import os
import pathlib
import time
import unittest

import tap
from agent_case import NAME, PASSPHRASE, ROWS, AgentTestCase
from agent_process import ROOT, find_in_memory, spellings
from comodal_test import Monitor
import vault_keys
import vault

NEXT = "deux loups dans la neige"


class Vault(AgentTestCase):
    def open_keyring(self, passphrase):
        return vault.open_keyring(self.keyring.read_bytes(), self.organisation.id, passphrase)

    def test_from_enrolment_to_recovery(self):
        self.hand("Add", self.organisation.sign())
        self.assertIn("none here", self.vault("vault", "status").stdout)
        rows, output, _ = self.enrol()
        bundle = self.open_keyring(PASSPHRASE)
        record = self.admit()
        self.assertEqual(record["label"], NAME)
        own = vault.fingerprint(record["sign_key"], record["box_key"])
        self.assertIn(own, output)
        self.assertEqual(self.keyring.stat().st_mode & 0o777, 0o600)
        # what was made is locked
        self.assertIn("locked", self.vault("vault", "status").stdout)
        # and nothing about whom to ask for a right
        self.assertEqual(self.vault("vault", "unlock", lines=[NEXT], status=1).stderr, "comodalctl: This is not your passphrase.\n")
        self.vault("vault", "unlock", lines=[PASSPHRASE])
        status = self.vault("vault", "status").stdout
        self.assertIn("number 2 of", status)
        self.assertIn("your keys are in it", status)
        self.assertIn(own, status)
        self.assertEqual(json.loads(self.vault("vault", "status", "--json").stdout)["directory"]["own"], "current")
        self.vault("vault", "passphrase", lines=[PASSPHRASE, NEXT])
        self.assertEqual(self.open_keyring(NEXT), bundle)
        self.vault("vault", "lock")
        nothing = {f"{name}{end}": value for name in ("access_late", "access_soon", "transfer_waiting")
                   for end, value in (("", 0), ("_day", None), ("_article", None), ("_source", None))}
        nothing |= dict.fromkeys(("transfer_ready", "carry_over", "destructions", "cosign", "unfinished", "minutes", "unreadable"), 0) | {"custody": None}
        self.assertEqual(json.loads(self.vault("vault", "status", "--json").stdout), {"keys": "locked", "idle": 900, "waiting": nothing})
        # the machine is lost, and the code was copied by hand
        self.end_agent()
        self.keyring.unlink()
        typed = [f"{row[:5]}-{row[5:]}".lower().replace("0", "o") for row in rows]
        self.vault("vault", "recover", lines=[*typed, PASSPHRASE])
        self.assertEqual(self.open_keyring(PASSPHRASE), bundle)
        self.assertEqual(json.loads(self.vault("vault", "status", "--json").stdout)["keys"], "unlocked")

    def test_what_is_wrong_keeps_nothing(self):
        self.assertIn("directory", self.enrol(status=1)[2])
        self.hand("Add", self.organisation.sign())
        for more, said in (({"fingerprint": vault.fingerprint(bytes(32))}, "Compare it with the paper again"),
                           ({"fingerprint": "é"}, "Compare it"),
                           ({"passphrase": "trop court"}, "12 characters"),
                           ({"typed": lambda rows: [rows[1], rows[0], *rows[2:]]}, "not the recovery code that was shown"),
                           ({"typed": lambda rows: rows[:3]}, "Nothing was typed")):
            with self.subTest(said=said):
                self.assertIn(said, self.enrol(status=1, **more)[2])
                self.assertFalse(self.keyring.exists())
                self.assertEqual(self.client.document("Directory", "ListEnrolments"), b"")
        rows, _, _ = self.enrol()
        self.assertIn("already", self.enrol(status=1)[2])
        # nor do new keys take their place before all of it is done
        whole = self.keyring.read_bytes()
        self.assertIn("--yes does it without asking", self.enrol(status=1, options=("--again",))[2])
        self.assertIn("not the recovery code that was shown", self.enrol(status=1, options=("--again", "--yes"), typed=lambda rows: rows[::-1])[2])
        self.assertEqual(self.keyring.read_bytes(), whole)
        self.assertEqual(list(self.keyring.parent.glob("comodal-earlier-*")), [])
        wrong = rows[2][:-1] + ("0" if rows[2][-1] != "0" else "1")
        self.assertIn("Row 3", self.vault("vault", "recover", lines=[*rows[:2], wrong, rows[3], NEXT], status=1).stderr)
        self.assertIn("12 characters", self.vault("vault", "recover", lines=[*rows, "court"], status=1).stderr)
        self.assertEqual(self.vault("vault", "recover", lines=[*vault.code_rows(bytes(20)), NEXT], status=1).stderr,
                         "comodalctl: This is not the recovery code of your newest keys.\n")
        self.open_keyring(PASSPHRASE)

    def test_a_keyring_that_a_crash_left_before_comodald_heard_of_it(self):
        self.hand("Add", self.organisation.sign())
        organisation, person, generation = self.client.call("Directory", "BeginEnrolment")
        keys = vault_keys.Keys(bytes(organisation), bytes(person), generation, "x", int(time.time()))
        left = vault.make_keyring({"organisation": keys.organisation, "person": keys.id, "generation": 1, "slot": 1, "revision": 1, "operations": 2,
                                   "memory": 65536, "salt": os.urandom(16), "nonce": os.urandom(24)}, "eine andere, auch lang", keys.bundle())
        self.keyring.parent.mkdir(mode=0o700, parents=True)
        self.keyring.write_bytes(left)
        self.keyring.chmod(0o600)
        memory = self.keyring.parent / "comodal-memory"
        memory.write_bytes(b"of those keys")
        (self.keyring.parent / "comodal-memory-unfinished").write_bytes(b"of others before")
        self.enrol()
        self.assertEqual((self.keyring.parent / "comodal-keyring-unfinished").read_bytes(), left, "for whoever was told a lie")
        self.assertEqual({path.name: path.read_bytes() for path in self.keyring.parent.glob("comodal-memory*")},
                         {"comodal-memory-unfinished": b"of others before", "comodal-memory-unfinished-2": b"of those keys"})
        self.vault("vault", "unlock", lines=[PASSPHRASE])
        self.vault("vault", "lock")
        # what comodald has heard of is replaced by nothing
        whole = self.keyring.read_bytes()
        rows, _, said = self.enrol(status=1)
        self.assertEqual(rows, [])
        self.assertIn("There is a keyring", said)
        self.assertEqual(self.keyring.read_bytes(), whole)

    def test_without_comodald_keys_open_all_the_same(self):
        self.hand("Add", self.organisation.sign())
        self.bring_keys()
        whole = self.keyring.read_bytes()

        def stop(rows):
            self.assertEqual(self.daemon.stop(), 0)
            return rows
        # new keys that comodald never heard of: those that were here are here again, and no copy of them is left
        self.enrol(status=3, options=("--again", "--yes"), typed=stop)
        self.assertEqual([path.name for path in self.keyring.parent.iterdir() if path.name.startswith("comodal-") and path.name != "comodal.db"],
                         [self.keyring.name])
        self.assertEqual(self.keyring.read_bytes(), whole)
        self.vault("vault", "unlock", lines=[PASSPHRASE])
        self.assertIn("unlocked", self.vault("vault", "status", status=3).stdout)
        self.daemon = None
        self.start_daemon()

    def test_a_directory_that_went_back_is_noticed(self):
        self.hand("Add", self.organisation.sign())
        self.bring_keys()
        self.admit()
        self.assertEqual(self.daemon.stop(), 0)
        old = {path: path.read_bytes() for path in self.daemon.database.parent.iterdir()}
        self.start_daemon()
        self.client = self.connect()
        self.hand("Add", self.organisation.sign())
        self.vault("vault", "unlock", lines=[PASSPHRASE])
        self.assertIn("number 3 of", self.vault("vault", "status").stdout)
        self.assertEqual(self.daemon.stop(), 0)
        for path in self.daemon.database.parent.iterdir():
            path.unlink()
        for path, octets in old.items():
            path.write_bytes(octets)
            path.chmod(0o600)
        self.start_daemon()
        self.client = self.connect()
        result = self.vault("vault", "status", status=1)
        self.assertIn("something was put back", result.stderr)
        self.assertNotIn("→", result.stderr)
        # and another third one in its place
        self.organisation.directories.pop()
        self.hand("Add", self.organisation.sign(issued_at=self.organisation.now + 7))
        self.assertIn("belongs somewhere else", self.vault("vault", "status", status=1).stderr)
        # a memory that somebody was at is no memory
        memory = self.keyring.with_name("comodal-memory")
        octets = bytearray(memory.read_bytes())
        octets[-1] ^= 1
        memory.write_bytes(octets)
        self.assertIn("altered", self.vault("vault", "status", status=1).stderr)

    def test_at_a_terminal(self):
        self.hand("Add", self.organisation.sign())

        def type_back(said):
            self.rows = [first + second for _, first, second in ROWS.findall(said)]
            return self.rows[0] + "\n"

        said, status = self.at_terminal(["vault", "enrol"], [
            ("from its paper:", lambda _: self.fingerprint.upper() + "\n"),
            ("shall see them:", lambda _: NAME + "\n"),
            ("New passphrase:", lambda _: PASSPHRASE + "\n"),
            ("once more:", lambda _: PASSPHRASE + "\n"),
            ("press Enter.", lambda _: "\n"),
            ("Row 1:", lambda _: "0000000000\n"), ("Row 2:", lambda _: "0\n"), ("Row 3:", lambda _: "0\n"), ("Row 4:", lambda _: "0\n"),
            ("press Enter.", lambda _: "\n"),
            ("Row 1:", type_back),
            *((f"Row {row}:", lambda _, row=row: self.rows[row - 1] + "\n") for row in (2, 3, 4))])
        self.assertEqual(status, 0, said)
        self.assertNotIn(PASSPHRASE, said)
        self.assertIn("Nothing was kept.", said)
        # the code stands on a screen that is gone when it was typed
        for shown in said.split("\x1b[?1049h")[1:]:
            self.assertIn("\x1b[2J\x1b[?1049l", shown)
        self.assertFalse(ROWS.search(said.split("\x1b[?1049h")[0] + said.rsplit("\x1b[?1049l", 1)[1]))
        self.open_keyring(PASSPHRASE)
        said, status = self.at_terminal(["vault", "passphrase"], [
            ("Present passphrase:", lambda _: PASSPHRASE + "\n"), ("New passphrase:", lambda _: NEXT + "\n"),
            ("once more:", lambda _: PASSPHRASE + "\n")])
        self.assertEqual((status, "not the same" in said), (1, True), said)
        # Ctrl-C: the terminal shows again what is typed, and the exit status says so
        said, status = self.at_terminal(["vault", "unlock"], [("Passphrase:", lambda _: "qua\x03")])
        self.assertEqual(status, 130, said)
        self.assertNotIn("qua", said)

    def test_french(self):
        self.hand("Add", self.organisation.sign())
        _, output, said = self.enrol(LANGUAGE="fr")
        self.assertIn("Votre code de récupération", said)
        self.assertIn("Vos clés sont faites", output)
        self.assertIn("Vos clés sont déverrouillées", self.vault("vault", "unlock", lines=[PASSPHRASE], LANGUAGE="fr").stdout)
        self.assertIn("vos clés n’y sont pas encore", self.vault("vault", "status", LANGUAGE="fr").stdout)

    def test_an_agent_that_can_not_start_says_why(self):
        self.assertIn("can't be started", self.vault("vault", "status", status=1, COMODAL_AGENT="/nonexistent/agent").stderr)
        (self.runtime / "comodal").mkdir(mode=0o777)
        (self.runtime / "comodal").chmod(0o777)
        said = self.vault("vault", "status", status=1).stderr
        self.assertIn("others may use it", " ".join(said.split()))
        # nobody holds keys: they are locked
        self.assertIn("locked", self.vault("vault", "lock").stdout)

    @unittest.skipUnless(ROOT, "another process' memory is read")
    def test_no_trace(self):
        """Of passphrases, the code and the keys: on the bus, in any file, and after the lock in the agent's memory."""
        monitor = Monitor(self.bus)
        self.hand("Add", self.organisation.sign())
        rows, _, _ = self.enrol()
        bundle = self.open_keyring(PASSPHRASE)
        self.vault("vault", "unlock", lines=[PASSPHRASE])
        self.vault("vault", "recover", lines=[*rows, NEXT])
        keys = {name: bundle[name] for name in ("sign_seed", "box_secret", "local_key")}
        secrets = {**keys, "passphrase": PASSPHRASE.encode(), "next": NEXT.encode(), **{row: row.encode() for row in rows}}
        self.assertEqual(find_in_memory(self.find_agent(), secrets), set(keys))
        self.vault("vault", "lock")
        self.assertEqual(find_in_memory(self.find_agent(), secrets), set())
        captured = bytes(monitor.end())
        self.assertIn(b"BeginEnrolment", captured)
        self.assertEqual(self.daemon.stop(), 0)
        files = [path for path in pathlib.Path(self.folder).rglob("*") if path.is_file()]
        self.assertIn(self.keyring, files)
        for name, secret in secrets.items():
            for spelling in spellings(secret):
                self.assertNotIn(spelling, captured, f"{name} on the bus")
                for path in files:
                    self.assertNotIn(spelling, path.read_bytes(), f"{name} in {path}")
        for spelling in spellings(NAME.encode()):
            self.assertNotIn(spelling, captured)
        self.start_daemon()


if __name__ == "__main__":
    tap.main()
