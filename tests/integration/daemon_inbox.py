#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What came back to the mailbox: handed over on the courier's socket, shown, decided."""
import datetime
import json
import os
import zoneinfo

import tap
from gi.repository import Gio, GLib
from comodal_test import BUS_NAME, OBJECT, TestCase, await_event, generate

CASELOAD = generate("pair", "--seed", 1)
WORDS = "Zorglub demande une autre heure"
DOCUMENT = {"format": "comodal-inbound/1", "from": "zorglub@famille.example", "subject": "Rencontre", "text": WORDS,
            "automatic": ""}


class Inbox(TestCase):
    def setUp(self):
        super().setUp()
        self.socket = self.folder / "courier" / "socket"
        self.socket.parent.mkdir(0o700)
        config = self.folder / "comodald.conf"
        config.write_text(f"[Mail]\nAddress=suivis@css.example\n[Courier]\nSocket={self.socket}\n")
        self.daemon = self.start_daemon("--config", config)
        self.client = self.connect()
        self.assertEqual(self.client.import_caseload(CASELOAD).wait(), "succeeded")

    def courier(self, method, signature, *arguments, document=None):
        """A call on the courier's own socket."""
        connection = Gio.DBusConnection.new_for_address_sync(
            f"unix:path={self.socket}", Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)
        handles = Gio.UnixFDList.new()
        if document is not None:
            fd = os.memfd_create("document", os.MFD_ALLOW_SEALING)
            os.write(fd, json.dumps(document).encode())
            os.lseek(fd, 0, os.SEEK_SET)
            handles.append(fd)
            os.close(fd)
        answer, _ = connection.call_with_unix_fd_list_sync(
            None, "/org/comodal/Courier1", "org.comodal.Courier1", method, GLib.Variant(signature, arguments), None,
            Gio.DBusCallFlags.NONE, 10000, handles, None)
        connection.close_sync(None)
        return answer.unpack()

    def deliver(self, uid, **members):
        document = {**DOCUMENT, "sha256": f"{uid:064x}", **members}
        return self.courier("Deliver", "(stth)", "main", 7, uid, 0, document=document)[0]

    def list(self, every):
        return self.client.json("Inbox", "List", "(a{sv})", {"all": GLib.Variant("b", every)})["mails"]

    def test_empty(self):
        self.assertEqual(self.list(True), [])
        self.assertEqual(self.ctl("inbox", "list").stdout, "Nothing is to be decided.\n")
        self.assertIn("No mail has come.", self.ctl("inbox", "list", "--all").stdout)
        self.assertEqual(json.loads(self.ctl("--json", "inbox", "list").stdout)["mails"], [])

    def test_refused(self):
        self.assertIn("no mail by this number", self.ctl("inbox", "show", "7", status=1).stderr)
        self.assertIn("no mail by this number", self.ctl("inbox", "decide", "7", "ignore", status=1).stderr)
        self.ctl("inbox", "decide", "7", "maybe", status=2)

    def test_delivered(self):
        told = []
        self.client.bus.signal_subscribe(BUS_NAME, BUS_NAME + ".Inbox", "Changed", OBJECT, None, 0,
                                         lambda *event: told.append(event[5].unpack()))
        self.assertTrue(self.deliver(1))
        self.assertFalse(self.deliver(1))
        self.assertTrue(self.deliver(2, automatic="auto-replied"))
        self.assertTrue(self.deliver(3, method="REPLY", events=[{"uid": "x@y", "attendees": []}]))
        self.assertEqual(self.courier("GetMailbox", "(s)", "main"), (7, 3))
        kinds = [(mail["kind"], mail["state"]) for mail in self.list(True)]
        self.assertEqual(kinds, [("reply", "review"), ("automatic", "ignored"), ("other", "review")])
        self.assertEqual({mail["mailbox"] for mail in self.list(True)}, {"main"})
        self.assertEqual(len(self.list(False)), 2)
        number = self.list(True)[2]["number"]
        await_event(lambda: len(told) == 3, "a signal of each mail")
        shown = self.ctl("inbox", "show", number).stdout
        self.assertIn(WORDS, shown)
        self.assertIn("Somebody wrote.", shown)
        received = self.list(True)[0]["received_at"]
        moment = datetime.datetime.fromtimestamp(received, zoneinfo.ZoneInfo("America/Toronto")).strftime("%Y-%m-%d %H:%M")
        for verb in (("list",), ("show", number)):
            self.assertIn(moment, self.ctl("inbox", *verb, TZ="Asia/Tokyo").stdout)
        self.assertIn("The last mail came in on 20", self.ctl("inbox", "list").stdout)
        french = self.ctl("inbox", "list", LANGUAGE="fr").stdout
        self.assertIn("Quelqu’un a écrit.", french)
        self.assertIn("not known which invitation", self.ctl("inbox", "decide", number, "accepted", status=1).stderr)
        self.assertIn("put aside", self.ctl("inbox", "decide", number, "ignore").stdout)
        self.assertIn("nothing to decide", self.ctl("inbox", "decide", number, "ignore", status=1).stderr)
        self.assertEqual(len(self.list(False)), 1)
        self.assertNotIn("Zorglub", self.daemon.text())
        self.assertNotIn("zorglub", self.daemon.text())


if __name__ == "__main__":
    tap.main()
