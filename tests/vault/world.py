# SPDX-License-Identifier: GPL-3.0-or-later
"""An invented organisation: six people, their keys, one case; what the vectors are made of."""
import datetime
import hashlib

import nacl.bindings as sodium

import vault
import vault_layout as layout
from vault import le, record_hash

START = 1790000000  # 2026-09-21
DAY = 86400


def day_of(second):
    """The day of a second in UTC."""
    return int(datetime.datetime.fromtimestamp(second, datetime.timezone.utc).strftime("%Y%m%d"))


def fixed(name, size=32):
    return hashlib.blake2b(name.encode(), digest_size=size).digest()


class Person:
    def __init__(self, name, roles, generation=1):
        self.name, self.roles, self.generation = name, roles, generation
        self.id = fixed("id " + name, 16)
        self.seed = fixed(f"seed {name} {generation}")
        self.box_secret = fixed(f"box {name} {generation}")
        self.local_key = fixed(f"local {name} {generation}")
        self.sign_key = sodium.crypto_sign_seed_keypair(self.seed)[0]
        self.box_key = sodium.crypto_scalarmult_base(self.box_secret)
        self.state, self.since, self.until = 1, 1, 0

    def enrolment(self, **changes):
        values = {"organisation": ORGANISATION, "person": self.id, "generation": self.generation, "sign_key": self.sign_key,
                  "box_key": self.box_key, "made_at": START, "label": self.name + ", psychologue"}
        return vault.sign_record("enrolment", {**values, **changes}, self.seed)

    def entry(self, **changes):
        return {"person": self.id, "generation": self.generation, "state": self.state, "roles": self.roles, "since": self.since,
                "until": self.until, "sign_key": self.sign_key, "box_key": self.box_key,
                "enrolment": record_hash(self.enrolment()), "label": self.name + ", psychologue", **changes}

    def bundle(self, **changes):
        return layout.write("bundle", {"organisation": ORGANISATION, "person": self.id, "generation": self.generation,
                                       "sign_seed": self.seed, "box_secret": self.box_secret, "local_key": self.local_key,
                                       "made_at": START, **changes})


ORG_SEED = fixed("organisation")
ORG_KEY = sodium.crypto_sign_seed_keypair(ORG_SEED)[0]
ORGANISATION = vault.organisation_id(ORG_KEY)
NEW_SEED = fixed("organisation, new key")
NEW_KEY = sodium.crypto_sign_seed_keypair(NEW_SEED)[0]
OTHER_SEED = fixed("another organisation")
OTHER_KEY = sodium.crypto_sign_seed_keypair(OTHER_SEED)[0]

ANNE, BRUNO = Person("Anne Tremblay", 1), Person("Bruno Gagnon", 1)
CLEO, DENIS, EVE, FLORE = (Person(name, 4) for name in ("Cléo Roy", "Denis Côté", "Ève Bouchard", "Flore Gauthier"))
GONE, STOLEN = Person("Guy Morin", 1), Person("Hélène Lavoie", 1)
GONE.state, GONE.until, STOLEN.state, STOLEN.until = 2, 2, 3, 2
LATER = Person("Isaac Fortin", 1)
LATER.since = 3
NOBODY = Person("Jules Gagné", 1)
PEOPLE = [ANNE, BRUNO, CLEO, DENIS, EVE, FLORE, GONE, STOLEN, LATER]


def directory(people=None, seed=ORG_SEED, entries=None, **changes):
    found = entries if entries is not None else [person.entry() for person in PEOPLE if people is None or person in people]
    values = {"organisation": ORGANISATION, "sequence": 3, "previous": fixed("directory 2"), "issued_at": START,
              "org_key": sodium.crypto_sign_seed_keypair(seed)[0],
              "entries": sorted(found, key=lambda entry: (entry["person"], entry["generation"]))}
    return vault.sign_record("directory", {**values, **changes}, seed)


DIRECTORY = directory()

CASE = fixed("case", 16)
KEYS = {number: fixed(f"case key {number}") for number in range(1, 5)}
REFERENCE = "élève-000123"


def content(text="Première rencontre. L'élève est calme.", title="Note évolutive", attachments=(), **changes):
    return layout.write("content", {"language": "fr_CA", "template": "progress/1", "title": title,
                                    "sections": [{"heading": "Observations", "text": text}], "attachments": list(attachments),
                                    **changes})


def epoch(number, signer=ANNE, responsible=None, previous=None, notes=(), key=None, seed=None, **changes):
    responsible = responsible or signer
    values = {
        "organisation": ORGANISATION, "case": CASE, "epoch": number, "previous": previous and record_hash(previous),
        "authority": 1 if number == 1 else 2, "release_a": None, "release_b": None,
        "signer": signer.id, "signer_generation": signer.generation,
        "responsible": responsible.id, "responsible_generation": responsible.generation,
        "file": 3, "reason": 1 if number == 1 else 2, "deposit": None,
        "key_commitment": vault.key_commitment(ORGANISATION, CASE, number, key or KEYS[number]),
        "subject": vault.subject(key or KEYS[number], ORGANISATION, CASE, REFERENCE),
        "last_sequence": len(notes), "last_note": record_hash(notes[-1]) if notes else None,
        "directory": 3, "made_at": START + number * DAY}
    return vault.sign_record("epoch", {**values, **changes}, seed or signer.seed)


def envelope(epoch_octets, granter, recipient, rights=7, key=None, to=1, public=None, seed=None, bound=None, **changes):
    record = layout.read(epoch_octets, "epoch")
    public = public or recipient.box_key
    values = {
        "organisation": ORGANISATION, "case": CASE, "epoch": record["epoch"], "epoch_record": record_hash(epoch_octets),
        "granter": granter.id, "granter_generation": granter.generation, "to": to,
        "recipient": recipient.id, "recipient_generation": recipient.generation, "recipient_key": public,
        "deposit": None, "rights": rights if to == 1 else 1, "key_commitment": record["key_commitment"],
        "directory": 3, "made_at": START + DAY}
    values.update(changes)
    key = key or KEYS[record["epoch"]]
    if bound is not None:
        return vault.sign_record("envelope", {**values, "sealed": bound}, seed or granter.seed)
    return vault.make_sealed("envelope", values, public, key, seed or granter.seed)


def note(number, epoch_octets, grant, author=ANNE, before=None, text=None, seed=None, attachments=(), content_octets=None, **changes):
    record = layout.read(epoch_octets, "epoch")
    values = {
        "organisation": ORGANISATION, "case": CASE, "epoch": record["epoch"], "epoch_record": record_hash(epoch_octets),
        "note": fixed(f"note {number} {author.name}", 16), "sequence": number, "previous": before and record_hash(before),
        "kind": 1 if number == 1 else 2, "about": None, "author": author.id, "author_generation": author.generation,
        "grant": record_hash(grant), "directory": 3, "entered_at": START + number * DAY, "occurred_on": 20260921,
        "session": 41 + number, "cosign": 0, "attachments": list(attachments)}
    values.update(changes)
    values.setdefault("entered_on", day_of(values["entered_at"]))
    octets = content_octets or content(text or f"Texte de la note {number}.")
    values.setdefault("text_commitment", vault.text_commitment(values, salt(number), octets))
    return vault.sign_record("note", values, seed or author.seed)


def salt(number):
    return fixed(f"salt {number}")


def body(note_octets, number, key=None, epoch_number=None, octets=None, padded=None, **changes):
    record = layout.read(note_octets, "note")
    octets = octets or content(f"Texte de la note {number}.")
    values = {"organisation": ORGANISATION, "case": record["case"], "epoch": epoch_number or record["epoch"],
              "record": record_hash(note_octets), "nonce": fixed(f"nonce {number}", 24), **changes}
    return vault.make_body(values, key or KEYS[epoch_number or record["epoch"]], salt(number), octets)


def head(notes, epoch_octets, signer=ANNE, seed=None, **changes):
    record = layout.read(epoch_octets, "epoch")
    values = {"organisation": ORGANISATION, "case": CASE, "epoch": record["epoch"], "epoch_record": record_hash(epoch_octets),
              "sequence": len(notes), "last_note": record_hash(notes[-1]), "signer": signer.id,
              "signer_generation": signer.generation, "directory": 3, "made_at": START + 9 * DAY}
    return vault.sign_record("head", {**values, **changes}, seed or signer.seed)


CUSTODIANS = sorted((CLEO, DENIS, EVE), key=lambda person: person.id)
ESCROW_SECRET = fixed("escrow of Anne")
ESCROW_KEY = sodium.crypto_scalarmult_base(ESCROW_SECRET)
HALVES = [fixed(f"half {i}") for i in range(3)]


def deposit(custodians=None, person=ANNE, secret=ESCROW_SECRET, seed=None, **changes):
    values = {"organisation": ORGANISATION, "person": person.id, "generation": person.generation, "number": 1,
              "directory": 3, "made_at": START, **changes}
    return vault.make_deposit(values, secret, [(c.id, c.generation, c.box_key) for c in custodians or CUSTODIANS],
                              seed or person.seed, HALVES)


def request(deposit_octets, custodian=None, recipient=BRUNO, seed=None, **changes):
    custodian = custodian or CUSTODIANS[0]
    values = {"organisation": ORGANISATION, "request": fixed("request", 16), "person": ANNE.id, "generation": 1,
              "deposit": record_hash(deposit_octets), "custodian": custodian.id, "custodian_generation": custodian.generation,
              "recipient": recipient.id, "recipient_generation": recipient.generation, "reason": 1, "delay": 7 * DAY,
              "directory": 3, "made_at": START + 20 * DAY}
    return vault.sign_record("request", {**values, **changes}, seed or custodian.seed)


def refusal(request_octets, person=ANNE, seed=None, **changes):
    values = {"organisation": ORGANISATION, "request": record_hash(request_octets), "person": person.id,
              "generation": person.generation, "directory": 3, "made_at": START + 21 * DAY}
    return vault.sign_record("refusal", {**values, **changes}, seed or person.seed)


def destruction(of, notes=(), first=ANNE, second=BRUNO, **changes):
    records = [layout.read(octets, "epoch") for octets in of]
    values = {"organisation": ORGANISATION, "case": CASE, "last_sequence": len(notes), "last_note": record_hash(notes[-1]) if notes else None,
              "epochs": [{"epoch": record["epoch"], "key_commitment": record["key_commitment"]} for record in records],
              "basis": "C-26, r. 221, art. 8", "due_on": 20310630, "backups_until": 20310930, "first": first.id,
              "first_generation": first.generation, "second": second.id, "second_generation": second.generation, "directory": 3,
              "made_at": START + 90 * DAY}
    return vault.sign_record("destruction", {**values, **changes}, first.seed, second.seed)


def release(request_octets, deposit_octets, index, recipient=BRUNO, custodian=None, half=None, **changes):
    custodian = custodian or CUSTODIANS[index]
    values = {"organisation": ORGANISATION, "request": record_hash(request_octets), "deposit": record_hash(deposit_octets),
              "custodian": custodian.id, "custodian_generation": custodian.generation, "recipient": recipient.id,
              "recipient_generation": recipient.generation, "directory": 3, "made_at": START + 27 * DAY}
    return vault.make_sealed("release", {**values, **changes}, recipient.box_key, half or HALVES[index], custodian.seed)


def minutes(participants=(ANNE, BRUNO), author=ANNE, octets=None, sealed_for=None, **changes):
    key, number = fixed("minutes key"), fixed("minutes", 16)
    octets = octets or content("Le plan d'intervention est adopté.", "Compte rendu")
    commitment = vault.H("minutes-key", ORGANISATION + number + key)
    text = vault.H("minutes-text", ORGANISATION + number + salt(77) + octets)
    place = ORGANISATION + number + author.id + le(author.generation, 4)
    nonce = fixed("minutes nonce", 24)
    found = [{"person": person.id, "generation": person.generation,
              "sealed": vault.seal(person.box_key, key + vault.H("minutes-binding", place + (sealed_for or person).id +
                                                                 le(person.generation, 4) + commitment))}
             for person in participants]
    values = {"organisation": ORGANISATION, "minutes": number, "author": author.id, "author_generation": author.generation,
              "directory": 3, "held_on": 20261105, "entered_at": START + 45 * DAY, "session": 9, "about": None,
              "key_commitment": commitment, "participants": sorted(found, key=lambda item: item["person"]),
              "text_commitment": text, "nonce": nonce,
              "sealed": vault.lock(vault.sub(key, 3), nonce, ORGANISATION + number + commitment + text, vault.pad(salt(77), octets))}
    return vault.sign_record("minutes", {**values, **changes}, author.seed)
