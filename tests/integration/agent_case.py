# SPDX-License-Identifier: GPL-3.0-or-later
"""comodalctl, its comodal-agent and comodald together, over folders of the test's own."""
import os
import re
import select
import signal
import subprocess
import time

from gi.repository import Gio
from comodal_test import BUS_NAME, COMODALCTL, DEADLINE, OBJECT, GLib, TestCase
import terminal
import vault_keys
import vault

NAME = "Zorglub Tremblay, psychologue"
PASSPHRASE = "quatre oies sur le quai"
ROWS = re.compile(r"^ +([1-4])  ([0-9A-Z]{5}) ([0-9A-Z]{5})\r?$", re.M)


def run_enrolment(command, environment, lines, typed=lambda rows: rows, **more):
    """vault enrol by a pipe: these lines, then the code's rows as they were shown. The rows, both outputs, and the exit status."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, **more)
    said = b""
    try:
        process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        process.stdin.flush()
        while len(ROWS.findall(said.decode())) < 4:
            chunk = process.stderr.read1()
            if not chunk:
                break
            said += chunk
        rows = [first + second for _, first, second in ROWS.findall(said.decode())]
        if rows:
            process.stdin.write("".join(row + "\n" for row in typed(rows)).encode())
        process.stdin.close()
        said += process.stderr.read()
        output = process.stdout.read().decode()
    finally:
        process.stdout.close()
        process.stderr.close()
        status = process.wait(DEADLINE)
    return rows, output, said.decode(), status


class AgentTestCase(TestCase):
    def setUp(self):
        super().setUp()
        self.start_daemon()
        self.client = self.connect()
        self.runtime = self.folder / "runtime"
        self.runtime.mkdir(mode=0o700)
        self.keyring = self.folder / "data" / "comodal-session" / "comodal-keyring"
        self.organisation = vault_keys.Organisation(int(time.time()))
        self.fingerprint = vault.fingerprint(self.organisation.key)
        self.addCleanup(self.end_agent)

    def environment(self, **more):
        # an agent can't look for leaks: nobody traces it
        return self.bus.environment(**{"XDG_RUNTIME_DIR": str(self.runtime), "XDG_DATA_HOME": str(self.folder / "data"),
                                       "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0", **more})

    def try_vault(self, *arguments, lines=(), stdin=None, cwd=None, **more):
        """comodalctl, told these lines on standard input, or given that for it; however it ends."""
        given = {"input": "".join(line + "\n" for line in lines)} if stdin is None else {"stdin": stdin}
        return subprocess.run([COMODALCTL, "--session", *map(str, arguments)], text=True, cwd=cwd,
                              capture_output=True, env=self.environment(**more), timeout=DEADLINE, **given)

    def vault(self, *arguments, status=0, **more):
        """The same, which ends so."""
        result = self.try_vault(*arguments, **more)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result

    def find_agent(self):
        """Its process; None when none runs."""
        return self.bus.find_agent(self.runtime)

    def end_agent(self):
        pid = self.find_agent()
        if pid is None:
            return
        watch = os.pidfd_open(pid)
        os.kill(pid, signal.SIGTERM)
        select.select([watch], [], [], DEADLINE)
        os.close(watch)
        self.assertIsNone(self.find_agent(), "the agent did not end")

    def hand(self, method, *documents):
        """A call of comodald's directory whose arguments are documents."""
        handles = Gio.UnixFDList.new()
        for document in documents:
            fd = os.memfd_create("records", os.MFD_ALLOW_SEALING)
            os.write(fd, document)
            os.lseek(fd, 0, os.SEEK_SET)
            handles.append(fd)
            os.close(fd)
        return self.client.call_at(OBJECT, f"{BUS_NAME}.Directory", method,
                                   GLib.Variant("(" + "h" * len(documents) + ")", range(len(documents))), handles)

    def enrol(self, passphrase=PASSPHRASE, typed=lambda rows: rows, status=0, fingerprint=None, options=(), **more):
        """vault enrol by a pipe; the code's rows, and what was printed."""
        *said, code = run_enrolment([COMODALCTL, "--session", "vault", "enrol", *options], self.environment(**more),
                                    (fingerprint or self.fingerprint, NAME, passphrase), typed)
        self.assertEqual(code, status, said)
        return said

    def bring_keys(self):
        """What `enrol` comes to, without the second of work for the passphrase that people's keys are worth."""
        organisation, person, generation = self.client.call("Directory", "BeginEnrolment")
        keys = vault_keys.Keys(bytes(organisation), bytes(person), generation, NAME, int(time.time()))
        self.hand("Enrol", keys.enrolment(), keys.recovery())
        self.keyring.parent.mkdir(mode=0o700, parents=True)
        self.keyring.write_bytes(keys.keyring(PASSPHRASE))
        self.keyring.chmod(0o600)

    def admit(self):
        """The organisation takes whoever has enrolled into its next directory."""
        octets = self.client.document("Directory", "ListEnrolments")
        record = vault.read(octets, "enrolment")
        self.organisation.entries.append({
            **{name: record[name] for name in ("person", "generation", "sign_key", "box_key", "label")}, "state": 1, "roles": 1,
            "since": len(self.organisation.directories) + 1, "until": 0, "enrolment": vault.record_hash(octets)})
        self.hand("Add", self.organisation.sign())
        return record

    def at_terminal(self, arguments, answers, **more):
        """comodalctl at a terminal of its own: each of `answers` is typed when the words before it have come, as (words, function of what
        was said so far, giving what is typed). All that stood on the terminal, and the exit status."""
        return terminal.run([COMODALCTL, "--session", *arguments], self.environment(TERM="xterm", **more), answers)
