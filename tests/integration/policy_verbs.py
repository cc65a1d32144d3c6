#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl policy list, show, explain and check: no service is there, the files are."""
import configparser
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import tap

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
COMODALCTL = os.environ["COMODALCTL"]
SHIPPED = SOURCE / "policies"
EXAMPLE = SHIPPED / "examples" / "css-exemple"
BENCHMARK = SOURCE / "tests" / "planning" / "policies"


class PolicyVerbs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="comodal-policy-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_verb(self, *arguments, directories=(SHIPPED, EXAMPLE)):
        # a bus that is not there: nothing may ask for one
        environment = {**os.environ, "XDG_CONFIG_HOME": str(self.folder), "COLUMNS": "100",
                       "COMODAL_POLICY_DIR": ":".join(map(str, directories)),
                       "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
        return subprocess.run([COMODALCTL, "--session", "policy", *map(str, arguments)], env=environment, text=True,
                              encoding="utf-8", capture_output=True, timeout=60, check=False)

    def read(self, *arguments, **options):
        result = self.run_verb(*arguments, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_list(self):
        text = self.read("list", "--lang", "fr")
        self.assertIn("Psychologue", text)
        self.assertIn("technicien-education-specialisee"[:12], text)
        rows = json.loads(self.read("list", "--json"))
        self.assertEqual(len(rows), 7)
        self.assertNotIn("commun", [row["profession"] for row in rows])
        for row in rows:
            self.assertGreater(row["blocks"], 10)

    def test_show_in_both_languages(self):
        french = self.read("show", "psychologue", "--lang", "fr")
        english = self.read("show", "psychologue", "--lang", "en")
        for text in (french, english):
            self.assertIn("C-26, r. 221, art. 10", text)
            self.assertIn("MaxSessions=6", text)
        self.assertIn("Entre l’autorisation signée et l’envoi", " ".join(french.split()))
        self.assertIn("15 days pass", " ".join(english.split()))
        self.assertLess(french.index("Ce qui bloque"), french.index("Ce qui avertit"))

    def test_show_json_is_what_the_planner_obeys(self):
        for path in sorted(BENCHMARK.glob("*.policy")):
            ini = configparser.RawConfigParser(delimiters=("=",))
            ini.optionxform = str
            ini.read(path, encoding="utf-8")
            policy = json.loads(self.read("show", path.stem, "--json"))
            limits = {(limit["group"], limit["key"]): limit for limit in policy["limits"]}
            for section in ini.sections():
                for key, value in ini[section].items() if section != "Policy" else ():
                    if (section, key) not in limits:  # the value that holds without the key
                        self.assertIn(value, ("in-person;video", "true"), (path.stem, section, key))
                        continue
                    self.assertEqual(limits[section, key]["value"], value)
                    if key != "StudentPresent":
                        self.assertTrue(limits[section, key]["rule"].startswith("local."))

    def test_show_without_employer(self):
        policy = json.loads(self.read("show", "psychologue", "--json", directories=(SHIPPED,)))
        self.assertEqual({limit["key"] for limit in policy["limits"]}, {"StudentPresent"})

    def test_show_unknown(self):
        result = self.run_verb("show", "danseur")
        self.assertEqual(result.returncode, 1)
        self.assertIn("danseur", result.stderr)
        self.assertIn("ergotherapeute", result.stderr)
        self.assertEqual(self.run_verb("show", "psycho").returncode, 1, "two professions begin so")
        self.assertEqual(self.run_verb("show", "ergo").returncode, 0)

    def test_explain(self):
        text = self.read("explain", "access_request.max_days")
        self.assertEqual(text.count("access_request.max_days"), 1, "a common rule is told once")
        self.assertIn("20 calendar days", text)
        self.assertIn("A-2.1 art. 47 and 98", text)
        rules = json.loads(self.read("explain", "suivi.InPersonEvery", "--json"))
        self.assertEqual({rule["id"] for rule in rules}, {"local.suivi.in_person_every"})
        self.assertEqual(len(rules), 2)
        rules = json.loads(self.read("explain", "MaxSessions", "--json", "--profession", "orthophoniste"))
        self.assertEqual([rule["keys"] for rule in rules], [["Day.MaxSessions"]])
        self.assertEqual(self.run_verb("explain", "nothing.of_that_name").returncode, 1)

    def test_explain_tells_who_answers_for_a_calendar(self):
        own = self.folder / "own" / "commun.policy.d"
        own.mkdir(parents=True)
        (own / "50-calendrier.conf").write_text(
            "[Rule retention.school]\nKind=employer-rule\nSource=https://css.example\nArticle=1\nRead=2026-11-21\nConfidence=high\n"
            "Owner=Secrétariat général\nValue=3\nText[fr]=Trois ans.\nText[en]=Three years.\n")
        text = self.read("explain", "retention.school", directories=(SHIPPED, own.parent))
        self.assertIn("who answers for it: Secrétariat général", " ".join(text.split()))

    def test_explain_tells_what_is_tightened(self):
        own = self.folder / "own" / "commun.policy.d"
        own.mkdir(parents=True)
        (own / "50-own.conf").write_text(
            "[Rule access_request.max_days]\nKind=employer-rule\nSource=https://css.example/acces\nArticle=Guide, 3\n"
            "Read=2026-11-21\nConfidence=high\nValue=15\nText[fr]=Quinze jours.\nText[en]=Fifteen days.\n", encoding="utf-8")
        text = self.read("explain", "access_request.max_days", directories=(SHIPPED, own.parent))
        self.assertIn("15 calendar days", text)
        self.assertIn("A-2.1 art. 47 and 98", text)

    def test_check_shipped(self):
        result = self.run_verb("check", SHIPPED, EXAMPLE)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual(len(result.stdout.splitlines()), 1, result.stdout)

    def test_check_warns(self):
        result = self.run_verb("check", BENCHMARK)
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"(?m)^.*/psychologue\.policy:5: warning: \[Day\] BufferMinutes: ")

    def test_check_faults(self):
        broken = self.folder / "broken"
        shutil.copytree(BENCHMARK, broken)
        target = broken / "psychologue.policy"
        target.write_text(target.read_text(encoding="utf-8").replace("MaxSites=2", "MaxSites=4"), encoding="utf-8")
        drop_in = broken / "orthophoniste.policy.d" / "50-own.conf"
        drop_in.parent.mkdir()
        drop_in.write_text("[Day]\nMaxSessions=9\n", encoding="utf-8")
        for language, word in (("en", "tighten"), ("fr", "resserrer")):
            result = self.run_verb("check", broken, "--lang", language)
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stdout, rf"(?m)^{target}:8: \[Day\] MaxSites: ")
            self.assertRegex(result.stdout, rf"(?m)^{drop_in}:2: \[Day\] MaxSessions: .*{word}.*orthophoniste\.policy:6")
        faults = json.loads(self.run_verb("check", broken, "--json").stdout)
        self.assertEqual([fault["line"] for fault in faults["errors"]], [8, 2])

    def test_check_one_file(self):
        alone = self.folder / "danseur.policy.d" / "10.conf"
        alone.parent.mkdir()
        alone.write_text("[Day]\nMaxSession=9\n", encoding="utf-8")
        result = self.run_verb("check", alone)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, rf"^{alone}:2: \[Day\] MaxSession: ")
        self.assertEqual(self.run_verb("check", self.folder / "absent.policy").returncode, 1)

    def test_nothing_there(self):
        result = self.run_verb("list", directories=(self.folder / "absent",))
        self.assertEqual(result.returncode, 1)
        self.assertIn(str(self.folder / "absent"), result.stderr)


if __name__ == "__main__":
    tap.main()
