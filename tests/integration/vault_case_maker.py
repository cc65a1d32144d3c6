# SPDX-License-Identifier: GPL-3.0-or-later
"""A case as its responsible's own program would make it, by the second implementation of the format."""
import datetime
import os

import vault_keys  # noqa: F401 (the path of vault)
import vault

layout = vault.layout


def content(text, attached=()):
    return layout.write("content", {"language": "fr_CA", "template": "progress/1", "title": "Note",
                                    "sections": [{"heading": "Observations", "text": text}], "attachments": list(attached)})


class Case:
    """Of one epoch after another, all by one responsible person, unless said otherwise."""

    def __init__(self, organisation, keys, reference, now):
        self.organisation, self.keys, self.reference, self.now = organisation, keys, reference, now
        self.id = os.urandom(16)
        self.epochs, self.notes, self.bodies, self.secrets, self.texts, self.grants = [], [], [], [], [], {}

    def directory(self):
        return len(self.organisation.directories)

    def epoch(self, **changes):
        number = len(self.epochs) + 1
        key = os.urandom(32)
        values = {
            "organisation": self.organisation.id, "case": self.id, "epoch": number,
            "previous": vault.record_hash(self.epochs[-1]) if self.epochs else None, "authority": 1 if number == 1 else 2,
            "release_a": None, "release_b": None, "signer": self.keys.id, "signer_generation": self.keys.generation,
            "responsible": self.keys.id, "responsible_generation": self.keys.generation, "file": 3,
            "reason": 1 if number == 1 else 2, "deposit": None,
            "key_commitment": vault.key_commitment(self.organisation.id, self.id, number, key),
            "subject": vault.subject(key, self.organisation.id, self.id, self.reference), "last_sequence": len(self.notes),
            "last_note": vault.record_hash(self.notes[-1]) if self.notes else None, "directory": self.directory(),
            "made_at": self.now}
        octets = vault.sign_record("epoch", {**values, **changes}, self.keys.seed)
        self.epochs.append(octets)
        self.secrets.append(key)
        return octets

    def envelope(self, recipient, rights=3, number=None, granter=None, **changes):
        number = number or len(self.epochs)
        granter = granter or self.keys
        epoch = layout.read(self.epochs[number - 1], "epoch")
        values = {
            "organisation": self.organisation.id, "case": self.id, "epoch": number,
            "epoch_record": vault.record_hash(self.epochs[number - 1]), "granter": granter.id,
            "granter_generation": granter.generation, "to": 1, "recipient": recipient.id,
            "recipient_generation": recipient.generation, "recipient_key": recipient.box_key, "deposit": None, "rights": rights,
            "key_commitment": epoch["key_commitment"], "directory": self.directory(), "made_at": self.now}
        octets = vault.make_sealed("envelope", {**values, **changes}, recipient.box_key, self.secrets[number - 1], granter.seed)
        self.grants[recipient.id, number] = octets
        return octets

    def open(self):
        """Epoch and envelope, as they are handed over."""
        return self.epoch() + self.envelope(self.keys)

    def note(self, text, author=None, keep=True, attached=(), **changes):
        """A note with its body; `attached`: what stands of its attachments in its content."""
        author = author or self.keys
        number = len(self.epochs)
        today = int(datetime.datetime.fromtimestamp(self.now, datetime.timezone.utc).strftime("%Y%m%d"))
        values = {
            "organisation": self.organisation.id, "case": self.id, "epoch": number,
            "epoch_record": vault.record_hash(self.epochs[-1]), "note": os.urandom(16), "sequence": len(self.notes) + 1,
            "previous": vault.record_hash(self.notes[-1]) if self.notes else None, "kind": 2, "about": None, "author": author.id,
            "author_generation": author.generation, "grant": vault.record_hash(self.grants[author.id, number]),
            "directory": self.directory(), "entered_at": self.now, "entered_on": today, "occurred_on": today, "session": 0,
            "cosign": 0, "attachments": [], **changes}
        salt, octets = os.urandom(32), content(text, attached)
        values.setdefault("text_commitment", vault.text_commitment(values, salt, octets))
        note = vault.sign_record("note", values, author.seed)
        body = vault.make_body({"organisation": self.organisation.id, "case": self.id, "epoch": number,
                                "record": vault.record_hash(note), "nonce": os.urandom(24)}, self.secrets[-1], salt, octets)
        if keep:
            self.notes.append(note)
            self.bodies.append(body)
            self.texts.append(text)
        return note, body

    def head(self, keys=None, **changes):
        keys = keys or self.keys
        values = {"organisation": self.organisation.id, "case": self.id, "epoch": len(self.epochs),
                  "epoch_record": vault.record_hash(self.epochs[-1]), "sequence": len(self.notes),
                  "last_note": vault.record_hash(self.notes[-1]), "signer": keys.id, "signer_generation": keys.generation,
                  "directory": self.directory(), "made_at": self.now}
        return vault.sign_record("head", {**values, **changes}, keys.seed)

    def draft(self, draft, revision, text, keys=None):
        keys = keys or self.keys
        values = {"organisation": self.organisation.id, "person": keys.id, "generation": keys.generation, "case": self.id,
                  "draft": draft, "revision": revision, "kind": 2, "about": None, "occurred_on": 20261101, "session": 0, "cosign": 0,
                  "nonce": os.urandom(24)}
        return vault.make_draft(values, keys.local_key, os.urandom(32), content(text))
