# SPDX-License-Identifier: GPL-3.0-or-later
"""The real comodald and comodalctl on a private bus, for tests.

    class Something(comodal_test.TestCase):
        def test_it(self):
            daemon = self.start_daemon()          # its own folders, its own bus; ended with the test
            client = self.connect()               # a caller of its own: a unique name
            job = client.job("Roster", "Import", client.fd(caseload), options())
            self.assertEqual(job.wait(), "succeeded")
            self.ctl("agenda")

Everything waits for events, never for time; what does not come fails after DEADLINE seconds.
"""
import fcntl
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from gi.repository import Gio, GLib

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
COMODALD = os.environ["COMODALD"]
COMODALCTL = os.environ["COMODALCTL"]
PLANNING = SOURCE / "tests" / "planning"
POLICIES = PLANNING / "policies"

BUS_NAME = "org.comodal.Comodal1"
OBJECT = "/org/comodal/Comodal1"
F_GET_SEALS = 1034
ERROR = BUS_NAME + ".Error."
# of things that come at once unless they never come
DEADLINE = float(os.environ.get("COMODAL_TEST_DEADLINE", "60"))

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class CallError(Exception):
    """An error that the daemon answered: .name without its prefix, as "Conflict", .message whole."""

    def __init__(self, error):
        self.full_name = Gio.DBusError.get_remote_error(error) or ""
        self.name = self.full_name.removeprefix(ERROR)
        Gio.DBusError.strip_remote_error(error)
        self.message = error.message
        super().__init__(f"{self.name or self.full_name or error.domain}: {english(self.message)}")


def english(message):
    """A message of ours without what it carries for translation."""
    return message.split("\x1f", 1)[0]


def options(**values):
    """The a{sv} of a method: options(dry_run=True, seconds=0.5, effort=UInt64(3)); underscores become hyphens."""
    def pack(value):
        if isinstance(value, GLib.Variant):
            return value
        return GLib.Variant({bool: "b", float: "d", str: "s", int: "t"}[type(value)], value)
    return GLib.Variant("a{sv}", {name.replace("_", "-"): pack(value) for name, value in values.items()})


def generate(*arguments):
    """A caseload of tests/planning/generate.py, as a dictionary."""
    with tempfile.TemporaryDirectory(prefix="comodal-generate-") as folder:
        out = pathlib.Path(folder) / "caseload.json"
        subprocess.run([sys.executable, PLANNING / "generate.py", *map(str, arguments), "--out", out],
                       check=True, stdout=subprocess.DEVNULL)
        return json.loads(out.read_text())


def verify(caseload, plan, policies=POLICIES):
    """What the contract's own judge says of a plan: (valid, its words)."""
    with tempfile.TemporaryDirectory(prefix="comodal-verify-") as folder:
        folder = pathlib.Path(folder)
        (folder / "caseload.json").write_text(json.dumps(caseload))
        (folder / "plan.json").write_text(json.dumps(plan))
        result = subprocess.run([sys.executable, PLANNING / "verify.py", folder / "caseload.json",
                                 folder / "plan.json", "--policies", policies], capture_output=True, text=True)
    return result.returncode == 0, result.stdout + result.stderr


class Bus:
    """A bus of a test's own, to which any user of the machine may connect."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-bus-"))
        self.folder.chmod(0o755)
        config = self.folder / "bus.conf"
        config.write_text(CONFIG.format(path=self.folder / "bus"))
        self.process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address=1"],
            stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise RuntimeError("dbus-daemon has not started")
        self.identity = None

    def environment(self, **more):
        return {**os.environ, "DBUS_SESSION_BUS_ADDRESS": self.address,
                "DBUS_SYSTEM_BUS_ADDRESS": self.address, **more}

    def agent_socket(self, runtime):
        """Where the comodal-agent that serves this bus listens."""
        if self.identity is None:
            client = Client(self.address)
            self.identity, = client.bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId", None,
                                                  None, 0, -1, None).unpack()
            client.close()
        return pathlib.Path(runtime, "comodal", f"agent-{self.identity}")

    def find_agent(self, runtime):
        """Its process; None when none runs."""
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self.agent_socket(runtime)))
            except OSError:
                return None
            return struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def await_event(condition, what, deadline=None):
    """Run the main loop until `condition()` is true; its value."""
    late = []
    timer = GLib.timeout_add(int((deadline or DEADLINE) * 1000), lambda: late.append(True))
    context = GLib.MainContext.default()
    try:
        while True:
            value = condition()
            if value:
                return value
            if late:
                raise AssertionError(f"{what}: nothing after {deadline or DEADLINE} s")
            context.iteration(True)
    finally:
        if not late:
            GLib.source_remove(timer)


class Job:
    """A job of a client; what it told is kept: .phases, .shares, .figures (of each PropertiesChanged), .finished."""

    def __init__(self, client, path):
        self.client = client
        self.path = path
        self.changes = []
        self.finished = None
        bus = client.bus
        self.subscriptions = [
            bus.signal_subscribe(BUS_NAME, "org.freedesktop.DBus.Properties", "PropertiesChanged", path, None, 0,
                                 lambda *event: self.changes.append(event[5].unpack()[1])),
            bus.signal_subscribe(BUS_NAME, BUS_NAME + ".Job", "Finished", path, None, 0, self._on_finished)]

    def _on_finished(self, *event):
        self.finished = event[5].unpack()[0]

    def properties(self):
        return self.client.call_at(self.path, "org.freedesktop.DBus.Properties", "GetAll",
                                   GLib.Variant("(s)", (BUS_NAME + ".Job",)))[0]

    def wait(self, deadline=None):
        """Its final state."""
        state = self.properties()["State"]
        if state == "running":
            await_event(lambda: self.finished, f"the end of {self.path}", deadline)
        return self.properties()["State"]

    def await_change(self, wanted, what):
        """Until a PropertiesChanged makes `wanted(properties)` true."""
        now = self.properties()
        if not wanted(now):
            await_event(lambda: any(wanted(change) for change in self.changes) or self.finished, what)

    def result(self):
        properties = self.properties()
        if properties["State"] != "succeeded":
            raise AssertionError(f"{properties['Kind']} {properties['State']}: {english(properties['ErrorMessage'])}"
                                 f" {[english(problem[2]) for problem in properties['Problems']][:5]}")
        return properties["Result"]

    def call(self, method):
        self.client.call_at(self.path, BUS_NAME + ".Job", method, None)

    def forget(self):
        for subscription in self.subscriptions:
            self.client.bus.signal_unsubscribe(subscription)


class Client:
    """A connection of its own: to the daemon, another caller."""

    def __init__(self, address):
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
            None, None)
        self.bus.set_exit_on_close(False)

    def close(self):
        if not self.bus.is_closed():
            self.bus.close_sync(None)

    def call_at(self, path, interface, method, arguments, descriptors=None):
        try:
            reply, handles = self.bus.call_with_unix_fd_list_sync(
                BUS_NAME, path, interface, method, arguments, None, Gio.DBusCallFlags.NO_AUTO_START,
                int(DEADLINE * 1000), descriptors, None)
        except GLib.Error as error:
            raise CallError(error) from None
        self.handles = handles
        return reply.unpack()

    def call(self, interface, method, signature="()", *values, descriptors=None):
        """call("Planner", "Discard", "(t)", 3): the reply as a tuple."""
        return self.call_at(OBJECT, f"{BUS_NAME}.{interface}", method,
                            GLib.Variant(signature, values), descriptors)

    def document(self, interface, method, signature="()", *values):
        """The bytes of a document that the daemon answers with, in a descriptor that is sealed."""
        index, *_ = self.call(interface, method, signature, *values)
        descriptor = self.handles.get(index)
        try:
            seals = fcntl.fcntl(descriptor, F_GET_SEALS)
            if seals & 0xf != 0xf:
                raise AssertionError(f"{method}: seals {seals:#x}")
            size = os.fstat(descriptor).st_size
            return os.pread(descriptor, size, 0)
        finally:
            os.close(descriptor)

    def json(self, interface, method, signature="()", *values):
        return json.loads(self.document(interface, method, signature, *values))

    def exchange(self, interface, method, document, *rest, signature="(ha{sv})"):
        """The JSON document that a method answers to one (a dictionary, or bytes)."""
        def act(handles):
            self.call_at(OBJECT, f"{BUS_NAME}.{interface}", method, GLib.Variant(signature, (0, *rest)), handles)
            descriptor = self.handles.get(0)
            try:
                return json.loads(os.pread(descriptor, os.fstat(descriptor).st_size, 0))
            finally:
                os.close(descriptor)
        return self._with_descriptor(document, act)

    def put(self, interface, method, document, *rest, signature="(h)"):
        """Hand a document over to a method that answers without one."""
        return self._with_descriptor(document, lambda handles: self.call_at(
            OBJECT, f"{BUS_NAME}.{interface}", method, GLib.Variant(signature, (0, *rest)), handles))

    def _job(self, interface, method, arguments, descriptors=None):
        (path,) = self.call_at(OBJECT, f"{BUS_NAME}.{interface}", method, arguments, descriptors)
        return Job(self, path)

    def import_caseload(self, document, **more):
        """A job; `document` is a dictionary, bytes, or a descriptor."""
        return self._with_descriptor(document, lambda handles: self._job(
            "Roster", "Import", GLib.Variant.new_tuple(GLib.Variant("h", 0), options(**more)), handles))

    def import_calendar(self, document, calendar, **more):
        return self._with_descriptor(document, lambda handles: self._job(
            "Roster", "ImportCalendar", GLib.Variant.new_tuple(
                GLib.Variant("h", 0), GLib.Variant("s", calendar), options(**more)), handles))

    @staticmethod
    def _with_descriptor(document, act):
        if isinstance(document, int):
            handles = Gio.UnixFDList.new()
            handles.append(document)
            return act(handles)
        if not isinstance(document, bytes):
            document = json.dumps(document).encode()
        with tempfile.TemporaryFile() as file:
            file.write(document)
            file.flush()
            file.seek(0)
            handles = Gio.UnixFDList.new()
            handles.append(file.fileno())
            return act(handles)

    def plan(self, **more):
        return self._job("Planner", "Plan", GLib.Variant.new_tuple(options(**more)))

    def publish(self, plan, published):
        return self._job("Planner", "Publish", GLib.Variant("(tt)", (plan, published)))

    def number(self, kind, identity):
        """The number that the roster's thing of a kind with this id has on the bus."""
        return next(thing["number"] for thing in self.json("Roster", "List", "(s)", kind) if thing["id"] == identity)

    def published(self):
        """The number of the published plan, 0 for none."""
        return self.call("Manager", "GetStatus")[3]

    def roster(self):
        return self.json("Roster", "Export", "(a{sv})", {})


class Daemon:
    """A comodald over a folder (kept between two of them when it is given)."""

    def __init__(self, bus, folder, *arguments, session=True, policies=(POLICIES,), wrapper=(), environment=None,
                 ready=True):
        self.bus = bus
        self.folder = pathlib.Path(folder)
        self.log = self.folder / "comodald.log"
        self.database = self.folder / "database" / "comodal.db"
        self.key = self.folder / "key" / "service.key"
        self.files = ["--database", self.database, "--key-file", self.key]
        for name in ("database", "key"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)
        self.sheet = None
        if not self.key.exists():
            self.sheet = self.run("--create-key", check=True).stdout
        command = [*wrapper, COMODALD, *(["--session"] if session else []), *self.files]
        for policy in policies:
            command += ["--policies", policy]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([*map(str, command), *arguments], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=bus.environment(XDG_RUNTIME_DIR=str(self.folder), **(environment or {})))
        if ready:
            self.await_ready()

    def run(self, *arguments, check=False):
        """comodald once, over the same files: --create-key and its like. Output is bytes."""
        return subprocess.run([COMODALD, *map(str, self.files), *arguments], env=self.bus.environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, check=check)

    def await_ready(self):
        watcher = Client(self.bus.address)
        owners = []
        watcher.bus.signal_subscribe("org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", None,
                                     BUS_NAME, 0, lambda *event: owners.append(event[5].unpack()[2]))
        (owned,) = watcher.bus.call_sync(
            "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner", GLib.Variant("(s)", (BUS_NAME,)),
            None, 0, -1, None).unpack()
        ended = []
        pidfd = os.pidfd_open(self.process.pid)
        watch = GLib.io_add_watch(pidfd, GLib.IO_IN, lambda *_: ended.append(True))
        try:
            if not owned:
                await_event(lambda: any(owners) or ended, "comodald on the bus")
        finally:
            if not ended:
                GLib.source_remove(watch)
            os.close(pidfd)
            watcher.close()
        if ended:
            self.process.wait()
        if self.process.poll() is not None:
            raise AssertionError(f"comodald ended with {self.process.returncode}:\n{self.log.read_text()}")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, deadline=None):
        """Its exit status."""
        return self.process.wait(deadline or DEADLINE)

    def stop(self):
        """SIGTERM; its exit status."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def text(self):
        return self.log.read_text()

    def await_log(self, words):
        """Until the log holds them."""
        timer = GLib.timeout_add(20, lambda: True)
        try:
            await_event(lambda: words in self.text(), f"“{words}” in the log")
        finally:
            GLib.source_remove(timer)


class Monitor:
    """Everything that crosses a bus, as it is on the wire."""

    def __init__(self, bus):
        self.process = subprocess.Popen(["dbus-monitor", "--binary", "--address", bus.address],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.bytes = bytearray()
        self.seen = threading.Condition()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        self.client = Client(bus.address)
        self.await_text(b"comodal.Probe.Begin", self._probe("Begin"))

    def _read(self):
        while True:
            chunk = os.read(self.process.stdout.fileno(), 65536)
            if not chunk:
                return
            with self.seen:
                self.bytes += chunk
                self.seen.notify_all()

    def _probe(self, word):
        return lambda: self.client.bus.emit_signal(None, "/", "comodal.Probe." + word, "Probe", None)

    def await_text(self, text, again):
        end = time.monotonic() + DEADLINE
        with self.seen:
            while text not in self.bytes:
                again()
                self.client.bus.flush_sync(None)
                self.seen.wait(0.1)
                if time.monotonic() > end:
                    raise AssertionError("dbus-monitor sees nothing")

    def end(self):
        """All the bytes."""
        self.await_text(b"comodal.Probe.End", self._probe("End"))
        self.client.close()
        self.process.terminate()
        self.process.wait()
        self.thread.join()
        self.process.stdout.close()
        return bytes(self.bytes)


class TestCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.bus = Bus()
        self.addCleanup(self.bus.end)
        self.daemon = None

    def start_daemon(self, *arguments, **more):
        """A comodald over this test's folder; the last one is self.daemon."""
        self.daemon = Daemon(self.bus, self.folder, *arguments, **more)
        self.addCleanup(self.daemon.kill)
        return self.daemon

    def restart_daemon(self):
        self.assertEqual(self.daemon.stop(), 0, self.daemon.text())
        return self.start_daemon()

    def connect(self):
        client = Client(self.bus.address)
        self.addCleanup(client.close)
        return client

    def ctl(self, *arguments, status=0, text=None, **environment):
        """comodalctl, whose exit status must be `status` (None: any); its CompletedProcess."""
        given = {"stdin": subprocess.DEVNULL} if text is None else {"input": text}
        result = subprocess.run([COMODALCTL, "--session", *map(str, arguments)], capture_output=True, text=True,
                                env=self.bus.environment(**environment), **given)
        if status is not None:
            self.assertEqual(result.returncode, status, f"comodalctl {arguments}: {result.stdout}{result.stderr}")
        return result

    def assert_call_fails(self, name, act, *arguments, **more):
        with self.assertRaises(CallError) as context:
            act(*arguments, **more)
        self.assertEqual(context.exception.name, name, context.exception)
        return context.exception
