# SPDX-License-Identifier: GPL-3.0-or-later
"""What a vector asks, answered by the second implementation; the files they stand in."""
import configparser
import pathlib

import vault
import vault_case
import vault_export
import vault_layout as layout
from vault import Fault

# what several vectors of a file hold stands in a group of its own, and is named @1, @2, …
SHARED = "shared"
FOLDER = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "vault"


def load(path):
    parser = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",), strict=True)
    parser.optionxform = str
    parser.read(path, encoding="utf-8")
    found = {name: dict(parser[name]) for name in parser.sections()}
    shared = found.pop(SHARED, {})
    for vector in found.values():
        for field, value in vector.items():
            vector[field] = ";".join(shared[part] if part.startswith("@") else part for part in value.split(";"))
        if "Chunks" in vector:
            vector["Octets"] = assemble(vector).hex()
    return found


def assemble(vector):
    """A stream's head and some of its chunks, in an order of one's own."""
    octets = (FOLDER / vector["OctetsIn"]).read_bytes()
    _, head = layout.frame(octets)
    size = 8 + vault.CHUNK + 17
    chunks = [octets[at:at + size] for at in range(head, len(octets), size)]
    octets = octets[:head] + b"".join(chunks[int(number)] for number in vector["Chunks"].split(";") if number)
    if "Edit" in vector:
        at, more = vector["Edit"].split(":")
        octets = octets[:int(at)] + bytes.fromhex(more) + octets[int(at) + len(more) // 2:]
    return octets[:int(vector["Cut"])] if "Cut" in vector else octets


def octets_of(vector, name):
    return bytes.fromhex(vector.get(name, ""))


def list_of(vector, name):
    return [bytes.fromhex(part) for part in vector.get(name, "").split(";") if part]


def reader_of(vector):
    return octets_of(vector, "Reader"), int(vector.get("Generation", "1"))


def directory_of(vector):
    return vault.Directory(octets_of(vector, "Directory"), octets_of(vector, "OrganisationKey"), list_of(vector, "Successions"))


def case_of(vector):
    case = vault_case.Case(directory_of(vector), octets_of(vector, "Case"), list_of(vector, "Vouched"))
    for octets in list_of(vector, "Context"):
        case.add(octets)
    return case


# Each makes what is asked ready, and gives a function of the octets in question: what it opens to, or a Fault.

def prepare_read(vector):
    def run(octets):
        layout.read(octets, vector["Kind"])
        return b""
    return run


def prepare_enrolment(vector):
    def run(octets):
        vault.check_enrolment(octets, octets_of(vector, "Organisation"))
        return b""
    return run


def prepare_directory(vector):
    key, successions = octets_of(vector, "OrganisationKey"), list_of(vector, "Successions")
    earlier = list_of(vector, "SuccessionsBefore" if "SuccessionsBefore" in vector else "Successions")
    known = [vault.Directory(octets, key, earlier) for octets in list_of(vector, "Before")]

    def run(octets):
        found = vault.Directory(octets, key, successions)
        for before in known:
            found.follows(before)
        return b""
    return run


def prepare_succession(vector):
    def run(octets):
        vault.check_succession(octets, octets_of(vector, "Organisation"), octets_of(vector, "OrganisationKey"))
        return b""
    return run


def prepare_signed(vector):
    directory = directory_of(vector)

    def run(octets):
        directory.check(octets, vector["Kind"])
        return b""
    return run


def prepare_keyring(vector):
    secret = octets_of(vector, "Secret")
    if vector["Slot"] == "1":
        secret = secret.decode("utf-8")
    return lambda octets: vault.open_keyring(octets, octets_of(vector, "Organisation"), secret)["octets"]


def prepare_code(_):
    return lambda octets: vault.parse_rows(octets.decode().split("\n"))


def prepare_case(vector):
    case = case_of(vector)

    def run(octets):
        if octets or vector.get("Finish") != "true":
            case.add(octets)
        if vector.get("Finish") == "true":
            case.finish()
        return b""
    return run


def prepare_envelope(vector):
    case = case_of(vector)
    secret = octets_of(vector, "BoxSecret")

    def run(octets):
        case.add(octets)
        record = layout.read(octets, "envelope")
        return vault.open_envelope(record, reader_of(vector), secret)
    return run


def prepare_body(vector):
    note = layout.read(octets_of(vector, "Note"), "note")
    return lambda octets: vault.open_body(octets, octets_of(vector, "Organisation"), note, int(vector["Epoch"]),
                                          octets_of(vector, "Key"))["octets"]


def prepare_opened(vector):
    kind = "Minutes" if "Minutes" in vector else "Note"
    of = layout.read(octets_of(vector, kind), kind.lower())
    return lambda octets: vault.open_opened(octets, octets_of(vector, "Organisation"), of)["octets"]


def prepare_draft(vector):
    bundle = layout.read(octets_of(vector, "Bundle"), "bundle")
    return lambda octets: vault.open_draft(octets, bundle)["octets"]


def prepare_memory(vector):
    bundle = layout.read(octets_of(vector, "Bundle"), "bundle")
    return lambda octets: vault.open_memory(octets, bundle)["octets"]


def prepare_half(vector):
    directory = directory_of(vector)
    return lambda octets: vault.open_half(directory.check(octets, "deposit"), reader_of(vector), octets_of(vector, "BoxSecret"))


def prepare_release(vector):
    directory = directory_of(vector)
    return lambda octets: vault.open_release(directory.check(octets, "release"), reader_of(vector), octets_of(vector, "BoxSecret"))


def prepare_combine(vector):
    first, second = (int(part) for part in vector["Custodians"].split(";"))
    one, two = list_of(vector, "Halves")
    directory = directory_of(vector)
    return lambda octets: vault.combine(directory.check(octets, "deposit"), {first: one, second: two})


def prepare_stream(vector):
    def run(octets):
        _, plain = vault.open_stream(octets, vector["Kind"], octets_of(vector, "Key"))
        return vault.H("stream", plain)
    return run


def prepare_export(vector):
    secret = octets_of(vector, "BoxSecret")
    return lambda octets: b"".join(text["octets"] for text in vault_export.Import(octets, secret, vector["Fingerprint"]).texts.values())


def prepare_attachment(vector):
    which = {name: octets_of(vector, field) for name, field in (("organisation", "Organisation"), ("case", "Case"), ("attachment", "Attachment"))}
    named = {"size": int(vector["NoteSize"]), "digest": octets_of(vector, "Digest")} if "Digest" in vector else None
    return lambda octets: vault.H("stream", vault.open_attachment(octets, which, octets_of(vector, "Key"), int(vector["Size"]), named))


def prepare_minutes(vector):
    directory = directory_of(vector)
    return lambda octets: vault.open_minutes(directory.check(octets, "minutes"), reader_of(vector),
                                             octets_of(vector, "BoxSecret"))["octets"]


def prepare_fingerprint(_):
    return lambda octets: vault.fingerprint(octets).encode()


def prepare_subject(vector):
    return lambda octets: vault.subject(octets_of(vector, "Key"), octets_of(vector, "Organisation"), octets_of(vector, "Case"),
                                        octets.decode("utf-8"))


def prepare(vector):
    return globals()["prepare_" + vector["Operation"]](vector)


def answer(run, octets):
    """(class, what it opens to)."""
    try:
        return "ok", run(octets)
    except Fault as fault:
        return fault.kind, b""


def changes(octets):
    """Every octet changed in its lowest bit, in its highest; every truncation; one octet more."""
    for bit in (0x01, 0x80):
        for i in range(len(octets)):
            yield octets[:i] + bytes([octets[i] ^ bit]) + octets[i + 1:]
    for i in range(len(octets)):
        yield octets[:i]
    yield octets + b"\0"


def samples(octets):
    """Of what is too long for changes(): some octets changed, all over it, and some truncations."""
    for i in range(0, len(octets), 211):
        yield octets[:i] + bytes([octets[i] ^ 1]) + octets[i + 1:]
    for i in range(0, len(octets), 997):
        yield octets[:i]


def run_length(words):
    parts, last, count = [], None, 0
    for word in [*words, None]:
        if word == last:
            count += 1
            continue
        if last is not None:
            parts.append(f"{last}*{count}")
        last, count = word, 1
    return " ".join(parts)


def flips(vector, ways=changes):
    """The classes of all changes of a vector's octets."""
    run = prepare(vector)
    return run_length(answer(run, octets)[0] for octets in ways(octets_of(vector, "Octets")))
