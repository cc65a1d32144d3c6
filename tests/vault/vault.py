# SPDX-License-Identifier: GPL-3.0-or-later
"""The second implementation of docs/vault-format.md: its cryptography and its checks, written from the document alone.

Primitives are libsodium's, through Debian's python3-nacl; crypto_kdf is BLAKE2b with a salt and a personalisation, as libsodium
documents it. Nothing here is in constant time or wiped: it judges, it keeps no secrets.
"""
import functools
import hashlib
import os
import unicodedata

import nacl.bindings as sodium
import nacl.exceptions

import vault_layout as layout
from vault_layout import Fault, read

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHUNK = 65536


def le(value, count):
    return value.to_bytes(count, "little")


def H(name, data, size=32, key=b""):
    return hashlib.blake2b(b"comodal-vault/1/" + name.encode() + b"\0" + data, digest_size=size, key=key).digest()


def sub(key, number):
    return hashlib.blake2b(digest_size=32, key=key, salt=le(number, 8) + bytes(8), person=b"cmvault1" + bytes(8)).digest()


def record_hash(octets):
    return H("record", bytes(octets))


def organisation_id(sign_public):
    return H("organisation", sign_public)


def fingerprint(*keys):
    text = H("fingerprint", b"".join(keys))[:20].hex()
    return " ".join(text[i:i + 4] for i in range(0, 40, 4))


def seal(public, data):
    return sodium.crypto_box_seal(data, public)


def unseal(secret, data):
    try:
        return sodium.crypto_box_seal_open(data, sodium.crypto_scalarmult_base(secret), secret)
    except nacl.exceptions.CryptoError:
        raise Fault("wrong-key", "the box does not open") from None


def lock(key, nonce, bound, data):
    return sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(data, bound, nonce, key)


def unlock(key, nonce, bound, data):
    try:
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(data, bound, nonce, key)
    except nacl.exceptions.CryptoError:
        raise Fault("altered", "the lock does not open") from None


def signed_part(octets, slot):
    return b"comodal-vault/1/signature\0" + bytes([slot]) + octets


def sign_record(name, values, *seeds):
    """One record, each of its signatures made with one of `seeds`."""
    names = layout.LAYOUTS[name].signatures
    blank = layout.write(name, {**values, **{field: bytes(64) for field in names}})
    covered = blank[:len(blank) - 64 * len(names)]
    signatures = [sodium.crypto_sign(signed_part(covered, slot), sodium.crypto_sign_seed_keypair(seed)[1])[:64]
                  for slot, seed in enumerate(seeds, 1)]
    return covered + b"".join(signatures)


def check_signature(record, slot, public):
    count = len(record["layout"].signatures)
    octets = record["octets"]
    covered = octets[:len(octets) - 64 * count]
    start = len(covered) + 64 * (slot - 1)
    try:
        sodium.crypto_sign_open(octets[start:start + 64] + signed_part(covered, slot), public)
    except (nacl.exceptions.CryptoError, ValueError):
        raise Fault("signature") from None


# ---- the directory and its signers

SIGNERS = {"epoch": ["signer"], "envelope": ["granter"], "note": ["author"], "head": ["signer"], "deposit": ["person"],
           "request": ["custodian"], "refusal": ["person"], "release": ["custodian"], "minutes": ["author"],
           "export": ["exporter"], "manifest": ["exporter"], "destruction": ["first", "second"]}


def generation_of(record, name):
    return record["generation" if name == "person" else name + "_generation"]


def rule_enrolment(record):
    layout.need(sodium.crypto_core_ed25519_is_valid_point(record["sign_key"]), "sign_key")
    try:
        sodium.crypto_scalarmult(hashlib.sha256(b"any").digest(), record["box_key"])
    except (nacl.exceptions.CryptoError, RuntimeError):
        raise Fault("malformed", "box_key") from None


layout.RULES["enrolment"] = rule_enrolment


def check_organisation(record, organisation):
    if record["organisation"] != organisation:
        raise Fault("organisation")


def check_enrolment(octets, organisation):
    record = read(octets, "enrolment")
    check_organisation(record, organisation)
    check_signature(record, 1, record["sign_key"])
    return record


def check_succession(octets, organisation, key):
    """The key from then on, and the first directory that it signs; `key`: the one that counts now."""
    record = read(octets, "succession")
    check_organisation(record, organisation)
    if record["old_key"] != key:
        raise Fault("not-entitled")
    check_signature(record, 1, record["old_key"])
    check_signature(record, 2, record["new_key"])
    return record


class Directory:
    """A directory that holds; `successions`: records checked before, in order."""

    def __init__(self, octets, organisation_key, successions=()):
        organisation = organisation_id(organisation_key)
        key = organisation_key
        record = read(octets, "directory")
        check_organisation(record, organisation)
        last, since, self.heir = key, 0, None
        for succession in successions:
            succession = check_succession(succession, organisation, last)
            if succession["from_sequence"] <= since:
                raise Fault("chain")
            last, since = succession["new_key"], succession["from_sequence"]
            if record["sequence"] >= since:
                self.heir, key = (key, since), last
        if record["org_key"] != key:
            raise Fault("not-entitled")
        check_signature(record, 1, key)
        self.record, self.organisation, self.sequence = record, organisation, record["sequence"]
        self.entries = {(entry["person"], entry["generation"]): entry for entry in record["entries"]}

    def follows(self, before):
        """Whether it may stand in for the Directory remembered."""
        if self.sequence < before.sequence:
            raise Fault("rollback")
        if self.sequence == before.sequence:
            if self.record["octets"] != before.record["octets"]:
                raise Fault("replaced")
            return
        if self.sequence > before.sequence + 1:
            raise Fault("missing")
        if self.record["previous"] != record_hash(before.record["octets"]):
            raise Fault("chain")
        if self.record["org_key"] != before.record["org_key"] and self.heir != (before.record["org_key"], self.sequence):
            raise Fault("not-entitled")
        for name, old in before.entries.items():
            new = self.entries.get(name)
            if new is None or any(old[field] != new[field] for field in ("since", "sign_key", "box_key", "enrolment")):
                raise Fault("replaced")
            if new["state"] < old["state"] or new["until"] != old["until"] and (old["until"] or new["until"] != self.sequence):
                raise Fault("replaced")
        if any(name not in before.entries and new["since"] != self.sequence for name, new in self.entries.items()):
            raise Fault("replaced")

    def find_at(self, name, sequence):
        """The entry of (person, generation) if it was in force in the directory of that number."""
        entry = self.entries.get(name)
        if entry is None or sequence < entry["since"] or (entry["until"] and sequence >= entry["until"]):
            return None
        return entry

    def check_signer(self, record, slot, name, vouched):
        sequence = record["directory"]
        entry = self.entries.get((record[name], generation_of(record, name)))
        if entry is None or sequence < entry["since"]:
            raise Fault("unknown-signer")
        check_signature(record, slot, entry["sign_key"])
        if (entry["state"] == 3 and not vouched) or (entry["state"] > 1 and sequence >= entry["until"]):
            raise Fault("revoked")

    def check(self, octets, kind, vouched=()):
        """A record that one or two people of the directory signed."""
        record = read(octets, kind)
        check_organisation(record, self.organisation)
        if record["directory"] > self.sequence:
            raise Fault("rollback")
        for slot, name in enumerate(SIGNERS[kind], 1):
            self.check_signer(record, slot, name, record_hash(record["octets"]) in vouched)
        return record


# ---- people

def check_parameters(record, passphrase):
    if passphrase:
        good = 2 <= record["operations"] <= 12 and 65536 <= record["memory"] <= 1048576
    else:
        good = record["operations"] == 0 and record["memory"] == 0
    if not good:
        raise Fault("parameters")


@functools.cache
def stretch(passphrase, salt, operations, memory):
    passphrase = unicodedata.normalize("NFC", passphrase).encode()
    return sodium.crypto_pwhash_alg(64, passphrase, salt, operations, memory * 1024, sodium.crypto_pwhash_ALG_ARGON2ID13)


def keyring_halves(record, secret):
    if record["slot"] == 1:
        return stretch(secret, record["salt"], record["operations"], record["memory"])
    place = record["organisation"] + record["person"] + le(record["generation"], 4)
    return H("recovery", place + record["salt"] + secret, 64)


def before(name, values, field):
    """The octets of a record that stand before a field, its length being what it will be."""
    octets = layout.write(name, values)
    return octets[:layout.offset_of({**values, "layout": layout.LAYOUTS[name]}, field)]


def make_keyring(values, secret, bundle):
    values = {**values, "sealed": bytes(188)}
    stretched = keyring_halves(values, secret)
    values["check"] = stretched[32:]
    values["sealed"] = lock(stretched[:32], values["nonce"], before("keyring", values, "sealed"), bundle)
    return layout.write("keyring", values)


def open_keyring(octets, organisation, secret):
    record = read(octets, "keyring")
    check_parameters(record, record["slot"] == 1)
    check_organisation(record, organisation)
    stretched = keyring_halves(record, secret)
    if stretched[32:] != record["check"]:
        raise Fault("wrong-key")
    plain = unlock(stretched[:32], record["nonce"], record["octets"][:layout.offset_of(record, "sealed")], record["sealed"])
    bundle = read(plain, "bundle")
    if any(bundle[name] != record[name] for name in ("organisation", "person", "generation")):
        raise Fault("replaced")
    return bundle


def code_rows(code):
    """The four rows of a recovery code of 20 octets."""
    rows = []
    for number in range(4):
        part = code[5 * number:5 * number + 5]
        check = int.from_bytes(H("recovery-row", bytes([number + 1]) + part)[:2], "big") >> 6
        value = int.from_bytes(part, "big") << 10 | check
        rows.append("".join(ALPHABET[value >> shift & 31] for shift in range(45, -1, -5)))
    return rows


def parse_rows(rows):
    code = b""
    for number, row in enumerate(rows, 1):
        text = row.upper().replace(" ", "").replace("-", "").replace("O", "0").replace("I", "1").replace("L", "1")
        if len(text) != 10 or any(c not in ALPHABET for c in text):
            raise Fault("malformed", f"row {number}")
        value = 0
        for c in text:
            value = value << 5 | ALPHABET.index(c)
        part = (value >> 10).to_bytes(5, "big")
        if int.from_bytes(H("recovery-row", bytes([number]) + part)[:2], "big") >> 6 != value & 1023:
            raise Fault("malformed", f"row {number}")
        code += part
    return code


# ---- padded texts

def pad(salt, content):
    plain = salt + content + b"\x80"
    size = 1024
    while size < len(plain):
        size *= 2
    return plain.ljust(size, b"\0")


def unpad(padded):
    plain = padded.rstrip(b"\0")
    if not plain.endswith(b"\x80") or len(plain) < 33 or (len(padded) > 1024 and len(plain) <= len(padded) // 2):
        raise Fault("malformed", "padding")
    return plain[:32], plain[32:-1]


def text_commitment(note, salt, content):
    place = note["organisation"] + note["case"] + note["note"] + note["author"] + le(note["author_generation"], 4)
    return H("text", place + salt + content)


def key_commitment(organisation, case, epoch, key):
    return H("case-key", organisation + case + le(epoch, 4) + key)


def subject(key, organisation, case, reference):
    return H("subject", organisation + case + reference.encode(), key=sub(key, 2))


def attachment_size(plain):
    """How long the stream of an attachment is: a head, and whole chunks."""
    return 104 + max(1, -(-plain // CHUNK)) * (8 + CHUNK + 17)


def check_content(note, salt, octets):
    """What a note's text says, once its frame is open: the content."""
    content = read(octets, "content")
    if text_commitment(note, salt, octets) != note["text_commitment"]:
        raise Fault("commitment")
    if [(item["attachment"], attachment_size(item["size"])) for item in content["attachments"]] != [
            (item["attachment"], item["size"]) for item in note["attachments"]]:
        raise Fault("commitment", "attachments")
    return content


def make_body(values, key, salt, content):
    padded = pad(salt, content)
    values = {**values, "sealed": bytes(len(padded) + 16)}
    # the length of the octets is before them, and bound
    values["sealed"] = lock(sub(key, 1), values["nonce"], before("body", values, "sealed"), padded)
    return layout.write("body", values)


def open_body(octets, organisation, note, epoch, key):
    """`key`: of `epoch`, checked against its commitment before."""
    record = read(octets, "body")
    check_organisation(record, organisation)
    if record["case"] != note["case"] or record["record"] != record_hash(note["octets"]) or record["epoch"] != epoch:
        raise Fault("replaced")
    padded = unlock(sub(key, 1), record["nonce"], record["octets"][:layout.offset_of(record, "sealed")], record["sealed"])
    salt, content = unpad(padded)
    return check_content(note, salt, content)


def open_opened(octets, organisation, of):
    """A text in an export, of a note or of minutes: its content."""
    record = read(octets, "opened")
    check_organisation(record, organisation)
    if record["case"] != of.get("case", bytes(16)) or record["record"] != record_hash(of["octets"]):
        raise Fault("replaced")
    check = check_content if of["layout"].name == "note" else check_minutes
    return check(of, record["salt"], record["content"])


def make_draft(values, local_key, salt, content):
    padded = pad(salt, content)
    values = {**values, "sealed": bytes(len(padded) + 16)}
    values["sealed"] = lock(sub(local_key, 16), values["nonce"], before("draft", values, "sealed"), padded)
    return layout.write("draft", values)


def open_draft(octets, bundle):
    record = read(octets, "draft")
    check_organisation(record, bundle["organisation"])
    if (record["person"], record["generation"]) != (bundle["person"], bundle["generation"]):
        raise Fault("replaced")
    padded = unlock(sub(bundle["local_key"], 16), record["nonce"], record["octets"][:layout.offset_of(record, "sealed")], record["sealed"])
    return read(unpad(padded)[1], "content")


def make_memory(values, local_key, remembered):
    values = {**values, "sealed": bytes(len(remembered) + 16)}
    values["sealed"] = lock(sub(local_key, 17), values["nonce"], before("memory", values, "sealed"), remembered)
    return layout.write("memory", values)


def open_memory(octets, bundle):
    record = read(octets, "memory")
    check_organisation(record, bundle["organisation"])
    if (record["person"], record["generation"]) != (bundle["person"], bundle["generation"]):
        raise Fault("replaced")
    return read(unlock(sub(bundle["local_key"], 17), record["nonce"], record["octets"][:layout.offset_of(record, "sealed")],
                       record["sealed"]), "remembered")


# ---- sealed keys

def bind(name, values):
    """What a sealed key says of the record that it stands in."""
    return H("binding", before(name, {**values, "sealed": bytes(112)}, "sealed"))


def make_sealed(name, values, public, key, *seeds):
    blank = {**values, "sealed": bytes(112), **{field: bytes(64) for field in layout.LAYOUTS[name].signatures}}
    blank["sealed"] = seal(public, key + bind(name, blank))
    return sign_record(name, blank, *seeds)


def open_sealed(record, secret):
    plain = unseal(secret, record["sealed"])
    if plain[32:] != bind(record["layout"].name, record):
        raise Fault("replaced", "binding")
    return plain[:32]


def open_envelope(envelope, reader, secret):
    """`reader`: (person, generation)."""
    if envelope["to"] == 1 and (envelope["recipient"], envelope["recipient_generation"]) != reader:
        raise Fault("not-entitled")
    if sodium.crypto_scalarmult_base(secret) != envelope["recipient_key"]:
        raise Fault("wrong-key")
    key = open_sealed(envelope, secret)
    if key_commitment(envelope["organisation"], envelope["case"], envelope["epoch"], key) != envelope["key_commitment"]:
        raise Fault("commitment")
    return key


# ---- custodians

PAIRS = ((0, 1), (0, 2), (1, 2))


def deposit_place(values):
    return values["organisation"] + values["person"] + le(values["generation"], 4) + le(values["number"], 4) + values["escrow_key"]


def half_binding(place, custodian, generation):
    return H("deposit-half", place + custodian + le(generation, 4))


def make_deposit(values, escrow_secret, custodians, seed, halves=None):
    """`custodians`: three of (person, generation, public key), by person."""
    values = {**values, "escrow_key": sodium.crypto_scalarmult_base(escrow_secret), "signature": bytes(64)}
    place = deposit_place(values)
    halves = halves or [os.urandom(32) for _ in custodians]
    values["custodians"] = [
        {"custodian": person, "custodian_generation": generation, "sealed": seal(public, half + half_binding(place, person, generation))}
        for (person, generation, public), half in zip(custodians, halves)]
    values["pairs"] = []
    for number, (i, j) in enumerate(PAIRS, 1):
        bound, nonce = place + bytes([number]), os.urandom(24)
        key = H("deposit-pair", bound + halves[i] + halves[j])
        values["pairs"].append({"nonce": nonce, "locked": lock(key, nonce, bound, escrow_secret)})
    return sign_record("deposit", values, seed)


def custodian_index(deposit, custodian):
    for index, half in enumerate(deposit["custodians"]):
        if (half["custodian"], half["custodian_generation"]) == custodian:
            return index
    raise Fault("not-entitled")


def open_half(deposit, custodian, secret):
    half = deposit["custodians"][custodian_index(deposit, custodian)]
    plain = unseal(secret, half["sealed"])
    if plain[32:] != half_binding(deposit_place(deposit), *custodian):
        raise Fault("replaced", "binding")
    return plain[:32]


def open_release(release, reader, secret):
    if (release["recipient"], release["recipient_generation"]) != reader:
        raise Fault("not-entitled")
    return open_sealed(release, secret)


def combine(deposit, halves):
    """The escrow secret key; `halves`: two, by the custodian's index."""
    (i, first), (j, second) = sorted(halves.items())
    number = PAIRS.index((i, j)) + 1
    bound = deposit_place(deposit) + bytes([number])
    pair = deposit["pairs"][number - 1]
    secret = unlock(H("deposit-pair", bound + first + second), pair["nonce"], bound, pair["locked"])
    if sodium.crypto_scalarmult_base(secret) != deposit["escrow_key"]:
        raise Fault("commitment")
    return secret


# ---- streams

def make_stream(name, values, key, plain):
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    header = sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    octets = values(header) if callable(values) else layout.write(name, {**values, "stream": header})
    head, parts = H("record", octets), [octets]
    count = max(1, (len(plain) + CHUNK - 1) // CHUNK)
    for index in range(count):
        chunk = plain[index * CHUNK:(index + 1) * CHUNK]
        place = le(index, 4) + le(len(chunk), 4)
        tag = (sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL if index == count - 1
               else sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE)
        parts += [place, sodium.crypto_secretstream_xchacha20poly1305_push(state, chunk, head + place, tag)]
    return b"".join(parts)


def open_stream(octets, name, key):
    """(head record, plain octets)."""
    _, length = layout.frame(octets, name)
    record = read(octets[:length], name)
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, record["stream"], key)
    head, at, index, plain, final = H("record", record["octets"]), length, 0, [], False
    while not final:
        place = octets[at:at + 8]
        if len(place) < 8:
            raise Fault("truncated")
        number, size = int.from_bytes(place[:4], "little"), int.from_bytes(place[4:], "little")
        if number != index:
            raise Fault("missing" if number > index else "reordered")
        if index >= 1048576:
            raise Fault("limit")
        if size > CHUNK:
            raise Fault("malformed")
        locked = octets[at + 8:at + 8 + size + 17]
        if len(locked) < size + 17:
            raise Fault("truncated")
        try:
            chunk, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, locked, head + place)
        except (nacl.exceptions.CryptoError, RuntimeError):
            raise Fault("altered") from None
        final = tag == sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
        if not final and (tag != sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE or size < CHUNK):
            raise Fault("malformed")
        if size == 0 and index > 0:
            raise Fault("malformed")
        plain.append(chunk)
        at, index = at + 8 + size + 17, index + 1
    if at != len(octets):
        raise Fault("malformed", "after the end")
    return record, b"".join(plain)


def make_attachment(values, key, plain):
    """A stream of whole chunks, octets 0 behind the file's."""
    whole = max(1, -(-len(plain) // CHUNK)) * CHUNK
    return make_stream("attachment", values, key, plain.ljust(whole, b"\0"))


def open_attachment(octets, which, key, size, named=None):
    """The file's octets. `which`: organisation, case and attachment that were asked for; `size`: the content's; `named`: what the note
    says of it, `size` and `digest`, once one does."""
    _, length = layout.frame(octets, "attachment")
    head = read(octets[:length], "attachment")
    check_organisation(head, which["organisation"])
    if head["case"] != which["case"] or head["attachment"] != which["attachment"]:
        raise Fault("replaced")
    _, plain = open_stream(octets, "attachment", key)
    if len(octets) != attachment_size(size) or len(plain) % CHUNK or not plain or plain[size:].strip(b"\0"):
        raise Fault("commitment")
    if named and (named["size"] != len(octets) or named["digest"] != H("stream", octets)):
        raise Fault("commitment", "not the note's")
    return plain[:size]


# ---- minutes

def minutes_place(record):
    return record["organisation"] + record["minutes"] + record["author"] + le(record["author_generation"], 4)


def make_minutes(values, key, salt, octets, readers, seed):
    """`readers`: each with id, generation and box_key."""
    values = {**values, "nonce": os.urandom(24), "key_commitment": H("minutes-key", values["organisation"] + values["minutes"] + key),
              "text_commitment": H("minutes-text", values["organisation"] + values["minutes"] + salt + octets)}
    bound = values["organisation"] + values["minutes"] + values["key_commitment"] + values["text_commitment"]
    values["sealed"] = lock(sub(key, 3), values["nonce"], bound, pad(salt, octets))
    values["participants"] = sorted(
        ({"person": reader.id, "generation": reader.generation,
          "sealed": seal(reader.box_key, key + H("minutes-binding", minutes_place(values) + reader.id + le(reader.generation, 4) +
                                                 values["key_commitment"]))} for reader in readers), key=lambda item: item["person"])
    return sign_record("minutes", values, seed)


def open_minutes(record, reader, secret):
    """The content; `record`: checked by Directory.check() before."""
    mine = [item for item in record["participants"] if (item["person"], item["generation"]) == reader]
    if not mine:
        raise Fault("not-entitled")
    plain = unseal(secret, mine[0]["sealed"])
    key = plain[:32]
    if plain[32:] != H("minutes-binding", minutes_place(record) + reader[0] + le(reader[1], 4) + record["key_commitment"]):
        raise Fault("replaced", "binding")
    if H("minutes-key", record["organisation"] + record["minutes"] + key) != record["key_commitment"]:
        raise Fault("commitment")
    bound = record["organisation"] + record["minutes"] + record["key_commitment"] + record["text_commitment"]
    salt, octets = unpad(unlock(sub(key, 3), record["nonce"], bound, record["sealed"]))
    return check_minutes(record, salt, octets)


def check_minutes(record, salt, octets):
    content = read(octets, "content")
    layout.need(not content["attachments"], "attachments")
    if H("minutes-text", record["organisation"] + record["minutes"] + salt + octets) != record["text_commitment"]:
        raise Fault("commitment")
    return content
