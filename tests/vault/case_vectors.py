# SPDX-License-Identifier: GPL-3.0-or-later
"""The vectors of cases and of custodians."""
import nacl.bindings as sodium

import vault
import vault_layout as layout
import world as w
from vault import record_hash
from vector_kit import add, keyring


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
    case("epoch 2 behind all notes", "ok", [first, own, one], with_notes)
    case("epoch 2 that leaves the last note out", "chain", [first, own, one, two], with_notes)
    case("epoch 2 after another note than there is", "chain", [first, own, w.note(1, first, own, text="Autre")], with_notes)
    case("epoch 2 that counts more notes than there are", "ok", [first, own, one], w.epoch(2, previous=first, notes=[one, two]))
    case("the notes that an epoch counts are not all there", "missing", [first, own, one, w.epoch(2, previous=first, notes=[one, two])], b"",
         Finish=True)
    early = w.epoch(1, directory=2)
    early_own = w.envelope(early, w.ANNE, w.ANNE)
    early_note = w.note(1, early, early_own)
    backdated = w.epoch(2, previous=early, notes=[early_note], directory=2)
    case("epoch 2 of an older directory than the last note", "chain", [early, early_own, early_note], backdated)
    case("note of a newer directory than the epoch behind it", "chain", [early, backdated, early_own], early_note)
    make_envelopes(case, first, second, handed, shared)
    make_notes(case, base, first, own, shared, one, two)
    make_heads(case, base, first, own, one, two)
    make_custody(case, first)
    make_destructions(case, base, first, one, two)


def make_destructions(case, base, first, one, two):
    chain = [*base, one, two]
    second = w.epoch(2, previous=first, notes=[one, two])
    case("destruction", "ok", chain, w.destruction([first], [one, two]))
    case("destruction of an empty case", "ok", base, w.destruction([first]))
    case("destruction of two epochs", "ok", [*chain, second], w.destruction([first, second], [one, two]))
    case("destruction that forgets an epoch", "replaced", [*chain, second], w.destruction([first], [one, two]))
    case("destruction that forgets a note", "replaced", chain, w.destruction([first], [one]))
    case("destruction after another last note", "replaced", [*base, one, w.note(2, first, base[1], before=one, text="Autre")],
         w.destruction([first], [one, two]))
    case("destruction of another case", "replaced", chain, w.destruction([first], [one, two], case=w.fixed("other case", 16)))
    case("destruction of another key", "replaced", chain,
         w.destruction([first], [one, two], epochs=[{"epoch": 1, "key_commitment": w.fixed("k")}]))
    case("destruction without the responsible", "not-entitled", chain, w.destruction([first], [one, two], w.BRUNO, w.FLORE))
    case("destruction by two supervisors", "ok", chain, w.destruction([first], [one, two], w.BRUNO, w.LATER),
         Directory=w.directory(entries=[{**person.entry(), **({"roles": 3} if person in (w.BRUNO, w.LATER) else {})} for person in w.PEOPLE]))


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
    early = w.epoch(1, directory=1)
    case("envelope to a key before it was retired", "ok", [early], w.envelope(early, w.ANNE, w.GONE, directory=1))
    case("envelope of an older directory than the epoch", "chain", [first], w.envelope(first, w.ANNE, w.GONE, directory=1))
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
    trainee = w.envelope(first, w.ANNE, w.BRUNO, rights=11)
    case("note to be co-signed, as its author must", "ok", [*base, trainee, one], w.note(2, first, trainee, w.BRUNO, before=one, cosign=1))
    case("note to be co-signed, without a word of it", "not-entitled", [*base, trainee, one], w.note(2, first, trainee, w.BRUNO, before=one))
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
    case("head of an older directory than the epoch", "chain", chain, w.head([one, two], first, directory=2))
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
    case("epoch that names its responsible's deposit", "ok", [made], first)
    case("epoch that names a deposit unknown", "missing", [], first)
    case("epoch that names somebody else's deposit", "replaced", [made], w.epoch(1, w.BRUNO, deposit=record_hash(made)))
    renewed = w.Person(w.ANNE.name, 1, generation=2)
    renewed.since = 3
    before = w.deposit(directory=2)
    both = w.directory(entries=[*(person.entry() for person in w.PEOPLE if person is not w.ANNE), w.ANNE.entry(state=2, until=3), renewed.entry()])
    case("epoch that names a deposit of keys of before", "replaced", [before], w.epoch(1, renewed, deposit=record_hash(before)), Directory=both)
    after = w.deposit(person=renewed)
    case("epoch that names a deposit of the new keys", "ok", [after], w.epoch(1, renewed, deposit=record_hash(after)), Directory=both)
    case("epoch handed over, with the old one's deposit", "replaced", [made, first],
         w.epoch(2, previous=first, responsible=w.BRUNO, reason=3, deposit=record_hash(made)))
    case("deposit signed by another", "signature", [], w.deposit(seed=w.BRUNO.seed))
    case("request", "ok", [made], asked)
    case("request of a deposit unknown", "missing", [], asked)
    case("request of an older directory than the deposit", "chain", [made], w.request(made, directory=2))
    case("request by no custodian", "not-entitled", [made], w.request(made, custodian=w.FLORE))
    case("request for a custodian", "not-entitled", [made], w.request(made, recipient=w.CUSTODIANS[1]))
    case("request for a retired key", "not-entitled", [made], w.request(made, recipient=w.GONE))
    case("request for nobody", "not-entitled", [made], w.request(made, recipient=w.NOBODY))
    case("request about another person", "replaced", [made], w.request(made, person=w.BRUNO.id))
    refused = w.refusal(asked)
    case("refusal", "ok", [made, asked], refused)
    case("refusal by somebody else", "not-entitled", [made, asked], w.refusal(asked, w.BRUNO))
    stopped = w.refusal(asked, made_at=w.START + 27 * w.DAY)
    case("refusal when the delay by the clock is over", "ok", [made, asked], stopped)
    case("release dated as the refusal", "refused", [made, asked, stopped], one)
    late = w.refusal(asked, made_at=w.START + 27 * w.DAY + 1)
    case("release before the refusal", "ok", [made, asked, late], one)
    case("release after the first of two refusals", "refused", [made, asked, late, stopped], one)
    case("release after the first of two refusals, the later one known first", "refused", [made, asked, stopped, late], one)
    case("refusal of a request unknown", "missing", [made], refused)
    case("release", "ok", [made, asked], one)
    case("release after the refusal", "refused", [made, asked, refused], one)
    case("release too soon", "waiting", [made, asked], w.release(asked, made, 0, made_at=w.START + 27 * w.DAY - 1))
    case("release of an older directory than the request", "chain", [made, asked], w.release(asked, made, 0, directory=2))
    case("release to another", "replaced", [made, asked], w.release(asked, made, 0, w.FLORE))
    case("release of another deposit", "replaced", [made, older, asked], w.release(asked, older, 0))
    case("release by no custodian", "not-entitled", [made, asked], w.release(asked, made, 0, custodian=w.FLORE))

    def taken(name, expect, releases, context=None, signer=w.BRUNO, previous=first, **changes):
        pair = sorted(record_hash(octets) for octets in releases)
        case("taken over: " + name, expect, context or [made, asked, first, one, two, three],
             w.epoch(2, signer, previous=previous, authority=3, reason=4, release_a=pair[0], release_b=pair[1], **changes))

    taken("by two", "ok", (one, two))
    taken("refused meanwhile", "refused", (one, two), [made, asked, first, one, two, refused])
    taken("refused meanwhile, for a retired key", "refused", (one, two), [made, asked, first, one, two, refused],
          responsible=w.GONE)
    taken("refused when it was over", "ok", (one, two), [made, asked, first, one, two, late])
    taken("naming the deposit that is spent", "replaced", (one, two), responsible=w.ANNE, deposit=record_hash(made))
    taken("by another two", "ok", (three, two))
    taken("by one", "not-entitled", (one, two), [made, asked, first, one])
    again = w.release(asked, made, 0, made_at=w.START + 28 * w.DAY)
    taken("by one, twice", "not-entitled", (one, again), [made, asked, first, one, again])
    taken("by somebody else", "not-entitled", (one, two), signer=w.FLORE)
    renewed = w.epoch(1, deposit=record_hash(older))
    taken("by releases of an older deposit", "not-entitled", (one, two), [made, older, asked, renewed, one, two], previous=renewed)
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


# ---- what a key signed before it was stolen

def make_vouched():
    renewed = w.Person(w.STOLEN.name, 1, generation=2)
    renewed.since = 3
    both = w.directory(entries=[*(person.entry() for person in w.PEOPLE), renewed.entry()])
    first = w.epoch(1, w.STOLEN, directory=1)
    own = w.envelope(first, w.STOLEN, w.STOLEN, directory=1)
    one = w.note(1, first, own, w.STOLEN, directory=1)
    known = [first, own, one]

    def vouched(name, expect, context, octets, of=(), **fields):
        add("vouched", name, expect, "case", octets, **{"Context": list(context), "Vouched": [record_hash(record) for record in of],
                                                        "Directory": both, **fields})

    vouched("epoch 1 by a stolen key", "revoked", [], first)
    vouched("epoch 1 by a stolen key, remembered", "ok", [], first, [first])
    vouched("another epoch 1 by the stolen key", "revoked", [], w.epoch(1, w.STOLEN, directory=1, made_at=w.START), [first])
    late = w.epoch(1, w.STOLEN)
    vouched("epoch 1 by the key once it was known to be stolen", "revoked", [], late, [late])
    vouched("envelope", "ok", [first], own, [first, own])
    vouched("envelope that nobody remembers", "revoked", [first], own, [first])
    vouched("note", "ok", [first, own], one, known)
    vouched("note changed after it was remembered", "revoked", [first, own], w.note(1, first, own, w.STOLEN, directory=1, text="Autre"), known)
    vouched("signed by another", "signature", [first, own], w.note(1, first, own, w.STOLEN, directory=1, seed=w.BRUNO.seed), known)
    second = w.epoch(2, renewed, previous=first, notes=[one], reason=5)
    vouched("epoch 2 by the new keys", "ok", known, second, known)
    grant = w.envelope(second, renewed, renewed)
    vouched("note by the new keys", "ok", [*known, second, grant], w.note(2, second, grant, renewed, before=one), known)
