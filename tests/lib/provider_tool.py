# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs tests/integration/provider-tool.c over a configuration of the test's."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

TOOL = pathlib.Path(os.environ["COMODAL_BUILD_ROOT"]) / "tests" / "integration" / "provider-tool"


class ProviderCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.closes = int(time.time()) + 3600

    def secret(self, name, text):
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def configure(self, *lines):
        (self.folder / "comodald.conf").write_text("\n".join(lines) + "\n")

    def ask(self, name, facts=None, closes=None):
        arguments = [TOOL, self.folder / "comodald.conf", name, str(closes or self.closes)]
        result = subprocess.run(arguments + ([json.dumps(facts)] if facts else []), capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def start(self, arguments, port):
        """A server of the test's, which is there when its port is."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        end = time.monotonic() + float(os.environ.get("COMODAL_TEST_DEADLINE", "60"))
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return process
            except OSError:
                self.assertIsNone(process.poll(), (self.folder / "log").read_text())
                self.assertLess(time.monotonic(), end, (self.folder / "log").read_text())
                time.sleep(0.05)  # nobody says when a port is open
