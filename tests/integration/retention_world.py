# SPDX-License-Identifier: GPL-3.0-or-later
"""An organisation's retention calendar, and destructions by the second implementation, for tests of what is kept and for how long."""
import datetime

import vault_keys  # noqa: F401 (the path of vault)
import vault

YEARS, BACKUP_DAYS = 7, 30
DAY = 86400
CALENDAR = f"""[Rule retention.professional]
Kind=employer-rule
Source=https://css.example/calendrier-2026
Article=Calendrier de conservation, règle 2.14
Read=2026-11-21
Confidence=high
Owner=Secrétariat général
Value={YEARS}
Text[fr]=Le dossier professionnel est conservé {YEARS} ans.
Text[en]=The professional file is kept for {YEARS} years.
"""
CONFIGURATION = f"[Backups]\nKeepDays={BACKUP_DAYS}\n"
# at the end of a record, or behind its beginning: what nothing else has
TAILS = {"envelope": -176, "note": -96, "head": -64, "body": 128, "draft": 192, "attachment": 104}


def write_policies(folder, text=CALENDAR):
    """The folder of an organisation that has this calendar."""
    drop_ins = folder / "policies" / "commun.policy.d"
    drop_ins.mkdir(parents=True)
    (drop_ins / "50-calendrier.conf").write_text(text)
    return drop_ins.parent


def to_number(day):
    return int(day.replace("-", ""))


def destruction(case, first, second, listed, backups_until, now, /, seeds=None, **changes):
    """A whole destruction of a case (vault_case_maker.Case), as comodald's list has its rule and day."""
    values = {
        "organisation": case.organisation.id, "case": case.id, "last_sequence": len(case.notes),
        "last_note": vault.record_hash(case.notes[-1]) if case.notes else None,
        "epochs": [{"epoch": number, "key_commitment": vault.layout.read(octets, "epoch")["key_commitment"]}
                   for number, octets in enumerate(case.epochs, 1)],
        "basis": listed["basis"], "due_on": to_number(listed["due"]), "backups_until": to_number(backups_until), "first": first.id,
        "first_generation": first.generation, "second": second.id, "second_generation": second.generation,
        "directory": len(case.organisation.directories), "made_at": now}
    return vault.sign_record("destruction", {**values, **changes}, *(seeds or (first.seed, second.seed)))


def ask(whole):
    """What the first has signed of it, and the second not yet."""
    return whole[:-64] + bytes(64)


def find_traces(folder, records):
    """Which pieces of 16 octets of these records, (kind, octets), stand in a file below a folder."""
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = set()
    for kind, octets in records:
        own = octets[TAILS[kind]:]
        for start in range(0, len(own) - 15, 16):
            found |= {(kind, path.name) for path, text in files.items() if own[start:start + 16] in text}
    return found


def add_years(day, years):
    day = datetime.date.fromisoformat(day)
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return datetime.date(day.year + years, 3, 1)
