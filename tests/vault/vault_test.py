#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second implementation before the vectors, and before what daemon/vault/ writes.

usage: vault_test.py [--writer PROGRAM] [NAME...]
"""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import nacl.bindings as sodium

import tap
import vault
import vault_layout as layout
import vectors

WRITER = None
if "--writer" in sys.argv:
    place = sys.argv.index("--writer")
    WRITER = sys.argv[place + 1]
    del sys.argv[place:place + 2]

CLASSES = {"ok", "malformed", "truncated", "version", "kind", "limit", "parameters", "organisation", "rollback", "unknown-signer",
           "signature", "revoked", "not-entitled", "wrong-key", "altered", "commitment", "replaced", "reordered", "missing", "chain",
           "refused", "waiting"}


def files():
    return sorted(vectors.FOLDER.glob("*.vectors"))


class Vectors(unittest.TestCase):
    def test_there_are_some(self):
        self.assertGreaterEqual(len(files()), 10)
        found = {vector["Expect"] for path in files() for vector in vectors.load(path).values()}
        self.assertEqual(found, CLASSES, "each class has a vector, and there is no other")

    def check_file(self, path):
        for name, vector in vectors.load(path).items():
            with self.subTest(file=path.name, vector=name):
                found, plain = vectors.answer(vectors.prepare(vector), vectors.octets_of(vector, "Octets"))
                self.assertEqual(found, vector["Expect"])
                self.assertEqual(plain.hex(), vector.get("Plain", ""))

    def check_changes(self, path):
        for name, vector in vectors.load(path).items():
            if "Changes" in vector:
                with self.subTest(file=path.name, vector=name):
                    self.assertEqual(vectors.flips(vector), vector["Changes"])
                    self.assertNotIn("ok*", vector["Changes"], "nothing changed may pass")
            if "Sampled" in vector:
                with self.subTest(file=path.name, vector=name):
                    self.assertEqual(vectors.flips(vector, vectors.samples), vector["Sampled"])
                    self.assertNotIn("ok*", vector["Sampled"], "nothing changed may pass")


def add_test(name, path, check):
    def test(self):
        getattr(self, check)(path)
    setattr(Vectors, name, test)


for file in files():
    stem = file.stem.replace("-", "_")
    add_test(f"test_{stem}", file, "check_file")
    if "Changes=" in file.read_text(encoding="utf-8"):
        add_test(f"test_{stem}_changed", file, "check_changes")


class Frozen(unittest.TestCase):
    """Version 1 stays what it is: see the head of docs/vault-format.md before changing a sum."""
    TYPES = (*range(1, 21), *range(32, 36))
    TABLES = "c0ccdf5194d8f29b62585f9866c745d28e1b26720ba47bbff3434d5577a6ba63"

    def test_the_tables_are_those_of_version_1(self):
        names = {record.name for record in layout.LAYOUTS.values() if record.number in self.TYPES}
        names |= {form.split(" of ")[1] for name in names for _, form in layout.LAYOUTS[name].fields if " of " in form}
        tables = [[record.name, record.number, record.limit, record.fields] for record in layout.LAYOUTS.values() if record.name in names]
        self.assertEqual(hashlib.sha256(json.dumps(sorted(tables)).encode()).hexdigest(), self.TABLES)

    def test_the_vectors_are_those_that_were_published(self):
        lines = (vectors.FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        sums = {name: digest for digest, name in (line.split() for line in lines)}
        found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in vectors.FOLDER.iterdir() if path.name != "SHA256SUMS"}
        self.assertEqual(found, sums)


class Seeds(unittest.TestCase):
    def test_fuzzing_starts_from_a_record_of_each_type(self):
        folder = vectors.FOLDER.parents[1] / "fuzz" / "corpus" / "vault-record"
        found = {f"kind-{layout.read((folder / f'kind-{number}').read_bytes())['layout'].number}" for number in layout.BY_NUMBER}
        self.assertEqual(found, {path.name for path in folder.iterdir()})


class Streams(unittest.TestCase):
    """Too long to be kept as vectors."""

    def test_an_empty_last_chunk_behind_others(self):
        key, state = bytes(32), sodium.crypto_secretstream_xchacha20poly1305_state()
        header = sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)
        octets = layout.write("attachment", {"organisation": b"o" * 32, "case": b"c" * 16, "attachment": b"a" * 16, "stream": header})
        head = vault.H("record", octets)
        for index, (plain, tag) in enumerate(((bytes(65536), sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE),
                                              (b"", sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL))):
            place = vault.le(index, 4) + vault.le(len(plain), 4)
            octets += place + sodium.crypto_secretstream_xchacha20poly1305_push(state, plain, head + place, tag)
        with self.assertRaisesRegex(vault.Fault, "malformed"):
            vault.open_stream(octets, "attachment", key)


class Layouts(unittest.TestCase):
    """The document's tables, by which everything here is read."""

    def test_limits_hold_what_they_say(self):
        for record in layout.BY_NUMBER.values():
            self.assertLessEqual(layout.HEAD + least(record), record.limit, record.name)

    def test_signatures_end_a_record(self):
        for record in layout.LAYOUTS.values():
            forms = [form for _, form in record.fields]
            last = len(forms) - len(record.signatures)
            self.assertTrue(all(form == "signature" for form in forms[last:]), record.name)


def least(record):
    """The fewest octets that a record's fields take."""
    total = 0
    for _, form in record.fields:
        kind, _, parameter = form.partition(" ")
        kind = kind.rstrip("+?")
        fixed = {"u8": 1, "u32": 4, "u64": 8, "time": 8, "date": 4, "flag": 1, "choice": 1, "bits": 1, "id": 16, "hash": 32, "signature": 64}
        if kind == "octets":
            total += int(parameter)
        elif kind == "list":
            low, name = parameter.split("-")[0], parameter.split(" of ")[1]
            total += 4 + int(low) * least(layout.LAYOUTS[name])
        elif kind in ("text", "line", "bytes"):
            total += 4 + int(parameter.split("-")[0])
        else:
            total += fixed[kind]
    return total


class Written(unittest.TestCase):
    """What daemon/vault/ writes, its keys new each time, opens here."""

    @unittest.skipUnless(WRITER, "no program that writes (--writer)")
    def test_opens(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "written.vectors"
            subprocess.run([WRITER, "--write", path], check=True)
            written = vectors.load(path)
        self.assertGreaterEqual(len(written), 18)
        for name, vector in written.items():
            with self.subTest(vector=name):
                found, plain = vectors.answer(vectors.prepare(vector), vectors.octets_of(vector, "Octets"))
                self.assertEqual(found, vector["Expect"])
                if "Plain" in vector:
                    self.assertEqual(plain.hex(), vector["Plain"])


if __name__ == "__main__":
    tap.main()
