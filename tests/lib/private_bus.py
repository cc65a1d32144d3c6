# SPDX-License-Identifier: GPL-3.0-or-later
"""A message bus of a test's own, gone with it."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class PrivateBus:
    """with PrivateBus() as bus: … `bus.address`, `bus.environment()`."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="comodal-bus-"))
        config = self.folder / "bus.conf"
        config.write_text(CONFIG.format(path=self.folder / "bus"))
        self.process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address=1"],
            stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise RuntimeError("dbus-daemon has not started")
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self, **more):
        """This process's environment, on this bus."""
        return {**os.environ, "DBUS_SESSION_BUS_ADDRESS": self.address,
                "DBUS_SYSTEM_BUS_ADDRESS": self.address, **more}
