# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway's web server by itself (tests/integration/http-tool.c), and browsers that behave as they like."""
import base64
import http.client
import os
import pathlib
import signal
import socket
import struct
import subprocess

from ports import free_port

TOOL = pathlib.Path(os.environ["COMODAL_BUILD_ROOT"]) / "tests" / "integration" / "http-tool"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
# RFC 6455, 1.3
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


class Server:
    """http-tool, listening."""

    def __init__(self, scheme="http", listen=None, **settings):
        self.port = free_port()
        self.origin = f"{scheme}://127.0.0.1:{self.port}"
        arguments = [f"listen={listen or f'127.0.0.1:{self.port}'}", f"origin={settings.pop('origin', self.origin)}"]
        # a machine that builds grants few descriptors
        settings = {"connections": 1024, "sockets": 1024, **settings}
        arguments += [f"{name}={value}" for name, value in settings.items()]
        self.process = subprocess.Popen([TOOL, *arguments], stdout=subprocess.PIPE, text=True)
        words = self.process.stdout.readline().split()
        if not words:
            raise RuntimeError("http-tool did not start")
        self.page, self.style = words[1:3]

    def close(self):
        """Ends it, and returns how it ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        return self.process.wait(30)

    def hang_up(self):
        self.process.send_signal(signal.SIGHUP)

    def connect(self, timeout=20):
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def ask(self, method, path, body=None, headers=None, origin=True):
        """One request by a well-behaved library. Returns: status, headers, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        every = {"Origin": self.origin} if origin and method == "POST" else {}
        if body is not None:
            every["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, {**every, **(headers or {})})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, response.headers, text

    def say(self, octets, timeout=20):
        """These octets as they are, then all that comes back until the other end closes."""
        with self.connect(timeout) as connection:
            try:
                connection.sendall(octets)
            except ConnectionError:
                pass
            return read_all(connection)

    def head(self, path="/v/low", *lines, method="GET", version="HTTP/1.1", last=True):
        """A head, ended; the connection is to be closed after the answer, unless it is not the last."""
        close = ["Connection: close"] if last and not any(line.startswith("Connection:") for line in lines) else []
        return "\r\n".join([f"{method} {path} {version}", f"Host: 127.0.0.1:{self.port}", *lines, *close, "", ""]).encode("latin-1")


def read_all(connection):
    pieces = []
    try:
        while piece := connection.recv(65536):
            pieces.append(piece)
    except (ConnectionError, TimeoutError):
        pass
    return b"".join(pieces)


def statuses(octets):
    """Of every answer that stands in what came, as far as lengths tell them apart."""
    found = []
    while octets.startswith(b"HTTP/1."):
        head, _, octets = octets.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        status = int(lines[0].split()[1])
        found.append(status)
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length" and status != 304:
                octets = octets[int(value):]
    return found


class WebSocket:
    """One by hand, so that it can be wrong."""

    def __init__(self, server, path="/v/high/socket", origin=None, early=b"", extra=()):
        self.connection = server.connect()
        self.left = b""
        lines = [f"Origin: {server.origin if origin is None else origin}", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
                 "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}", *extra]
        self.connection.sendall(server.head(path, *lines) + early)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = self.connection.recv(4096)
            if not piece:
                break
            head += piece
        self.head, _, self.left = head.partition(b"\r\n\r\n")
        self.status = int(self.head.split()[1]) if self.head else 0

    @staticmethod
    def frame(opcode, payload=b"", final=True, masked=True, length=None):
        length = len(payload) if length is None else length
        first = opcode | (0x80 if final else 0)
        mask = os.urandom(4)
        bit = 0x80 if masked else 0
        if length < 126:
            head = struct.pack(">BB", first, length | bit)
        elif length < 65536:
            head = struct.pack(">BBH", first, 126 | bit, length)
        else:
            head = struct.pack(">BBQ", first, 127 | bit, length)
        if not masked:
            return head + payload
        return head + mask + bytes(octet ^ mask[i % 4] for i, octet in enumerate(payload))

    def send(self, *arguments, **named):
        self.connection.sendall(self.frame(*arguments, **named))

    def take(self, count):
        while len(self.left) < count:
            piece = self.connection.recv(65536)
            if not piece:
                raise EOFError
            self.left += piece
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    def read(self):
        """The next frame: opcode and payload."""
        first, length = self.take(2)
        if length == 126:
            length, = struct.unpack(">H", self.take(2))
        elif length == 127:
            length, = struct.unpack(">Q", self.take(8))
        return first & 0x0F, self.take(length)

    def read_close(self):
        """Reads until it is closed. Returns: the code, or 0 when it was cut without one."""
        try:
            while True:
                opcode, payload = self.read()
                if opcode == 8:
                    return struct.unpack(">H", payload[:2])[0] if payload else 1005
        except (EOFError, ConnectionError):
            return 0

    def close(self):
        self.connection.close()


def make_key(octets):
    return base64.b64encode(octets).decode()
