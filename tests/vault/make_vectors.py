#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the vectors of tests/fixtures/vault/ anew: what is right, and what is wrong in one way each, with its class.

usage: make_vectors.py        writes them; ephemeral keys are random, so each run's differ
"""
import collections
import os

import nacl.bindings as sodium

import vault
import vault_layout as layout
import vectors
import world as w
from vault import le, record_hash

FILES = {}
DEFAULTS = {"OrganisationKey": w.ORG_KEY, "Directory": w.DIRECTORY, "Case": w.CASE, "Organisation": w.ORGANISATION}
NEEDS = {"directory": ["OrganisationKey"], "signed": ["OrganisationKey", "Directory"], "enrolment": ["Organisation"],
         "succession": ["Organisation", "OrganisationKey"], "keyring": ["Organisation"], "subject": ["Organisation", "Case"],
         "case": ["OrganisationKey", "Directory", "Case"], "envelope": ["OrganisationKey", "Directory", "Case"],
         "half": ["OrganisationKey", "Directory"], "release": ["OrganisationKey", "Directory"],
         "combine": ["OrganisationKey", "Directory"], "opened": ["Organisation"], "body": ["Organisation"], "minutes": ["OrganisationKey", "Directory"]}


def text_of(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return ";".join(text_of(item) for item in value)
    return str(value)


def add(file, name, expect, operation, octets, **fields):
    vector = {"Operation": operation, **{field: DEFAULTS[field] for field in NEEDS.get(operation, [])}, **fields,
              "Octets": octets, "Expect": expect}
    vector = {field: text_of(value) for field, value in vector.items()}
    assert name not in FILES.setdefault(file, {}), name
    FILES[file][name] = vector
    got, plain = vectors.answer(vectors.prepare(vector), octets)
    assert got == expect, f"{name}: {got} instead of {expect}"
    if plain:
        vector["Plain"] = plain.hex()


def change(octets, at, value):
    return octets[:at] + value + octets[at + len(value):]


def at_of(octets, field):
    """Where a field of a whole record stands."""
    return layout.offset_of(layout.read(octets), field)


# ---- frames and forms

def make_frames():
    good = w.ANNE.enrolment()

    def frame(name, expect, octets, kind="enrolment"):
        add("frames", name, expect, "read", octets, Kind=kind)

    frame("whole", "ok", good)
    frame("nothing", "truncated", b"")
    frame("half a magic", "truncated", good[:4])
    frame("another magic", "malformed", b"comodal" + good[7:])
    frame("another magic, cut", "malformed", b"com")
    frame("half a head", "truncated", good[:15])
    frame("version 0", "version", change(good, 7, b"\0"))
    frame("version 2", "version", change(good, 7, b"\2"))
    frame("version 2, cut", "version", change(good, 7, b"\2")[:20])
    frame("another kind", "kind", good, "directory")
    frame("no such kind", "kind", change(good, 8, le(99, 4)))
    frame("kind of 32 bits", "kind", change(good, 8, le(0x10001, 4)))
    frame("longer than its limit", "limit", change(good, 12, le(1024 - 15, 4)))
    frame("length near the end of 32 bits", "limit", change(good, 12, le(0xFFFFFFFF, 4)))
    frame("one octet short", "truncated", good[:-1])
    frame("one octet more", "malformed", good + b"\0")
    frame("two records", "malformed", good + good)
    frame("ends before its length", "malformed", change(good, 12, le(len(good) - 15, 4)) + b"\0")
    frame("reaches beyond its length", "malformed", change(good, 12, le(len(good) - 17, 4))[:-1])


def make_forms():
    def enrolment(name, expect, **changes):
        add("forms", name, expect, "read", w.ANNE.enrolment(**changes), Kind="enrolment")

    enrolment("label of one octet", "ok", label="A")
    enrolment("label of 200 octets", "ok", label="é" * 100)
    enrolment("label of 201 octets", "malformed", label="é" * 100 + "a")
    enrolment("empty label", "malformed", label="")
    enrolment("tab and line feed", "ok", label="Anne\tTremblay\nps.")
    enrolment("highest of Unicode", "ok", label="\U0010ffff\ufffe")
    for what, octets in (("NUL", b"A\0"), ("carriage return", b"A\r"), ("escape", b"\x1b[2J"), ("delete", b"A\x7f"),
                         ("latin-1", b"C\xf4t\xe9"), ("overlong", b"\xc0\xaf"), ("surrogate", b"\xed\xa0\x80"),
                         ("cut in a character", b"\xc3"), ("beyond Unicode", b"\xf4\x90\x80\x80"), ("stray continuation", b"\x80")):
        enrolment("label with " + what, "malformed", label=octets)
    enrolment("generation 0", "malformed", generation=0)
    enrolment("last second", "ok", made_at=253402300799)
    enrolment("a second too late", "malformed", made_at=253402300800)
    enrolment("no time", "malformed", made_at=0)
    enrolment("person of zeros", "malformed", person=bytes(16))
    enrolment("organisation of zeros", "malformed", organisation=bytes(32))
    enrolment("sign_key of small order", "malformed", sign_key=b"\1" + bytes(31))
    enrolment("sign_key off the curve", "malformed", sign_key=b"\2" + bytes(31))
    enrolment("box_key of small order", "malformed", box_key=b"\1" + bytes(31))
    text = w.ANNE.enrolment()
    at = at_of(text, "label")
    add("forms", "length of a text near 2^32", "malformed", "read", change(text, at, le(0xFFFFFFFF, 4)), Kind="enrolment")
    first = w.epoch(1)
    grant = w.envelope(first, w.ANNE, w.ANNE)
    for name, expect, day in (("29 February 2028", "ok", 20280229), ("29 February 2027", "malformed", 20270229),
                              ("29 February 2100", "malformed", 21000229), ("1900", "ok", 19000101), ("1899", "malformed", 18991231),
                              ("2199", "ok", 21991231), ("2200", "malformed", 22000101), ("month 13", "malformed", 20261301),
                              ("day 0", "malformed", 20261200), ("day 31 of June", "malformed", 20260631), ("no day", "malformed", 0),
                              ("year beyond 32 bits", "malformed", 0xFFFFFFFF)):
        add("forms", "day: " + name, expect, "read", w.note(1, first, grant, occurred_on=day), Kind="note")
    item = {"attachment": w.fixed("a1", 16), "size": 100, "digest": w.fixed("d")}
    second = {**item, "attachment": bytes([item["attachment"][0] ^ 0x80]) + item["attachment"][1:]}
    both = sorted((item, second), key=lambda one: one["attachment"])
    for name, expect, changes in (
            ("flag 2", "malformed", {"cosign": 2}), ("kind 0", "malformed", {"kind": 0}), ("kind 11", "malformed", {"kind": 11}),
            ("first with a note before", "malformed", {"previous": w.fixed("x")}), ("second without one", "malformed", {"sequence": 2}),
            ("amends nothing", "malformed", {"kind": 9}), ("progress about something", "malformed", {"about": w.fixed("x")}),
            ("two attachments", "ok", {"attachments": both}), ("attachments descending", "malformed", {"attachments": both[::-1]}),
            ("one attachment twice", "malformed", {"attachments": [item, item]}),
            ("attachment of no octets", "malformed", {"attachments": [{**item, "size": 0}]}),
            ("no session", "ok", {"session": 0}),
            ("directory 0", "malformed", {"directory": 0})):
        add("forms", "note: " + name, expect, "read", w.note(1, first, grant, **changes), Kind="note")
    many = [{"attachment": le(i + 1, 16)[::-1], "size": 1, "digest": w.fixed("d")} for i in range(65)]
    add("forms", "note: 64 attachments", "ok", "read", w.note(1, first, grant, attachments=many[:64]), Kind="note")
    add("forms", "note: 65 attachments", "malformed", "read", w.note(1, first, grant, attachments=many), Kind="note")
    one = w.note(1, first, grant)
    at = at_of(one, "attachments")
    add("forms", "note: list longer than the record", "malformed", "read", change(one, at, le(64, 4)), Kind="note")
    make_rules(first)


def make_rules(first):
    x, y = w.fixed("x"), w.fixed("y")
    for name, expect, number, changes in (
            ("second", "ok", 2, {"previous": first}), ("second without one before", "malformed", 2, {}),
            ("first with one before", "malformed", 1, {"previous": first}), ("first by authority 2", "malformed", 1, {"authority": 2}),
            ("second by authority 1", "malformed", 2, {"previous": first, "authority": 1}),
            ("authority 4", "malformed", 2, {"previous": first, "authority": 4}),
            ("two releases", "ok", 2, {"previous": first, "authority": 3, "release_a": x, "release_b": y}),
            ("one release", "malformed", 2, {"previous": first, "authority": 3, "release_a": x}),
            ("one release twice", "malformed", 2, {"previous": first, "authority": 3, "release_a": x, "release_b": x}),
            ("releases without custodians", "malformed", 2, {"previous": first, "release_a": x, "release_b": y}),
            ("first with notes before", "malformed", 1, {"last_sequence": 1, "last_note": x}),
            ("last note without number", "malformed", 2, {"previous": first, "last_note": x}),
            ("number without last note", "malformed", 2, {"previous": first, "last_sequence": 1}),
            ("opened for another", "malformed", 1, {"responsible": w.BRUNO}),
            ("file 0", "malformed", 1, {"file": 0}), ("file 5", "malformed", 1, {"file": 5}), ("number 0", "malformed", 0, {"key": x})):
        add("forms", "epoch: " + name, expect, "read", w.epoch(number, **changes), Kind="epoch")
    for name, expect, changes in (
            ("of all rights", "ok", {"rights": 7}), ("write only", "malformed", {"rights": 2}), ("no right", "malformed", {"rights": 0}),
            ("right 8", "malformed", {"rights": 9}), ("escrow", "ok", {"to": 2, "deposit": x}), ("escrow without deposit", "malformed", {"to": 2}),
            ("person with deposit", "malformed", {"deposit": x})):
        add("forms", "envelope: " + name, expect, "read", w.envelope(first, w.ANNE, w.BRUNO, **changes), Kind="envelope")
    for size, expect in ((1024, "ok"), (1025, "malformed"), (2048, "ok"), (3072, "malformed"), (1023, "malformed")):
        values = {"organisation": w.ORGANISATION, "case": w.CASE, "epoch": 1, "record": x, "nonce": bytes(24), "sealed": bytes(size + 16)}
        add("forms", f"body: of {size} octets", expect, "read", layout.write("body", values), Kind="body")
    made = w.deposit()
    for name, expect, octets in (
            ("request", "ok", w.request(made)), ("request: delay of a day", "malformed", w.request(made, delay=86400)),
            ("request: to oneself", "malformed", w.request(made, recipient=w.CUSTODIANS[0]))):
        add("forms", name, expect, "read", octets, Kind="request")
    add("forms", "deposit: custodians descending", "malformed", "read", w.deposit(w.CUSTODIANS[::-1]), Kind="deposit")
    add("forms", "deposit: one custodian twice", "malformed", "read", w.deposit([w.CUSTODIANS[0]] * 2 + [w.CUSTODIANS[2]]), Kind="deposit")
    add("forms", "deposit: one's own custodian", "malformed", "read",
        w.deposit(sorted([w.CLEO, w.DENIS, w.EVE], key=lambda p: p.id), person=w.CLEO), Kind="deposit")
    add("forms", "content", "ok", "read", w.content(), Kind="content")
    add("forms", "content: no section", "malformed", "read", w.content(sections=[]), Kind="content")
    add("forms", "content: 65 sections", "malformed", "read", w.content(sections=[{"heading": "", "text": ""}] * 65), Kind="content")
    same = vault.sign_record("succession", {"organisation": w.ORGANISATION, "old_key": w.ORG_KEY, "new_key": w.ORG_KEY,
                                            "from_sequence": 3, "made_at": w.START}, w.ORG_SEED, w.ORG_SEED)
    add("forms", "succession: the same key", "malformed", "read", same, Kind="succession")


# ---- people

def succession(old=w.ORG_SEED, new=w.NEW_SEED, **changes):
    values = {"organisation": w.ORGANISATION, "old_key": sodium.crypto_sign_seed_keypair(old)[0],
              "new_key": sodium.crypto_sign_seed_keypair(new)[0], "from_sequence": 4, "made_at": w.START}
    return vault.sign_record("succession", {**values, **changes}, old, new)


def make_people():
    add("people", "enrolment", "ok", "enrolment", w.ANNE.enrolment())
    add("people", "enrolment in another organisation", "organisation", "enrolment", w.ANNE.enrolment(organisation=w.fixed("other")))
    stolen = w.ANNE.enrolment(sign_key=w.BRUNO.sign_key)
    add("people", "enrolment of somebody else's sign_key", "signature", "enrolment", stolen)
    good = w.ANNE.enrolment()
    swapped = change(good, at_of(good, "box_key"), w.BRUNO.box_key)
    add("people", "enrolment with a box_key put in", "signature", "enrolment", swapped)
    make_directories()
    change_key = succession()
    add("people", "succession", "ok", "succession", change_key)
    add("people", "succession by a key that never counted", "not-entitled", "succession", succession(old=w.OTHER_SEED))
    both = layout.read(change_key)["octets"]
    add("people", "succession signed by the new key only", "signature", "succession",
        both[:-128] + both[-64:] + both[-64:])
    add("people", "succession with its signatures exchanged", "signature", "succession", both[:-128] + both[-64:] + both[-128:-64])
    make_keyrings()
    code = bytes(range(7, 27))
    rows = vault.code_rows(code)
    add("people", "recovery code", "ok", "code", "\n".join(rows).encode())
    typed = [row.lower().replace("0", "o").replace("1", "l") for row in rows]
    add("people", "recovery code as people type it", "ok", "code", "\n".join(row[:5] + " - " + row[5:] for row in typed).encode())
    wrong = rows[:2] + [rows[2][:4] + ("7" if rows[2][4] != "7" else "8") + rows[2][5:]] + rows[3:]
    add("people", "recovery code, a letter wrong", "malformed", "code", "\n".join(wrong).encode())
    add("people", "recovery code, rows exchanged", "malformed", "code", "\n".join([rows[1], rows[0], *rows[2:]]).encode())
    add("people", "recovery code with a letter too few", "malformed", "code", "\n".join([rows[0][:9], *rows[1:]]).encode())
    add("people", "recovery code with a letter that is none", "malformed", "code", "\n".join(["U" + rows[0][1:], *rows[1:]]).encode())
    add("people", "fingerprint", "ok", "fingerprint", w.ANNE.sign_key + w.ANNE.box_key)
    add("people", "fingerprint of the organisation", "ok", "fingerprint", w.ORG_KEY)


def make_directories():
    def directory(name, expect, octets, **fields):
        add("people", "directory: " + name, expect, "directory", octets, **fields)

    entries = layout.read(w.DIRECTORY)["entries"]

    def entry_changed(person, **changes):
        return w.directory(entries=[{**entry, **(changes if entry["person"] == person.id else {})} for entry in entries])

    directory("holds", "ok", w.DIRECTORY)
    directory("of nobody", "ok", w.directory(entries=[]))
    directory("of another organisation", "organisation", w.DIRECTORY, OrganisationKey=w.OTHER_KEY)
    directory("signed by another key", "not-entitled", w.directory(seed=w.OTHER_SEED))
    directory("signed by another key under the right name", "signature", w.directory(seed=w.OTHER_SEED, org_key=w.ORG_KEY))
    replaced = change(w.DIRECTORY, w.DIRECTORY.index(w.BRUNO.box_key), w.NOBODY.box_key)
    directory("a colleague's box_key put in", "signature", replaced)
    directory("a colleague's sign_key put in", "signature", change(w.DIRECTORY, w.DIRECTORY.index(w.BRUNO.sign_key), w.NOBODY.sign_key))
    directory("first with one before", "malformed", w.directory(entries=[], sequence=1))
    directory("third without one before", "malformed", w.directory(previous=None))
    for name, person, changes in (
            ("a key twice", w.ANNE, {"box_key": w.BRUNO.box_key}), ("a sign_key twice", w.ANNE, {"sign_key": w.BRUNO.sign_key}),
            ("since tomorrow", w.ANNE, {"since": 4}), ("current and ended", w.ANNE, {"until": 3}),
            ("retired without an end", w.GONE, {"until": 0}), ("ended before it began", w.GONE, {"until": 1}), ("ends tomorrow", w.GONE, {"until": 4}),
            ("state 4", w.ANNE, {"state": 4}), ("role 8", w.ANNE, {"roles": 8})):
        directory(name, "malformed", entry_changed(person, **changes))
    directory("two custodians", "malformed", w.directory([w.ANNE, w.CLEO, w.DENIS]))
    directory("three custodians", "ok", w.directory([w.ANNE, w.CLEO, w.DENIS, w.EVE]))
    again = {**w.ANNE.entry(), "generation": 2, "sign_key": w.NOBODY.sign_key, "box_key": w.NOBODY.box_key}
    directory("two current generations", "malformed", w.directory(entries=[*entries, again]))
    retired = [{**entry, **({"state": 2, "until": 3} if entry["person"] == w.ANNE.id else {})} for entry in entries]
    directory("a new generation", "ok", w.directory(entries=[*retired, {**again, "since": 3}]))
    unsorted = vault.sign_record("directory", {**layout.read(w.DIRECTORY), "entries": entries[::-1]}, w.ORG_SEED)
    directory("entries descending", "malformed", unsorted)
    fourth = {"sequence": 4, "previous": record_hash(w.DIRECTORY)}
    follows = {"Before": [w.DIRECTORY]}
    directory("the next one", "ok", w.directory(**fourth), **follows)
    directory("the same one again", "ok", w.DIRECTORY, **follows)
    directory("an older one", "rollback", w.DIRECTORY, Before=[w.directory(**fourth)])
    directory("another one of the same number", "replaced", w.directory(issued_at=w.START + 1), **follows)
    directory("the next but one", "missing", w.directory(sequence=5), **follows)
    directory("the next one of another past", "chain", w.directory(sequence=4), **follows)
    directory("the next one, somebody left out", "replaced", w.directory(entries=entries[1:], **fourth), **follows)
    keyed = [{**entry, **({"box_key": w.NOBODY.box_key} if entry["person"] == w.ANNE.id else {})} for entry in entries]
    directory("the next one, keys changed in place", "replaced", w.directory(entries=keyed, **fourth), **follows)
    back = [{**entry, **({"state": 1, "until": 0} if entry["person"] == w.GONE.id else {})} for entry in entries]
    directory("the next one, a retired key back", "replaced", w.directory(entries=back, **fourth), **follows)
    heir = {"Successions": [succession()]}
    directory("by the new key", "ok", w.directory(seed=w.NEW_SEED, **fourth), **heir)
    directory("by the old key after its succession", "not-entitled", w.directory(**fourth), **heir)
    directory("by the new key before its time", "not-entitled", w.directory(seed=w.NEW_SEED), **heir)
    directory("an old one by the old key", "ok", w.DIRECTORY, **heir)


def keyring(slot, secret, bundle=None, **changes):
    values = {"organisation": w.ORGANISATION, "person": w.ANNE.id, "generation": 1, "slot": slot, "revision": 1,
              "operations": 2 if slot == 1 else 0, "memory": 65536 if slot == 1 else 0, "salt": w.fixed("salt", 16),
              "nonce": w.fixed("keyring", 24), **changes}
    return vault.make_keyring(values, secret, bundle or w.ANNE.bundle())


def make_keyrings():
    words, code = "château d'été 42", bytes(range(7, 27))

    def ring(name, expect, octets, secret, slot):
        add("people", "keyring: " + name, expect, "keyring", octets, Slot=slot, Secret=secret if slot == 2 else secret.encode())

    sealed = keyring(1, words)
    ring("by passphrase", "ok", sealed, words, 1)
    ring("by passphrase, its accents composed otherwise", "ok", sealed, "cha\u0302teau d'e\u0301te\u0301 42", 1)
    ring("by another passphrase", "wrong-key", sealed, words + "!", 1)
    ring("by passphrase, altered", "altered", change(sealed, len(sealed) - 20, bytes([sealed[-20] ^ 1])), words, 1)
    for name, field, value in (("one operation", "operations", 1), ("thirteen operations", "operations", 13), ("64 MiB less one", "memory", 65535),
                               ("1 GiB and one", "memory", 1048577), ("all the memory there is", "memory", 0xFFFFFFFF), ("no memory", "memory", 0)):
        ring(name, "parameters", change(sealed, at_of(sealed, field), le(value, 4)), words, 1)
    recovery = keyring(2, code)
    ring("by code", "ok", recovery, code, 2)
    ring("by another code", "wrong-key", recovery, code[::-1], 2)
    ring("by code, with operations", "parameters", change(recovery, at_of(recovery, "operations"), le(2, 4)), code, 2)
    ring("of another organisation", "organisation", keyring(2, code, organisation=w.fixed("other")), code, 2)
    ring("a bundle of somebody else", "replaced", keyring(2, code, bundle=w.BRUNO.bundle()), code, 2)
    ring("a bundle of another generation", "replaced", keyring(2, code, bundle=w.ANNE.bundle(generation=2)), code, 2)
    ring("a bundle of another version", "version", keyring(2, code, bundle=change(w.ANNE.bundle(), 7, b"\2")), code, 2)
    ring("another person's name on it", "wrong-key", change(recovery, at_of(recovery, "person"), w.BRUNO.id), code, 2)
    ring("an older revision's number on it", "altered", change(recovery, at_of(recovery, "revision"), le(2, 8)), code, 2)
    two = keyring(2, code, nonce=w.fixed("other", 24))
    ring("the box of another keyring in it", "altered", recovery[:-188] + two[-188:], code, 2)


# ---- texts

def make_texts():
    first = w.epoch(1)
    grant = w.envelope(first, w.ANNE, w.ANNE)
    note = w.note(1, first, grant)
    other = w.note(2, first, grant, before=note)
    locked = w.body(note, 1)

    def body(name, expect, octets, **fields):
        add("texts", "body: " + name, expect, "body", octets, **{"Note": note, "Epoch": 1, "Key": w.KEYS[1], **fields})

    body("opens", "ok", locked)
    body("locked again under epoch 2", "ok", w.body(note, 1, epoch_number=2), Epoch=2, Key=w.KEYS[2])
    body("of another note", "replaced", w.body(other, 2))
    body("of another case", "replaced", w.body(note, 1, case=w.fixed("other case", 16)))
    body("of another epoch", "replaced", w.body(note, 1, epoch_number=2))
    body("of another organisation", "organisation", w.body(note, 1, organisation=w.fixed("other")))
    body("under another key", "altered", w.body(note, 1, key=w.KEYS[2]))
    body("another note's name on it", "altered", change(w.body(other, 2), at_of(locked, "record"), record_hash(note)))
    body("another epoch's name on it", "altered", change(locked, at_of(locked, "epoch"), le(2, 4)), Epoch=2)
    body("another text", "commitment", w.body(note, 1, octets=w.content("Un autre texte.")))
    body("another salt", "commitment", w.body(note, 2, octets=w.content("Texte de la note 1.")))
    body("no content", "malformed", w.body(note, 1, octets=b"cmvaulx"))
    body("a content of another version", "version", w.body(note, 1, octets=change(w.content("Texte de la note 1."), 7, b"\2")))
    body("a content with something after it", "malformed", w.body(note, 1, octets=w.content("Texte de la note 1.") + b"\0"))
    kept = vault.pad
    for name, made in (("padded by too much", lambda salt, text: kept(salt, text).ljust(2048, b"\0")),
                       ("padding without its mark", lambda salt, text: (salt + text).ljust(1024, b"\0")),
                       ("padding of something else", lambda salt, text: kept(salt, text)[:-1] + b"\1"),
                       ("nothing but zeros", lambda salt, text: bytes(1024)), ("shorter than a salt", lambda salt, text: b"a\x80".ljust(1024, b"\0"))):
        vault.pad = made
        body(name, "malformed", w.body(note, 1))
        vault.pad = kept
    long_text = w.content("é" * 500)
    long_note = w.note(1, first, grant, content_octets=long_text)
    body("of 2 KiB", "ok", w.body(long_note, 1, octets=long_text), Note=long_note)
    item = {"attachment": w.fixed("attachment", 16), "size": 200, "digest": w.fixed("digest")}
    inside = {"attachment": item["attachment"], "key": w.fixed("key"), "size": 100, "name": "dessin.png", "media_type": "image/png"}
    for name, expect, outer, inner in (("with its attachment", "ok", [item], [inside]), ("an attachment missing inside", "commitment", [item], []),
                                       ("an attachment more inside", "commitment", [], [inside]),
                                       ("another attachment inside", "commitment", [item], [{**inside, "attachment": w.fixed("other", 16)}])):
        octets = w.content(attachments=inner)
        carrying = w.note(1, first, grant, attachments=outer, content_octets=octets)
        body(name, expect, w.body(carrying, 1, octets=octets), Note=carrying)
    make_local()
    make_minutes()
    add("texts", "subject", "ok", "subject", w.REFERENCE.encode(), Key=w.KEYS[1])


def make_local():
    bundle = w.ANNE.bundle()
    values = {"organisation": w.ORGANISATION, "person": w.ANNE.id, "generation": 1, "case": w.CASE, "draft": w.fixed("draft", 16),
              "revision": 3, "nonce": w.fixed("draft nonce", 24)}
    draft = vault.make_draft(values, w.ANNE.local_key, w.salt(5), w.content("Brouillon"))
    add("texts", "draft", "ok", "draft", draft, Bundle=bundle)
    add("texts", "draft: of somebody else", "replaced", "draft", draft, Bundle=w.BRUNO.bundle())
    add("texts", "draft: under another key", "altered", "draft", draft, Bundle=w.ANNE.bundle(local_key=w.fixed("x")))
    add("texts", "draft: an older one with a newer number", "altered", "draft", change(draft, at_of(draft, "revision"), le(4, 8)), Bundle=bundle)
    case = {"case": w.CASE, "epoch": 1, "epoch_record": w.fixed("e"), "sequence": 2, "last_note": w.fixed("n")}
    after = {**case, "case": bytes([255]) * 16}

    def memory(name, expect, cases, owner=bundle, **changes):
        remembered = layout.write("remembered", {"directory": 3, "directory_record": record_hash(w.DIRECTORY), "cases": cases, **changes})
        octets = vault.make_memory({"organisation": w.ORGANISATION, "person": w.ANNE.id, "generation": 1, "counter": 7,
                                    "nonce": w.fixed("memory", 24)}, w.ANNE.local_key, remembered)
        add("texts", name, expect, "memory", octets, Bundle=owner)

    memory("memory", "ok", [case, after])
    memory("memory: empty", "ok", [], directory=0, directory_record=None)
    memory("memory: a directory without its hash", "malformed", [], directory_record=None)
    memory("memory: cases descending", "malformed", [after, case])
    memory("memory: a case twice", "malformed", [case, case])
    memory("memory: a number without its note", "malformed", [{**case, "last_note": None}])
    memory("memory: of somebody else", "replaced", [case], w.BRUNO.bundle())
    memory("memory: under another key", "altered", [case], w.ANNE.bundle(local_key=w.fixed("x")))


def make_minutes():
    def minutes(name, expect, octets, reader=w.BRUNO, **fields):
        add("texts", name, expect, "minutes", octets, **{"Reader": reader.id, "Generation": 1, "BoxSecret": reader.box_secret, **fields})

    good = w.minutes()
    minutes("minutes", "ok", good)
    minutes("minutes: the author's", "ok", good, w.ANNE)
    minutes("minutes: not for this reader", "not-entitled", good, w.CLEO)
    minutes("minutes: with another key", "wrong-key", good, BoxSecret=w.fixed("x"))
    minutes("minutes: sealed for another", "replaced", w.minutes(sealed_for=w.CLEO))
    minutes("minutes: another text", "altered", w.minutes(text_commitment=w.fixed("x")))
    minutes("minutes: signed by another", "signature", vault.sign_record("minutes", layout.read(good), w.BRUNO.seed))
    minutes("minutes: by a stolen key", "revoked", w.minutes(author=w.STOLEN))
    inside = {"attachment": w.fixed("attachment", 16), "key": w.fixed("key"), "size": 100, "name": "a", "media_type": "image/png"}
    minutes("minutes: with an attachment", "malformed", w.minutes(octets=w.content(attachments=[inside])))


# ---- cases

def make_cases():
    first = w.epoch(1)
    own = w.envelope(first, w.ANNE, w.ANNE)
    shared = w.envelope(first, w.ANNE, w.BRUNO, rights=1)
    one = w.note(1, first, own)
    two = w.note(2, first, own, before=one)
    base = [first, own]

    def case(name, expect, context, octets, **fields):
        add("cases", name, expect, "case", octets, Context=list(context), **fields)

    case("epoch 1", "ok", [], first)
    case("epoch 1 of another case", "replaced", [], w.epoch(1, case=w.fixed("other case", 16)))
    case("epoch 1 of another organisation", "organisation", [], w.epoch(1, organisation=w.fixed("other")))
    case("epoch 1 again", "reordered", [first], first)
    case("another epoch 1", "replaced", [first], w.epoch(1, made_at=w.START))
    case("epoch by nobody of the directory", "unknown-signer", [], w.epoch(1, w.NOBODY))
    case("epoch by somebody who came later", "unknown-signer", [], w.epoch(1, w.LATER, directory=2))
    case("epoch by a retired key", "revoked", [], w.epoch(1, w.GONE))
    case("epoch by a key of the day it was retired", "revoked", [], w.epoch(1, w.GONE, directory=2))
    case("epoch by a key before it was retired", "ok", [], w.epoch(1, w.GONE, directory=1))
    case("epoch by a stolen key, then and now", "revoked", [], w.epoch(1, w.STOLEN, directory=1))
    case("epoch of a newer directory", "rollback", [], w.epoch(1, directory=4))
    case("epoch signed by somebody else's key", "signature", [], w.epoch(1, seed=w.BRUNO.seed))
    second = w.epoch(2, previous=first)
    case("epoch 2", "ok", [first], second)
    case("epoch 2 without epoch 1", "missing", [], second)
    case("epoch 2 by a colleague", "not-entitled", [first], w.epoch(2, w.BRUNO, previous=first))
    case("epoch 2 after another epoch 1", "chain", [first], w.epoch(2, previous=w.epoch(1, made_at=w.START)))
    case("epoch 2 of another file", "replaced", [first], w.epoch(2, previous=first, file=4))
    case("epoch 2 of an older directory", "chain", [first], w.epoch(2, previous=first, directory=2))
    case("epoch 2 for somebody who came later", "not-entitled", [w.epoch(1, directory=2)],
         w.epoch(2, previous=w.epoch(1, directory=2), responsible=w.LATER, directory=2))
    case("epoch 2 for a retired key", "not-entitled", [first], w.epoch(2, previous=first, responsible=w.GONE))
    case("epoch 2 for nobody", "not-entitled", [first], w.epoch(2, previous=first, responsible=w.NOBODY))
    handed = w.epoch(2, previous=first, responsible=w.BRUNO, reason=3)
    case("handed over", "ok", [first], handed)
    case("handed over: the next by the new one", "ok", [first, handed], w.epoch(3, w.BRUNO, previous=handed))
    case("handed over: the next by the old one", "not-entitled", [first, handed], w.epoch(3, w.ANNE, previous=handed))
    with_notes = w.epoch(2, previous=first, notes=[one])
    case("epoch 3 that forgets notes", "chain", [first, with_notes], w.epoch(3, previous=with_notes))
    make_envelopes(case, first, second, handed, shared)
    make_notes(case, base, first, own, shared, one, two)
    make_heads(case, base, first, own, one, two)
    make_custody(case, first)


def make_envelopes(case, first, second, handed, shared):
    case("envelope", "ok", [first], shared)
    case("envelope without its epoch", "missing", [], shared)
    case("envelope of another case", "replaced", [first], w.envelope(first, w.ANNE, w.BRUNO, case=w.fixed("other case", 16)))
    case("envelope for another epoch 1", "replaced", [first], w.envelope(w.epoch(1, made_at=w.START), w.ANNE, w.BRUNO))
    planted = w.fixed("a key that Bruno knows")
    case("planted by a colleague", "not-entitled", [first], w.envelope(first, w.BRUNO, w.ANNE, key=planted))
    case("planted with a commitment of its own", "replaced", [first],
         w.envelope(first, w.ANNE, w.BRUNO, key=planted, key_commitment=vault.key_commitment(w.ORGANISATION, w.CASE, 1, planted)))
    case("planted under the responsible's name", "signature", [first], w.envelope(first, w.ANNE, w.BRUNO, key=planted, seed=w.BRUNO.seed))
    case("envelope to a retired key", "not-entitled", [first], w.envelope(first, w.ANNE, w.GONE))
    case("envelope to a key before it was retired", "ok", [first], w.envelope(first, w.ANNE, w.GONE, directory=1))
    case("envelope to a stolen key", "not-entitled", [first], w.envelope(first, w.ANNE, w.STOLEN))
    case("envelope to nobody", "not-entitled", [first], w.envelope(first, w.ANNE, w.NOBODY))
    case("envelope to a key put in for a colleague's", "replaced", [first], w.envelope(first, w.ANNE, w.BRUNO, public=w.NOBODY.box_key))
    case("envelope of epoch 2 by who handed over", "ok", [first, handed], w.envelope(handed, w.ANNE, w.BRUNO))
    case("envelope of epoch 1 by the new responsible", "ok", [first, handed], w.envelope(first, w.BRUNO, w.CLEO))
    third = w.epoch(3, w.BRUNO, previous=handed)
    case("envelope of epoch 3 by the old responsible", "not-entitled", [first, handed, third], w.envelope(third, w.ANNE, w.CLEO))
    made = w.deposit()
    escrow = {"to": 2, "deposit": record_hash(made), "public": w.ESCROW_KEY}
    case("envelope to the escrow key", "ok", [made, first], w.envelope(first, w.ANNE, w.ANNE, **escrow))
    case("envelope to the escrow key of a deposit unknown", "missing", [first], w.envelope(first, w.ANNE, w.ANNE, **escrow))
    case("envelope to another escrow key", "replaced", [made, first],
         w.envelope(first, w.ANNE, w.ANNE, **{**escrow, "public": w.BRUNO.box_key}))
    case("envelope to somebody else's escrow key", "replaced", [made, first], w.envelope(first, w.ANNE, w.BRUNO, **escrow))

    def opening(name, expect, octets, reader=w.BRUNO, context=(), **fields):
        add("cases", "opening: " + name, expect, "envelope", octets, Context=list(context) or [first],
            **{"Reader": reader.id, "Generation": 1, "BoxSecret": reader.box_secret, **fields})

    opening("one's own", "ok", shared)
    opening("somebody else's", "not-entitled", shared, w.CLEO)
    opening("with another key", "wrong-key", shared, BoxSecret=w.fixed("x"))
    opening("a box for somebody else in it", "wrong-key", w.envelope(first, w.ANNE, w.BRUNO, bound=layout.read(w.envelope(first, w.ANNE, w.CLEO))["sealed"]))
    opening("the box of another envelope to the same", "replaced",
            w.envelope(first, w.ANNE, w.BRUNO, rights=7, bound=layout.read(shared)["sealed"]))
    opening("a key that is not the epoch's", "commitment", w.envelope(first, w.ANNE, w.BRUNO, key=planted))
    opening("epoch 2's key for epoch 1", "commitment", w.envelope(first, w.ANNE, w.BRUNO, key=w.KEYS[2]))
    opening("by the escrow key", "ok", w.envelope(first, w.ANNE, w.ANNE, **escrow), w.BRUNO, [made, first], BoxSecret=w.ESCROW_SECRET)


def make_notes(case, base, first, own, shared, one, two):
    case("note 1", "ok", base, one)
    case("note 2", "ok", [*base, one], two)
    case("note 2 without note 1", "missing", base, two)
    case("note 1 again", "reordered", [*base, one, two], one)
    case("another note 1", "replaced", [*base, one], w.note(1, first, own, text="Autre"))
    case("note 2 after another note 1", "chain", [*base, one], w.note(2, first, own, before=w.note(1, first, own, text="Autre")))
    case("note 3 after the last was deleted", "missing", [*base, one], w.note(3, first, own, before=two))
    case("note of another case", "replaced", base, w.note(1, first, own, case=w.fixed("other case", 16)))
    case("note of an epoch to come", "missing", base, w.note(1, first, own, epoch=2))
    case("note of another epoch 1", "replaced", base, w.note(1, first, own, epoch_record=w.fixed("x")))
    case("note by a reader", "not-entitled", [*base, shared], w.note(1, first, shared, w.BRUNO))
    case("note by a colleague with another's envelope", "not-entitled", base, w.note(1, first, own, w.BRUNO))
    case("note without an envelope", "not-entitled", [first], one)
    case("note by a colleague, signed as the author", "signature", base, w.note(1, first, own, seed=w.BRUNO.seed))
    writer = w.envelope(first, w.ANNE, w.BRUNO, rights=3)
    theirs = w.note(2, first, writer, w.BRUNO, before=one)
    case("note by a writer", "ok", [*base, writer, one], theirs)
    case("note of an older directory than the epoch", "chain", base, w.note(1, first, own, directory=2))
    case("one id twice", "replaced", [*base, one], w.note(2, first, own, before=one, note=layout.read(one)["note"]))
    amended = {"before": one, "kind": 9, "about": record_hash(one)}
    case("amendment", "ok", [*base, one], w.note(2, first, own, **amended))
    case("amendment of no note", "missing", [*base, one], w.note(2, first, own, **{**amended, "about": w.fixed("x")}))
    cosign = w.envelope(first, w.ANNE, w.BRUNO, rights=5)
    by_other = {"before": one, "kind": 10, "about": record_hash(one)}
    case("co-signature", "ok", [*base, cosign, one], w.note(2, first, cosign, w.BRUNO, **by_other))
    case("co-signature without the right", "not-entitled", [*base, writer, one], w.note(2, first, writer, w.BRUNO, **by_other))
    case("co-signature of one's own note", "not-entitled", [*base, one], w.note(2, first, own, **by_other))
    case("note by who may co-sign only", "not-entitled", [*base, cosign, one], w.note(2, first, cosign, w.BRUNO, before=one))
    second = w.epoch(2, previous=first, notes=[one])
    ours = w.envelope(second, w.ANNE, w.ANNE)
    later = [first, second, own, writer, ours, one]
    case("note in the new epoch", "ok", later, w.note(2, second, ours, before=one))
    case("note in the old epoch behind the new one", "not-entitled", later, theirs)
    case("note in the new epoch with the old grant", "not-entitled", later, w.note(2, second, own, before=one))
    case("note before the new epoch, another than it names", "chain", [first, second, own], w.note(1, first, own, text="Autre"))
    case("all of it", "ok", [first, second, own, ours, one, w.note(2, second, ours, before=one)], b"", Finish=True)
    case("the note that an epoch names was deleted", "missing", [first, second, own, ours], b"", Finish=True)


def make_heads(case, base, first, own, one, two):
    chain = [*base, one, two]
    case("head", "ok", chain, w.head([one, two], first))
    case("head of the first of two", "ok", chain, w.head([one], first))
    case("head beyond the end: put back, or the last deleted", "rollback", [*base, one], w.head([one, two], first))
    case("head of another history", "replaced", [*base, one, w.note(2, first, own, before=one, text="Autre")], w.head([one, two], first))
    case("head by a stranger", "not-entitled", chain, w.head([one, two], first, w.BRUNO))
    case("head of another epoch 1", "replaced", chain, w.head([one, two], w.epoch(1, made_at=w.START)))
    case("a keyring among them", "kind", chain, keyring(2, bytes(range(20))))


def make_custody(case, first_unused):
    made = w.deposit()
    older = w.deposit(number=2)
    first = w.epoch(1, deposit=record_hash(made))
    asked = w.request(made)
    one, two, three = (w.release(asked, made, index) for index in range(3))
    case("deposit", "ok", [], made)
    case("deposit signed by another", "signature", [], w.deposit(seed=w.BRUNO.seed))
    case("request", "ok", [made], asked)
    case("request of a deposit unknown", "missing", [], asked)
    case("request by no custodian", "not-entitled", [made], w.request(made, custodian=w.FLORE))
    case("request for a custodian", "not-entitled", [made], w.request(made, recipient=w.CUSTODIANS[1]))
    case("request for a retired key", "not-entitled", [made], w.request(made, recipient=w.GONE))
    case("request for nobody", "not-entitled", [made], w.request(made, recipient=w.NOBODY))
    case("request about another person", "replaced", [made], w.request(made, person=w.BRUNO.id))
    refused = w.refusal(asked)
    case("refusal", "ok", [made, asked], refused)
    case("refusal by somebody else", "not-entitled", [made, asked], w.refusal(asked, w.BRUNO))
    case("refusal when the delay is over", "not-entitled", [made, asked], w.refusal(asked, made_at=w.START + 27 * w.DAY))
    case("refusal of a request unknown", "missing", [made], refused)
    case("release", "ok", [made, asked], one)
    case("release after the refusal", "refused", [made, asked, refused], one)
    case("release too soon", "waiting", [made, asked], w.release(asked, made, 0, made_at=w.START + 27 * w.DAY - 1))
    case("release to another", "replaced", [made, asked], w.release(asked, made, 0, w.FLORE))
    case("release of another deposit", "replaced", [made, older, asked], w.release(asked, older, 0))
    case("release by no custodian", "not-entitled", [made, asked], w.release(asked, made, 0, custodian=w.FLORE))

    def taken(name, expect, releases, context=None, signer=w.BRUNO, previous=first, **changes):
        pair = [record_hash(octets) for octets in releases]
        case("taken over: " + name, expect, context or [made, asked, first, one, two, three],
             w.epoch(2, signer, previous=previous, authority=3, reason=4, release_a=pair[0], release_b=pair[1], **changes))

    taken("by two", "ok", (one, two))
    taken("refused meanwhile", "refused", (one, two), [made, asked, first, one, two, refused])
    taken("refused meanwhile, for a retired key", "refused", (one, two), [made, asked, first, one, two, refused],
          responsible=w.GONE)
    taken("by another two", "ok", (three, two))
    taken("by one", "not-entitled", (one, two), [made, asked, first, one])
    again = w.release(asked, made, 0, made_at=w.START + 28 * w.DAY)
    taken("by one, twice", "not-entitled", (one, again), [made, asked, first, one, again])
    taken("by somebody else", "not-entitled", (one, two), signer=w.FLORE)
    renewed = w.epoch(1, deposit=record_hash(older))
    taken("by releases of an older deposit", "not-entitled", (one, two), [made, asked, renewed, one, two], previous=renewed)
    without = w.epoch(1)
    taken("of a case without custodians", "not-entitled", (one, two), [made, asked, without, one, two], previous=without)
    second_request = w.request(made, request=w.fixed("request 2", 16))
    other = w.release(second_request, made, 1)
    taken("by releases of two requests", "not-entitled", (one, other), [made, asked, second_request, first, one, other])
    make_opening(made, one)


def make_opening(made, one):
    first, second = w.CUSTODIANS[:2]
    add("custodians", "half", "ok", "half", made, Reader=first.id, Generation=1, BoxSecret=first.box_secret)
    add("custodians", "half of somebody else", "wrong-key", "half", made, Reader=first.id, Generation=1, BoxSecret=second.box_secret)
    add("custodians", "half by no custodian", "not-entitled", "half", made, Reader=w.FLORE.id, Generation=1, BoxSecret=w.FLORE.box_secret)
    record = layout.read(made)
    moved = [dict(half) for half in record["custodians"]]
    moved[0]["sealed"] = layout.read(w.deposit(number=2))["custodians"][0]["sealed"]
    add("custodians", "half of another deposit", "replaced", "half", vault.sign_record("deposit", {**record, "custodians": moved}, w.ANNE.seed),
        Reader=first.id, Generation=1, BoxSecret=first.box_secret)
    reader = {"Reader": w.BRUNO.id, "Generation": 1, "BoxSecret": w.BRUNO.box_secret}
    add("custodians", "release opens", "ok", "release", one, **reader)
    add("custodians", "release to another reader", "not-entitled", "release", one, **{**reader, "Reader": w.ANNE.id})
    add("custodians", "release with another key", "wrong-key", "release", one, **{**reader, "BoxSecret": w.fixed("x")})
    asked = w.request(made)
    late = w.release(asked, made, 0, made_at=w.START + 30 * w.DAY)
    carried = vault.sign_record("release", {**layout.read(late), "sealed": layout.read(one)["sealed"]}, first.seed)
    add("custodians", "release with the box of another", "replaced", "release", carried, **reader)
    for i, j in vault.PAIRS:
        add("custodians", f"halves {i + 1} and {j + 1}", "ok", "combine", made, Custodians=[i, j], Halves=[w.HALVES[i], w.HALVES[j]])
    add("custodians", "halves exchanged", "altered", "combine", made, Custodians=[0, 1], Halves=[w.HALVES[1], w.HALVES[0]])
    add("custodians", "one half and a guess", "altered", "combine", made, Custodians=[0, 1], Halves=[w.HALVES[0], bytes(32)])
    add("custodians", "one half twice", "altered", "combine", made, Custodians=[0, 1], Halves=[w.HALVES[0], w.HALVES[0]])
    wrong = vault.sign_record("deposit", {**record, "pairs": layout.read(w.deposit(secret=w.fixed("another")))["pairs"]}, w.ANNE.seed)
    add("custodians", "pairs of another key", "altered", "combine", wrong, Custodians=[0, 1], Halves=w.HALVES[:2])
    kept = sodium.crypto_scalarmult_base
    sodium.crypto_scalarmult_base = lambda secret: w.ESCROW_KEY if secret == w.fixed("another") else kept(secret)
    lying = w.deposit(secret=w.fixed("another"))
    sodium.crypto_scalarmult_base = kept
    add("custodians", "another key than the deposit says", "commitment", "combine", lying, Custodians=[0, 1], Halves=w.HALVES[:2])


# ---- streams

def make_streams():
    key = w.fixed("stream key")
    values = {"organisation": w.ORGANISATION, "case": w.CASE, "attachment": w.fixed("attachment", 16)}

    def stream(name, expect, octets, **fields):
        add("streams", name, expect, "stream", octets, **{"Kind": "attachment", "Key": key, **fields})

    small = vault.make_stream("attachment", values, key, b"dessin")
    stream("small", "ok", small)
    empty = vault.make_stream("attachment", values, key, b"")
    stream("empty", "ok", empty)
    head = layout.frame(small)[1]
    stream("with another key", "altered", small, Key=w.fixed("x"))
    stream("head only", "truncated", small[:head])
    stream("half a place", "truncated", small[:head + 5])
    stream("cut in the chunk", "truncated", small[:-1])
    stream("something after it", "malformed", small + b"\0")
    stream("the head of another case", "altered", change(small, at_of(small[:head], "case"), w.fixed("other case", 16)))
    stream("a chunk that says it is longer than any", "malformed", change(small, head + 4, le(65537, 4)))
    stream("a chunk that says it is endless", "malformed", change(small, head + 4, le(0xFFFFFFFF, 4)))

    # shorter chunks than allowed, to keep the file small: only their order is looked at before they are opened
    kept, vault.CHUNK = vault.CHUNK, 64
    short = vault.make_stream("attachment", values, key, bytes(range(160)))
    vault.CHUNK = kept
    size = 8 + 64 + 17
    parts = [short[head + i * size:head + (i + 1) * size] for i in range(2)] + [short[head + 2 * size:]]
    stream("a short chunk that is not the last", "malformed", short)
    stream("starts with the second", "missing", short[:head] + parts[1] + parts[2])
    add_large(values, key)


def add_large(values, key):
    """Chunks are of 64 KiB: one stream in a file of its own, the vectors name its chunks."""
    path = vectors.FOLDER / "two-chunks.stream"
    path.write_bytes(vault.make_stream("attachment", values, key, bytes(65536) + b"fin"))
    for name, expect, chunks in (("two chunks", "ok", "0;1"), ("two chunks exchanged", "missing", "1;0"),
                                 ("the first twice", "reordered", "0;0"), ("the last one gone", "truncated", "0"),
                                 ("something after the last", "malformed", "0;1;1")):
        vector = {"Operation": "stream", "Kind": "attachment", "Key": key.hex(), "OctetsIn": path.name, "Chunks": chunks}
        got, digest = vectors.answer(vectors.prepare(vector), vectors.assemble(vector))
        assert got == expect, (name, got)
        FILES["streams"][name] = {**vector, "Expect": expect, **({"Plain": digest.hex()} if digest else {})}


def make_signed():
    """Records that are only signed, so far."""
    values = {"organisation": w.ORGANISATION, "case": w.CASE, "last_sequence": 2, "last_note": w.fixed("n"),
              "epochs": [{"epoch": 1, "key_commitment": w.fixed("k")}], "basis": "C-26, r. 221, art. 8", "due_on": 20310630,
              "backups_until": 20310930, "first": w.ANNE.id, "first_generation": 1, "second": w.BRUNO.id, "second_generation": 1,
              "directory": 3, "made_at": w.START}

    def signed(name, expect, kind, octets):
        add("signed", name, expect, "signed", octets, Kind=kind)

    good = vault.sign_record("destruction", values, w.ANNE.seed, w.BRUNO.seed)
    signed("destruction", "ok", "destruction", good)
    signed("destruction by one twice", "malformed", "destruction", vault.sign_record("destruction", {**values, "second": w.ANNE.id}, w.ANNE.seed, w.ANNE.seed))
    signed("destruction signed by one", "signature", "destruction", vault.sign_record("destruction", values, w.ANNE.seed, w.ANNE.seed))
    signed("destruction, signatures exchanged", "signature", "destruction", good[:-128] + good[-64:] + good[-128:-64])
    signed("destruction by a stranger", "unknown-signer", "destruction", vault.sign_record("destruction", {**values, "second": w.NOBODY.id}, w.ANNE.seed, w.NOBODY.seed))
    manifest = {"organisation": w.ORGANISATION, "export": w.fixed("export", 16), "exporter": w.ANNE.id, "exporter_generation": 1,
                "directory": 3, "made_at": w.START, "basis": "A-2.1, art. 83", "asked_on": 20261001, "records": [{"record": w.fixed("r")}]}
    signed("manifest", "ok", "manifest", vault.sign_record("manifest", manifest, w.ANNE.seed))
    signed("manifest of nothing", "malformed", "manifest", vault.sign_record("manifest", {**manifest, "records": []}, w.ANNE.seed))
    export = {"organisation": w.ORGANISATION, "export": w.fixed("export", 16), "exporter": w.ANNE.id, "exporter_generation": 1, "purpose": 1,
              "lock": 2, "operations": 0, "memory": 0, "salt": bytes(16), "recipient_key": w.BRUNO.box_key, "check": None, "nonce": bytes(24),
              "locked": w.fixed("x", 56) * 2, "stream": bytes(24), "directory": 3, "made_at": w.START}
    signed("export", "ok", "export", vault.sign_record("export", export, w.ANNE.seed))
    signed("export with both locks", "malformed", "export", vault.sign_record("export", {**export, "check": w.fixed("c")}, w.ANNE.seed))
    signed("export with a lock of another length", "malformed", "export", vault.sign_record("export", {**export, "locked": bytes(48)}, w.ANNE.seed))
    first = w.epoch(1)
    note = w.note(1, first, w.envelope(first, w.ANNE, w.ANNE))
    opened = {"organisation": w.ORGANISATION, "case": w.CASE, "record": record_hash(note), "salt": w.salt(1),
              "content": w.content("Texte de la note 1.")}
    for name, expect, changes in (
            ("opened", "ok", {}), ("opened: another text", "commitment", {"content": w.content("Autre")}),
            ("opened: another salt", "commitment", {"salt": w.salt(2)}), ("opened: of another note", "replaced", {"record": w.fixed("x")}),
            ("opened: of another case", "replaced", {"case": w.fixed("other case", 16)}),
            ("opened: of another organisation", "organisation", {"organisation": w.fixed("other")}),
            ("opened: no content", "malformed", {"content": b"cmvaulx" + bytes(20)})):
        add("signed", name, expect, "opened", layout.write("opened", {**opened, **changes}), Note=note)


FLIPPED = {"people": ["enrolment", "directory: three custodians", "keyring: by code", "succession"],
           "texts": ["body: opens", "draft", "memory", "minutes"],
           "cases": ["epoch 2", "envelope", "note 2", "head", "deposit", "request", "refusal", "release", "taken over: by two",
                     "opening: one's own", "opening: by the escrow key"],
           "custodians": ["half", "release opens", "halves 1 and 3"], "streams": ["small", "empty"],
           "signed": ["destruction", "manifest", "export", "opened"]}


def share(found):
    """The same vectors, with what is long and stands there twice in a group of its own."""
    parts = collections.Counter(part for vector in found.values() for field, value in vector.items() if field != "Changes"
                                for part in value.split(";") if len(part) > 200)
    names = {part: f"@{number}" for number, part in enumerate((part for part, count in parts.items() if count > 1), 1)}
    shared = {vectors.SHARED: {name: part for part, name in names.items()}} if names else {}
    return {**shared, **{name: {field: ";".join(names.get(part, part) for part in value.split(";")) for field, value in vector.items()}
                         for name, vector in found.items()}}


def main():
    os.makedirs(vectors.FOLDER, exist_ok=True)
    for make in (make_frames, make_forms, make_people, make_texts, make_cases, make_streams, make_signed):
        make()
    for file, names in FLIPPED.items():
        for name in names:
            FILES[file][name]["Changes"] = vectors.flips(FILES[file][name])
    for file, found in FILES.items():
        lines = ["# SPDX-License-Identifier: GPL-3.0-or-later", "# made by tests/vault/make_vectors.py; the format: docs/vault-format.md"]
        for name, vector in share(found).items():
            lines += ["", f"[{name}]", *(f"{field}={value}" for field, value in vector.items())]
        (vectors.FOLDER / (file + ".vectors")).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(sum(len(found) for found in FILES.values()), "vectors")


if __name__ == "__main__":
    main()
