#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What staff see of the outbox and what they decide, with the real comodald and comodal-courier, and a Maildir; and that either may die."""
import email
import json
import signal
import socket

import tap
from mail_case import Correspondence
from mail_server import await_true, make_certificate

KINDS = {"letter", "recipient", "kind", "state", "urgent", "uncertain", "things", "since", "until", "attempts", "cause", "code", "sent_at"}


class Outbox(Correspondence):
    undo = 0

    def setUp(self):
        super().setUp()
        self.maildir = self.folder / "mail"
        self.prepare()

    def start(self):
        return self.start_courier("", "", maildir=self.maildir)

    def letters(self):
        """Message-IDs of what was delivered, one a file."""
        return sorted(email.message_from_bytes(path.read_bytes())["Message-ID"] for path in self.maildir.glob("new/*"))

    def states(self):
        return sorted(state for (state,) in self.look("SELECT state FROM letter"))

    def verb(self, *words, **more):
        return self.ctl("outbox", *words, **more).stdout

    def await_made(self, count):
        await_true(lambda: self.states() == ["waiting"] * count, f"{count} letters made")

    def test_nothing(self):
        self.assertIn("Nothing waits to be sent.", self.verb("list"))
        self.assertIn("Every letter has arrived", self.verb("dead"))
        self.assertIn("Everybody can be reached.", self.verb("unreachable"))
        self.assertIn("Nothing was sent yet.", self.verb("sent"))
        self.assertIn("no letter by this number", self.verb_error("retry", 7))
        self.assertIn("no letter by this number", self.verb_error("drop", 7))
        self.ctl("outbox", "retry", "nobody", "7", status=2)
        self.assert_call_fails("InvalidInput", self.client.call, "Outbox", "List", "(s)", "all")
        for days in (0, 367):
            self.assert_call_fails("InvalidInput", self.client.call, "Outbox", "Count", "(u)", days)

    def verb_error(self, *words):
        return self.ctl("outbox", *words, status=1).stderr

    def test_what_waits_and_what_was_sent(self):
        self.book()
        self.await_made(2)
        document = json.loads(self.ctl("--json", "outbox", "list").stdout)
        self.assertEqual((document["format"], document["zone"]), ("comodal-outbox/1", "America/Toronto"))
        self.assertEqual(document["letters"], self.client.json("Outbox", "List", "(s)", "waiting")["letters"])
        for letter in document["letters"]:
            self.assertEqual(set(letter), KINDS)
            self.assertEqual((letter["kind"], letter["state"], letter["things"]), ("invitation", "waiting", 1))
        self.assertEqual({letter["recipient"]["number"] for letter in document["letters"]}, {self.mother, self.father})
        # who has no name is called what the school calls them
        for contact in self.client.json("Roster", "List", "(s)", "contact")[:2]:
            self.assertRegex(self.verb("list"), rf"\b{contact['id']}  invitation")
        # the organisation's hours, wherever the one who asks is
        for zone in ("America/Toronto", "Asia/Tokyo"):
            self.assertEqual(self.verb("list", TZ=zone).count("waits until 2026-08-24 10:00"), 2, zone)
        self.assertEqual(self.verb("list", LANGUAGE="fr").count("attend jusqu’à 2026-08-24 10:00"), 2)
        self.start()
        await_true(lambda: self.states() == ["sent", "sent"], "both are sent")
        self.assertIn("Nothing waits to be sent.", self.verb("list"))
        self.assertEqual(self.verb("sent", TZ="Asia/Tokyo").count("sent 2026-08-24 10:00"), 2)
        self.assertEqual(self.verb("sent", LANGUAGE="fr").count("envoyée 2026-08-24 10:00"), 2)
        counts = json.loads(self.ctl("--json", "outbox", "counts").stdout)
        self.assertEqual((counts["waiting"], counts["sent"], counts["people"], counts["families"]), (0, 2, 2, 2))
        self.assertIn("      2  letters sent in the last 7 days", self.verb("counts"))

    def test_who_cannot_be_reached(self):
        self.reach("contact", self.father, email="")
        self.book()
        await_true(lambda: self.outbox("unreachable"), "who can't be reached")
        (father,) = [contact["id"] for contact in self.client.json("Roster", "List", "(s)", "contact")
                     if contact["number"] == self.father]
        self.assertRegex(self.verb("unreachable"), rf"contact {self.father} +{father}")
        self.assertIn("no address that takes mail", self.verb("unreachable"))
        self.assertIn("tried again", self.verb("retry", "contact", self.father))
        await_true(lambda: self.outbox("unreachable"), "still nobody to write to")
        self.assertIn("given up", self.verb("drop", "contact", self.father))
        self.assertEqual(self.outbox("unreachable"), [])
        self.assertEqual(self.look("SELECT count(*) FROM notice WHERE outcome = 'dropped'"), [(1,)])

    def test_a_letter_is_dropped_and_one_is_tried_again(self):
        """Nobody is at the mail server's: the letters wait, with the cause."""
        keys = self.folder / "keys"
        keys.mkdir()
        # taken, so that nobody else listens there, and not listened on
        nobody = socket.socket()
        self.addCleanup(nobody.close)
        nobody.bind(("127.0.0.1", 0))
        url = f"smtp://localhost:{nobody.getsockname()[1]}"
        self.book()
        self.await_made(2)
        self.start_courier(url, make_certificate(keys))
        await_true(lambda: len(self.look("SELECT 1 FROM letter WHERE cause = 'network' AND state = 'waiting'")) == 2,
                   "the failures on record")
        self.courier.stop()
        listed = self.outbox("waiting")
        self.assertEqual([letter["attempts"] for letter in listed], [1, 1])
        self.assertIn("again 2026-08-24 10:", self.verb("list"))
        self.assertIn("tried again", self.verb("retry", listed[0]["letter"]))
        self.assertIn("given up", self.verb("drop", listed[1]["letter"]))
        self.start()
        await_true(lambda: self.letters(), "the one that was not dropped")
        await_true(lambda: self.states().count("sent") == 1, "it is on record")
        self.assertEqual(len(self.letters()), 1)
        self.assertEqual(self.outbox("waiting"), [])

    def kill_either(self, kill):
        """Each session's letters, with a death after every booking; nothing is lost, and what comes twice is the same file."""
        self.start()
        for child, which in [(child, which) for child in (0, 1) for which in range(len(self.places[child]))][:4]:
            self.book(child, which)
            kill()
        await_true(lambda: len(self.look("SELECT 1 FROM letter WHERE state = 'sent'")) >= 4 and set(self.states()) <= {"sent", "void"}
                   and not self.look("SELECT 1 FROM notice WHERE sent_at IS NULL"), "everything is told")
        told = [number for (number,) in self.look("SELECT message_id FROM letter WHERE state = 'sent'")]
        self.assertEqual(self.letters(), sorted(f"<{number}>" for number in told))

    def test_the_courier_dies(self):
        def kill():
            self.courier.kill()
            self.courier.start()
        self.kill_either(kill)

    def test_comodald_dies(self):
        def kill():
            self.daemon.process.send_signal(signal.SIGKILL)
            self.daemon.process.wait()
            self.begin(self.folder)
        self.kill_either(kill)


if __name__ == "__main__":
    tap.main()
