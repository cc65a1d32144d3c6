#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An attachment of a GiB, from a file to comodald and back, beside secretstream alone: CPU time, and how much memory each process takes more.

usage: meson devenv -C BUILD /usr/bin/python3 ../tests/bench/attachment.py [--mib N]          (by root: nobody else may look at an agent)

Attached, signed (which reads all of it again) and saved to a pipe (which reads it twice) by the real programs; then secretstream and BLAKE2b
alone over as many octets (secretstream-alone.c).
"""
import argparse
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests" / "integration")]
import note_verbs  # noqa: E402
from comodal_test import COMODALCTL  # noqa: E402

ALONE = pathlib.Path(os.environ.get("COMODAL_BUILD_ROOT", ROOT / "build")) / "tests" / "bench" / "secretstream-alone"
ARGUMENTS = argparse.Namespace(mib=1024)


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid, name):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise LookupError(name)


class Attachment(note_verbs.Notes):
    def runTest(self):
        self.note("write", text="voir")
        source = self.folder / "source"
        with open(source, "wb") as file:
            file.truncate(ARGUMENTS.mib << 20)
        alone = [float(word) for word in subprocess.run([ALONE, str(ARGUMENTS.mib)], check=True, capture_output=True, text=True).stdout.split()]
        print(f"alone: locked in {alone[0]:.2f} s of CPU, opened in {alone[1]:.2f}, hashed in {alone[2]:.2f}")
        for what, least, arguments in (
                ("attach", alone[0], [source]), ("sign", alone[1], []), ("save", 2 * alone[1], ["1", "1", "--output", "-"])):
            self.measure(what, least, [COMODALCTL, "--session", "note", what, self.who, *map(str, arguments)])

    def measure(self, what, least, command):
        processes = {"agent": self.find_agent(), "comodald": self.daemon.process.pid}
        before = {}
        for name, pid in processes.items():
            # the peak from here on
            pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
            before[name] = (cpu(pid), memory(pid, "VmRSS"))
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=self.environment())
        said = []
        for name, pid in processes.items():
            spent, more = cpu(pid) - before[name][0], memory(pid, "VmHWM") - before[name][1]
            said.append(f"{name} {spent:.2f} s of CPU ({spent / least:.1f} times secretstream alone), {more} KiB more at its peak")
        print(f"{what}: {'; '.join(said)}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=1024)
    parser.parse_args(namespace=ARGUMENTS)
    outcome = unittest.TextTestRunner(verbosity=0).run(Attachment())
    sys.exit(not outcome.wasSuccessful())
