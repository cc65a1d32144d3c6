#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodal-agent: who may talk with it, what it gives up, when it locks, and what is left of keys then."""
import os
import pathlib
import select
import shutil
import signal
import subprocess
import threading
import unittest

from gi.repository import Gio, GLib

import tap
from agent_process import DEADLINE, OTHER, ROOT, Agent, TestCase, as_user, find_in_memory, status_of
from private_bus import PrivateBus

PASSPHRASE = "quatre oies sur le quai"
NEXT = "deux loups dans la neige"
OBJECT = "/org/comodal/Agent1"


class Keys(TestCase):
    def test_unlock_and_lock(self):
        agent = self.start()
        self.assertEqual(agent.state()["state"], "absent")
        self.assertEqual(agent.ask("Unlock", PASSPHRASE)["error"], "NotFound")
        self.write_keyring(PASSPHRASE)
        self.assertEqual(agent.state(), {"state": "locked", "idle": 900})
        self.assertEqual(agent.ask("Unlock", NEXT)["error"], "InvalidInput")
        # a line end is how a line ends, not a part of it
        self.assertEqual(agent.ask("Unlock", PASSPHRASE + "\n").get("reply"), [])
        state = agent.state()
        self.assertEqual((state["state"], state["generation"]), ("unlocked", 1))
        self.assertRegex(state["fingerprint"], r"^([0-9a-f]{4} ){9}[0-9a-f]{4}$")
        # open keys stay open when somebody tries another passphrase
        self.assertEqual(agent.ask("Unlock", NEXT)["error"], "InvalidInput")
        self.assertEqual(agent.state()["state"], "unlocked")
        self.assertEqual(agent.ask("Lock").get("reply"), [])
        self.assertEqual(agent.state()["state"], "locked")
        self.stop(agent)
        self.assertFalse(agent.socket.exists())

    def test_change_of_passphrase(self):
        self.write_keyring(PASSPHRASE)
        agent = self.start()
        for words, error in (((NEXT, NEXT), "InvalidInput"), ((PASSPHRASE, "court"), "InvalidInput"), ((PASSPHRASE, ""), "InvalidInput"),
                             ((PASSPHRASE, "x" * 5000), "InvalidInput")):
            self.assertEqual(agent.ask("ChangePassphrase", *words).get("error"), error)
        self.assertEqual(agent.ask("ChangePassphrase", PASSPHRASE, NEXT).get("reply"), [])
        self.assertEqual(agent.ask("Unlock", PASSPHRASE)["error"], "InvalidInput")
        self.assertEqual(agent.ask("Unlock", NEXT).get("reply"), [])

    def test_what_never_comes_holds_nothing_up(self):
        """Somebody hands over a pipe and writes nothing: to lock waits for nobody."""
        self.write_keyring(PASSPHRASE)
        if ROOT:
            shutil.rmtree(self.folder / "keys")
        agent = self.start(wrapper=[])
        bus = Gio.DBusConnection.new_for_address_sync(f"unix:path={agent.socket}", Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT,
                                                      None, None)
        reader, writer = os.pipe()
        self.addCleanup(os.close, writer)
        handles = Gio.UnixFDList.new()
        handles.append(reader)
        os.close(reader)
        answers = []
        bus.call_with_unix_fd_list(None, OBJECT, OBJECT[1:].replace("/", "."), "Unlock", GLib.Variant("(h)", (0,)), None, 0,
                                   int(DEADLINE * 1000), handles, None, lambda _bus, result: answers.append(result))
        bus.call_sync(None, OBJECT, OBJECT[1:].replace("/", "."), "Lock", None, None, 0, int(DEADLINE * 1000), None)
        while not answers:
            GLib.MainContext.default().iteration(True)
        with self.assertRaises(GLib.Error) as caught:
            bus.call_with_unix_fd_list_finish(answers[0])
        self.assertIn("Error.Cancelled", caught.exception.message)
        # nor does somebody who takes nothing: an export is written to a file
        handles = Gio.UnixFDList.new()
        handles.append(writer)
        with self.assertRaises(GLib.Error) as caught:
            bus.call_with_unix_fd_list_sync(None, OBJECT, OBJECT[1:].replace("/", "."), "MakeExport",
                                            GLib.Variant("(ayha{sv})", (bytes(16), 0, {})), None, 0, int(DEADLINE * 1000), handles, None)
        self.assertIn("descriptor of a file", caught.exception.message)
        bus.close_sync(None)


class Doors(TestCase):
    def test_socket_is_its_owners(self):
        agent = self.start()
        self.assertEqual(agent.socket.parent.stat().st_mode & 0o777, 0o700)
        self.assertEqual(agent.socket.stat().st_mode & 0o777, 0o600)
        agent.ask("GetState")

    @unittest.skipUnless(ROOT and shutil.which("setpriv"), "needs root and setpriv")
    def test_others_are_turned_away(self):
        agent = self.start()
        # nothing but the check of the user is left between them
        self.folder.chmod(0o755)
        agent.socket.parent.chmod(0o755)
        agent.socket.chmod(0o666)
        self.assertIn("error", agent.ask("GetState", user=OTHER))
        agent.await_line("a program of another user was turned away")
        # root has other ways, and none here
        self.assertIn("error", agent.ask("GetState", user=0))
        agent.await_line("a program of another user was turned away")
        self.assertNotIn("error", agent.ask("GetState"))

    def test_nothing_else_is_offered(self):
        agent = self.start(wrapper=[])
        bus = Gio.DBusConnection.new_for_address_sync(f"unix:path={agent.socket}", Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT,
                                                      None, None)
        for interface, method in (("org.freedesktop.DBus.Introspectable", "Introspect"), ("org.freedesktop.DBus.Peer", "Ping")):
            with self.assertRaises(GLib.Error) as caught:
                bus.call_sync(None, OBJECT, interface, method, None, None, 0, int(DEADLINE * 1000), None)
            self.assertIn("AccessDenied", caught.exception.message)
        bus.close_sync(None)

    def test_one_is_enough(self):
        agent = self.start()
        second = Agent(self.folder)
        self.addCleanup(second.end)
        self.assertEqual(second.process.wait(DEADLINE), 1)
        second.await_line("Your comodal-agent runs already.")
        self.assertNotIn("error", agent.ask("GetState"))
        # one that was killed leaves its socket and its file, and neither is in the way
        agent.process.kill()
        agent.process.wait()
        self.assertTrue(agent.socket.exists())
        self.start()

    def test_a_folder_of_anybodys(self):
        (self.folder / "run").mkdir()
        (self.folder / "run").chmod(0o777)
        agent = Agent(self.folder)
        self.addCleanup(agent.end)
        self.assertEqual(agent.process.wait(DEADLINE), 1)

    def test_command_line(self):
        for words, status in ((["--version"], 0), (["--idle", "0"], 2), (["--idle", "14401"], 2), (["--idle", "soon"], 2), (["more"], 2),
                              (["--bogus"], 2)):
            with self.subTest(words=words):
                agent = Agent(self.folder, *words)
                self.addCleanup(agent.end)
                self.assertEqual(agent.process.wait(DEADLINE), status)


class Fence(TestCase):
    def test_what_the_kernel_says(self):
        agent = self.start()
        status = status_of(agent.process.pid)
        self.assertEqual((status["Seccomp"], status["NoNewPrivs"]), ("2", "1"))
        for thread in pathlib.Path(f"/proc/{agent.process.pid}/task").iterdir():
            self.assertEqual(status_of(thread.name)["Seccomp"], "2", "a thread without the filter")
        limits = pathlib.Path(f"/proc/{agent.process.pid}/limits").read_text(encoding="utf-8")
        self.assertRegex(limits, r"(?m)^Max core file size +0 +0 ")
        # a process that may not be dumped is root's in /proc
        self.assertEqual(os.stat(f"/proc/{agent.process.pid}/mem").st_uid, 0)

    def test_its_user_can_not_read_it(self):
        agent = self.start()
        pid = agent.process.pid
        for command in (["gdb", "--batch", "-p", str(pid)], ["head", "-c1", f"/proc/{pid}/mem"], ["cat", f"/proc/{pid}/environ"]):
            result = subprocess.run([*agent.wrapper, *command], capture_output=True, text=True, timeout=DEADLINE, cwd="/")
            self.assertRegex(result.stderr + result.stdout, "(?i)not permitted|permission denied", command)
        self.assertIsNone(agent.process.poll())
        # which is what the same user can do with any other program
        other = subprocess.Popen([*agent.wrapper, "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(other.communicate)
        self.addCleanup(other.kill)
        # once it answers it is that user's
        other.stdin.write(b"there?\n")
        other.stdin.flush()
        self.assertEqual(other.stdout.readline(), b"there?\n")
        subprocess.run([*agent.wrapper, "cat", f"/proc/{other.pid}/environ"], capture_output=True, check=True)

    def test_a_crash_leaves_no_core(self):
        # what the kernel does is asked for, not what a sanitizer's own handler does, which may wait for a lock of its program for ever
        kernel = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0:handle_segv=0:handle_abort=0"
        # a shell that runs its tests in the background has them ignore this one, and who they start
        before = signal.signal(signal.SIGQUIT, signal.SIG_DFL)
        self.addCleanup(signal.signal, signal.SIGQUIT, before)
        for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT):
            agent = self.start(environment={"ASAN_OPTIONS": kernel})
            agent.process.send_signal(number)
            ended = os.pidfd_open(agent.process.pid)
            self.addCleanup(os.close, ended)
            self.assertEqual(select.select([ended], [], [], DEADLINE)[0], [ended], "it does not end")
            _, status = os.waitpid(agent.process.pid, 0)
            agent.process.returncode = 0
            self.assertFalse(os.WIFSIGNALED(status) and os.WCOREDUMP(status), number)

    @unittest.skipUnless(shutil.which("prlimit"), "needs prlimit")
    def test_without_memory_that_can_be_locked(self):
        agent = Agent(self.folder, wrapper=["prlimit", "--memlock=65536:65536", *as_user(65534)], environment={"LC_ALL": "C.UTF-8"})
        self.addCleanup(agent.end)
        self.assertEqual(agent.process.wait(DEADLINE), 1)
        agent.await_line("4096 KiB of it are needed, and this system allows 64.")


class Locks(TestCase):
    def test_unused_it_locks_and_then_ends(self):
        self.write_keyring(PASSPHRASE)
        agent = self.start("--idle", 1, "--linger", 1)
        agent.ask("Unlock", PASSPHRASE)
        agent.await_line("keys are unlocked")
        agent.await_line("keys are locked")
        self.assertEqual(agent.process.wait(DEADLINE), 0)
        self.assertFalse(agent.socket.exists())

    def test_signals(self):
        self.write_keyring(PASSPHRASE)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            agent = self.start()
            agent.ask("Unlock", PASSPHRASE)
            agent.process.send_signal(number)
            agent.await_line("keys are locked")
            self.assertEqual(agent.process.wait(DEADLINE), 0)

    @unittest.skipUnless(ROOT, "another process' memory is read")
    def test_nothing_is_left(self):
        bundle = self.write_keyring(PASSPHRASE)
        secrets = {"passphrase": PASSPHRASE.encode(), **{name: bundle[name] for name in ("sign_seed", "box_secret", "local_key")}}
        agent = self.start()
        self.assertEqual(find_in_memory(agent.process.pid, secrets), set())
        agent.ask("Unlock", PASSPHRASE)
        # they are found where they are: else this test would find nothing ever
        self.assertEqual(find_in_memory(agent.process.pid, secrets), {"sign_seed", "box_secret", "local_key"})
        agent.ask("ChangePassphrase", PASSPHRASE, NEXT)
        agent.ask("Lock")
        self.assertEqual(find_in_memory(agent.process.pid, {**secrets, "next": NEXT.encode()}), set())


LOGIND = """<node><interface name="org.freedesktop.login1.Manager">
<method name="Inhibit"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="s" direction="in"/><arg type="h" direction="out"/></method>
<method name="ListSessions"><arg type="a(susso)" direction="out"/></method>
</interface></node>"""
SESSION = """<node><interface name="org.freedesktop.login1.Session">
<property name="User" type="(uo)" access="read"/></interface></node>"""


class Logind(TestCase):
    """What systemd-logind says, said by the test on a bus of its own."""

    def setUp(self):
        super().setUp()
        self.system = self.enterContext(PrivateBus())
        self.loop = GLib.MainContext.default()
        self.bus = Gio.DBusConnection.new_for_address_sync(
            self.system.address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.addCleanup(self.bus.close_sync, None)
        self.waiting = []
        self.sessions = []
        self.owner = os.getuid()
        self.bus.register_object("/org/freedesktop/login1", Gio.DBusNodeInfo.new_for_xml(LOGIND).interfaces[0], self.answer, None, None)
        self.bus.register_object("/org/freedesktop/login1/session/a", Gio.DBusNodeInfo.new_for_xml(SESSION).interfaces[0], None,
                                 lambda *_: GLib.Variant("(uo)", (self.owner, "/org/freedesktop/login1/user/a")), None)
        self.bus.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "RequestName",
                           GLib.Variant("(su)", ("org.freedesktop.login1", 0)), None, 0, -1, None)
        self.write_keyring(PASSPHRASE)
        if ROOT:
            for path in (self.folder / "keys", self.folder / "keys" / "comodal-keyring", self.folder):
                os.chown(path, 0, 0)
        # of this user: a bus tells nobody else what its services say
        self.agent = self.start(wrapper=[], environment={"DBUS_SYSTEM_BUS_ADDRESS": self.system.address})
        self.await_inhibitor()
        self.unlock()

    def answer(self, _bus, _sender, _path, _interface, method, _values, invocation):
        if method == "ListSessions":
            invocation.return_value(GLib.Variant("(a(susso))", (self.sessions,)))
            return
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        handles = Gio.UnixFDList.new()
        handles.append(writer)
        os.close(writer)
        self.waiting.append(reader)
        invocation.return_value_with_unix_fd_list(GLib.Variant("(h)", (0,)), handles)

    def in_background(self, work):
        """Answer as logind while something of the test waits for the agent."""
        results = []
        thread = threading.Thread(target=lambda: results.append(work()))
        thread.start()
        timer = GLib.timeout_add(20, lambda: True)
        while thread.is_alive():
            self.loop.iteration(True)
        GLib.source_remove(timer)
        thread.join()
        return results[0] if results else None

    def await_inhibitor(self):
        while not self.waiting:
            self.loop.iteration(True)

    def unlock(self):
        self.assertEqual(self.in_background(lambda: self.agent.ask("Unlock", PASSPHRASE)).get("reply"), [])
        self.in_background(lambda: self.agent.await_line("keys are unlocked"))

    def await_locked(self):
        self.in_background(lambda: self.agent.await_line("keys are locked"))

    def emit(self, interface, name, values=None, path="/org/freedesktop/login1"):
        self.bus.emit_signal(None, path, "org.freedesktop.login1." + interface, name, values)

    def test_sleep(self):
        inhibitor = self.waiting.pop()
        with self.assertRaises(BlockingIOError):
            os.read(inhibitor, 1)
        self.emit("Manager", "PrepareForSleep", GLib.Variant("(b)", (True,)))
        # the machine may sleep only once keys are locked: the descriptor is closed after
        os.set_blocking(inhibitor, True)
        self.assertEqual(self.in_background(lambda: os.read(inhibitor, 1)), b"")
        os.close(inhibitor)
        self.assertEqual(self.in_background(self.agent.state)["state"], "locked")
        self.emit("Manager", "PrepareForSleep", GLib.Variant("(b)", (False,)))
        self.await_inhibitor()

    def test_screen(self):
        path = "/org/freedesktop/login1/session/a"
        # another's screen is none of ours
        self.owner = OTHER
        self.emit("Session", "Lock", None, path)
        self.emit("Manager", "SessionRemoved", GLib.Variant("(so)", ("a", path)))
        self.sessions = [("b", os.getuid(), "", "", path)]
        self.assertEqual(self.in_background(self.agent.state)["state"], "unlocked")
        self.owner = os.getuid()
        self.emit("Session", "Lock", None, path)
        self.await_locked()

    def test_end_of_the_last_session(self):
        path = "/org/freedesktop/login1/session/a"
        self.sessions = [("b", OTHER, "", "", path)]
        self.emit("Manager", "SessionRemoved", GLib.Variant("(so)", ("a", path)))
        self.await_locked()


if __name__ == "__main__":
    tap.main()
