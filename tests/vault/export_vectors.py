# SPDX-License-Identifier: GPL-3.0-or-later
"""Vectors of exports as a whole: one under a key, and everything that can be wrong with the records in it."""
import vault
import vault_layout as layout
import world as w
from vault import record_hash
from vault_export import make_export
from vector_kit import add

FINGERPRINT = vault.fingerprint(w.ORG_KEY)


def opened(of, number, text, title=None, case=w.CASE):
    content = w.content(text, title) if title else w.content(text)
    return layout.write("opened", {"organisation": w.ORGANISATION, "case": case, "record": record_hash(of), "salt": w.salt(number),
                                   "content": content})


def records():
    """A case of two notes, the second without its text, and minutes."""
    epoch = w.epoch(1)
    grant = w.envelope(epoch, w.ANNE, w.ANNE)
    first = w.note(1, epoch, grant)
    second = w.note(2, epoch, grant, before=first)
    minutes = w.minutes()
    return [w.DIRECTORY, epoch, grant, first, second, minutes, opened(first, 1, "Texte de la note 1."),
            opened(minutes, 77, "Le plan d'intervention est adopté.", "Compte rendu", None)]


def make_exports():
    common = {"organisation": w.ORGANISATION, "export": w.fixed("export", 16), "exporter": w.ANNE.id, "exporter_generation": 1,
              "directory": 3, "made_at": w.START + 60 * w.DAY}
    head = {**common, "purpose": 1, "recipient_key": w.BRUNO.box_key}
    manifest = {**common, "basis": "A-2.1, art. 83", "asked_on": 20261101}

    def export(name, expect, octets, secret=w.BRUNO.box_secret, fingerprint=FINGERPRINT):
        add("exports", name, expect, "export", octets, BoxSecret=secret, Fingerprint=fingerprint)

    def make(parts, listed=None, head_changes=None, seed=w.ANNE.seed, **changes):
        return make_export({**head, **(head_changes or {})}, {**manifest, **changes}, parts, w.fixed("export key"), seed, listed=listed)

    good = records()
    swapped = good[:3] + [good[4], good[3]] + good[5:]
    whole = make(good)
    export("export: whole", "ok", whole)
    export("export: with another key", "wrong-key", whole, w.CLEO.box_secret)
    export("export: of another organisation than was told", "organisation", whole, fingerprint=vault.fingerprint(w.fixed("other")))
    export("export: the last octet is missing", "truncated", whole[:-1])
    export("export: something behind it", "malformed", whole + b"x")
    for name, expect, parts, listed in (
            ("a record was left out", "reordered", good[:4] + good[5:], good), ("the last was left out", "missing", good[:-1], good),
            ("a record was added", "replaced", good + [opened(good[4], 2, "Texte de la note 2.")], good),
            ("two were swapped", "reordered", swapped, good), ("two were swapped in the manifest too", "missing", swapped, None),
            ("a text before its note", "replaced", good[:1] + good[6:7] + good[1:6] + good[7:], None),
            ("kinds in another order", "reordered", good[:3] + [good[5], good[3], good[4]] + good[6:], None),
            ("no directory", "missing", good[1:], None), ("a note of the chain left out", "missing", good[:3] + good[4:6] + good[7:], None),
            ("a text of a note that is not there", "replaced", good[:4] + good[5:] + [opened(good[4], 2, "Texte de la note 2.")], None),
            ("another text than the note's", "commitment", good[:6] + [opened(good[3], 1, "Autre")] + good[7:], None),
            ("half a record at its end", "truncated", good[:-1] + [good[-1][:-1]], None),
            ("a kind that no export has", "kind", good + [vault.sign_record("manifest", {**manifest, "records": [{"record": w.fixed("x")}]},
                                                                             w.ANNE.seed).replace(b"cmvault\x01\x11", b"cmvault\x01\x0d", 1)], None)):
        export("export: " + name, expect, make(parts, listed))
    export("export: no records before the manifest", "missing",
           vault.make_stream("export", lambda stream: _head(head, stream), w.fixed("export key"), good[0]))
    export("export: by another than its manifest", "replaced", make(good, head_changes={"export": w.fixed("another", 16)}))
    export("export: signed by another", "signature", make(good, seed=w.BRUNO.seed))
    export("export: a manifest of nothing", "malformed", make([], []))


def _head(head, stream):
    import vault_export
    return vault_export.make_head(head, stream, w.fixed("export key"), w.ANNE.seed)
