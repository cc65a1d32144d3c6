# SPDX-License-Identifier: GPL-3.0-or-later
"""An export as a whole: the second implementation of "Exports" in docs/vault-format.md."""
import os

import vault
import vault_case
import vault_layout as layout
from vault import Fault, H, record_hash

ORDER = ["manifest", "succession", "directory", "deposit", "request", "refusal", "release", "epoch", "envelope", "note", "minutes",
         "opened", "head"]


def kind_of(octets):
    number = int.from_bytes(octets[8:12], "little")
    return layout.BY_NUMBER[number].name if number in layout.BY_NUMBER else ""


# ---- the head

def place(values):
    return values["organisation"] + values["export"]


def make_head(values, stream, key, seed, passphrase=None):
    """`values`: with recipient_key, or with operations and memory."""
    values = {"salt": os.urandom(16), "nonce": os.urandom(24), "operations": 0, "memory": 0, "recipient_key": None, "check": None,
              **values, "stream": stream, "signature": bytes(64)}
    if passphrase is None:
        values = {**values, "lock": 2, "locked": bytes(112)}
        values["locked"] = vault.seal(values["recipient_key"], key + H("binding", vault.before("export", values, "locked")))
    else:
        stretched = vault.stretch(passphrase, values["salt"], values["operations"], values["memory"])
        values = {**values, "lock": 1, "check": stretched[32:]}
        values["locked"] = vault.lock(stretched[:32], values["nonce"], place(values), key)
    return vault.sign_record("export", values, seed)


def open_head(octets, secret):
    """The stream's key. `secret`: a passphrase, or the recipient's secret key."""
    _, length = layout.frame(octets, "export")
    record = vault.read(octets[:length], "export")
    typed = isinstance(secret, str)
    good = (2 <= record["operations"] <= 12 and 65536 <= record["memory"] <= 1048576 if record["lock"] == 1
            else record["operations"] == record["memory"] == 0)
    vault_case.refuse(not good, "parameters")
    vault_case.refuse(typed != (record["lock"] == 1), "wrong-key")
    if typed:
        stretched = vault.stretch(secret, record["salt"], record["operations"], record["memory"])
        vault_case.refuse(stretched[32:] != record["check"], "wrong-key")
        return vault.unlock(stretched[:32], record["nonce"], place(record), record["locked"])
    vault_case.refuse(vault.sodium.crypto_scalarmult_base(secret) != record["recipient_key"], "wrong-key")
    plain = vault.unseal(secret, record["locked"])
    vault_case.refuse(plain[32:] != H("binding", record["octets"][:layout.offset_of(record, "locked")]), "replaced")
    return plain[:32]


# ---- all of it

def make_manifest(values, records, seed):
    return vault.sign_record("manifest", {**values, "records": [{"record": record_hash(octets)} for octets in records]}, seed)


def make_export(head, manifest, records, key, seed, passphrase=None, listed=None):
    """`head` and `manifest`: what they say but for what is made here; `listed`: what the manifest names, when it is not what comes."""
    plain = make_manifest(manifest, records if listed is None else listed, seed) + b"".join(records)
    return vault.make_stream("export", lambda stream: make_head(head, stream, key, seed, passphrase), key, plain)


class Import:
    """What an export has: `texts` by the hash of their notes and minutes, in order."""

    def __init__(self, octets, secret, fingerprint):
        head, plain = vault.open_stream(octets, "export", open_head(octets, secret))
        self.head, self.fingerprint, self.manifest, self.people = head, fingerprint, None, None
        self.successions, self.of_persons, self.cases, self.texts_of, self.texts = [], [], {}, {}, {}
        self.next, self.rank, self.begun = 0, 0, False
        while plain:
            kind = kind_of(plain)
            _, length = layout.frame(plain, kind if kind in ORDER else "manifest")
            self.take(kind, plain[:length])
            plain = plain[length:]
        vault_case.refuse(self.manifest is None or self.next < len(self.manifest["records"]), "missing")
        if not self.begun:
            self.begin()
        for case in self.cases.values():
            case.finish()

    def take(self, kind, octets):
        if self.manifest is None:
            vault_case.refuse(kind != "manifest", "missing")
            self.manifest = vault.read(octets, "manifest")
            return
        listed = [item["record"] for item in self.manifest["records"]]
        mine = record_hash(octets)
        if listed[self.next:self.next + 1] != [mine]:
            raise Fault("reordered" if mine in listed else "replaced", "manifest")
        self.next += 1
        vault_case.refuse(ORDER.index(kind) < self.rank, "reordered")
        self.rank = ORDER.index(kind)
        if kind == "succession":
            self.successions.append(octets)
        elif kind == "directory":
            self.take_directory(octets)
        else:
            if not self.begun:
                self.begin()
            self.take_checked(kind, octets)

    def take_directory(self, octets):
        key = vault.read(self.successions[0], "succession")["old_key"] if self.successions else vault.read(octets, "directory")["org_key"]
        vault_case.refuse(vault.fingerprint(key) != self.fingerprint, "organisation")
        directory = vault.Directory(octets, key, self.successions)
        if self.people is not None:
            directory.follows(self.people)
        self.people = directory

    def begin(self):
        vault_case.refuse(self.people is None, "missing")
        head = self.people.check(self.head["octets"], "export")
        manifest = self.people.check(self.manifest["octets"], "manifest")
        for field in ("export", "exporter", "exporter_generation"):
            vault_case.refuse(head[field] != manifest[field], "replaced", field)
        self.begun = True

    def take_checked(self, kind, octets):
        if kind in ("deposit", "request", "refusal", "release"):
            self.people.check(octets, kind)
            self.of_persons.append(octets)
        elif kind == "minutes":
            self.texts_of[record_hash(octets)] = self.people.check(octets, "minutes")
        elif kind == "opened":
            record = vault.read(octets, "opened")
            vault_case.refuse(record["record"] not in self.texts_of, "replaced")
            of = self.texts_of[record["record"]]
            self.texts[record["record"]] = vault.open_opened(octets, of["organisation"], of)
        else:
            record = vault.read(octets, kind)
            if record["case"] not in self.cases:
                case = self.cases[record["case"]] = vault_case.Case(self.people, record["case"])
                for kept in self.of_persons:
                    case.add(kept)
            self.cases[record["case"]].add(octets)
            if kind == "note":
                self.texts_of[record_hash(octets)] = record
