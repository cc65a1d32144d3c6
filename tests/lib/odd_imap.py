# SPDX-License-Identifier: GPL-3.0-or-later
"""An IMAP server with one mailbox, some of whose messages can't be had, as those of a server whose index is spoilt.

    with OddImap(keys_folder) as server:
        server.messages = {1: octets, 2: EMPTY, 3: HANG, 4: DISCONNECT}
        server.url                              # imaps://localhost:PORT/INBOX
        server.asked                            # the numbers of the messages whose text was asked for, in order

It listens on loopback with TLS and takes any password. For failures only; mail_server.py is a real one.
"""
import pathlib
import re
import socketserver
import ssl
import threading

from mail_server import make_certificate

EMPTY, HANG, DISCONNECT = "empty", "hang", "disconnect"


class _Dialogue(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        try:
            self.say("* OK odd.test IMAP4rev1")
            for line in iter(self.rfile.readline, b""):
                tag, _, rest = line.decode().strip().partition(" ")
                if not self.answer(tag, rest):
                    break
        except OSError:
            # the other side has had enough
            pass

    def answer(self, tag, command):
        verb, _, rest = command.partition(" ")
        if verb.upper() == "UID":
            verb, _, rest = rest.partition(" ")
        return getattr(self, "on_" + verb.lower())(tag, rest)

    def done(self, tag, *lines):
        for line in lines:
            self.say(line)
        self.say(f"{tag} OK done")
        return True

    def on_capability(self, tag, _rest):
        return self.done(tag, "* CAPABILITY IMAP4rev1")

    def on_login(self, tag, _rest):
        return self.done(tag)

    on_noop = on_login

    def on_logout(self, tag, _rest):
        self.done(tag, "* BYE")
        return False

    def on_status(self, tag, _rest):
        messages = self.server.owner.messages
        return self.done(tag, f"* STATUS INBOX (MESSAGES {len(messages)} UIDNEXT {max(messages) + 1} UIDVALIDITY 7)")

    def on_select(self, tag, _rest):
        return self.done(tag, f"* {len(self.server.owner.messages)} EXISTS", "* OK [UIDVALIDITY 7] valid")

    def on_search(self, tag, rest):
        first, last = map(int, rest.split()[1].split(":"))
        found = [str(uid) for uid in self.server.owner.messages if first <= uid <= last]
        return self.done(tag, " ".join(["* SEARCH", *found]))

    def on_fetch(self, tag, rest):
        uid = int(rest.split()[0])
        message = self.server.owner.messages[uid]
        if "RFC822.SIZE" in rest:
            size = len(message) if isinstance(message, bytes) else 100
            return self.done(tag, f"* {uid} FETCH (UID {uid} RFC822.SIZE {size})")
        assert re.search(r"BODY\[\]", rest), rest
        self.server.owner.asked.append(uid)
        if message == HANG:
            # until the other side has had enough
            self.rfile.read()
        if message in (HANG, DISCONNECT):
            return False
        octets = b"" if message == EMPTY else message
        self.say(f"* {uid} FETCH (UID {uid} BODY[] {{{len(octets)}}}")
        self.wfile.write(octets)
        return self.done(tag, ")")


class OddImap:
    def __init__(self, folder):
        """`folder`: for its certificate, or where one is already (mail_server.make_certificate)."""
        folder = pathlib.Path(folder)
        if not (folder / "cert.pem").exists():
            make_certificate(folder)
        self.ca_file = folder / "ca.pem"
        self.messages = {}
        self.asked = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Dialogue)
        self._server.daemon_threads = True
        self._server.owner = self
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"imaps://localhost:{self._server.server_address[1]}/INBOX"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        self._server.shutdown()
        self._server.server_close()
