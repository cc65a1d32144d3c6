#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./quickstart with a small example and the programs just built: the second run, accidents, and nothing left behind."""
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest
import urllib.request

import tap
from agent_case import run_enrolment

ROOT = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
SCRIPT = ROOT / "quickstart"


def has_ended(pid):
    """True once a process is gone, waited for by its descriptor."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 30)[0])
    finally:
        os.close(descriptor)


class Quickstart(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-test-"))
        self.state = self.folder / "state"
        self.environment = {
            **os.environ, "COMODAL_QUICKSTART_BUILD": os.environ["COMODAL_BUILD_ROOT"], "TMPDIR": str(self.folder),
            "COMODAL_QUICKSTART_STATE": str(self.state), "COMODAL_QUICKSTART_SIZE": "pair", "LC_ALL": "C.UTF-8"}
        for name in ("run", "data"):
            (self.folder / name).mkdir(mode=0o700)
        self.environment |= {"XDG_RUNTIME_DIR": str(self.folder / "run"), "XDG_DATA_HOME": str(self.folder / "data")}
        for name in ("DBUS_SESSION_BUS_ADDRESS", "COMODAL_BUS", "COMODAL_POLICY_DIR", "COMODAL_LOCALE_DIR"):
            self.environment.pop(name, None)

    def tearDown(self):
        self.run_script("--stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run_script(self, *arguments, check=True):
        result = subprocess.run([SCRIPT, *arguments], env=self.environment, stdin=subprocess.DEVNULL, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if check:
            self.assertEqual(result.returncode, 0, result.stdout)
        return result

    def pid(self, name):
        return int((self.state / f"{name}.pid").read_text().split()[0])

    def ctl(self, *arguments):
        return subprocess.run([self.state / "bin" / "comodalctl", *arguments], env=self.environment, capture_output=True, text=True, check=False)

    def agent(self):
        """The comodal-agent of this instance."""
        [path] = [path for path in (self.folder / "run" / "comodal").glob("agent-*") if path.suffix != ".lock"]
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            return struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]

    def await_text(self, path, wanted):
        end = time.monotonic() + 30
        while wanted not in path.read_text():
            self.assertLess(time.monotonic(), end, path.read_text())
            time.sleep(0.05)

    def ours(self):
        """Command lines of processes that have our state folder in theirs."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(self.folder) in line:
                found.append(line)
        return found

    def test_first_second_and_stop(self):
        began = time.monotonic()
        first = self.run_script("--lang", "en")
        first_seconds = time.monotonic() - began
        self.assertRegex(first.stdout, r"\d\d:\d\d")
        self.assertIn("comodalctl agenda", first.stdout)
        daemon, bus, courier, gateway = (self.pid(name) for name in ("comodald", "bus", "courier", "gateway"))
        self.await_text(self.state / "gateway.log", "connected to comodald")
        port = (self.state / "gateway.port").read_text().strip()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30) as answer:
            self.assertEqual(answer.read(), b"ok\n")
        self.assertTrue((self.state / "mail" / "new").is_dir())
        self.assertIn(".state/mail/new", first.stdout)
        self.await_text(self.state / "courier.log", "connected to comodald")

        # a parent's link, as it stands there
        [link] = re.findall(r"http://127\.0\.0\.1:\d+/v/[A-Za-z0-9_-]{22}", first.stdout)
        with urllib.request.urlopen(link, timeout=30) as page:
            self.assertEqual((page.status, page.headers.get_content_type()), (200, "text/html"))
        self.assertIn("comodalctl join", first.stdout)
        gateway = self.pid("gateway")

        began = time.monotonic()
        second = self.run_script("--lang", "fr")
        # nothing is made again
        self.assertLess(time.monotonic() - began, first_seconds)
        self.assertEqual(tuple(self.pid(name) for name in ("comodald", "bus", "courier", "gateway")), (daemon, bus, courier, gateway))
        self.assertNotIn("Importation", second.stdout)
        self.assertIn("Pour continuer", second.stdout)

        status = subprocess.run([self.state / "bin" / "comodalctl", "status", "--json"], capture_output=True, text=True,
                                check=True)
        self.assertRegex(status.stdout, r'"published_plan"\s*:\s*1\b')

        self.try_notes([line.split("#")[0].split() for line in re.findall(r"^  (comodalctl (?:directory|vault|note) .*)$", first.stdout, re.M)])

        # keys are this instance's, and an agent of theirs does not outlive it
        self.assertTrue((self.state / "vault" / "comodal-keyring").is_file())
        self.assertEqual(list((self.folder / "data").iterdir()), [])
        agent = os.pidfd_open(self.agent())
        self.run_script("--stop")
        self.assertTrue(select.select([agent], [], [], 30)[0], "an agent is left behind")
        os.close(agent)
        silent = self.ctl("status")
        self.assertEqual(silent.returncode, 3)
        self.assertIn("“./quickstart”", silent.stderr)
        self.assertNotIn("systemctl", silent.stderr)
        self.assertTrue(has_ended(daemon) and has_ended(bus) and has_ended(courier) and has_ended(gateway))
        self.assertEqual(self.ours(), [])
        self.assertEqual(list(self.folder.glob("comodal-quickstart.*")), [])
        # what was made is still there, and is used again
        third = self.run_script("--lang", "en")
        self.assertNotIn("Importing", third.stdout)
        self.assertIn("locked", self.ctl("vault", "status").stdout)
        # who has keys knows how
        self.assertNotIn("comodalctl vault enrol", third.stdout)

    def try_notes(self, lines):
        """What it says of case notes, word for word, by whoever types what each line asks for."""
        environment = {**self.environment, "PATH": f"{self.state / 'bin'}:{os.environ['PATH']}"}
        typed = {"directory init": ["trois chats sur le toit"], "directory admit": ["trois chats sur le toit"],
                 "vault unlock": ["quatre oies sur le quai"], "note write": ["Elle lit mieux."]}
        done = []
        for line in lines:
            verb = " ".join(line[1:3])
            fingerprint = re.search(r"(?:[0-9a-f]{4} ){9}[0-9a-f]{4}", "".join(done))
            if verb == "vault enrol":
                _, said, errors, status = run_enrolment(line, environment, (fingerprint[0], "Théo Fortin, psychologue", "quatre oies sur le quai"), cwd=ROOT)
                own = re.search(r"(?:[0-9a-f]{4} ){9}[0-9a-f]{4}", said)[0]
            else:
                more = {"directory admit": ["--fingerprint", own] if verb == "directory admit" else [], "note sign": ["--yes"]}.get(verb, [])
                result = subprocess.run([*line, *more], env=environment, input="".join(f"{text}\n" for text in typed.get(verb, [])), text=True,
                                        capture_output=True, check=False, cwd=ROOT)
                said, errors, status = result.stdout, result.stderr, result.returncode
            self.assertEqual(status, 0, f"{line}: {said}{errors}")
            done.append(said)
        self.assertGreater(len(done), 8)
        self.assertIn("Théo Fortin", done[-1])

    def test_killed_daemon_and_stale_pid(self):
        self.run_script()
        old = self.pid("comodald")
        os.kill(old, signal.SIGKILL)
        self.assertTrue(has_ended(old))
        # and its number is another process's now: ours, which must survive
        (self.state / "comodald.pid").write_text(f"{os.getpid()} 1\n")
        self.run_script()
        self.assertNotIn(self.pid("comodald"), (old, os.getpid()))
        bus = self.pid("bus")
        os.kill(bus, signal.SIGKILL)
        self.assertTrue(has_ended(bus))
        self.run_script()
        self.run_script("--stop")
        self.assertEqual(self.ours(), [])

    def test_interrupted(self):
        process = subprocess.Popen([SCRIPT], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, start_new_session=True)
        for line in process.stdout:
            if "Planning" in line:
                break
        os.killpg(process.pid, signal.SIGINT)
        rest = process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(), 130, rest)
        self.assertEqual(self.ours(), [])
        again = self.run_script()
        self.assertIn("comodalctl agenda", again.stdout)

    def test_reset_and_odd_calls(self):
        self.assertEqual(self.run_script("--stop").returncode, 0)
        self.assertEqual(self.run_script("--nonsense", check=False).returncode, 2)
        self.assertEqual(self.run_script("--lang", "de", check=False).returncode, 2)
        self.run_script()
        mark = self.state / "mark"
        mark.write_text("x")
        first = self.pid("comodald")
        again = self.run_script("--reset")
        self.assertFalse(mark.exists())
        self.assertTrue(has_ended(first))
        self.assertTrue(re.search("Importing", again.stdout))


if __name__ == "__main__":
    tap.main()
