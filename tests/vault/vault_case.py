# SPDX-License-Identifier: GPL-3.0-or-later
"""A case, record by record: what docs/vault-format.md says of epochs, envelopes, notes, heads, and of custodians' records."""
from vault import Fault, generation_of, record_hash, layout


def refuse(condition, kind, why=""):
    if condition:
        raise Fault(kind, why)


class Case:
    """Records are added in their order; each is whole, or refused by its class and left out."""

    def __init__(self, directory, case, vouched=()):
        self.directory, self.case, self.vouched = directory, case, vouched
        self.epochs, self.notes = [], []
        self.envelopes, self.deposits, self.requests, self.releases, self.refusals = {}, {}, {}, {}, {}

    def add(self, octets):
        found, _ = layout.frame(octets, ("epoch", "envelope", "note", "head", "deposit", "request", "refusal", "release",
                                         "destruction"))
        record = self.directory.check(octets, found.name, self.vouched)
        getattr(self, "add_" + found.name)(record, record_hash(octets))

    def by(self, record, name):
        return record[name], generation_of(record, name)

    def in_force(self, record, name):
        return self.directory.find_at(self.by(record, name), record["directory"])

    # -- epochs

    def add_epoch(self, record, name):
        last = self.epochs[-1][0] if self.epochs else None
        refuse(record["case"] != self.case or (last and record["file"] != last["file"]), "replaced")
        self.check_number(record, name)
        if last:
            refuse(record["previous"] != self.epochs[-1][1], "chain")
            refuse(record["directory"] < last["directory"] or record["last_sequence"] < last["last_sequence"], "chain")
        self.check_authority(record, last)
        self.check_deposit(record, last)
        if self.notes:
            note, note_name = self.notes[-1]
            refuse(record["last_sequence"] < len(self.notes) or record["directory"] < note["directory"], "chain")
            refuse(record["last_sequence"] == len(self.notes) and record["last_note"] != note_name, "chain")
        self.epochs.append((record, name))

    def check_deposit(self, record, last):
        if not any(record["deposit"]):
            return
        deposit = self.deposits.get(record["deposit"])
        refuse(deposit is None, "missing")
        refuse(self.by(deposit, "person") != self.by(record, "responsible"), "replaced")
        refuse(record["authority"] == 3 and record["deposit"] == last["deposit"], "replaced")

    def check_number(self, record, name):
        number = record["epoch"]
        refuse(number > len(self.epochs) + 1, "missing")
        if number <= len(self.epochs):
            raise Fault("reordered" if self.epochs[number - 1][1] == name else "replaced")

    def check_authority(self, record, last):
        if record["authority"] == 3:
            releases = [self.releases.get(record[name]) for name in ("release_a", "release_b")]
            refuse(None not in releases and any(self.is_refused(release) for release in releases), "refused")
        refuse(self.in_force(record, "responsible") is None, "not-entitled")
        if record["authority"] == 2:
            refuse(record["signer"] != last["responsible"], "not-entitled")
        if record["authority"] == 3:
            self.check_releases(record, last)

    def check_releases(self, record, last):
        releases = [self.releases.get(record[name]) for name in ("release_a", "release_b")]
        refuse(None in releases, "not-entitled")
        refuse(releases[0]["request"] != releases[1]["request"], "not-entitled")
        refuse(releases[0]["custodian"] == releases[1]["custodian"], "not-entitled")
        refuse(any(release["deposit"] != last["deposit"] for release in releases), "not-entitled")
        refuse(any(self.by(release, "recipient") != self.by(record, "signer") for release in releases), "not-entitled")

    # -- envelopes

    def add_envelope(self, record, name):
        refuse(record["case"] != self.case, "replaced")
        number = record["epoch"]
        refuse(number > len(self.epochs) or number == 0, "missing")
        epoch, epoch_name = self.epochs[number - 1]
        refuse(record["epoch_record"] != epoch_name or record["key_commitment"] != epoch["key_commitment"], "replaced")
        refuse(record["directory"] < epoch["directory"], "chain")
        granters = {epoch["signer"]} | {later["responsible"] for later, _ in self.epochs[number - 1:]}
        refuse(record["granter"] not in granters, "not-entitled")
        self.check_recipient(record)
        self.envelopes[name] = record

    def check_recipient(self, record):
        entry = self.in_force(record, "recipient")
        refuse(entry is None, "not-entitled")
        if record["to"] == 1:
            refuse(record["recipient_key"] != entry["box_key"], "replaced")
            return
        deposit = self.deposits.get(record["deposit"])
        refuse(deposit is None, "missing")
        refuse(self.by(deposit, "person") != self.by(record, "recipient"), "replaced")
        refuse(record["recipient_key"] != deposit["escrow_key"], "replaced")

    # -- notes

    def epoch_at(self, sequence):
        """The newest epoch that a note of this number can be of."""
        return max(i for i, (epoch, _) in enumerate(self.epochs) if i == 0 or epoch["last_sequence"] < sequence)

    def add_note(self, record, name):
        refuse(record["case"] != self.case, "replaced")
        refuse(record["epoch"] > len(self.epochs), "missing")
        index = self.epoch_at(record["sequence"])
        refuse(record["epoch"] != index + 1, "not-entitled")
        refuse(record["epoch_record"] != self.epochs[index][1], "replaced")
        self.check_grant(record)
        self.check_chain(record, name, self.epochs[index][0])
        self.check_epoch_ends(record, name)
        self.notes.append((record, name))

    def check_grant(self, record):
        grant = self.envelopes.get(record["grant"])
        right = 4 if record["kind"] == 10 else 2
        refuse(grant is None or grant["to"] != 1 or grant["epoch"] != record["epoch"], "not-entitled")
        refuse(self.by(grant, "recipient") != self.by(record, "author") or not grant["rights"] & right, "not-entitled")
        refuse(record["kind"] != 10 and grant["rights"] & 8 and not record["cosign"], "not-entitled")

    def check_chain(self, record, name, epoch):
        sequence = record["sequence"]
        refuse(sequence > len(self.notes) + 1, "missing")
        if sequence <= len(self.notes):
            raise Fault("reordered" if self.notes[sequence - 1][1] == name else "replaced")
        least = epoch["directory"]
        if self.notes:
            last, last_name = self.notes[-1]
            refuse(record["previous"] != last_name, "chain")
            least = max(least, last["directory"])
        refuse(record["directory"] < least, "chain")
        refuse(any(note["note"] == record["note"] for note, _ in self.notes), "replaced")
        if any(record["about"]):
            about = [note for note, other in self.notes if other == record["about"]]
            refuse(not about, "missing")
            refuse(record["kind"] == 10 and about[0]["author"] == record["author"], "not-entitled")

    def check_epoch_ends(self, record, name):
        for epoch, _ in self.epochs:
            refuse(epoch["last_sequence"] == record["sequence"] and epoch["last_note"] != name, "chain")
            refuse(epoch["epoch"] > record["epoch"] and epoch["directory"] < record["directory"], "chain")

    def finish(self):
        """When all of them were added."""
        refuse(bool(self.epochs) and len(self.notes) < self.epochs[-1][0]["last_sequence"], "missing")

    # -- heads: of somebody, or remembered

    def add_head(self, record, _):
        refuse(record["case"] != self.case, "replaced")
        refuse(record["epoch"] > len(self.epochs), "missing")
        refuse(record["epoch_record"] != self.epochs[record["epoch"] - 1][1], "replaced")
        refuse(record["directory"] < self.epochs[record["epoch"] - 1][0]["directory"], "chain")
        readers = {envelope["recipient"] for envelope in self.envelopes.values() if envelope["to"] == 1}
        refuse(record["signer"] not in readers, "not-entitled")
        refuse(record["sequence"] > len(self.notes), "rollback")
        refuse(self.notes[record["sequence"] - 1][1] != record["last_note"], "replaced")

    # -- custodians

    def add_deposit(self, record, name):
        self.deposits[name] = record

    def is_custodian(self, deposit, who):
        return any((half["custodian"], half["custodian_generation"]) == who for half in deposit["custodians"])

    def add_request(self, record, name):
        deposit = self.deposits.get(record["deposit"])
        refuse(deposit is None, "missing")
        refuse(self.by(deposit, "person") != self.by(record, "person"), "replaced")
        refuse(record["directory"] < deposit["directory"], "chain")
        refuse(not self.is_custodian(deposit, self.by(record, "custodian")), "not-entitled")
        refuse(any(half["custodian"] == record["recipient"] for half in deposit["custodians"]), "not-entitled")
        refuse(self.in_force(record, "recipient") is None, "not-entitled")
        self.requests[name] = record

    def add_refusal(self, record, _):
        request = self.requests.get(record["request"])
        refuse(request is None, "missing")
        refuse(record["person"] != request["person"], "not-entitled")
        self.refusals[record["request"]] = min(record["made_at"], self.refusals.get(record["request"], record["made_at"]))

    def is_refused(self, release):
        """Whether the owner had refused when a custodian released."""
        return self.refusals.get(release["request"], release["made_at"] + 1) <= release["made_at"]

    def add_release(self, record, name):
        request = self.requests.get(record["request"])
        refuse(request is None, "missing")
        refuse(record["deposit"] != request["deposit"], "replaced")
        refuse(self.by(record, "recipient") != self.by(request, "recipient"), "replaced")
        refuse(record["directory"] < request["directory"], "chain")
        refuse(not self.is_custodian(self.deposits[record["deposit"]], self.by(record, "custodian")), "not-entitled")
        refuse(self.is_refused(record), "refused")
        refuse(record["made_at"] < request["made_at"] + request["delay"], "waiting")
        self.releases[name] = record

    # -- the end

    def add_destruction(self, record, _):
        refuse(record["case"] != self.case, "replaced")
        keys = [(number, epoch["key_commitment"]) for number, (epoch, _) in enumerate(self.epochs, 1)]
        refuse([(item["epoch"], item["key_commitment"]) for item in record["epochs"]] != keys, "replaced")
        refuse(record["last_sequence"] != len(self.notes), "replaced")
        refuse(bool(self.notes) and record["last_note"] != self.notes[-1][1], "replaced")
        both = [self.directory.entries[self.by(record, name)] for name in ("first", "second")]
        responsible = self.epochs[-1][0]["responsible"]
        refuse(all(entry["person"] != responsible for entry in both) and not all(entry["roles"] & 2 for entry in both), "not-entitled")
