#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of comodalctl: help, languages, wrong words, exit statuses, completion."""
import functools
import os
import re
import subprocess
import unittest

import tap
from comodal_test import COMODALCTL, SOURCE

TABLE = (SOURCE / "cli" / "verb-table.c").read_text(encoding="utf-8")
VERBS = re.findall(r'^    \{"([a-z -]+)", (?:NULL|N_)', TABLE, re.M)


def run(*arguments, **environment):
    surroundings = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
                    "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent", "COLUMNS": "80", **environment}
    return subprocess.run([COMODALCTL, *arguments], capture_output=True, text=True, env=surroundings,
                          stdin=subprocess.DEVNULL, timeout=60)


@functools.cache
def run_help(verb, language):
    """What a verb says of itself, asked once for all tests: there are many verbs."""
    return run(*verb.split(), "--help", "--lang", language)


class CommandLine(unittest.TestCase):
    def test_french_from_the_build_folder(self):
        environment = {name: value for name, value in os.environ.items() if name != "COMODAL_LOCALE_DIR"}
        result = subprocess.run([COMODALCTL, "plan-file", "--help", "--lang", "fr"], capture_output=True, text=True,
                                env=environment, stdin=subprocess.DEVNULL, timeout=60)
        self.assertTrue(result.stdout.startswith("Usage :"), result.stdout)

    def test_help_of_every_verb_in_both_languages(self):
        self.assertGreater(len(VERBS), 10)
        for verb in VERBS:
            for language, heading in (("en", "Usage:"), ("fr", "Usage :")):
                with self.subTest(verb=verb, language=language):
                    result = run_help(verb, language)
                    self.assertEqual(result.returncode, 0)
                    self.assertTrue(result.stdout.startswith(f"{heading} comodalctl {verb}"), result.stdout)
                    self.assertIn("--lang fr|en", result.stdout)
                    self.assertLessEqual(max(map(len, result.stdout.splitlines()[1:])), 80)
                    self.assertEqual(result.stderr, "")

    def test_help_without_a_wish_is_english_here(self):
        self.assertEqual(run("note", "write", "--help").stdout, run_help("note write", "en").stdout)

    def test_overview(self):
        overview = run("--help", "--lang", "fr")
        self.assertEqual(overview.returncode, 0)
        for verb in VERBS:
            self.assertRegex(overview.stdout, rf"(?m)^  {verb} +\S")
        self.assertEqual(run().returncode, 2)
        self.assertRegex(run("--version").stdout, r"^comodalctl \d+\.\d+\.\d+\n$")
        group = run("policy", "--help")
        self.assertEqual((group.returncode, "policy check" in group.stdout, "import" in group.stdout), (0, True, False))
        self.assertEqual(run("policy").returncode, 2)

    def test_wrong_words(self):
        for wrong, said in ((["frobnicate"], "“frobnicate”"), (["agend"], "agenda"), (["status", "--bogus"], "--bogus"),
                            (["status", "--lang", "de"], "--lang"), (["status", "word"], "“word”"),
                            (["agenda", "--week", "2026-02-30"], "2026-02-30"), (["agenda", "--plan", "x"], "“x”"),
                            (["list", "dragons"], "“dragons”"), (["list"], "KIND"), (["import"], "FILE"),
                            (["plan", "diff"], "PLAN"), (["plan", "--seconds", "soon"], "“soon”"),
                            (["calendar", "import", "x.ics"], "--calendar"), (["status", "--lang"], "--lang"),
                            (["calendar", "import", "x.ics", "--calendar", "a", "--closure", "skip"], "slide, consume"),
                            (["vault", "nothing"], "There is no command “vault nothing”. Did you mean: vault "),
                            (["nothing"], "There is no command “nothing”. Did you mean: note?\n"),
                            (["note", "amend", "Léa"], "Something is missing: NUMBER\n"),
                            (["export", "make", "Léa", "--purpose", "access"], "Something is missing: --output\n"),
                            (["case", "share", "Léa", "Ada", "--trainee", "--cosign"], "--trainee stands alone"),
                            (["export", "--caseload", "--plan", "3"], "--caseload")):
            with self.subTest(wrong=wrong):
                result = run(*wrong)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertIn(said, result.stderr)
                self.assertIn("--help", result.stderr)
                self.assertEqual(result.stdout, "")

    def test_nobody_answers(self):
        for command in (["status"], ["list", "site"], ["agenda"], ["plan", "list"], ["plan"], ["explain", "s1"],
                        ["export"], ["plan", "show"], ["--session", "status"]):
            with self.subTest(command=command):
                result = run(*command, "--lang", "fr")
                self.assertEqual(result.returncode, 3)
                self.assertIn("Le service comodal ne répond pas.", result.stderr)
                self.assertIn("→", result.stderr)
                self.assertEqual(result.stdout, "")

    def test_french_without_a_french_locale(self):
        # nothing but C.UTF-8 is installed here or on a bare Debian: the wish is heard all the same
        for environment in ({"LC_ALL": "fr_CA.UTF-8"}, {"LC_ALL": "", "LANG": "fr_FR"}, {"LANGUAGE": "fr_CA:fr"}):
            with self.subTest(environment=environment):
                self.assertIn("Commandes :", run("--help", **environment).stdout)
        self.assertIn("Commands:", run("--help", LC_ALL="fr_CA.UTF-8", LANGUAGE="en").stdout)
        self.assertIn("Commands:", run("--help", "--lang=en", LC_ALL="fr_CA.UTF-8").stdout)
        self.assertIn("Commands:", run("--help", LC_ALL="C.UTF-8").stdout)

    def complete(self, *words):
        script = (f"source {SOURCE}/cli/completions/comodalctl; COMP_WORDS=(comodalctl \"$@\"); "
                  "COMP_CWORD=$#; _comodalctl; printf '%s\\n' \"${COMPREPLY[@]}\"")
        result = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, timeout=60)
        self.assertEqual(result.stderr, "")
        return set(result.stdout.split())

    def test_completion(self):
        self.assertEqual(self.complete("pl"), {"plan", "plan-file"})
        first = self.complete("")
        for verb in VERBS:
            self.assertIn(verb.split()[0], first)
            if " " in verb:
                self.assertIn(verb.split()[1], self.complete(verb.split()[0], ""))
        self.assertEqual(self.complete("--lang", "fr", "list", "st"), {"student"})
        self.assertEqual(self.complete("agenda", "--we"), {"--week"})
        self.assertEqual(self.complete("policy", "show", "psycho"), {"psychoeducateur", "psychologue"})
        self.assertEqual(self.complete("calendar", "import", "x.ics", "--closure", ""), {"slide", "consume"})

    def test_every_option_is_completed(self):
        text = (SOURCE / "cli" / "completions" / "comodalctl").read_text(encoding="utf-8")
        for verb in VERBS:
            for option in re.findall(r"^  (?:-., )?(--[a-z-]+)", run_help(verb, "en").stdout, re.M):
                with self.subTest(verb=verb, option=option):
                    self.assertRegex(text, rf"{option}\b")


if __name__ == "__main__":
    tap.main()
