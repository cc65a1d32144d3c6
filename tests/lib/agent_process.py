# SPDX-License-Identifier: GPL-3.0-or-later
"""The real comodal-agent, as a user of its own where the test may choose one (root), and a look into its memory."""
import base64
import json
import os
import pathlib
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

AGENT = os.environ["COMODAL_AGENT"]
CLIENT = pathlib.Path(__file__).with_name("agent_client.py")
DEADLINE = float(os.environ.get("COMODAL_TEST_DEADLINE", "60"))
ROOT = os.getuid() == 0
PIECE = 1 << 20
# a user who has nothing to do with us, and another one
SOMEBODY, OTHER = 65534, 65533


def spellings(secret):
    """How octets could stand in memory or a file: themselves, as hexadecimal, UTF-16, and base64 at each of its three places."""
    found = [secret, secret.hex().encode()]
    try:
        found.append(secret.decode().encode("utf-16-le"))
    except UnicodeDecodeError:
        pass
    for place in range(3):
        coded = base64.b64encode(bytes(place) + secret)
        # the first and last groups depend on what stands around
        found.append(coded[4:-4] if len(coded) > 16 else coded)
    return found


def is_there(pagemap, start, end):
    """Whether any page between is in memory, or swapped."""
    pagemap.seek(start // 4096 * 8)
    return any(byte & 0xc0 for byte in pagemap.read((end - start) // 4096 * 8)[7::8])


def read_memory(pid):
    """All that a process has in memory. Root alone."""
    with (open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory,
          open(f"/proc/{pid}/pagemap", "rb", buffering=0) as pagemap):
        for line in maps:
            start, end = (int(text, 16) for text in line.split()[0].split("-"))
            # the second: a sanitizer's notes of what may be read, terabytes of nothing
            if "[vvar]" in line or "[vsyscall]" in line or end - start > 1 << 34:
                continue
            # what stands across two pieces is in the second
            for place in range(start, end, PIECE):
                try:
                    if not is_there(pagemap, place, min(end, place + PIECE)):
                        continue
                    memory.seek(max(start, place - 4096))
                    yield memory.read(min(end, place + PIECE) - memory.tell())
                except (OSError, ValueError, OverflowError):
                    break


def find_in_memory(pid, secrets):
    """The names of those of `secrets` (name → octets) that stand there in any spelling."""
    found = set()
    for region in read_memory(pid):
        for name, secret in secrets.items():
            if any(spelling in region for spelling in spellings(secret)):
                found.add(name)
    return found


class Agent:
    """A comodal-agent over a folder; .lines are its log's."""

    def __init__(self, folder, *arguments, environment=None, wrapper=None, user=SOMEBODY):
        self.wrapper = wrapper if wrapper is not None else as_user(user)
        self.folder = pathlib.Path(folder)
        self.keys = self.folder / "keys"
        self.socket = self.folder / "run" / "agent"
        # a program that may not be traced can't look for its leaks by tracing itself
        options = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        self.process = subprocess.Popen(
            [*self.wrapper, AGENT, "--folder", self.keys, "--socket", self.socket, *map(str, arguments)], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/",
            env={"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent", **os.environ, "ASAN_OPTIONS": options, **(environment or {})})
        os.set_blocking(self.process.stderr.fileno(), False)
        self.text = ""

    def await_line(self, words):
        """Until the log has them, after what was awaited before."""
        end = time.monotonic() + DEADLINE
        while words not in self.text:
            ready, _, _ = select.select([self.process.stderr], [], [], max(0, end - time.monotonic()))
            chunk = os.read(self.process.stderr.fileno(), 65536) if ready else b""
            if not chunk:
                raise AssertionError(f"“{words}” is not in the agent's log: {self.text!r}")
            self.text += chunk.decode()
        self.text = self.text.split(words, 1)[1]

    def ask(self, method, *texts, user=None):
        """What the agent answers to a call of a user's: agent_client.py."""
        wrapper = self.wrapper if user is None else as_user(user)
        result = subprocess.run([*wrapper, sys.executable, CLIENT, self.socket, method], input=json.dumps(texts), text=True,
                                capture_output=True, timeout=DEADLINE, check=True)
        return json.loads(result.stdout)

    def state(self):
        return self.ask("GetState")["reply"][0]

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stderr.close()


def as_user(uid):
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"] if ROOT else []


class TestCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-agent-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        if ROOT:
            os.chown(self.folder, SOMEBODY, SOMEBODY)

    def start(self, *arguments, **more):
        agent = Agent(self.folder, *arguments, **more)
        self.addCleanup(agent.end)
        agent.await_line("ready")
        return agent

    def stop(self, agent):
        """SIGTERM; it ends by itself."""
        agent.process.send_signal(signal.SIGTERM)
        self.assertEqual(agent.process.wait(DEADLINE), 0, agent.text)

    def write_keyring(self, passphrase, **more):
        """A keyring that the second implementation made; its bundle's fields."""
        sys.path.insert(0, str(pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"]) / "tests" / "vault"))
        import vault  # pylint: disable=import-outside-toplevel
        import vault_layout  # pylint: disable=import-outside-toplevel
        bundle = {"organisation": os.urandom(32), "person": os.urandom(16), "generation": 1, "sign_seed": os.urandom(32),
                  "box_secret": os.urandom(32), "local_key": os.urandom(32), "made_at": 1790000000, **more}
        values = {**{name: bundle[name] for name in ("organisation", "person", "generation")}, "slot": 1, "revision": 1,
                  "operations": 2, "memory": 65536, "salt": os.urandom(16), "nonce": os.urandom(24)}
        octets = vault.make_keyring(values, passphrase, vault_layout.write("bundle", bundle))
        keys = self.folder / "keys"
        keys.mkdir(mode=0o700, exist_ok=True)
        path = keys / "comodal-keyring"
        path.write_bytes(octets)
        path.chmod(0o600)
        if ROOT:
            os.chown(keys, SOMEBODY, SOMEBODY)
            os.chown(path, SOMEBODY, SOMEBODY)
        return bundle


def status_of(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return dict(re.findall(r"^(\w+):\s+(.*)$", text, re.M))
