# SPDX-License-Identifier: GPL-3.0-or-later
"""An organisation's offline key and people's keys, by the second implementation (tests/vault), for tests of comodald."""
import os
import pathlib
import sys

import nacl.bindings as sodium

sys.path.insert(0, str(pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"]) / "tests" / "vault"))

import vault  # noqa: E402 (behind the path)

PROFESSIONAL, SUPERVISOR, CUSTODIAN = 1, 2, 4
# one for all the keyrings of a test, for stretching a passphrase is slow on purpose: once a passphrase is enough
SALT = os.urandom(16)


class Keys:
    """One generation of somebody's keys."""

    def __init__(self, organisation, person, generation, label, made_at):
        self.organisation, self.id, self.generation, self.label, self.made_at = organisation, person, generation, label, made_at
        self.seed, self.box_secret, self.local_key, self.code = (os.urandom(size) for size in (32, 32, 32, 20))
        self.sign_key = sodium.crypto_sign_seed_keypair(self.seed)[0]
        self.box_key = sodium.crypto_scalarmult_base(self.box_secret)

    def enrolment(self, **changes):
        values = {"organisation": self.organisation, "person": self.id, "generation": self.generation, "sign_key": self.sign_key,
                  "box_key": self.box_key, "made_at": self.made_at, "label": self.label}
        return vault.sign_record("enrolment", {**values, **changes}, self.seed)

    def bundle(self):
        return vault.layout.write("bundle", {
            "organisation": self.organisation, "person": self.id, "generation": self.generation, "sign_seed": self.seed,
            "box_secret": self.box_secret, "local_key": self.local_key, "made_at": self.made_at})

    def recovery(self, **changes):
        return self.keyring(self.code, **{"slot": 2, "operations": 0, "memory": 0, **changes})

    def keyring(self, secret, **changes):
        """As it is kept beside an agent, with the least work that the format allows."""
        values = {"organisation": self.organisation, "person": self.id, "generation": self.generation, "slot": 1, "revision": 1,
                  "operations": 2, "memory": 65536, "salt": SALT, "nonce": os.urandom(24)}
        return vault.make_keyring({**values, **changes}, secret, self.bundle())


class Owner:
    """The keys of whoever enrolled by an agent: `bundle` of their keyring, `record` of their enrolment."""

    def __init__(self, bundle, record):
        self.id, self.generation, self.label = bundle["person"], bundle["generation"], record["label"]
        self.seed, self.box_secret, self.local_key = bundle["sign_seed"], bundle["box_secret"], bundle["local_key"]
        self.sign_key, self.box_key = record["sign_key"], record["box_key"]
        self.octets = record["octets"]

    def enrolment(self):
        return self.octets


class Organisation:
    """Who holds the offline key; each directory follows the one before."""

    def __init__(self, now):
        self.now = now
        self.seed = os.urandom(32)
        self.key = sodium.crypto_sign_seed_keypair(self.seed)[0]
        self.id = vault.organisation_id(self.key)
        self.directories, self.entries, self.successions = [], [], []

    def admit(self, keys, roles=PROFESSIONAL):
        self.entries.append({
            "person": keys.id, "generation": keys.generation, "state": 1, "roles": roles, "since": len(self.directories) + 1,
            "until": 0, "sign_key": keys.sign_key, "box_key": keys.box_key, "enrolment": vault.record_hash(keys.enrolment()),
            "label": keys.label})

    def retire(self, keys, state=2):
        for entry in self.entries:
            if (entry["person"], entry["generation"]) == (keys.id, keys.generation):
                entry.update(state=state, until=len(self.directories) + 1)

    def sign(self, seed=None, **changes):
        """The next directory."""
        seed = seed or self.seed
        values = {"organisation": self.id, "sequence": len(self.directories) + 1,
                  "previous": vault.record_hash(self.directories[-1]) if self.directories else None, "issued_at": self.now,
                  "org_key": sodium.crypto_sign_seed_keypair(seed)[0],
                  "entries": sorted(self.entries, key=lambda entry: (entry["person"], entry["generation"]))}
        octets = vault.sign_record("directory", {**values, **changes}, seed)
        self.directories.append(octets)
        return octets

    def succeed(self, since=None):
        """A new key, from the next directory on, or another."""
        seed = os.urandom(32)
        values = {"organisation": self.id, "old_key": self.current_key(), "new_key": sodium.crypto_sign_seed_keypair(seed)[0],
                  "from_sequence": since or len(self.directories) + 1, "made_at": self.now}
        octets = vault.sign_record("succession", values, self.seed, seed)
        self.successions.append(octets)
        self.seed = seed
        return octets

    def current_key(self):
        return sodium.crypto_sign_seed_keypair(self.seed)[0]
