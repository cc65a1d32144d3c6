#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a policy asks of notes: sections, co-signatures of trainees, which of the school's files; by the agents of several people."""
import json
import os
import unittest

import tap
import other_user
import vault_house
from comodal_test import POLICIES
from vault_case_maker import Case
import vault

FRAME = "https://css.example/cadre-2026"
RULE = "Source={source}\nArticle=Cadre 2026, point {point}\nRead=2026-11-21\nConfidence=high\nText[fr]=Une règle.\nText[en]=A rule.\n"


def rule(name, point, value, kind="employer-rule", french=None, english=None):
    words = f"Value[fr]={french}\nValue[en]={english}\n" if french else ""
    return f"[Rule {name}]\nKind={kind}\n" + RULE.format(source=FRAME, point=point) + f"Value={value}\n{words}\n"


OWN = "".join((
    rule("note.template.progress", 1, "services;next", french="Services rendus;Suite", english="Services rendered;Next"),
    rule("note.template.progress.absence", 2, "services;next;told", french="Services rendus;Suite;Qui a été averti",
         english="Services rendered;Next;Who was told"),
    rule("note.template.plan", 3, "goals;means", kind="order-advice", french="Buts;Moyens", english="Goals;Means"),
    rule("note.files", 4, "professional;confidential", french="institutionnel;confidentiel", english="institutional;confidential"),
    rule("intern.countersign_notes", 5, "true")))


@unittest.skipUnless(os.getuid() == 0, "other users can be had by root alone")
class Rules(vault_house.House):
    def start_daemon(self, **more):
        own = self.folder / "own"
        for policy in POLICIES.glob("*.policy"):
            folder = own / f"{policy.name}.d"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "10-own.conf").write_text(OWN if policy.name != "commun.policy" else "")
        super().start_daemon(policies=[POLICIES, own], **more)

    def setUp(self):
        super().setUp()
        self.anne, self.bruno, self.chloe = self.people
        self.who = self.students[0]

    def check(self, number, template, sections):
        """What the second implementation finds in a note."""
        found = self.contents(self.anne, self.cases(self.anne)[self.who])[number]
        self.assertEqual((found["template"], [(s["heading"], s["text"]) for s in found["sections"]]), (template, sections))

    def test_sections(self):
        anne, who = self.anne, self.who
        said = anne.ctl("note", "templates")
        self.assertIn("progress: Services rendered, Next (asked for in every note of this kind) A rule. (Cadre 2026, point 1)", said)
        self.assertIn("progress.absence: Services rendered, Next, Who was told (all of it, for whoever takes it)", said)
        self.assertIn("plan: Goals, Means (advised)", said)
        self.assertIn("progress : Services rendus, Suite (demandé", anne.ctl("note", "templates", LANGUAGE="fr"))
        self.assertEqual({t["name"] for t in anne.json("note", "templates")["templates"]} & {"progress", "progress.absence", "plan"},
                         {"progress", "progress.absence", "plan"})
        # by headings, in whatever case and language; what comes first belongs to none
        self.assertIn("Gardé comme brouillon", anne.ctl("note", "write", who, lines=["Avant.", "## SUITE :", "la suite", "services rendus",
                                                                                  "un jeu"], LANGUAGE="fr"))
        anne.ctl("note", "sign", who)
        self.check(1, "progress@2026-11-21", [("", "Avant."), ("Services rendus", "un jeu"), ("Suite", "la suite")])
        # one is empty: said at once, and nothing is signed
        self.assertIn("Nothing stands yet under: Next.", anne.ctl("note", "write", who, lines=["Services rendered", "a game", "Next:", "  "]))
        said = anne.ctl("note", "sign", who, status=1)
        self.assertIn("Not signed: nothing stands yet under: Next.", said)
        self.assertIn(f"Cadre 2026, point 1, {FRAME}", said)
        self.assertIn("Pas signée : rien encore sous : Next.", anne.ctl("note", "sign", who, LANGUAGE="fr", status=1))
        self.assertEqual(len(anne.json("note", "list", who)["notes"]), 1)
        # nor without the template
        anne.ctl("note", "write", who, "--draft", "1", "--template", "none", lines=["a game"])
        self.assertIn("under: Services rendered, Next.", anne.ctl("note", "sign", who, status=1))
        anne.ctl("note", "write", who, "--draft", "1", "--template", "progress", lines=["Services rendered", "a game", "Next", "more"])
        self.assertNotIn("Nothing stands", anne.ctl("note", "sign", who))
        # another one of the kind asks for more; of another kind, nothing
        anne.ctl("note", "write", who, "--template", "progress.absence", lines=["Services rendered", "none", "Next", "Monday"])
        self.assertIn("under: Who was told.", anne.ctl("note", "sign", who, status=1))
        anne.ctl("note", "drop", who, "--yes")
        self.assertIn("has no template “x”", anne.ctl("note", "write", who, "--template", "x", lines=["x"], status=1))
        self.assertIn("another kind of note", anne.ctl("note", "write", who, "--template", "plan", "--kind", "progress", lines=["x"], status=1))
        anne.ctl("note", "write", who, "--kind", "summary", lines=["in short"])
        anne.ctl("note", "sign", who)
        # what is only advised is said, and signed
        anne.ctl("note", "write", who, "--template", "plan", lines=["Goals", "to read"])
        self.assertIn("Nothing stands yet under: Means.", anne.ctl("note", "sign", who))
        self.check(4, "plan@2026-11-21", [("Goals", "to read"), ("Means", "")])
        # an amendment is no such note
        anne.ctl("note", "amend", who, "1", lines=["un mot"])
        self.assertIn("note 5", anne.ctl("note", "sign", who))

    def test_one_by_one_at_a_terminal(self):
        said, status = self.anne.at_terminal(["note", "write", self.who], [
            ("Services rendered", lambda _: "un jeu\n"), ("un jeu", lambda _: ".\n"), ("Next", lambda _: ".\n")])
        self.assertEqual(status, 0, said)
        self.assertIn("Nothing stands yet under: Next.", said)
        self.assertEqual([s["text"] for s in self.anne.json("note", "drafts", self.who)["drafts"][0]["sections"]], ["un jeu", ""])
        # what is typed is text, even where it reads like a heading
        self.anne.ctl("note", "drop", self.who, "--yes")
        said, status = self.anne.at_terminal(["note", "write", self.who], [
            ("Services rendered", lambda _: "un jeu\nsuite\n.\n"), ("Next", lambda _: "Next\nlundi\n.\n")])
        self.assertEqual(status, 0, said)
        self.assertEqual([s["text"] for s in self.anne.json("note", "drafts", self.who)["drafts"][0]["sections"]],
                         ["un jeu\nsuite", "Next\nlundi"])
        said, status = self.anne.at_terminal(["note", "write", self.who], [
            ("Services rendered", lambda _: ".\n"), ("Next", lambda _: ".\n")])
        self.assertEqual(status, 1, said)
        self.assertIn("Nothing was typed.", said)

    def test_which_file(self):
        said = self.anne.ctl("note", "write", self.who, "--file", "school", lines=["x"], status=1)
        self.assertIn("keeps no notes in this file (school): Cadre 2026, point 4, " + FRAME, said)
        said, status = self.anne.at_terminal(["note", "write", self.who, "--file", "school"], [])
        self.assertEqual((status, "Services rendered" in said), (1, False), said)
        self.assertEqual(self.cases(self.anne), {})
        # an agent that does not ask is refused as well
        case = Case(self.organisation, self.anne.keys, self.who, self.now)
        number = self.client.number("student", self.who)
        begun = case.epoch(file=1) + case.envelope(self.anne.keys)
        with self.assertRaises(other_user.Refused) as refused:
            self.anne.caller.call("Vault", "Append", "(ha{sv})", 0, {"student": ("t", number)}, documents=[begun])
        self.assertEqual(refused.exception.name, "AccessDenied")
        said = self.anne.ctl("note", "templates")
        self.assertIn("school: school record; no retention calendar here says how long it is kept; no notes are kept in it here", said)
        self.assertIn("professional: professional file of the institution; no retention calendar here says how long it is kept", said)
        self.anne.ctl("note", "write", self.who, "--file", "confidential", lines=["x"])

    def check_waiting_in_a_file_that_does_not_hold(self, person):
        """It is named, with why, and hides none of the others."""
        before = self.edit_database()
        connection = self.open_database()
        connection.execute("UPDATE vault_record SET octets = CAST(substr(octets, 1, length(octets) - 2) || x'0001' AS BLOB) WHERE kind = 'note'")
        connection.commit()
        connection.close()
        self.start_daemon()
        person.end()
        person.unlock()
        told = person.json("note", "waiting", status=1)
        self.assertEqual((told["waiting"], [(row["file"], row["reason"]) for row in told["left"]]),
                         ([], [("professional", "Its signature does not hold (case).")]))
        said = person.ctl("note", "waiting", status=1)
        self.assertIn("Files that do not hold, in which notes may wait: 1.", said)
        self.assertIn("Its signature does not hold (case).", said)
        self.edit_database(before)
        self.assertEqual(len(person.json("note", "waiting")["waiting"]), 1)

    def test_a_trainee(self):
        anne, bruno, chloe, who = *self.people, self.who
        text = ["Services rendered", "CANARI", "Next", "y"]
        professional = self.client.json("Roster", "List", "(s)", "professional")[0]["number"]
        anne.ctl("note", "write", who, lines=text)
        anne.ctl("note", "sign", who)
        for colleague, rights in ((bruno, "--write"), (chloe, "--cosign")):
            anne.ctl("case", "share", who, colleague.name.split()[0], "--fingerprint", colleague.fingerprint(), rights)
            colleague.ctl("case", "accept", who, "--yes")
        # whom the policy asks of, and nobody else
        self.administrator.call("Accounts", "Set", "(ua{sv})", bruno.uid, {"supervisor": ("t", professional)})
        self.assertEqual(self.administrator.call("Accounts", "ListTrainees")[0], [[[bruno.uid, professional]]])
        with self.assertRaises(other_user.Refused):
            bruno.caller.call("Accounts", "ListTrainees")
        with self.assertRaises(other_user.Refused):
            self.administrator.call("Accounts", "Set", "(ua{sv})", anne.uid, {"supervisor": ("t", professional)})
        self.assertIn("You are a trainee;", bruno.ctl("note", "templates"))
        bruno.ctl("note", "write", who, lines=text)
        bruno.ctl("note", "sign", who)
        self.assertEqual([n["cosign"] for n in anne.json("note", "list", who)["notes"]], [False, True])
        self.assertIn("unfinished: it waits for a co-signature", bruno.ctl("note", "list", who))
        self.assertIn("Yours, unfinished", bruno.ctl("note", "waiting"))
        self.assertIn("For you to read and co-sign", chloe.ctl("note", "waiting"))
        self.assertEqual([(w["number"], w["own"], w["author"]) for w in chloe.json("note", "waiting")["waiting"]], [(2, False, bruno.name)])
        self.assertIn("No note waits", anne.ctl("note", "waiting"))
        waiting = [(w["unfinished"], w["cosign"]) for w in (person.json("vault", "status")["waiting"] for person in (bruno, chloe, anne))]
        self.assertEqual(waiting, [(1, 0), (0, 1), (0, 0)])
        self.check_waiting_in_a_file_that_does_not_hold(chloe)
        # who may not
        self.assertIn("You wrote this note yourself", bruno.ctl("note", "cosign", who, "2", status=1))
        self.assertIn("not given this file to co-sign", anne.ctl("note", "cosign", who, "2", status=1))
        self.assertIn("asks for no co-signature", chloe.ctl("note", "cosign", who, "1", status=1))
        self.assertIn("There is no note of that number", chloe.ctl("note", "cosign", who, "9", status=1))
        # who may: once
        self.assertIn("Your co-signature is note 3", chloe.ctl("note", "cosign", who, "2"))
        self.assertIn("Your co-signature is note 3", chloe.ctl("note", "cosign", who, "2"))
        self.assertIn("No note waits", chloe.ctl("note", "waiting"))
        self.assertIn("co-signed by Chloé Dubé", bruno.ctl("note", "list", who))
        self.assertEqual([(n["number"], n["kind"], n.get("about")) for n in bruno.json("note", "history", who, "2")["notes"]],
                         [(2, "progress", None), (3, "co-signature", 2)])
        kept = [vault.read(octets, "note") for octets in self.replay(anne, self.cases(anne)[who])["note"]]
        self.assertEqual([(note["kind"], note["cosign"]) for note in kept], [(2, 0), (2, 1), (10, 0)])
        self.assertEqual(kept[2]["about"], vault.record_hash(self.replay(anne, self.cases(anne)[who])["note"][1]))
        # a trainee no more
        self.administrator.call("Accounts", "Set", "(ua{sv})", bruno.uid, {"supervisor": ("t", 0)})
        bruno.ctl("note", "write", who, lines=text)
        bruno.ctl("note", "sign", who)
        self.assertFalse(bruno.json("note", "list", who)["notes"][3]["cosign"])
        # who was given a file to write as a trainee alone: whatever the account says, by the envelope
        anne.ctl("case", "end-access", who, "Bruno", "--yes")
        anne.ctl("case", "share", who, "Bruno", "--fingerprint", bruno.fingerprint(), "--trainee")
        bruno.ctl("note", "write", who, lines=text)
        bruno.ctl("note", "sign", who)
        self.assertTrue(bruno.json("note", "list", who)["notes"][4]["cosign"])

    def test_a_signature_without_the_text(self):
        """It holds over the header and a salted commitment; and still does when the text goes out under another key, or not at all."""
        anne, who = self.anne, self.who
        text = ["Services rendered", "CANARI", "Next", "y"]
        anne.ctl("note", "write", who, lines=text)
        anne.ctl("note", "sign", who)
        case_id = self.cases(anne)[who]
        (note,) = self.replay(anne, case_id)["note"]
        # a new key for what comes: the old note's octets stay, and so does what they say
        anne.ctl("case", "share", who, "Bruno", "--fingerprint", self.bruno.fingerprint())
        anne.ctl("case", "end-access", who, "Bruno", "--yes")
        self.assertEqual(len(self.replay(anne, case_id)["epoch"]), 2)
        self.assertEqual(self.replay(anne, case_id)["note"], [note])
        fields = vault.read(note, "note")
        vault.check_signature(fields, 1, anne.keys.sign_key)
        salt, content, body, key = self.take_apart(anne, case_id, fields)
        self.assertEqual(vault.text_commitment(fields, salt, content), fields["text_commitment"])
        # locked again under the new key, and opened in an export: the same signature
        values = {**{name: body[name] for name in ("organisation", "case", "record")}, "epoch": 2, "nonce": os.urandom(24)}
        again = vault.make_body(values, key, salt, content)
        self.assertIn("CANARI", str(vault.open_body(again, self.organisation.id, fields, 2, key)))
        opened = vault.layout.write("opened", {**{name: body[name] for name in ("organisation", "case", "record")}, "salt": salt,
                                               "content": content})
        self.assertIn("CANARI", str(vault.open_opened(opened, self.organisation.id, fields)))
        # a guess shows nothing without the salt, no other text fits, and no other header
        self.assertNotEqual(vault.text_commitment(fields, bytes(32), content), fields["text_commitment"])
        other = vault.layout.write("opened", {**vault.read(opened, "opened"), "content": content.replace(b"CANARI", b"CANARD")})
        with self.assertRaises(vault.Fault) as fault:
            vault.open_opened(other, self.organisation.id, fields)
        self.assertEqual(fault.exception.args[0], "commitment")
        changed = vault.read(note[:265] + bytes([note[265] ^ 1]) + note[266:], "note")
        with self.assertRaises(vault.Fault) as fault:
            vault.check_signature(changed, 1, anne.keys.sign_key)
        self.assertEqual(fault.exception.args[0], "signature")

    def take_apart(self, person, case_id, note):
        """Salt, octets and body of the first note, and the newest epoch's key."""
        keys = [vault.open_envelope(envelope, (person.keys.id, 1), person.keys.box_secret)
                for envelope in (vault.read(octets, "envelope") for octets in self.replay(person, case_id)["envelope"])
                if envelope["recipient"] == person.keys.id]
        octets = person.caller.call("Vault", "GetBodies", "(ayay)", case_id, vault.record_hash(note["octets"]))[1][0]
        body = vault.read(octets, "body")
        padded = vault.unlock(vault.sub(keys[0], 1), body["nonce"], octets[:vault.layout.offset_of(body, "sealed")], body["sealed"])
        return *vault.unpad(padded), body, keys[-1]


if __name__ == "__main__":
    tap.main()
