#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl's verbs about consent, as a person types them; what they type of a child never stands on a command line."""
import copy
import datetime
import json

import tap
from comodal_test import SOURCE, TestCase, generate

CASELOAD = generate("pair", "--seed", 1)
FIRST = datetime.date.fromisoformat(CASELOAD["horizon"]["from"])
STUDENT = "David Ouellet"
MOTHER, FATHER = "g-00002", "g-00003"
RULE = "consent.known_opposition_stops"


class Verbs(TestCase):
    def setUp(self):
        super().setUp()
        clock = self.folder / "clock"
        instant = datetime.datetime(FIRST.year, FIRST.month, FIRST.day, 17, tzinfo=datetime.timezone.utc)
        clock.write_text(str(int(instant.timestamp())))
        self.start_daemon(environment={"COMODAL_CLOCK": clock}, policies=(SOURCE / "policies",))
        caseload = copy.deepcopy(CASELOAD)
        self.assertIn(STUDENT, [student["name"] for student in caseload["students"]])
        path = self.folder / "caseload.json"
        path.write_text(json.dumps(caseload))
        self.ctl("import", path)
        self.ctl("guardian", "add", "david", MOTHER)
        self.ctl("guardian", "add", "david", FATHER, "--household", 2)

    def give(self, *arguments, text="", **more):
        return self.ctl("consent", "give", "david", *arguments, "--on", FIRST, text=text, **more)

    def show(self, *arguments):
        return self.ctl("consent", "show", "david", *arguments, "--lang", "en").stdout

    def test_guardians(self):
        listed = json.loads(self.ctl("guardian", "list", "david", "--json").stdout)
        self.assertEqual([(row["household"], row["authority"]) for row in listed], [(1, True), (2, True)])
        self.ctl("guardian", "add", "david", FATHER, "--household", 2, "--no-authority")
        self.ctl("guardian", "remove", "david", MOTHER)
        self.assertIn(" no", self.ctl("guardian", "list", "david", "--lang", "en").stdout)
        self.ctl("guardian", "remove", "david", MOTHER, status=1)
        self.ctl("guardian", "add", "david", "t-00002", status=1)
        self.ctl("guardian", "add", "david", MOTHER, "--household", 12, status=2)

    def test_consents(self):
        self.assertIn("nothing on record", self.show())
        self.give("service", "--by", MOTHER)
        self.assertIn("presumed to act with the other", self.show())
        self.assertIn("C.c.Q. art. 603", self.show("--json"))
        # the psychologist's order asks for a note of a verbal one
        said = self.give("service", "--by", FATHER, "--verbal", status=1, LC_ALL="C.UTF-8").stderr
        self.assertIn("Code de déontologie art. 11", said)
        self.give("service", "--by", FATHER, "--verbal", text="Au téléphone, mardi\n")
        self.assertIn("Au téléphone, mardi", self.show())
        self.assertIn("all who hold parental authority", self.show())
        self.give("video", "--by", MOTHER, "--home")
        self.give("release", "--by", MOTHER, "--until", FIRST + datetime.timedelta(days=30), text="CLSC\n")
        self.assertIn("CLSC", self.show())
        self.assertNotIn("CLSC", self.show("--as", FATHER))
        self.assertIn("mardi", self.show("--as", FATHER))
        self.assertNotIn("mardi", self.show("--as", MOTHER))
        self.ctl("consent", "oppose", "david", "video", "--by", FATHER, text="\n")
        self.assertIn("an opposition is known: stop", self.show())
        self.ctl("consent", "withdraw", "david", "video", "--by", FATHER)
        self.assertNotIn("an opposition is known: stop", self.show())
        self.ctl("consent", "withdraw", "david", "video", "--by", FATHER, status=1)
        french = self.ctl("consent", "show", "david", "--lang", "fr").stdout
        self.assertIn("Ce qui a été dit", french)
        self.assertIn("titulaires de l’autorité parentale", french)
        self.ctl("consent", "give", "david", "love", "--by", MOTHER, status=2)
        self.ctl("consent", "give", "david", "service", status=2)
        self.ctl("consent", "give", "nobody", "service", "--by", MOTHER, status=1)

    def test_due(self):
        self.assertEqual(json.loads(self.ctl("consent", "due", "--json").stdout)["students"], [])
        self.assertIn("Nobody", self.ctl("consent", "due", "--lang", "en").stderr)

    def test_suitability(self):
        shown = json.loads(self.ctl("suitability", "show", "david", "--json").stdout)
        count = len(shown["questions"])
        self.assertEqual((shown["state"], count), ("missing", 10))
        self.ctl("suitability", "answer", "david", text="o\n" * (count - 1), status=1)
        self.assertIn("not answered yet", self.ctl("suitability", "show", "david", "--lang", "en").stdout)
        self.ctl("suitability", "answer", "david", text="o\n" * count)
        self.assertIn("video is suitable", self.ctl("suitability", "show", "david", "--lang", "en").stdout)
        self.ctl("suitability", "answer", "f-00002", text="o\n" * (count - 1) + "n\n")
        self.assertIn("video is not suitable", self.ctl("suitability", "show", "david", "--lang", "en").stdout)
        self.assertIn("connexion protégée", self.ctl("suitability", "show", "david", "--lang", "fr").stdout)

    def test_derogations(self):
        until = FIRST + datetime.timedelta(days=30)
        self.ctl("derogation", "ask", RULE, "--followup", "david", status=2)
        self.ctl("derogation", "ask", RULE, "--followup", "david", "--until", until, status=1, text="")
        asked = self.ctl("derogation", "ask", RULE, "--followup", "david", "--until", until, "--json",
                         text="Jugement du 3 août\n")
        number = json.loads(asked.stdout)["number"]
        session = self.ctl("derogation", "ask", RULE, "--only", "f-00002-1", "--until", until, "--json", text="Idem\n")
        listed = self.ctl("derogation", "list", "--lang", "en").stdout
        self.assertIn("Jugement du 3 août", listed)
        self.assertIn("one session", listed)
        self.assertIn("C.c.Q. art. 603", listed)
        self.ctl("plan", "--effort", 5, "--publish")
        shown = json.loads(self.ctl("explain", "f-00002-1", "--json").stdout)
        self.assertEqual({(d["number"], d["state"]) for d in shown["derogations"]},
                         {(number, "asked"), (json.loads(session.stdout)["number"], "asked")})
        self.assertIn("asked, until", self.ctl("explain", "f-00002-1", "--lang", "en").stdout)
        other = json.loads(self.ctl("explain", "f-00002-2", "--json").stdout)
        self.assertEqual([d["number"] for d in other["derogations"]], [number])
        said = self.ctl("derogation", "approve", number, text="\n", status=1).stderr
        self.assertIn("derogation", self.ctl("derogation", "list", "--json").stdout)
        self.assertTrue(said)
        self.ctl("derogation", "withdraw", number)
        self.ctl("derogation", "withdraw", json.loads(session.stdout)["number"])
        self.assertEqual(json.loads(self.ctl("derogation", "list", "--json").stdout)["derogations"], [])
        self.assertEqual(len(json.loads(self.ctl("derogation", "list", "--all", "--json").stdout)["derogations"]), 2)
        self.ctl("derogation", "withdraw", 999999, status=1)


if __name__ == "__main__":
    tap.main()
