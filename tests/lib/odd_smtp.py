# SPDX-License-Identifier: GPL-3.0-or-later
"""An SMTP server that does, at the step it is told, what a real one can hardly be made to do; for failures only, and for counting.

    with OddSmtp(ca_folder) as server:
        server.fail("rcpt", 451)                # the next time it comes to RCPT; then it serves as usual
        server.fail("text", DISCONNECT)         # after the final dot: nothing was accepted, and no answer comes
        server.fail("accepted", DISCONNECT)     # the same, but it was accepted
        server.at("data", lambda: kill(...))    # run there, before the answer
        server.await_accepted(3)
        server.copies()                         # how many times each Message-ID was accepted
        server.accepted[0].content              # octets, dots unstuffed

STEPS are in the order of a dialogue. It listens on loopback with STARTTLS (or TLS from the start: `implicit`), demands a password before
MAIL, and waits `delay` seconds before each answer. It runs in a thread of its own.
"""
import asyncio
import base64
import collections
import dataclasses
import email.parser
import hashlib
import pathlib
import ssl
import threading
import time

from mail_server import DEADLINE, PASSWORD, USER, make_certificate

STEPS = ("connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "text", "accepted")
DISCONNECT, HANG = "disconnect", "hang"
# a line, or a message of one line, beyond this ends the connection
LINE_LIMIT = 1 << 20


@dataclasses.dataclass
class Accepted:
    message_id: str
    digest: str  # of the octets
    sender: str
    recipients: tuple
    moment: float
    connection: int
    size: int
    content: bytes


class _End(Exception):
    """The connection is over."""


class _Dialogue:
    def __init__(self, server, reader, writer, number):
        self.server, self.reader, self.writer, self.number = server, reader, writer, number
        self.secured = server.implicit
        self.known = False
        self.sender, self.recipients = None, []

    async def say(self, text):
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()

    async def step(self, name, answer):
        """True when the step went well: `answer` was given. False: it was refused."""
        how = self.server.reach(name)
        if self.server.delay:
            await asyncio.sleep(self.server.delay)
        if how == DISCONNECT:
            raise _End
        if how == HANG:
            # until the other side has had enough
            await self.reader.read()
            raise _End
        if how is not None:
            await self.say(f"{how} as it was told")
            return False
        if answer is not None:
            await self.say(answer)
        return True

    async def line(self):
        line = await self.reader.readline()
        if not line.endswith(b"\n"):
            raise _End
        return line.rstrip(b"\r\n").decode("utf-8", "replace")

    async def run(self):
        if not await self.step("connect", "220 odd.test ESMTP"):
            raise _End
        while True:
            line = await self.line()
            verb, _, rest = line.partition(" ")
            handler = getattr(self, "on_" + verb.lower(), None)
            if handler is None:
                await self.say("502 no such verb")
            else:
                await handler(rest)

    async def on_ehlo(self, rest):
        words = ["SIZE 104857600", "8BITMIME"]
        words += ["AUTH PLAIN"] if self.secured else ["STARTTLS"]
        answer = "\r\n".join([f"250-{word}" for word in ["odd.test"] + words[:-1]] + [f"250 {words[-1]}"])
        await self.step("ehlo", answer)

    async def on_starttls(self, rest):
        if await self.step("starttls", "220 go ahead"):
            await self.writer.start_tls(self.server.context)
            self.secured = True

    async def on_auth(self, rest):
        if not rest.upper().startswith("PLAIN") or not self.secured:
            await self.say("504 no such mechanism")
            return
        given = rest[6:].strip()
        if not given:
            await self.say("334 ")
            given = await self.line()
        _, user, password = base64.b64decode(given).decode().split("\0")
        if (user, password) != self.server.login:
            await self.say("535 5.7.8 wrong")
        elif await self.step("auth", "235 2.7.0 welcome"):
            self.known = True

    async def on_mail(self, rest):
        if not self.known:
            await self.say("530 5.7.0 who are you?")
        elif await self.step("mail", "250 2.1.0 fine"):
            self.sender, self.recipients = rest[5:].partition(">")[0].lstrip("<"), []

    async def on_rcpt(self, rest):
        if self.sender is None:
            await self.say("503 MAIL first")
        elif await self.step("rcpt", "250 2.1.5 fine"):
            self.recipients.append(rest[3:].partition(">")[0].lstrip("<"))

    async def on_data(self, rest):
        if not self.recipients:
            await self.say("503 RCPT first")
            return
        if not await self.step("data", "354 go on"):
            return
        lines = []
        while True:
            line = await self.reader.readline()
            if not line.endswith(b"\n"):
                raise _End
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        if await self.step("text", None):
            self.server.accept(self, b"".join(lines))
            await self.step("accepted", "250 2.0.0 taken")
        self.sender, self.recipients = None, []

    async def on_rset(self, rest):
        self.sender, self.recipients = None, []
        await self.say("250 2.0.0 fine")

    async def on_noop(self, rest):
        await self.say("250 2.0.0 fine")

    async def on_quit(self, rest):
        await self.say("221 2.0.0 bye")
        raise _End


class OddSmtp:
    def __init__(self, folder, delay=0.0, implicit=False, keep=True, login=(USER, PASSWORD), ca_file=None):
        """`folder`: for its certificate, or where one is already (mail_server.make_certificate). `keep`: the octets of what it accepts."""
        folder = pathlib.Path(folder)
        self.ca_file = ca_file or folder / "ca.pem"
        if not (folder / "cert.pem").exists():
            make_certificate(folder)
        self.delay, self.implicit, self.keep, self.login = delay, implicit, keep, tuple(login)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        self.changed = threading.Condition()
        self.accepted = []
        self.reached = collections.Counter()
        self.connections = self.most_connections = 0
        self._orders = collections.defaultdict(collections.deque)
        self._open = set()
        self._numbers = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        started = threading.Event()
        self._loop.call_soon(started.set)
        self._server = self._loop.run_until_complete(asyncio.start_server(
            self._talk, "127.0.0.1", 0, limit=LINE_LIMIT, ssl=self.context if implicit else None))
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'smtps' if implicit else 'smtp'}://localhost:{self.port}"
        self._thread.start()
        started.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def _serve(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def end(self):
        if not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(DEADLINE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(DEADLINE)
        self._loop.close()

    async def _close(self):
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    # ---- orders, from any thread

    def fail(self, step, how, times=1):
        """`how`: a code, DISCONNECT or HANG. Of `times` the step is reached; None: from now on."""
        assert step in STEPS, step
        with self.changed:
            self._orders[step].extend([how] * times if times is not None else [(how,)])

    def at(self, step, act, times=1):
        """`act()` in the server's thread when the step is reached, before the answer, which is as usual or what act() returns."""
        assert step in STEPS, step
        with self.changed:
            self._orders[step].extend([act] * times)

    def forgive(self):
        with self.changed:
            self._orders.clear()

    def copies(self):
        with self.changed:
            return collections.Counter(message.message_id for message in self.accepted)

    def duplicates(self):
        """Message-IDs accepted more than once: {id: whether all copies are the same to the octet}."""
        with self.changed:
            digests = collections.defaultdict(list)
            for message in self.accepted:
                digests[message.message_id].append(message.digest)
        return {name: len(set(found)) == 1 for name, found in digests.items() if len(found) > 1}

    def wait(self, condition, what, deadline=None):
        """Until `condition()`, asked again whenever something has happened here; its value."""
        end = time.monotonic() + (deadline or DEADLINE)
        with self.changed:
            while True:
                value = condition()
                if value:
                    return value
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{what}: nothing after {deadline or DEADLINE} s; accepted {len(self.accepted)}, "
                                         f"steps {dict(self.reached)}")
                self.changed.wait(left)

    def await_accepted(self, count, deadline=None):
        self.wait(lambda: len(self.accepted) >= count, f"{count} messages", deadline)
        return self.accepted[:]

    def await_step(self, step, count, deadline=None):
        self.wait(lambda: self.reached[step] >= count, f"{step}, {count} times", deadline)

    # ---- in its thread

    def reach(self, step):
        with self.changed:
            orders = self._orders[step]
            order = None
            if orders:
                order = orders[0][0] if isinstance(orders[0], tuple) else orders.popleft()
        # outside the lock: it may look at what happened here
        if callable(order):
            order = order()
        with self.changed:
            self.reached[step] += 1
            self.changed.notify_all()
        return order

    def accept(self, dialogue, content):
        headers = email.parser.BytesHeaderParser().parsebytes(content)
        message = Accepted(headers["Message-ID"] or "", hashlib.sha256(content).hexdigest(), dialogue.sender,
                           tuple(dialogue.recipients), time.monotonic(), dialogue.number, len(content),
                           content if self.keep else b"")
        with self.changed:
            self.accepted.append(message)
            self.changed.notify_all()

    async def _talk(self, reader, writer):
        task = asyncio.current_task()
        self._open.add(task)
        self._numbers += 1
        with self.changed:
            self.connections += 1
            self.most_connections = max(self.most_connections, self.connections)
        try:
            await _Dialogue(self, reader, writer, self._numbers).run()
        except (_End, ConnectionError, ssl.SSLError, ValueError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            with self.changed:
                self.connections -= 1
                self.changed.notify_all()
            # at once, as a server that dies does
            writer.transport.abort()
