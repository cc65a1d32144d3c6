# SPDX-License-Identifier: GPL-3.0-or-later
"""The vault's records, read and written by the tables of docs/vault-format.md themselves.

This is one half of the second implementation (vault.py is the other): it shares nothing with daemon/vault/ but that document.
"""
import calendar
import datetime
import pathlib
import re

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "vault-format.md"
MAGIC, VERSION, HEAD = b"cmvault", 1, 16
LAST_TIME = 253402300799


class Fault(Exception):
    """What a reader refuses, by its class."""

    def __init__(self, kind, why=""):
        super().__init__(f"{kind}: {why}" if why else kind)
        self.kind = kind


class Layout:
    def __init__(self, name, number, limit):
        self.name, self.number, self.limit, self.fields = name, number, limit, []

    @property
    def signatures(self):
        return [name for name, form in self.fields if form == "signature"]


def read_layouts(text):
    layouts, current = {}, None
    for line in text.split("\n"):
        if line.startswith("#"):
            titled = re.fullmatch(r"### ([a-z ]+?)(?: \(type (\d+), at most (\d+) octets\))?", line)
            current = None
            if titled:
                name, number, limit = titled.groups()
                current = layouts[name] = Layout(name, int(number or 0), int(limit or 0))
        elif current is not None and line.startswith("| ") and not line.startswith("| ---"):
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            if cells[0] != "field":
                current.fields.append((cells[0].strip(" |"), cells[1].strip(" |")))
    return {name: layout for name, layout in layouts.items() if layout.fields}


LAYOUTS = read_layouts(DOCUMENT.read_text(encoding="utf-8"))
BY_NUMBER = {layout.number: layout for layout in LAYOUTS.values() if layout.number}
assert len(BY_NUMBER) == 24, sorted(BY_NUMBER)


class Reader:
    def __init__(self, octets):
        self.octets, self.at = octets, 0

    def take(self, count):
        if count > len(self.octets) - self.at:
            raise Fault("malformed", "a field reaches beyond the end")
        self.at += count
        return self.octets[self.at - count:self.at]

    def number(self, count):
        return int.from_bytes(self.take(count), "little")


def need(condition, why):
    if not condition:
        raise Fault("malformed", why)


def bounds(text):
    low, high = text.split("-")
    return int(low), int(high)


def check_date(value):
    year, month, day = value // 10000, value // 100 % 100, value % 100
    need(1900 <= year <= 2199 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1], "no day")


def check_text(octets):
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        raise Fault("malformed", "no UTF-8") from None
    need(all((c >= " " or c in "\t\n") and not "\x7f" <= c <= "\x9f" for c in text), "a control character")
    return text


def check_line(text):
    need(all(c >= " " and not "\u2028" <= c <= "\u202e" and not "\u2066" <= c <= "\u2069" for c in text), "no line")
    return text


def read_integer(reader, form):
    kind, _, parameter = form.partition(" ")
    plus = kind.endswith("+")
    value = reader.number({"u32": 4, "u64": 8, "time": 8, "date": 4}.get(kind.rstrip("+?"), 1))
    need(not plus or value > 0, "zero")
    if kind == "flag":
        need(value <= 1, "no flag")
    elif kind == "choice":
        need(1 <= value <= int(parameter), "no such choice")
    elif kind == "bits":
        need(value & ~int(parameter) == 0, "no such bit")
    elif kind in ("time", "time?"):
        need(value <= LAST_TIME and (value > 0 or kind == "time?"), "no time")
    elif kind == "date":
        check_date(value)
    return value


def read_field(reader, form):
    kind, _, parameter = form.partition(" ")
    if kind in ("id", "id?", "hash", "hash?"):
        value = reader.take(16 if kind.startswith("id") else 32)
        need(any(value) or kind.endswith("?"), "zeros")
        return value
    if kind in ("octets", "signature"):
        return reader.take(64 if kind == "signature" else int(parameter))
    if kind == "list":
        span, name = parameter.split(" of ")
        low, high = bounds(span)
        count = reader.number(4)
        need(low <= count <= high, "too many or too few")
        return [read_fields(reader, LAYOUTS[name]) for _ in range(count)]
    if kind in ("text", "line", "bytes"):
        low, high = bounds(parameter)
        length = reader.number(4)
        need(low <= length <= high, "too long or too short")
        octets = reader.take(length)
        if kind == "bytes":
            return octets
        return check_line(check_text(octets)) if kind == "line" else check_text(octets)
    return read_integer(reader, form)


def read_fields(reader, layout):
    return {name: read_field(reader, form) for name, form in layout.fields}


def frame(octets, wanted=None):
    """The layout of what stands here, its frame checked; `wanted`: its name, or several that it may have."""
    if octets[:7] != MAGIC[:len(octets)]:
        raise Fault("malformed", "not of the vault")
    if len(octets) < HEAD:
        raise Fault("truncated", "less than a head")
    if octets[7] != VERSION:
        raise Fault("version")
    layout = BY_NUMBER.get(int.from_bytes(octets[8:12], "little"))
    length = int.from_bytes(octets[12:16], "little")
    if layout is None or (layout.name not in wanted if isinstance(wanted, tuple) else wanted not in (None, layout.name)):
        raise Fault("kind")
    if HEAD + length > layout.limit:
        raise Fault("limit")
    if len(octets) < HEAD + length:
        raise Fault("truncated")
    return layout, HEAD + length


def read(octets, wanted=None):
    """The fields of one record, by name; “octets”: all of it, “layout”: its layout."""
    octets = bytes(octets)
    layout, length = frame(octets, wanted)
    need(len(octets) == length, "more than one record")
    reader = Reader(octets[HEAD:])
    record = read_fields(reader, layout)
    need(reader.at == len(reader.octets), "ends before its length")
    record["layout"], record["octets"] = layout, octets
    rule = RULES.get(layout.name)
    if rule:
        rule(record)
    return record


def offset_of(record, field):
    """How many octets stand before a field of a record that was read."""
    return len(write_head(record["layout"], b"")) + len(write_fields(record["layout"], record, stop=field))


def write_integer(value, form):
    kind = form.partition(" ")[0].rstrip("+?")
    return value.to_bytes({"u32": 4, "u64": 8, "time": 8, "date": 4}.get(kind, 1), "little")


def write_field(value, form):
    kind, _, parameter = form.partition(" ")
    if kind in ("id", "id?", "hash", "hash?", "octets", "signature"):
        if value is None:
            value = bytes(16 if kind.startswith("id") else 32)
        return bytes(value)
    if kind == "list":
        element = LAYOUTS[parameter.split(" of ")[1]]
        return len(value).to_bytes(4, "little") + b"".join(write_fields(element, item) for item in value)
    if kind in ("text", "line", "bytes"):
        octets = value.encode("utf-8") if isinstance(value, str) else bytes(value)
        return len(octets).to_bytes(4, "little") + octets
    return write_integer(value, form)


def write_fields(layout, values, stop=None):
    octets = b""
    for name, form in layout.fields:
        if name == stop:
            break
        octets += write_field(values[name], form)
    return octets


def write_head(layout, body):
    return MAGIC + bytes([VERSION]) + layout.number.to_bytes(4, "little") + len(body).to_bytes(4, "little")


def write(name, values):
    """One record, whatever its values say: a test also writes wrong ones."""
    body = write_fields(LAYOUTS[name], values)
    return write_head(LAYOUTS[name], body) + body


# ---- what the document marks ⊘

def ascending(items, *names):
    keys = [tuple(item[name] for name in names) for item in items]
    need(all(a < b for a, b in zip(keys, keys[1:])), "not ascending")


def none(value):
    return not any(value)


def power_of_two(length):
    return length >= 1024 and length & (length - 1) == 0


def rule_directory(record):
    entries, sequence = record["entries"], record["sequence"]
    ascending(entries, "person", "generation")
    current = [entry["person"] for entry in entries if entry["state"] == 1]
    need(len(set(current)) == len(current), "two current generations")
    for name in ("sign_key", "box_key"):
        need(len({entry[name] for entry in entries}) == len(entries), "a key twice")
    for entry in entries:
        need(entry["since"] <= sequence and entry["until"] <= sequence, "of the future")
        need((entry["until"] == 0) == (entry["state"] == 1), "until and state")
        need(entry["until"] == 0 or entry["until"] > entry["since"], "ended before it began")
    custodians = sum(entry["state"] == 1 and entry["roles"] & 4 != 0 for entry in entries)
    need(custodians == 0 or 3 <= custodians <= 9, "custodians")
    need(none(record["previous"]) == (sequence == 1), "previous")


def rule_epoch(record):
    first = record["epoch"] == 1
    need((record["authority"] == 1) == first == none(record["previous"]), "first")
    taken = record["authority"] == 3
    releases = (record["release_a"], record["release_b"])
    need(all(none(release) != taken for release in releases), "releases")
    need(not taken or releases[0] < releases[1], "releases in another order, or one twice")
    need((record["reason"] == 1) == first and (record["reason"] == 4) == taken, "reason")
    need(record["epoch"] <= 1024, "too many")
    need(none(record["last_note"]) == (record["last_sequence"] == 0), "last note")
    if first:
        need(record["last_sequence"] == 0, "a chain before the first epoch")
        need((record["signer"], record["signer_generation"]) == (record["responsible"], record["responsible_generation"]), "opened for another")


def rule_envelope(record):
    need(record["rights"] & 1, "without read")
    need(record["rights"] & 10 != 8, "to be co-signed without writing")
    need(record["to"] == 1 or record["rights"] == 1, "escrow only reads")
    need(none(record["deposit"]) == (record["to"] == 1), "deposit")


def rule_intent(record):
    need(none(record["about"]) == (record["kind"] < 9), "about")
    need(record["kind"] < 10 or not record["cosign"], "a co-signature to be co-signed")


def rule_note(record):
    need(none(record["previous"]) == (record["sequence"] == 1), "previous")
    rule_intent(record)
    entered = record["entered_on"]
    day = datetime.date(entered // 10000, entered // 100 % 100, entered % 100).toordinal() - datetime.date(1970, 1, 1).toordinal()
    need(abs(day - record["entered_at"] // 86400) <= 1, "another day")
    need(record["occurred_on"] <= entered, "of a day to come")
    need(all(item["size"] > 104 and (item["size"] - 104) % 65561 == 0 for item in record["attachments"]), "chunks that are not whole")
    ascending(record["attachments"], "attachment")


def rule_content(record):
    ascending(record["attachments"], "attachment")
    for item in record["attachments"]:
        need("/" not in item["name"] and item["name"] not in (".", ".."), "a way out of a folder")
        need(item["size"] <= 64 << 30, "longer than a stream")


def rule_draft(record):
    rule_locked(record)
    rule_intent(record)


def rule_locked(record):
    need(power_of_two(len(record["sealed"]) - 16), "padding")


def rule_minutes(record):
    rule_locked(record)
    ascending(record["participants"], "person")


def rule_deposit(record):
    ascending(record["custodians"], "custodian")
    need(all(half["custodian"] != record["person"] for half in record["custodians"]), "one's own custodian")


def rule_request(record):
    need(record["delay"] >= 259200, "too soon")
    need(record["recipient"] != record["custodian"], "to oneself")


def rule_export(record):
    passphrase = record["lock"] == 1
    need(none(record["check"]) != passphrase and none(record["recipient_key"]) == passphrase, "lock")
    need(len(record["locked"]) == (48 if passphrase else 112), "locked")


def rule_destruction(record):
    need(record["first"] != record["second"], "one person twice")
    ascending(record["epochs"], "epoch")
    need(none(record["last_note"]) == (record["last_sequence"] == 0), "last note")


def rule_remembered(record):
    ascending(record["cases"], "case")
    ascending(record["drafts"], "draft")
    need(none(record["directory_record"]) == (record["directory"] == 0), "directory")
    for case in record["cases"]:
        need(none(case["last_note"]) == (case["sequence"] == 0), "last note")


def rule_succession(record):
    need(record["old_key"] != record["new_key"], "the same key")


RULES = {
    "directory": rule_directory, "epoch": rule_epoch, "envelope": rule_envelope, "note": rule_note, "body": rule_locked,
    "draft": rule_draft, "content": rule_content, "minutes": rule_minutes, "deposit": rule_deposit, "request": rule_request, "export": rule_export,
    "destruction": rule_destruction, "remembered": rule_remembered, "succession": rule_succession,
}
