# SPDX-License-Identifier: GPL-3.0-or-later
"""comodald's end of the courier's socket (include/org.comodal.Courier1.xml), in a thread of the test's: it gives out what it is told,
and keeps what it is told.

    with FakeComodald(folder) as comodald:
        comodald.give_mail(7, message, to="parent@example.org")
        comodald.await_reports(1)                     # [(7, "mail", {"outcome": "accepted", …})]

FakeDoors is the same of the gateway's socket (include/org.comodal.Gateway1.xml): it shows the views that it is given, and changes them as the
calls that come would.
"""
import hashlib
import json
import os
import pathlib
import threading
import time

from gi.repository import Gio, GLib

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
DEADLINE = float(os.environ.get("COMODAL_TEST_DEADLINE", "60"))


def memory(data):
    descriptor = os.memfd_create("fake-comodald")
    os.write(descriptor, data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


class FakePeer:
    """One end of a private socket, in a thread of its own. Methods of the contract are those named with a "_" before."""
    NAME = None

    def __init__(self, folder):
        self.contract = (SOURCE / "include" / f"org.comodal.{self.NAME}.xml").read_text()
        self.object, self.interface = f"/org/comodal/{self.NAME}", f"org.comodal.{self.NAME}"
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.socket = self.folder / f"{self.NAME.lower().rstrip('1')}.socket"
        self.changed = threading.Condition()
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

    def wait(self, condition, what, deadline=None):
        end = time.monotonic() + (deadline or DEADLINE)
        with self.changed:
            while not condition():
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{what}: nothing after {deadline or DEADLINE} s; {self.describe()}")
                self.changed.wait(left)

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
        self.forget()

    def describe(self):
        """What it has, when a test waited for something in vain."""
        return ""

    def forget(self):
        """Whoever was there has gone."""

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
        interface = Gio.DBusNodeInfo.new_for_xml(self.contract).interfaces[0]
        peer.register_object(self.object, interface, self._on_call, None, None)
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

    def emit(self, signal, arguments=None):
        for peer in [peer for peer in self.peers if not peer.is_closed()]:
            peer.emit_signal(None, self.object, self.interface, signal, arguments)

    def _on_call(self, _peer, _sender, _path, _interface, method, arguments, invocation):
        with self.changed:
            getattr(self, "_" + method)(arguments, invocation)
            self.changed.notify_all()

    @staticmethod
    def _read(invocation, index):
        descriptor = invocation.get_message().get_unix_fd_list().get(index)
        try:
            return json.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
        finally:
            os.close(descriptor)


class FakeComodald(FakePeer):
    NAME = "Courier1"

    def __init__(self, folder):
        self.queue = []        # (number, kind, order, content)
        self.rooms = []        # the same, of video providers
        self.reports = []      # (number, kind, result)
        self.leases = []       # how many were asked for each time
        self.out = {}          # (kind, number): leased and not reported
        self.handed = {}       # (kind, number): how often had been asked when it was handed out last
        self.kept = {}         # method: its answers, which hold() keeps back until let_go()
        self.most_out = 0
        self.mailbox = (0, 0)
        self.delivered = []    # (mailbox, uidvalidity, uid, document)
        self.answers = []      # errors to be answered to the next reports: a D-Bus error's name, or None
        self.deliver_answers = []
        super().__init__(folder)

    def give(self, number, kind, order, content=b""):
        with self.changed:
            self.queue.append((number, kind, order, content))
        self.do(self._say_due)

    def give_room(self, number, order, content=b""):
        with self.changed:
            self.rooms.append((number, "room", order, content))
        self.do(lambda: self.emit("RoomsDue"))

    def give_mail(self, number, message, sender="suivis+b1@css.example", to="parent@example.org", attempt=1):
        self.give(number, "mail", {"from": sender, "to": to, "attempt": attempt}, message)

    def await_reports(self, count, deadline=None):
        self.wait(lambda: len(self.reports) >= count, f"{count} reports", deadline)
        return self.reports[:]

    def await_taken(self, number, kind="mail"):
        """The courier has read what it was handed: it has asked for more since."""
        self.wait(lambda: self.handed.get((kind, number), len(self.leases)) < len(self.leases), f"{kind} {number} is taken")

    def hold(self, method):
        """Calls of it are done, and answered by let_go() only."""
        with self.changed:
            self.kept[method] = []

    def let_go(self, method):
        with self.changed:
            answers = self.kept.pop(method)
        self.do(lambda: [answer() for answer in answers])

    def describe(self):
        return f"reports {self.reports[-3:]}, out {self.out}"

    def forget(self):
        with self.changed:
            self.out.clear()
            self.handed.clear()

    def _say_due(self):
        self.emit("Due")

    def _Lease(self, arguments, invocation):
        count = arguments.unpack()[0]
        self.leases.append(count)
        taken, self.queue = self.queue[:count], self.queue[count:]
        self.handed.update({(kind, number): len(self.leases) for number, kind, _order, _content in taken})
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
        self._answer(invocation, lambda: invocation.return_value_with_unix_fd_list(GLib.Variant("(a(tshh))", (jobs,)), descriptors))

    def _answer(self, invocation, answer):
        kept = self.kept.get(invocation.get_method_name())
        if kept is None:
            answer()
        else:
            kept.append(answer)

    def _Report(self, arguments, invocation):
        number, kind, handle = arguments.unpack()
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            invocation.return_dbus_error("org.comodal.Comodal1.Error." + answer, "as it was told")
            return
        self.reports.append((number, kind, self._read(invocation, handle)))
        self.out.pop((kind, number), None)
        self._answer(invocation, lambda: invocation.return_value(None))

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


def find_item(view, subject):
    return next((item for item in view["items"] if item["subject"] == subject), None)


class FakeDoors(FakePeer):
    """Views by the token that shows them; whatever is called is kept, and does to a view what comodald would."""
    NAME = "Gateway1"

    def __init__(self, folder):
        self.views = {}        # token: comodal-view/1
        self.feeds = {}        # token: (etag, text)
        self.rooms = {}        # token: comodal-room/1
        self.entries = {}      # (means, what is exchanged): token of the pass
        self.times = []        # (start, end)
        self.refusals = {}     # method: names of errors, each to be answered once
        self.calls = []        # (method, token or None, arguments without the key, document or None)
        self.opened = 0        # how often a page was opened
        self.class_ = 2
        self.soon = ()         # tokens that ListSoon says
        self.soon_all = True
        self.soon_asked = 0
        self.together = []     # how many were asked for in each of Views
        super().__init__(folder)

    def describe(self):
        return f"calls {self.calls[-5:]}"

    # ---- for the test

    def say_changed(self, *subjects):
        self.do(lambda: self.emit("Changed", GLib.Variant("(at)", (list(subjects),))))

    def await_call(self, method, count=1):
        self.wait(lambda: len([call for call in self.calls if call[0] == method]) >= count, f"{count} {method}")
        return [call for call in self.calls if call[0] == method]

    def changes(self):
        """What was called that changes something."""
        return [call for call in self.calls if call[0] not in ("View", "Feed", "FindTimes")]

    # ---- in its thread

    @staticmethod
    def _refuse(invocation, name):
        invocation.return_dbus_error("org.comodal.Comodal1.Error." + name, "as it was told")

    def _find(self, key, table):
        return next((token for token in table if hashlib.sha256(token.encode()).digest() == bytes(key)), None)

    def _begin(self, method, arguments, invocation, document=None):
        """Whose view it is; None: it has been refused. All but the key is kept."""
        token, refusal = self._judge(method, *arguments.unpack(), document=document)
        if refusal:
            self._refuse(invocation, refusal)
        return None if refusal else token

    def _judge(self, method, key, *rest, document=None):
        """The same of one who is asked for: a token, and the name of an error or None."""
        token = self._find(key, self.views)
        self.calls.append((method, token, list(rest), document))
        refusals = self.refusals.get(method)
        return token, refusals.pop(0) if refusals else None if token else "NotFound"

    @staticmethod
    def _return_document(invocation, kind, values, text):
        descriptors = Gio.UnixFDList.new()
        descriptor = memory(text if isinstance(text, bytes) else text.encode())
        descriptors.append(descriptor)
        os.close(descriptor)
        invocation.return_value_with_unix_fd_list(GLib.Variant(kind, values), descriptors)

    def _ListSoon(self, _arguments, invocation):
        self.soon_asked += 1
        refusals = self.refusals.get("ListSoon")
        if refusals:
            self._refuse(invocation, refusals.pop(0))
            return
        marks = b"".join(hashlib.sha256(hashlib.sha256(token.encode()).digest()).digest() for token in self.soon)
        self._return_document(invocation, "(bh)", (self.soon_all, 0), marks)

    def _View(self, arguments, invocation):
        token = self._begin("View", arguments, invocation)
        if token is not None:
            self.opened += int(arguments.unpack()[1])
            self._return_document(invocation, "(uh)", (self.class_, 0), json.dumps(self.views[token]))

    def _Views(self, arguments, invocation):
        """As so many of View."""
        answers, documents = [], b""
        self.together.append(len(arguments.unpack()[0]))
        for key, opened in arguments.unpack()[0]:
            token, refusal = self._judge("View", key, opened)
            document = b"" if refusal else json.dumps(self.views[token]).encode()
            self.opened += int(opened and not refusal)
            answers.append((f"org.comodal.Comodal1.Error.{refusal}" if refusal else "", self.class_, len(document)))
            documents += document
        self._return_document(invocation, "(a(suu)h)", (answers, 0), documents)

    def _Feed(self, arguments, invocation):
        key, known = arguments.unpack()
        token = self._find(key, self.feeds)
        self.calls.append(("Feed", token, [known], None))
        if token is None:
            self._refuse(invocation, "NotFound")
            return
        etag, text = self.feeds[token]
        self._return_document(invocation, "(sh)", (etag, 0), "" if known == etag else text)

    def _FindTimes(self, arguments, invocation):
        if self._begin("FindTimes", arguments, invocation) is not None:
            invocation.return_value(GLib.Variant("(a(xx))", (self.times,)))

    def _Respond(self, arguments, invocation):
        token = self._begin("Respond", arguments, invocation)
        if token is None:
            return
        _, subject, version, answer, _once = arguments.unpack()
        item = find_item(self.views[token], subject)
        if item is None or item["version"] != version:
            self._refuse(invocation, "Conflict" if item else "NotFound")
            return
        item["answer"] = answer
        invocation.return_value(None)

    def _AskTime(self, arguments, invocation):
        token = self._begin("AskTime", arguments, invocation, self._read(invocation, 0))
        if token is None:
            return
        _, subject, _version, start, _handle, _once = arguments.unpack()
        find_item(self.views[token], subject)["request"] = {"state": "waiting", "start": start or None, "answer": None}
        invocation.return_value(GLib.Variant("(t)", (4,)))

    def _WithdrawTime(self, arguments, invocation):
        token = self._begin("WithdrawTime", arguments, invocation)
        if token is None:
            return
        _, subject, version, _once = arguments.unpack()
        item = find_item(self.views[token], subject)
        if item is None or item["version"] != version or (item["request"] or {}).get("state") != "waiting":
            self._refuse(invocation, "Conflict" if item else "NotFound")
            return
        item["request"]["state"] = "withdrawn"
        invocation.return_value(None)

    def _Exchange(self, arguments, invocation):
        means, secret, address = arguments.unpack()
        found = next((pass_ for (kind, text), pass_ in self.entries.items()
                      if kind == means and hashlib.sha256(text.encode()).digest() == bytes(secret)), None)
        self.calls.append(("Exchange", None, [means, address], None))
        refusals = self.refusals.get("Exchange")
        if refusals or found is None:
            self._refuse(invocation, refusals.pop(0) if refusals else "NotFound")
            return
        if means == "link":
            self.entries = {key: value for key, value in self.entries.items() if value != found}
        self._return_document(invocation, "(h)", (0,), found)

    def _Arrive(self, arguments, invocation):
        answers = self._read(invocation, 0)
        token = self._begin("Arrive", arguments, invocation, answers)
        if token is None:
            return
        view = self.views[token]
        door = find_item(view, arguments.unpack()[1])["door"]
        if any(not answers.get(name) for name in door["ask"]):
            self._refuse(invocation, "InvalidInput")
            return
        state = "inside" if view["role"] == "host" else "waiting"
        door["visit"] = {"number": 7, "state": state, "since": view["now"]}
        invocation.return_value(GLib.Variant("(t)", (7,)))

    def _Leave(self, arguments, invocation):
        token = self._begin("Leave", arguments, invocation)
        if token is None:
            return
        for item in self.views[token]["items"]:
            if item["door"]["visit"]:
                item["door"]["visit"]["state"] = "left"
        invocation.return_value(None)

    def _LetIn(self, arguments, invocation):
        token = self._begin("LetIn", arguments, invocation)
        if token is None:
            return
        _, visit, admitted = arguments.unpack()
        view = self.views[token]
        view["waiting"] = [{**person, "state": "inside"} if person["visit"] == visit and admitted else person
                           for person in view["waiting"] if person["visit"] != visit or admitted]
        invocation.return_value(None)

    def _Enter(self, arguments, invocation):
        token = self._begin("Enter", arguments, invocation)
        if token is not None and token in self.rooms:
            self._return_document(invocation, "(h)", (0,), json.dumps(self.rooms[token]))
        elif token is not None:
            self._refuse(invocation, "Busy")

    def _ReportRoom(self, arguments, invocation):
        if self._begin("ReportRoom", arguments, invocation) is not None:
            invocation.return_value(None)

    def _End(self, arguments, invocation):
        token = self._begin("End", arguments, invocation)
        if token is not None:
            find_item(self.views[token], arguments.unpack()[1])["door"]["state"] = "over"
            invocation.return_value(None)

    def _AskHelp(self, arguments, invocation):
        token = self._begin("AskHelp", arguments, invocation, self._read(invocation, 0))
        if token is not None:
            view = self.views[token]
            find_item(view, arguments.unpack()[1])["help"] = {"number": 9, "state": "waiting", "answer": None, "asked": view["now"]}
            invocation.return_value(GLib.Variant("(t)", (9,)))
