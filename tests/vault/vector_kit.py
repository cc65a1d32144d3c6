# SPDX-License-Identifier: GPL-3.0-or-later
"""How a vector is made: asked of the second implementation at once, so that none is written that it answers otherwise."""
import vault
import vault_layout as layout
import vectors
import world as w

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


def keyring(slot, secret, bundle=None, **changes):
    values = {"organisation": w.ORGANISATION, "person": w.ANNE.id, "generation": 1, "slot": slot, "revision": 1,
              "operations": 2 if slot == 1 else 0, "memory": 65536 if slot == 1 else 0, "salt": w.fixed("salt", 16),
              "nonce": w.fixed("keyring", 24), **changes}
    return vault.make_keyring(values, secret, bundle or w.ANNE.bundle())
