# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers and those who ask them, for gateway.py and gateway_real.py."""
import multiprocessing
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lib"))
from http_tool import KEY  # noqa: E402

SERVER_CPU, LOAD_CPU = "0", "1"


def pin(command, cpu):
    return ["taskset", "-c", cpu, *map(str, command)] if shutil.which("taskset") and os.cpu_count() > 1 else list(map(str, command))


def cpu_of(pid):
    """Seconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def waits_of(pid):
    """Milliseconds that its threads have waited for a processor, ready to run; how often they were given one (schedstat)."""
    threads = [path.read_text().split() for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(fields[1]) for fields in threads) / 1e6, sum(int(fields[2]) for fields in threads)


SERVERS_NICE, LOAD_NICE = 5, 19


def step_back(pid):
    """A server's threads, and those that they start, leave the processors to who measures: that one is another machine, and waits for none of ours."""
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        os.setpriority(os.PRIO_PROCESS, int(thread.name), SERVERS_NICE)


class Process:
    """A server, on its own processor unless it shares all, with its children."""

    def __init__(self, name, command, port, path, cwd=None, pinned=True):
        self.name, self.port, self.path, self.pinned = name, port, path, pinned
        command = pin(command, SERVER_CPU) if pinned else list(map(str, command))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=cwd)

    def wait(self):
        import socket
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except ConnectionRefusedError:
                time.sleep(0.02)  # until it listens
        raise RuntimeError(f"{self.name} does not listen")

    def family(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [str(self.process.pid), *children]

    def cpu(self):
        return sum(cpu_of(pid) for pid in self.family())

    def memory(self):
        """KiB."""
        return sum(int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) for pid in self.family())

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            # libwebsockets on libuv does not end by a signal
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


# each request another path, in turn; a pause before each, half as long to half as long again: those who look know nothing of one another, and whoever
# was sent back would come with all others again
SCRIPT = """
local requests, last = {}, 0
init = function(arguments)
  for path in io.lines(arguments[1]) do requests[#requests + 1] = wrk.format("GET", path) end
  pause = tonumber(arguments[2])
  if pause > 0 then delay = function() return math.random(pause / 2, pause * 3 / 2) end end
end
request = function()
  last = last % #requests + 1
  return requests[last]
end
"""


class Wrk:
    """So many connections that ask for one path, or for several in turn, some `pause` ms between an answer and the next. `humble`: it takes the
    processors that the servers leave, as if it were another machine."""

    def __init__(self, server, connections, seconds, paths, pause=0, humble=False):
        self.folder = tempfile.TemporaryDirectory(prefix="comodal-wrk-")
        script, list_ = pathlib.Path(self.folder.name) / "paths.lua", pathlib.Path(self.folder.name) / "paths"
        script.write_text(SCRIPT)
        list_.write_text("".join(f"{path}\n" for path in paths))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "--latency"]
        several = ["-s", script, f"http://127.0.0.1:{server.port}/", "--", list_, pause]
        command += several if pause or len(paths) > 1 else [f"http://127.0.0.1:{server.port}{paths[0]}"]
        command = pin(command, LOAD_CPU) if server.pinned else list(map(str, command))
        self.process = subprocess.Popen(["nice", "-n", str(LOAD_NICE), *command] if humble else command, stdout=subprocess.PIPE, text=True)

    def wait(self):
        """Requests a second, p99 in ms, how many were answered, how many of them refused."""
        said, _ = self.process.communicate()
        self.folder.cleanup()
        if self.process.returncode != 0:
            raise RuntimeError("wrk failed")
        slow = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        return (float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), float(slow[1]) * {"us": 0.001, "ms": 1, "s": 1000}[slow[2]],
                int(re.search(r"(\d+) requests in", said)[1]), int(refused[1]) if refused else 0)


def load(server, connections, seconds, *paths):
    """wrk for so long. Returns: requests a second, 99th percentile in ms, the server's CPU of one in µs, and how many were refused."""
    before = server.cpu()
    rate, slow, count, refused = Wrk(server, connections, seconds, paths or [server.path]).wait()
    return rate, slow, (server.cpu() - before) / max(count, 1) * 1e6, refused


def handshake(port, path):
    return (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n").encode()


def wait_there(pipe, name, port, count, path):
    """In a process of its own, for the descriptors of one are few."""
    import socket
    kept = []
    for i in range(count):
        one = socket.create_connection(("127.0.0.1", port))
        kept.append(one)
        if name == "nginx":
            one.sendall(b"GET /p")
            continue
        one.sendall(handshake(port, path.format(i)))
        if b" 101 " not in one.recv(4096).split(b"\r\n")[0]:
            pipe.send(f"{name} refused the {i}th who would wait")
            return
    pipe.send("")
    pipe.recv()


class Waiting:
    """So many who wait: a web socket each, that says nothing; to what knows none, a head that does not end."""

    def __init__(self, server, count, path="/v/h{}/socket"):
        before = server.memory()
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=wait_there, args=(other, server.name, server.port, count, path))
        self.process.start()
        fault = self.pipe.recv()
        if fault:
            raise RuntimeError(fault)
        self.each = (server.memory() - before) / max(count, 1)

    def end(self):
        self.pipe.send("")
        self.process.join()
