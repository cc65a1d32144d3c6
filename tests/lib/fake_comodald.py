# SPDX-License-Identifier: GPL-3.0-or-later
"""comodald's end of the courier's socket (include/org.comodal.Courier1.xml), in a thread of the test's: it gives out what it is told,
and keeps what it is told.

    with FakeComodald(folder) as comodald:
        comodald.give_mail(7, message, to="parent@example.org")
        comodald.await_reports(1)                     # [(7, "mail", {"outcome": "accepted", …})]
"""
import json
import os
import pathlib
import threading
import time

from gi.repository import Gio, GLib

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
CONTRACT = (SOURCE / "include" / "org.comodal.Courier1.xml").read_text()
OBJECT, INTERFACE = "/org/comodal/Courier1", "org.comodal.Courier1"
DEADLINE = float(os.environ.get("COMODAL_TEST_DEADLINE", "60"))


def memory(data):
    descriptor = os.memfd_create("fake-comodald")
    os.write(descriptor, data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


class FakeComodald:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.socket = self.folder / "courier.socket"
        self.changed = threading.Condition()
        self.queue = []        # (number, kind, order, content)
        self.rooms = []        # the same, of video providers
        self.reports = []      # (number, kind, result)
        self.leases = []       # how many were asked for each time
        self.out = {}          # (kind, number): leased and not reported
        self.most_out = 0
        self.mailbox = (0, 0)
        self.delivered = []    # (mailbox, uidvalidity, uid, document)
        self.answers = []      # errors to be answered to the next reports: a D-Bus error's name, or None
        self.deliver_answers = []
        self.peers = []
        self.came = 0
        self.context = GLib.MainContext()
        self.loop = GLib.MainLoop(self.context)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.listen()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.vanish()
        self.do(self.loop.quit)
        self.thread.join(DEADLINE)

    # ---- for the test

    def give(self, number, kind, order, content=b""):
        with self.changed:
            self.queue.append((number, kind, order, content))
        self.do(self._say_due)

    def give_room(self, number, order, content=b""):
        with self.changed:
            self.rooms.append((number, "room", order, content))
        self.do(lambda: self._say("RoomsDue"))

    def give_mail(self, number, message, sender="suivis+b1@css.example", to="parent@example.org", attempt=1):
        self.give(number, "mail", {"from": sender, "to": to, "attempt": attempt}, message)

    def wait(self, condition, what, deadline=None):
        end = time.monotonic() + (deadline or DEADLINE)
        with self.changed:
            while not condition():
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{what}: nothing after {deadline or DEADLINE} s; reports {self.reports[-3:]}, out {self.out}")
                self.changed.wait(left)

    def await_reports(self, count, deadline=None):
        self.wait(lambda: len(self.reports) >= count, f"{count} reports", deadline)
        return self.reports[:]

    def vanish(self):
        """As a process that dies: its socket stays, nobody is there."""
        def close():
            self.server.stop()
            for peer in self.peers:
                try:
                    peer.close_sync(None)
                except GLib.Error:
                    # the other side was first
                    pass
            self.peers.clear()
        self.do(close)
        with self.changed:
            self.out.clear()

    def listen(self):
        self.do(self._listen)

    def do(self, action):
        """In its thread, and waited for."""
        done = threading.Event()
        failures = []

        def act(_):
            try:
                action()
            except Exception as error:  # pylint: disable=broad-except
                failures.append(error)
            done.set()
            return GLib.SOURCE_REMOVE
        source = GLib.Idle()
        source.set_callback(act)
        source.attach(self.context)
        done.wait(DEADLINE)
        if failures:
            raise failures[0]

    # ---- in its thread

    def _run(self):
        self.context.push_thread_default()
        self.loop.run()
        self.context.pop_thread_default()

    def _listen(self):
        self.socket.unlink(missing_ok=True)
        self.server = Gio.DBusServer.new_sync(f"unix:path={self.socket}", Gio.DBusServerFlags.NONE, Gio.dbus_generate_guid(),
                                              None, None)
        self.server.connect("new-connection", self._on_peer)
        self.server.start()

    def _on_peer(self, _server, peer):
        interface = Gio.DBusNodeInfo.new_for_xml(CONTRACT).interfaces[0]
        peer.register_object(OBJECT, interface, self._on_call, None, None)
        peer.connect("closed", self._on_closed)
        self.peers.append(peer)
        with self.changed:
            self.came += 1
            self.changed.notify_all()
        return True

    def _on_closed(self, peer, *_):
        if peer in self.peers:
            self.peers.remove(peer)
        with self.changed:
            self.changed.notify_all()

    def _say(self, signal):
        for peer in [peer for peer in self.peers if not peer.is_closed()]:
            peer.emit_signal(None, OBJECT, INTERFACE, signal, None)

    def _say_due(self):
        self._say("Due")

    def _on_call(self, _peer, _sender, _path, _interface, method, arguments, invocation):
        with self.changed:
            getattr(self, "_" + method)(arguments, invocation)
            self.changed.notify_all()

    def _Lease(self, arguments, invocation):
        count = arguments.unpack()[0]
        self.leases.append(count)
        taken, self.queue = self.queue[:count], self.queue[count:]
        self._hand_out(taken, invocation)

    def _LeaseRooms(self, arguments, invocation):
        count = arguments.unpack()[0]
        taken, self.rooms = self.rooms[:count], self.rooms[count:]
        self._hand_out(taken, invocation)

    def _hand_out(self, taken, invocation):
        descriptors = Gio.UnixFDList.new()
        jobs = []
        for number, kind, order, content in taken:
            self.out[kind, number] = order
            indexes = []
            for data in (json.dumps(order).encode(), content):
                descriptor = memory(data)
                indexes.append(descriptors.append(descriptor))
                os.close(descriptor)
            jobs.append((number, kind, *indexes))
        self.most_out = max(self.most_out, len(self.out))
        invocation.return_value_with_unix_fd_list(GLib.Variant("(a(tshh))", (jobs,)), descriptors)

    @staticmethod
    def _read(invocation, index):
        descriptor = invocation.get_message().get_unix_fd_list().get(index)
        try:
            return json.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
        finally:
            os.close(descriptor)

    def _Report(self, arguments, invocation):
        number, kind, handle = arguments.unpack()
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            invocation.return_dbus_error("org.comodal.Comodal1.Error." + answer, "as it was told")
            return
        self.reports.append((number, kind, self._read(invocation, handle)))
        self.out.pop((kind, number), None)
        invocation.return_value(None)

    def _GetMailbox(self, arguments, invocation):
        invocation.return_value(GLib.Variant("(tt)", self.mailbox))

    def _Deliver(self, arguments, invocation):
        mailbox, validity, uid, handle = arguments.unpack()
        answer = self.deliver_answers.pop(0) if self.deliver_answers else None
        if answer is not None:
            invocation.return_dbus_error("org.comodal.Comodal1.Error." + answer, "as it was told")
            return
        self.delivered.append((mailbox, validity, uid, self._read(invocation, handle)))
        self.mailbox = (validity, uid)
        invocation.return_value(GLib.Variant("(b)", (True,)))
