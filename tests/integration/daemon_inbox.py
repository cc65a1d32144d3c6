#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came back to the mailbox, as the daemon and comodalctl show it before anything has come."""
import json

import tap
from gi.repository import GLib
from comodal_test import TestCase, generate

CASELOAD = generate("pair", "--seed", 1)


class Inbox(TestCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start_daemon()
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")

    def test_empty(self):
        self.assertEqual(self.client.json("Inbox", "List", "(a{sv})", {"all": GLib.Variant("b", True)}),
                         {"format": "comodal-inbox/1", "mails": []})
        self.assertIn("Nothing is to be decided.", self.ctl("inbox", "list").stdout)
        self.assertIn("No mail has come.", self.ctl("inbox", "list", "--all").stdout)
        self.assertEqual(json.loads(self.ctl("--json", "inbox", "list").stdout)["mails"], [])

    def test_refused(self):
        self.assertIn("no mail by this number", self.ctl("inbox", "show", "7", status=1).stderr)
        self.assertIn("no mail by this number", self.ctl("inbox", "decide", "7", "ignore", status=1).stderr)
        self.ctl("inbox", "decide", "7", "maybe", status=2)


if __name__ == "__main__":
    tap.main()
