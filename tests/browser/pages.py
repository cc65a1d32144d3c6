#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comodal-gateway's pages in a real browser: each state in both languages, by axe, by keyboard, without JavaScript. What is looked at
stands in pages.mjs; here are the gateway, a comodald of the test's, and a small server by which the script sets and reads what that shows.

usage: pages.py [FOLDER]     with a folder, the pictures of docs/pictures/pages/ are made in it instead
"""
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
os.environ.setdefault("COMODAL_SOURCE_ROOT", str(pathlib.Path(__file__).resolve().parents[2]))

from gateway_process import Gateway  # noqa: E402  pylint: disable=wrong-import-position

SCRIPT = pathlib.Path(__file__).with_suffix(".mjs")


def make_control(doors):
    class Control(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_POST(self):
            wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for name in ("views", "rooms", "times", "refusals", "entries"):
                if name in wanted:
                    value = wanted[name]
                    setattr(doors, name, {tuple(key): pass_ for *key, pass_ in value} if name == "entries" else value)
            if wanted.get("forget"):
                doors.calls.clear()
            if "changed" in wanted:
                doors.say_changed(*wanted["changed"])
            if "await" in wanted:
                doors.await_call(wanted["await"])
            answer = json.dumps({"changes": doors.changes(), "views": doors.views}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Control)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main():
    if shutil.which("node") is None or shutil.which("chromium") is None:
        print("1..0 # SKIP node or chromium is missing")
        return 0
    if not (SCRIPT.parent.parent / "node" / "node_modules" / "playwright-core").exists():
        print("1..0 # SKIP tests/node has no node_modules: ./check installs them")
        return 0
    with tempfile.TemporaryDirectory(prefix="comodal-test-") as folder, Gateway(folder) as gateway:
        control = make_control(gateway.doors)
        command = ["node", SCRIPT, gateway.origin, f"http://127.0.0.1:{control.server_port}", *sys.argv[1:]]
        result = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
        control.shutdown()
    return result.returncode


if __name__ == "__main__":
    sys.exit(main())
