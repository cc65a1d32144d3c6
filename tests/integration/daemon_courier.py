#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodald's private socket for the courier: who is let in, and what is refused."""
import os
import subprocess
import sys

import tap
from comodal_test import TestCase
from fake_comodald import FakeComodald, memory
from gi.repository import Gio, GLib

OBJECT, INTERFACE = f"/org/comodal/{FakeComodald.NAME}", f"org.comodal.{FakeComodald.NAME}"

NOBODY = 65534
VISIT = ("import sys; from gi.repository import Gio\n"
         "Gio.DBusConnection.new_for_address_sync('unix:path=' + sys.argv[1], Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT, None, None)")


class Socket(TestCase):
    def setUp(self):
        super().setUp()
        self.daemon = self.start_daemon()
        self.socket = self.daemon.folder / "comodal" / "courier.socket"

    def call(self, method, signature, values, document=None):
        peer = Gio.DBusConnection.new_for_address_sync(f"unix:path={self.socket}", Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT,
                                                       None, None)
        descriptors = Gio.UnixFDList.new()
        if document is not None:
            descriptors.append(memory(document))
        try:
            return peer.call_with_unix_fd_list_sync(None, OBJECT, INTERFACE, method, GLib.Variant(signature, values), None, 0, 30000,
                                                    descriptors, None)[0].unpack()
        except GLib.Error as error:
            return Gio.DBusError.get_remote_error(error).rpartition(".")[2]
        finally:
            peer.close_sync(None)

    def test_serves_and_refuses(self):
        self.assertEqual(self.call("Lease", "(u)", (8,)), ([],))
        self.assertEqual(self.call("GetMailbox", "(s)", ("inbox",)), (0, 0))
        for count in (0, 65):
            self.assertEqual(self.call("Lease", "(u)", (count,)), "InvalidInput")
        self.assertEqual(self.call("GetMailbox", "(s)", ("../x",)), "InvalidInput")
        self.assertEqual(self.call("Forget", "()", ()), "AccessDenied")
        good = b'{"attempt": 1, "outcome": "accepted", "code": 250}'
        self.assertEqual(self.call("Report", "(tsh)", (7, "mail", 0), good), "NotFound")
        for document in (b"", b"[]", b"{", b'{"attempt": 1, "outcome": "lost"}', b'{"outcome": "accepted"}',
                         b'{"attempt": "1", "outcome": "accepted"}', b'{"attempt": 1, "outcome": "accepted", "more": 1}'):
            self.assertEqual(self.call("Report", "(tsh)", (7, "mail", 0), document), "InvalidInput", document)
        self.assertEqual(self.call("Report", "(tsh)", (7, "parcel", 0), good), "InvalidInput")
        self.assertEqual(self.call("Report", "(tsh)", (7, "mail", 0)), "InvalidInput")
        self.assertEqual(self.call("Deliver", "(stth)", ("inbox", 0, 1, 0), b"{}"), "InvalidInput")

    def test_another_user_is_turned_away(self):
        if os.getuid() != 0:
            self.skipTest("only root can be another user")
        for folder in (self.daemon.folder, self.socket.parent):
            folder.chmod(0o755)
        self.socket.chmod(0o666)
        result = subprocess.run([sys.executable, "-c", VISIT, self.socket], user=NOBODY, group=NOBODY, extra_groups=[],
                                capture_output=True, text=True)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("a program of another user was turned away", self.daemon.log.read_text())
        own = subprocess.run([sys.executable, "-c", VISIT, self.socket], capture_output=True, text=True)
        self.assertEqual(own.returncode, 0, own.stderr)


if __name__ == "__main__":
    tap.main()
