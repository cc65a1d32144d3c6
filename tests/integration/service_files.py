#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What systemd and the message bus are told about comodald."""
import os
import pathlib
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

import tap

SOURCE = pathlib.Path(os.environ["COMODAL_SOURCE_ROOT"])
DATA = pathlib.Path(os.environ["COMODAL_BUILD_ROOT"]) / "daemon" / "data"

# systemd's own scale, 0 to 10, times 10; what is left: no root folder of its own, unix sockets
EXPOSURE_CEILING = 10
# the same, and the network
COURIER_CEILING = 13


class Units(unittest.TestCase):
    def analyze(self, unit, *arguments):
        program = shutil.which("systemd-analyze")
        if program is None:
            self.skipTest("no systemd-analyze")
        return subprocess.run([program, *arguments, DATA / unit], capture_output=True, text=True)

    def test_exposure(self):
        result = self.analyze("comodald.service", "security", "--offline=true", "--no-pager",
                              f"--threshold={EXPOSURE_CEILING}")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("Overall exposure level", result.stdout)

    def test_exposure_of_the_courier(self):
        result = self.analyze("comodal-courier.service", "security", "--offline=true", "--no-pager", f"--threshold={COURIER_CEILING}")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        lines = (DATA / "comodal-courier.service").read_text().splitlines()
        for line in ("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6", "CapabilityBoundingSet=", "LimitCORE=0", "User=comodal-courier"):
            self.assertIn(line, lines)
        # another user than comodald's, and nothing of its folders
        self.assertFalse([line for line in lines if "StateDirectory=comodal" in line and "courier" not in line])

    def test_exposure_of_the_gateway(self):
        result = self.analyze("comodal-gateway.service", "security", "--offline=true", "--no-pager", f"--threshold={COURIER_CEILING}")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        lines = (DATA / "comodal-gateway.service").read_text().splitlines()
        for line in ("CapabilityBoundingSet=", "LimitCORE=0", "User=comodal-gateway", "LimitNOFILE=65536", "ProtectSystem=strict"):
            self.assertIn(line, lines)
        # it keeps nothing, and has no key
        self.assertFalse([line for line in lines if line.startswith(("StateDirectory=", "LoadCredential", "ReadWritePaths="))])
        tmpfiles = (SOURCE / "daemon" / "data" / "comodal.tmpfiles").read_text()
        self.assertIn("d /run/comodal-gateway 0750 comodal comodal-gateway -", tmpfiles.splitlines())
        # its folder is one that comodald may write to
        self.assertIn("-/run/comodal-gateway", (DATA / "comodald.service").read_text())

    def test_socket_tells_users_apart(self):
        """In a user namespace everybody else would be nobody."""
        lines = (DATA / "comodald.service").read_text().splitlines()
        self.assertNotIn("PrivateUsers=yes", lines)
        tmpfiles = (SOURCE / "daemon" / "data" / "comodal.tmpfiles").read_text()
        self.assertIn("d /run/comodal 0750 comodal comodal-courier -", tmpfiles.splitlines())

    def test_ceiling_can_be_broken(self):
        result = self.analyze("comodald-session.service", "security", "--offline=true", "--no-pager",
                              f"--threshold={EXPOSURE_CEILING}")
        self.assertNotEqual(result.returncode, 0, "a unit that shares the home folder is under the ceiling")

    def test_no_network_no_core(self):
        text = (DATA / "comodald.service").read_text()
        for line in ("PrivateNetwork=yes", "RestrictAddressFamilies=AF_UNIX", "CapabilityBoundingSet=", "LimitCORE=0",
                     "ProtectSystem=strict", "StateDirectoryMode=0700"):
            self.assertIn(line, text.splitlines())
        self.assertNotIn("@", "".join(line for line in text.splitlines() if not line.startswith(("#", "SystemCall"))))


class BusPolicy(unittest.TestCase):
    def setUp(self):
        self.policy = ElementTree.parse(SOURCE / "daemon" / "data" / "org.comodal.Comodal1.conf")

    def test_only_its_user_owns_the_name(self):
        for policy in self.policy.iter("policy"):
            owns = [rule.get("own") for rule in policy.iter("allow") if rule.get("own")]
            self.assertEqual(bool(owns), policy.get("user") == "comodal")

    def test_every_interface_of_the_contract_can_be_reached(self):
        contract = ElementTree.parse(SOURCE / "include" / "org.comodal.Comodal1.xml")
        wanted = {interface.get("name") for interface in contract.iter("interface")}
        allowed = {rule.get("send_interface") for rule in self.policy.iter("allow") if rule.get("send_interface")}
        self.assertEqual(wanted, {name for name in allowed if name.startswith("org.comodal.")})
        self.assertGreater(len(wanted), 4)


if __name__ == "__main__":
    tap.main()
