#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mail server that other tests rely on: it delivers, keeps plus-addresses, bounces, and refuses what a real one refuses."""
import email.message
import smtplib
import ssl
import unittest

import tap
from mail_server import AUTHSERV, FORGED, FUNCTIONAL, PASSWORD, REFUSED, MailServer


def message(subject, sender="parent@example.org", to=FUNCTIONAL):
    mail = email.message.EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{subject}@test>"
    mail.set_content(f"{subject}\n.\n.. and a dot\n")
    return mail


class Server(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mail = MailServer()
        cls.addClassCleanup(cls.mail.end)

    def tearDown(self):
        for user in self.mail.users:
            self.mail.empty(user)

    def test_a_plus_address_lands_in_the_functional_mailbox(self):
        self.mail.send(message("hello"), "parent@example.org", ["suivis+abc234@css.example"])
        (received,) = self.mail.await_mail(FUNCTIONAL, 1)
        self.assertEqual(received["Delivered-To"], "suivis+abc234@css.example")
        self.assertEqual(received["X-Original-To"], "suivis+abc234@css.example")
        self.assertEqual(received["Return-Path"], "<parent@example.org>")
        self.assertIn(f"{AUTHSERV}; spf=pass smtp.mailfrom=example.org", received["Authentication-Results"])
        self.assertEqual(received.get_content().replace("\r\n", "\n"), "hello\n.\n.. and a dot\n")

    def test_what_is_forged_is_said_to_be(self):
        self.mail.send(message("forged"), f"parent@{FORGED}", [FUNCTIONAL])
        (received,) = self.mail.await_mail(FUNCTIONAL, 1)
        self.assertIn("dmarc=fail", received["Authentication-Results"])

    def test_submission(self):
        self.mail.send(message("sent"), FUNCTIONAL, ["parent@example.org"], login=(self.mail.user, PASSWORD))
        (received,) = self.mail.await_mail("parent@example.org", 1)
        self.assertIsNone(received["Authentication-Results"])
        with self.assertRaises(smtplib.SMTPAuthenticationError) as refused:
            self.mail.send(message("not sent"), FUNCTIONAL, ["parent@example.org"], login=(self.mail.user, "wrong"))
        self.assertEqual(refused.exception.smtp_code, 535)

    def test_nothing_without_tls_or_a_password(self):
        with smtplib.SMTP("localhost", self.mail.ports["submission"]) as smtp:
            smtp.ehlo()
            self.assertFalse(smtp.has_extn("auth"))
            self.assertEqual(smtp.mail("parent@example.org")[0], 530)
            smtp.starttls(context=self.mail.context())
            smtp.mail("parent@example.org")
            self.assertEqual(smtp.rcpt(FUNCTIONAL)[0], 554)

    def test_it_relays_for_nobody(self):
        with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
            self.mail.send(message("away"), "parent@example.org", ["someone@elsewhere.example"])
        code, words = refused.exception.recipients["someone@elsewhere.example"]
        self.assertEqual((code, b"Relay access denied" in words), (554, True), words)

    def test_who_is_refused_at_once(self):
        for address, answer in REFUSED.items():
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                self.mail.send(message("refused"), FUNCTIONAL, [address], login=(self.mail.user, PASSWORD))
            self.assertEqual(refused.exception.recipients[address][0], int(answer[:3]))

    def test_a_bounce_comes_to_the_envelope_address(self):
        self.mail.send(message("lost", FUNCTIONAL, "nobody@example.org"), "suivis+b77@css.example", ["nobody@example.org"],
                       login=(self.mail.user, PASSWORD))
        (bounce,) = self.mail.await_mail(FUNCTIONAL, 1)
        self.assertEqual(bounce["Delivered-To"], "suivis+b77@css.example")
        self.assertEqual((bounce.get_content_type(), bounce.get_param("report-type")), ("multipart/report", "delivery-status"))
        report = next(part for part in bounce.walk() if part.get_content_type() == "message/delivery-status")
        self.assertIn("Final-Recipient: rfc822; nobody@example.org", str(report))
        self.assertIn("Status: 5.1.1", str(report))

    def test_others_do_not_trust_its_certificate(self):
        with smtplib.SMTP_SSL("localhost", self.mail.ports["smtps"], context=self.mail.context()) as smtp:
            self.assertEqual(smtp.login(self.mail.user, PASSWORD)[0], 235)
        with self.assertRaises(ssl.SSLCertVerificationError):
            smtplib.SMTP_SSL("localhost", self.mail.ports["smtps"], context=ssl.create_default_context())

    def test_two_at_a_time_and_nothing_left(self):
        with MailServer(names=("DNS:elsewhere.test",)) as other:
            self.assertFalse(set(other.ports.values()) & set(self.mail.ports.values()))
            with self.assertRaises(ssl.SSLCertVerificationError):
                other.imap(FUNCTIONAL)
            processes = [process.pid for process in other.processes]
            other.stop()
            self.assertFalse(any(other._listens(port) for port in other.ports.values()), processes)
        self.assertFalse(other.folder.exists())


if __name__ == "__main__":
    tap.main()
