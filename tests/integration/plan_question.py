#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl plan as a person meets it, on a terminal: the question before publishing, Ctrl-C."""
import json
import os
import pty
import signal
import subprocess

import tap
from comodal_test import COMODALCTL, DEADLINE, TestCase, generate

CASELOAD = generate("pair", "--seed", 1)
FIRST_DAY = CASELOAD["horizon"]["from"]


class Terminal:
    """comodalctl with all its standard streams on a terminal of ours."""

    def __init__(self, environment, *arguments):
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen([COMODALCTL, "--session", *map(str, arguments)], stdin=theirs, stdout=theirs,
                                        stderr=theirs, env={**environment, "TERM": "xterm"}, start_new_session=True)
        os.close(theirs)
        self.text = ""

    def read_until(self, words):
        while words not in self.text:
            try:
                part = os.read(self.ours, 4096)
            except OSError:
                part = b""
            if not part:
                raise AssertionError(f"{words!r} did not come:\n{self.text}")
            self.text += part.decode(errors="replace")

    def type(self, words):
        os.write(self.ours, words.encode())

    def end(self):
        # what is not read would keep it from ending
        try:
            while os.read(self.ours, 4096):
                pass
        except OSError:
            pass
        status = self.process.wait(DEADLINE)
        os.close(self.ours)
        return status


class PlanQuestion(TestCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start_daemon()
        path = self.folder / "caseload.json"
        path.write_text(json.dumps(CASELOAD))
        self.ctl("import", path)

    def published(self):
        return json.loads(self.ctl("status", "--json").stdout)["published_plan"]

    def terminal(self, *arguments):
        return Terminal(self.bus.environment(), *arguments)

    def plan(self, *arguments, language="en"):
        return self.terminal("plan", "--lang", language, "--effort", 5, "--replan-from", FIRST_DAY, *arguments)

    def test_only_a_yes_publishes(self):
        for answer in ("\n", "n\n", "non\n", "yeah\n", "\x04"):
            with self.subTest(answer=answer):
                terminal = self.plan()
                terminal.read_until("[y/N]")
                terminal.type(answer)
                self.assertEqual(terminal.end(), 0)
                self.assertEqual(self.published(), 0)
        terminal = self.plan(language="fr")
        terminal.read_until("[o/N]")
        terminal.type("oui\n")
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(self.published(), 6)

    def test_without_a_terminal_nothing_is_published(self):
        made = json.loads(self.ctl("plan", "--effort", 5, "--replan-from", FIRST_DAY, "--json", text="yes\n").stdout)
        self.assertEqual(made["plan"], 1)
        self.assertEqual(made["placed"] + made["unscheduled"], sum(len(f["sessions"]) for f in CASELOAD["followups"]))
        result = self.ctl("plan", "--effort", 5, "--replan-from", FIRST_DAY, text="yes\n")
        self.assertIn("plan publish 2", result.stderr)
        self.assertEqual(self.published(), 0)
        self.ctl("plan", "publish", 1, text="yes\n", status=1)
        self.assertEqual(self.published(), 0)

    def test_an_interrupt_keeps_the_best(self):
        terminal = self.terminal("plan", "--seconds", 3000, "--replan-from", FIRST_DAY)
        terminal.read_until("cost ")
        terminal.process.send_signal(signal.SIGINT)
        terminal.read_until("[y/N]")
        terminal.type("y\n")
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(self.published(), 1)

    def test_no_color_is_heard(self):
        for more, colored in (((), True), (("--no-color",), False)):
            terminal = self.terminal("status", *more)
            terminal.read_until("comodald ")
            self.assertEqual("\x1b[1m" in terminal.text, colored)
            terminal.end()
        self.assertNotIn("\x1b", self.ctl("status").stdout)


if __name__ == "__main__":
    tap.main()
