#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SMTP server that fails as it is told: it counts what it accepts, and fails where it was told, as seen by Python's own client."""
import pathlib
import shutil
import smtplib
import ssl
import tempfile
import unittest

import tap
from mail_server import PASSWORD, USER
from odd_smtp import DISCONNECT, HANG, STEPS, OddSmtp

MESSAGE = b"Message-ID: <one@test>\r\nSubject: hello\r\n\r\n.\r\n..two\r\nend\r\n"


class Odd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-odd-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)

    def setUp(self):
        self.server = OddSmtp(self.folder)
        self.addCleanup(self.server.end)

    def send(self, password=PASSWORD, timeout=10):
        with smtplib.SMTP("localhost", self.server.port, timeout=timeout) as smtp:
            smtp.starttls(context=ssl.create_default_context(cafile=self.server.ca_file))
            smtp.login(USER, password)
            smtp.sendmail("a@test", ["b@test"], MESSAGE)

    def test_it_accepts_and_counts(self):
        self.send()
        self.send()
        first, second = self.server.await_accepted(2)
        self.assertEqual((first.content, first.sender, first.recipients), (MESSAGE, "a@test", ("b@test",)))
        self.assertEqual(self.server.copies(), {"<one@test>": 2})
        self.assertEqual(self.server.duplicates(), {"<one@test>": True})
        self.assertEqual(self.server.most_connections, 1)

    def test_each_step_fails_each_way(self):
        accepted = 0
        for step in STEPS:
            for how in (451, 550, DISCONNECT, HANG):
                with self.subTest(step=step, how=how):
                    self.server.fail(step, how)
                    # EHLO: Python says HELO then, which nobody knows here
                    with self.assertRaises((smtplib.SMTPException, OSError)):
                        self.send(timeout=0.3 if how == HANG else 10)
                    accepted += step == "accepted"
                    self.assertEqual(len(self.server.accepted), accepted)
        self.send()
        self.assertEqual(len(self.server.accepted), accepted + 1)

    def test_a_password_and_a_secure_line(self):
        with self.assertRaises(smtplib.SMTPAuthenticationError):
            self.send(password="wrong")
        with smtplib.SMTP("localhost", self.server.port) as smtp:
            smtp.ehlo()
            self.assertFalse(smtp.has_extn("auth"))
            self.assertEqual(smtp.mail("a@test")[0], 530)

    def test_something_is_done_at_a_step(self):
        seen = []
        self.server.at("text", lambda: seen.append(len(self.server.accepted)))
        self.server.at("accepted", lambda: seen.append(len(self.server.accepted)))
        self.send()
        self.assertEqual(seen, [0, 1])

    def test_secure_from_the_start(self):
        with OddSmtp(self.folder, implicit=True) as server:
            context = ssl.create_default_context(cafile=server.ca_file)
            with smtplib.SMTP_SSL("localhost", server.port, context=context) as smtp:
                smtp.login(USER, PASSWORD)
                smtp.sendmail("a@test", ["b@test"], MESSAGE)
            self.assertEqual(len(server.accepted), 1)


if __name__ == "__main__":
    tap.main()
