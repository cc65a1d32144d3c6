#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the vectors of tests/fixtures/vault/: what is right, and what is wrong in one way each, with its class.

usage: make_vectors.py        writes the files that are not there; ephemeral keys are random, so each run's differ

What was published stays (docs/vault-format.md, at its head): new vectors get a file of their own, and a line in SHA256SUMS.
"""
import collections
import os

import nacl.bindings as sodium

import case_vectors
import export_vectors
import vault
import vault_layout as layout
import vectors
import world as w
from vault import le, record_hash
from vector_kit import FILES, add, at_of, change, keyring

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
    for what, octets in (("tab", "A\tT"), ("line feed", "A\nT"), ("line separator", "A\u2028T"), ("direction turned round", "A\u202eT"),
                         ("direction set apart", "A\u2067T"), ("C1 control", "A\u009b2J"), ("last C1 control", "A\u009f")):
        enrolment("label with " + what, "malformed", label=octets)
    enrolment("label with what comes after the C1 controls", "ok", label="A\u00a0T\u2027\u202f\u2065\u206a")
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
        add("forms", "day: " + name, expect, "read", make_manifest(asked_on=day), Kind="manifest")
    for name, expect, changes in (
            ("entered and told of on one day", "ok", {"entered_on": 20260922, "occurred_on": 20260922}),
            ("entered a day earlier than in UTC", "ok", {"entered_on": 20260921}), ("entered a day later than in UTC", "ok", {"entered_on": 20260923}),
            ("entered two days earlier", "malformed", {"entered_on": 20260920, "occurred_on": 20260920}),
            ("entered two days later", "malformed", {"entered_on": 20260924}),
            ("told of the day after", "malformed", {"occurred_on": 20260923}), ("late by years", "ok", {"occurred_on": 19991231})):
        add("forms", "note: " + name, expect, "read", w.note(1, first, grant, **changes), Kind="note")
    item = {"attachment": w.fixed("a1", 16), "size": vault.attachment_size(100), "digest": w.fixed("d")}
    second = {**item, "attachment": bytes([item["attachment"][0] ^ 0x80]) + item["attachment"][1:]}
    both = sorted((item, second), key=lambda one: one["attachment"])
    for name, expect, changes in (
            ("flag 2", "malformed", {"cosign": 2}), ("kind 0", "malformed", {"kind": 0}), ("kind 11", "malformed", {"kind": 11}),
            ("first with a note before", "malformed", {"previous": w.fixed("x")}), ("second without one", "malformed", {"sequence": 2}),
            ("amends nothing", "malformed", {"kind": 9}), ("progress about something", "malformed", {"about": w.fixed("x")}),
            ("two attachments", "ok", {"attachments": both}), ("attachments descending", "malformed", {"attachments": both[::-1]}),
            ("one attachment twice", "malformed", {"attachments": [item, item]}),
            ("attachment of no octets", "malformed", {"attachments": [{**item, "size": 0}]}),
            ("attachment of no chunk", "malformed", {"attachments": [{**item, "size": 104}]}),
            ("attachment of two chunks", "ok", {"attachments": [{**item, "size": vault.attachment_size(65537)}]}),
            ("attachment with half a chunk", "malformed", {"attachments": [{**item, "size": item["size"] + 32000}]}),
            ("co-signature to be co-signed", "malformed", {"kind": 10, "about": w.fixed("x"), "cosign": 1}),
            ("no session", "ok", {"session": 0}),
            ("directory 0", "malformed", {"directory": 0})):
        add("forms", "note: " + name, expect, "read", w.note(1, first, grant, **changes), Kind="note")
    many = [{"attachment": le(i + 1, 16)[::-1], "size": item["size"], "digest": w.fixed("d")} for i in range(65)]
    add("forms", "note: 64 attachments", "ok", "read", w.note(1, first, grant, attachments=many[:64]), Kind="note")
    add("forms", "note: 65 attachments", "malformed", "read", w.note(1, first, grant, attachments=many), Kind="note")
    one = w.note(1, first, grant)
    at = at_of(one, "attachments")
    add("forms", "note: list longer than the record", "malformed", "read", change(one, at, le(64, 4)), Kind="note")
    make_rules(first)


def make_rules(first):
    x, y = sorted((w.fixed("x"), w.fixed("y")))
    two = {"previous": first, "authority": 3, "reason": 4, "release_a": x, "release_b": y}
    for name, expect, number, changes in (
            ("second", "ok", 2, {"previous": first}), ("second without one before", "malformed", 2, {}),
            ("first with one before", "malformed", 1, {"previous": first}), ("first by authority 2", "malformed", 1, {"authority": 2}),
            ("second by authority 1", "malformed", 2, {"previous": first, "authority": 1}),
            ("authority 4", "malformed", 2, {"previous": first, "authority": 4}),
            ("two releases", "ok", 2, two), ("one release", "malformed", 2, {**two, "release_b": None}),
            ("one release twice", "malformed", 2, {**two, "release_b": x}),
            ("two releases descending", "malformed", 2, {**two, "release_a": y, "release_b": x}),
            ("two releases, another reason", "malformed", 2, {**two, "reason": 3}),
            ("left behind without releases", "malformed", 2, {"previous": first, "reason": 4}),
            ("opened again", "malformed", 2, {"previous": first, "reason": 1}), ("opened for another reason", "malformed", 1, {"reason": 2}),
            ("the last number", "ok", 1024, {"previous": first, "key": x}), ("one number more", "malformed", 1025, {"previous": first, "key": x}),
            ("releases without custodians", "malformed", 2, {"previous": first, "release_a": x, "release_b": y}),
            ("first with notes before", "malformed", 1, {"last_sequence": 1, "last_note": x}),
            ("last note without number", "malformed", 2, {"previous": first, "last_note": x}),
            ("number without last note", "malformed", 2, {"previous": first, "last_sequence": 1}),
            ("opened for another", "malformed", 1, {"responsible": w.BRUNO}),
            ("file 0", "malformed", 1, {"file": 0}), ("file 5", "malformed", 1, {"file": 5}), ("number 0", "malformed", 0, {"key": x})):
        add("forms", "epoch: " + name, expect, "read", w.epoch(number, **changes), Kind="epoch")
    for name, expect, changes in (
            ("of all rights", "ok", {"rights": 7}), ("to be co-signed", "ok", {"rights": 11}), ("all bits", "ok", {"rights": 15}),
            ("right 16", "malformed", {"rights": 19}), ("write only", "malformed", {"rights": 2}), ("no right", "malformed", {"rights": 0}),
            ("to be co-signed without writing", "malformed", {"rights": 9}), ("escrow", "ok", {"to": 2, "deposit": x}), ("escrow without deposit", "malformed", {"to": 2}),
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
    add("forms", "content: tab and line feed", "ok", "read", w.content("a\tb\nc\u2028d\u202ee"), Kind="content")
    add("forms", "content: C1 control", "malformed", "read", w.content("a\u0085b"), Kind="content")
    add("forms", "content: title of two lines", "malformed", "read", w.content(title="a\nb"), Kind="content")
    inside = {"attachment": bytes([1]) * 16, "key": w.fixed("key"), "size": 100, "name": "dessin.png", "media_type": "image/png"}
    another = {**inside, "attachment": bytes([2]) * 16}
    for name, expect, attachments in (
            ("two attachments", "ok", [inside, another]), ("attachments descending", "malformed", [another, inside]),
            ("one attachment twice", "malformed", [inside, inside]), ("a name with a folder", "malformed", [{**inside, "name": "a/b"}]),
            ("a name that is the folder", "malformed", [{**inside, "name": "."}]), ("a name that is the folder above", "malformed", [{**inside, "name": ".."}]),
            ("a name of three points", "ok", [{**inside, "name": "..."}]), ("an empty attachment", "ok", [{**inside, "size": 0}]),
            ("an attachment of 64 GiB", "ok", [{**inside, "size": 64 << 30}]), ("one octet more", "malformed", [{**inside, "size": (64 << 30) + 1}])):
        add("forms", "content: " + name, expect, "read", w.content(attachments=attachments), Kind="content")
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
    for name, expect, person, changes in (
            ("somebody retires", "ok", w.ANNE, {"state": 2, "until": 4}), ("somebody retired yesterday", "replaced", w.ANNE, {"state": 2, "until": 3}),
            ("a retired key was stolen", "ok", w.GONE, {"state": 3}), ("a stolen key is retired", "replaced", w.STOLEN, {"state": 2}),
            ("a retired key ends later", "replaced", w.GONE, {"until": 4}), ("another role", "ok", w.ANNE, {"roles": 3})):
        changed = [{**entry, **(changes if entry["person"] == person.id else {})} for entry in entries]
        directory("the next one, " + name, expect, w.directory(entries=changed, **fourth), **follows)
    directory("the next one, somebody new", "ok", w.directory(entries=[*entries, w.NOBODY.entry(since=4)], **fourth), **follows)
    directory("the next one, somebody who was always there", "replaced", w.directory(entries=[*entries, w.NOBODY.entry()], **fourth), **follows)
    make_successions(directory, fourth, follows)
    heir = {"Successions": [succession()]}
    directory("by the new key", "ok", w.directory(seed=w.NEW_SEED, **fourth), **heir)
    directory("by the old key after its succession", "not-entitled", w.directory(**fourth), **heir)
    directory("by the new key before its time", "not-entitled", w.directory(seed=w.NEW_SEED), **heir)
    directory("an old one by the old key", "ok", w.DIRECTORY, **heir)


def make_successions(directory, fourth, follows):
    first = succession()
    second = succession(w.NEW_SEED, w.OTHER_SEED, from_sequence=6)
    both = {"Successions": [first, second]}
    directory("before both successions", "ok", w.DIRECTORY, **both)
    directory("between both", "ok", w.directory(seed=w.NEW_SEED, **fourth), **both)
    directory("after both", "ok", w.directory(seed=w.OTHER_SEED, sequence=6), **both)
    directory("after both, by the key between", "not-entitled", w.directory(seed=w.NEW_SEED, sequence=6), **both)
    directory("successions without the first", "not-entitled", w.DIRECTORY, Successions=[second])
    same = succession(w.NEW_SEED, w.OTHER_SEED, from_sequence=4)
    directory("two successions at once", "chain", w.DIRECTORY, Successions=[first, same])
    directory("the next one, by the new key", "ok", w.directory(seed=w.NEW_SEED, **fourth), Successions=[first], **follows)
    early = succession(from_sequence=3)
    third = w.directory(seed=w.NEW_SEED)
    stale = w.directory(seed=w.OTHER_SEED, sequence=4, previous=record_hash(third))
    forged = succession(w.ORG_SEED, w.OTHER_SEED, from_sequence=4)
    directory("the next one, by the new key still", "ok", w.directory(seed=w.NEW_SEED, sequence=4, previous=record_hash(third)),
              Successions=[early], Before=[third])
    directory("the next one, by an heir of the key that no longer counts", "not-entitled", stale, Successions=[forged], Before=[third],
              SuccessionsBefore=[early])
    seventh = w.directory(seed=w.NEW_SEED, sequence=7)
    directory("the next one, by a spare key of another time", "not-entitled",
              w.directory(seed=w.OTHER_SEED, sequence=8, previous=record_hash(seventh)), Successions=[first, second], Before=[seventh],
              SuccessionsBefore=[first])


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
    item = {"attachment": w.fixed("attachment", 16), "size": vault.attachment_size(100), "digest": w.fixed("digest")}
    inside = {"attachment": item["attachment"], "key": w.fixed("key"), "size": 100, "name": "dessin.png", "media_type": "image/png"}
    for name, expect, outer, inner in (("with its attachment", "ok", [item], [inside]), ("an attachment missing inside", "commitment", [item], []),
                                       ("an attachment more inside", "commitment", [], [inside]),
                                       ("another attachment inside", "commitment", [item], [{**inside, "attachment": w.fixed("other", 16)}]),
                                       ("an attachment of more chunks inside", "commitment", [item], [{**inside, "size": 65537}]),
                                       ("an attachment of a whole chunk inside", "ok", [item], [{**inside, "size": 65536}])):
        octets = w.content(attachments=inner)
        carrying = w.note(1, first, grant, attachments=outer, content_octets=octets)
        body(name, expect, w.body(carrying, 1, octets=octets), Note=carrying)
    make_local()
    make_minutes()
    add("texts", "subject", "ok", "subject", w.REFERENCE.encode(), Key=w.KEYS[1])


def make_local():
    bundle = w.ANNE.bundle()
    values = {"organisation": w.ORGANISATION, "person": w.ANNE.id, "generation": 1, "case": w.CASE, "draft": w.fixed("draft", 16),
              "revision": 3, "kind": 2, "about": None, "occurred_on": 20260921, "session": 42, "cosign": 0,
              "nonce": w.fixed("draft nonce", 24)}
    draft = vault.make_draft(values, w.ANNE.local_key, w.salt(5), w.content("Brouillon"))
    add("texts", "draft", "ok", "draft", draft, Bundle=bundle)
    add("texts", "draft: of somebody else", "replaced", "draft", draft, Bundle=w.BRUNO.bundle())
    add("texts", "draft: under another key", "altered", "draft", draft, Bundle=w.ANNE.bundle(local_key=w.fixed("x")))
    add("texts", "draft: an older one with a newer number", "altered", "draft", change(draft, at_of(draft, "revision"), le(4, 8)), Bundle=bundle)
    for name, expect, changes in (("of an amendment", "ok", {"kind": 9, "about": w.fixed("x")}), ("of an amendment of nothing", "malformed", {"kind": 9}),
                                  ("of a note about something", "malformed", {"about": w.fixed("x")}), ("to be co-signed", "ok", {"cosign": 1}),
                                  ("of a co-signature to be co-signed", "malformed", {"kind": 10, "about": w.fixed("x"), "cosign": 1})):
        add("texts", "draft: " + name, expect, "draft",
            vault.make_draft({**values, **changes}, w.ANNE.local_key, w.salt(5), w.content("Brouillon")), Bundle=bundle)
    add("texts", "draft: about another note", "altered", "draft",
        change(draft, at_of(draft, "session"), le(43, 8)), Bundle=bundle)
    kept = {"draft": w.fixed("draft", 16), "revision": 3}
    newer = {"draft": bytes([255]) * 16, "revision": 1}
    case = {"case": w.CASE, "epoch": 1, "epoch_record": w.fixed("e"), "sequence": 2, "last_note": w.fixed("n")}
    after = {**case, "case": bytes([255]) * 16}

    def memory(name, expect, cases, owner=bundle, **changes):
        remembered = layout.write("remembered", {"directory": 3, "directory_record": record_hash(w.DIRECTORY), "cases": cases,
                                                 "drafts": [kept, newer], **changes})
        octets = vault.make_memory({"organisation": w.ORGANISATION, "person": w.ANNE.id, "generation": 1, "counter": 7,
                                    "nonce": w.fixed("memory", 24)}, w.ANNE.local_key, remembered)
        add("texts", name, expect, "memory", octets, Bundle=owner)

    memory("memory", "ok", [case, after])
    memory("memory: empty", "ok", [], directory=0, directory_record=None, drafts=[])
    memory("memory: drafts descending", "malformed", [case], drafts=[newer, kept])
    memory("memory: a draft twice", "malformed", [case], drafts=[kept, kept])
    memory("memory: a draft without revision", "malformed", [case], drafts=[{**kept, "revision": 0}])
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
    if not path.exists():
        path.write_bytes(vault.make_stream("attachment", values, key, bytes(65536) + b"fin"))
    for name, expect, chunks in (("two chunks", "ok", "0;1"), ("two chunks exchanged", "missing", "1;0"),
                                 ("the first twice", "reordered", "0;0"), ("the last one gone", "truncated", "0"),
                                 ("something after the last", "malformed", "0;1;1")):
        vector = {"Operation": "stream", "Kind": "attachment", "Key": key.hex(), "OctetsIn": path.name, "Chunks": chunks}
        got, digest = vectors.answer(vectors.prepare(vector), vectors.assemble(vector))
        assert got == expect, (name, got)
        FILES["streams"][name] = {**vector, "Expect": expect, **({"Plain": digest.hex()} if digest else {})}


def make_attachments():
    """Whole chunks are long: one attachment of two of them in a file of its own, and what may be done to it."""
    key, path = w.fixed("attachment key"), vectors.FOLDER / "attachment.stream"
    which = {"organisation": w.ORGANISATION, "case": w.CASE, "attachment": w.fixed("attachment", 16)}
    if not path.exists():
        path.write_bytes(vault.make_attachment(which, key, b"dessin" * 10923 + b"fin"))
    octets = path.read_bytes()
    chunk, head = 8 + vault.CHUNK + 17, len(octets) - 2 * (8 + vault.CHUNK + 17)
    asked = {"Operation": "attachment", "Organisation": w.ORGANISATION.hex(), "Case": w.CASE.hex(), "Attachment": which["attachment"].hex(),
             "Key": key.hex(), "Size": 65541}
    named = {"NoteSize": len(octets), "Digest": vault.H("stream", octets).hex()}

    FILES["attachments"] = {}

    def attachment(name, expect, chunks="0;1", **fields):
        vector = {field: str(value) for field, value in {**asked, "OctetsIn": path.name, "Chunks": chunks, **fields}.items()}
        got, digest = vectors.answer(vectors.prepare(vector), vectors.assemble(vector))
        assert got == expect, (name, got)
        FILES["attachments"][name] = {**vector, "Expect": expect, **({"Plain": digest.hex()} if digest else {})}
        return vector

    whole = attachment("as it was signed", "ok", **named)
    FILES["attachments"]["as it was signed"]["Sampled"] = vectors.flips({**whole, "Octets": octets.hex()}, vectors.samples)
    attachment("not signed yet", "ok")
    attachment("with another key", "altered", Key=w.fixed("x").hex())
    attachment("of another organisation", "organisation", Organisation=w.fixed("x").hex())
    attachment("of another case", "replaced", Case=w.fixed("x", 16).hex())
    attachment("another one", "replaced", Attachment=w.fixed("x", 16).hex())
    attachment("of another case, as its head says", "replaced", Edit=f"{at_of(octets[:head], 'case')}:{w.fixed('x', 16).hex()}")
    attachment("the stream's header of another", "altered", Edit=f"{at_of(octets[:head], 'stream')}:{w.fixed('x', 24).hex()}")
    attachment("another digest than the note's", "commitment", **{**named, "Digest": w.fixed("x").hex()})
    attachment("another length than the note's", "commitment", **{**named, "NoteSize": len(octets) + chunk})
    attachment("something behind its size", "commitment", Size=65537)
    attachment("a chunk less by its size", "commitment", Size=65536)
    attachment("a chunk more by its size", "commitment", Size=131073)
    attachment("of no octets by its size", "commitment", Size=0)
    attachment("chunks exchanged", "missing", "1;0")
    attachment("the first chunk twice", "reordered", "0;0")
    attachment("the last chunk gone", "truncated", "0")
    attachment("no chunk", "truncated", "")
    attachment("something behind the last chunk", "malformed", "0;1;1")
    attachment("cut in a place", "truncated", Cut=head + chunk + 3)
    attachment("cut in a chunk", "truncated", Cut=len(octets) - 1)
    attachment("a chunk that says it is longer than any", "malformed", Edit=f"{head + 4}:{le(65537, 4).hex()}")
    attachment("a chunk that says it is shorter", "altered", Edit=f"{head + 4}:{le(65000, 4).hex()}")
    attachment("a last chunk that is not whole", "commitment", Key=w.fixed("stream key").hex(), OctetsIn="two-chunks.stream", Size=65539)
    attachment("that, and something behind it", "malformed", "0;1;1", Key=w.fixed("stream key").hex(), OctetsIn="two-chunks.stream", Size=65539)
    for name, plain in (("a chunk of a few octets", b"dessin"), ("an empty chunk", b"")):
        short = vault.make_stream("attachment", which, key, plain)
        add("attachments", name, "commitment", "attachment", short,
            **{field: str(value) for field, value in {**asked, "Size": len(plain)}.items() if field != "Operation"})


def make_manifest(**changes):
    values = {"organisation": w.ORGANISATION, "export": w.fixed("export", 16), "exporter": w.ANNE.id, "exporter_generation": 1,
              "directory": 3, "made_at": w.START, "basis": "A-2.1, art. 83", "asked_on": 20261001, "records": [{"record": w.fixed("r")}]}
    return vault.sign_record("manifest", {**values, **changes}, w.ANNE.seed)


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
    signed("manifest", "ok", "manifest", make_manifest())
    signed("manifest of nothing", "malformed", "manifest", make_manifest(records=[]))
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
    minutes = w.minutes()
    opened = {**opened, "case": None, "record": record_hash(minutes), "salt": w.salt(77),
              "content": w.content("Le plan d'intervention est adopté.", "Compte rendu")}
    for name, expect, changes in (
            ("opened minutes", "ok", {}), ("opened minutes: another text", "commitment", {"content": w.content("Autre")}),
            ("opened minutes: of other minutes", "replaced", {"record": w.fixed("x")}), ("opened minutes: of a case", "replaced", {"case": w.CASE})):
        add("signed", name, expect, "opened", layout.write("opened", {**opened, **changes}), Minutes=minutes)


FLIPPED = {"people": ["enrolment", "directory: three custodians", "keyring: by code", "succession"],
           "texts": ["body: opens", "draft", "memory", "minutes"],
           "cases": ["epoch 2", "envelope", "note 2", "head", "deposit", "request", "refusal", "release", "taken over: by two",
                     "opening: one's own", "opening: by the escrow key"],
           "custodians": ["half", "release opens", "halves 1 and 3"], "streams": ["small", "empty"],
           "attachments": ["a chunk of a few octets"], "exports": ["export: whole"], "signed": ["destruction", "manifest", "export", "opened"]}


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
    for make in (make_frames, make_forms, make_people, make_texts, case_vectors.make_cases, case_vectors.make_vouched, make_streams, make_attachments,
                 make_signed, export_vectors.make_exports):
        make()
    for file, names in FLIPPED.items():
        for name in names:
            FILES[file][name]["Changes"] = vectors.flips(FILES[file][name])
    for file, found in FILES.items():
        lines = ["# SPDX-License-Identifier: GPL-3.0-or-later", "# made by tests/vault/make_vectors.py; the format: docs/vault-format.md"]
        for name, vector in share(found).items():
            lines += ["", f"[{name}]", *(f"{field}={value}" for field, value in vector.items())]
        path = vectors.FOLDER / (file + ".vectors")
        if not path.exists():
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            print(path.name, len(found), "vectors")


if __name__ == "__main__":
    main()
