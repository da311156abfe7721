"""Shared by the tests from outside: the real program, clients of it, and a pair of bystanders.

The program is $OUTSIDE_PROGRAM, as ctest sets it. Nothing here sleeps for a fixed time: every
wait has a deadline, and conditions without a notification are polled.
"""

import asyncio
import contextlib
import itertools
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import websockets

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("OUTSIDE_PROGRAM", "")
IS_SANITIZED = os.environ.get("OUTSIDE_SANITIZED", "") not in ("", "0")
IS_FULL = os.environ.get("OUTSIDE_SCALE", "") == "full"

# The longest wait. It is generous: a sanitized build on a busy machine is slow.
DEADLINE = 30.0

MIB = 1024 * 1024


def memory_bound(mib):
    """The allowed growth of resident memory, in bytes; under a sanitizer, redzones and the quarantine cost more."""
    return (mib * 3 + 96 if IS_SANITIZED else mib) * MIB


def tell(text):
    """Prints a figure into the log of the test."""
    print("    " + text, flush=True)


async def until(condition, deadline=DEADLINE, what="the condition"):
    """Polls `condition` (may be a coroutine function) until it is true; returns its result."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true within {deadline} s")
        await asyncio.sleep(0.01)


class Server:
    """One `restante serve` on a free loopback port, with its log as JSON in a file."""

    def __init__(self, *flags, files=None, listen="127.0.0.1:0", env=None):
        self.directory = tempfile.TemporaryDirectory(prefix="restante-outside-")
        self.log_path = os.path.join(self.directory.name, "log.jsonl")
        self.said_path = os.path.join(self.directory.name, "stdout")
        self.stopped = None
        environment = {k: v for k, v in os.environ.items() if not k.startswith("RESTANTE_")}
        environment["ASAN_OPTIONS"] = (
            environment.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=16:malloc_context_size=8")
        environment.update(env or {})

        def limit():
            if files is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

        with open(self.said_path, "wb") as said, open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--listen", listen, "--log-format", "json", *flags],
                stdin=subprocess.DEVNULL, stdout=said, stderr=log, env=environment,
                preexec_fn=limit)
        self.address, self.port = self._heard_where()

    def _heard_where(self):
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            with open(self.said_path, encoding="utf-8") as said:
                where = re.search(r"listens on wss?://(\S+):(\d+)/v1/ws", said.read())
            if where:
                self._wait_for_the_log()
                return where.group(1), int(where.group(2))
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        self.process.kill()
        raise AssertionError("the server did not start: " + self.log_text())

    def _wait_for_the_log(self):
        """The log comes by a thread of its own: what was logged at the start is there then. Not where
        the log goes elsewhere, or says less."""
        end = time.monotonic() + 1
        while time.monotonic() < end and '"listening"' not in self.log_text():
            time.sleep(0.01)

    @property
    def pid(self):
        return self.process.pid

    def url(self, scheme="ws"):
        return f"{scheme}://{self.address}:{self.port}/v1/ws"

    def web(self, path, scheme="http"):
        return f"{scheme}://{self.address}:{self.port}{path}"

    # --- the log ---

    def log_text(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def log_lines(self, event=None):
        lines = [json.loads(line) for line in self.log_text().splitlines() if line[:1] == "{"]
        return [line for line in lines if event is None or line.get("event") == event]

    async def ends(self, **wanted):
        """The `connection_closed` lines with these fields, as soon as there is at least one."""
        def found():
            return [line for line in self.log_lines("connection_closed")
                    if all(line.get(k) == v for k, v in wanted.items())]
        return await until(found, what=f"a connection_closed with {wanted}")

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()

    def peak_bytes(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) * 1024

    def open_files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    async def stats(self, token=None):
        command = ["curl", "-sS", "--max-time", str(DEADLINE), self.web("/v1/stats")]
        if token:
            command += ["-H", "Authorization: Bearer " + token]
        return json.loads((await run(*command)).stdout)

    async def settled(self, deadline=DEADLINE, **figures):
        """Waits until `/v1/stats` shows these figures."""
        async def shown():
            stats = await self.stats()
            return all(stats[name] == value for name, value in figures.items()) and stats
        return await until(shown, deadline, f"{figures} in /v1/stats")

    # --- its end ---

    def signal(self, number):
        self.process.send_signal(number)

    async def stop(self, deadline=DEADLINE):
        """Sends SIGTERM and returns the exit status; `stopped` is how long the stop took."""
        begin = time.monotonic()
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        await until(lambda: self.process.poll() is not None, deadline, "the end of the server")
        self.stopped = time.monotonic() - begin
        return self.process.returncode

    def complaints(self):
        """Lines of a sanitizer, and lines about crashed actors."""
        return [line for line in self.log_text().splitlines()
                if "Sanitizer" in line or "runtime error:" in line or '"event":"crash' in line]

    def discard(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.directory.cleanup()


def signal_child(process, number):
    """
    A signal to a process of asyncio's, unless it has ended.

    Its own `send_signal` looks whether the process has ended, and so may take its exit status away from asyncio,
    which then reports 255.
    """
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)


class Client:
    """A connected client: the library's socket, and the requests that wait for answers."""

    def __init__(self, socket_, name):
        self.socket = socket_
        self.name = name
        self.welcome = None
        self.frames = []  # all pushes, in order
        self.acks = True
        self.on_frame = None
        self._ids = itertools.count(1)
        self._answers = {}
        self._heard = asyncio.Event()
        self._unheard = []
        self.gone = asyncio.get_running_loop().create_future()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, server, name=None, *, scheme="ws", tls=None, acks=True, **fields):
        """Connects and waits for the welcome. With `acks`, every delivery is acknowledged."""
        socket_ = await websockets.connect(
            server if isinstance(server, str) else server.url(scheme), ssl=tls, max_size=None,
            max_queue=None, ping_interval=None, compression=None, close_timeout=2,
            open_timeout=DEADLINE)
        client = cls(socket_, name)
        client.acks = acks
        if name is not None:
            fields["client"] = name
        client.welcome = await client.ask("connect", **fields)
        client.name = client.welcome.get("client", name)
        return client

    async def _read(self):
        try:
            async for text in self.socket:
                frame = json.loads(text)
                if frame["_orama"] == "reply" and frame.get("id") in self._answers:
                    asked = self._answers.pop(frame["id"])
                    if not asked.done():  # who asked may have been cancelled
                        asked.set_result(frame)
                    continue
                self.frames.append(frame)
                self._unheard.append(frame)
                if frame["_orama"] == "notify.deliver" and self.acks:
                    await self.say("notify.ack", trace=frame["trace"])
                if self.on_frame:
                    self.on_frame(frame)
                self._heard.set()
        except (websockets.ConnectionClosed, OSError):
            pass
        finally:
            for waiting in self._answers.values():
                waiting.cancel()
            if not self.gone.done():
                self.gone.set_result((self.socket.close_code, self.socket.close_reason))
            self._heard.set()

    async def say(self, op, **fields):
        await self.socket.send(json.dumps({"op": op, **fields}))

    def asked(self, op, **fields):
        """Sends a request; returns the future of its answer."""
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        return asyncio.ensure_future(self._asked(op, number, answer, fields))

    async def _asked(self, op, number, answer, fields):
        await self.say(op, id=number, **fields)
        return await answer

    async def ask(self, op, deadline=DEADLINE, **fields):
        return await asyncio.wait_for(self.asked(op, **fields), deadline)

    async def must(self, op, **fields):
        """Sends an operation that must be answered ok."""
        answer = await self.ask(op, **fields)
        if answer.get("ok") is not True:
            raise AssertionError(f"{op} {fields} was answered {answer}")
        return answer

    async def hear(self, kind, deadline=DEADLINE, **wanted):
        """The first push of this kind with these members that was not returned before."""
        end = time.monotonic() + deadline
        seen = 0
        while True:
            for at in range(seen, len(self._unheard)):
                frame = self._unheard[at]
                if frame["_orama"] == kind and all(frame.get(k) == v for k, v in wanted.items()):
                    return self._unheard.pop(at)
            seen = len(self._unheard)
            if self.gone.done():
                raise AssertionError(f"{self.name} was closed {self.gone.result()} before {kind}")
            self._heard.clear()
            try:
                await asyncio.wait_for(self._heard.wait(), max(0.0, end - time.monotonic()))
            except asyncio.TimeoutError:
                raise AssertionError(
                    f"{self.name} heard no {kind} {wanted} within {deadline} s, but "
                    f"{self.frames[-5:]}") from None

    def heard(self, kind, **wanted):
        return [frame for frame in self.frames if frame["_orama"] == kind and
                all(frame.get(k) == v for k, v in wanted.items())]

    async def closed(self, deadline=DEADLINE):
        return await asyncio.wait_for(asyncio.shield(self.gone), deadline)

    async def leave(self):
        with contextlib.suppress(Exception):
            await self.ask("disconnect")
        await self.socket.close()
        await self._reader

    async def drop(self):
        """Resets the socket without a close frame."""
        self.socket.transport.abort()
        await self._reader


class Bystanders:
    """Two clients that exchange notifications, and must not notice the trouble of other clients.

    They run in the thread of the test, so clients that need much processor time belong in a process of their own.
    """

    def __init__(self):
        self.worst = 0.0
        self.count = 0
        self.pause = 0.01
        self._is_over = False

    async def start(self, server, **fields):
        self.one = await Client.open(server, "bystander-1", **fields)
        self.two = await Client.open(server, "bystander-2", **fields)
        return self.go()

    def go(self):
        self._task = asyncio.create_task(self._exchange())
        return self

    async def _exchange(self):
        while not self._is_over:
            begin = time.monotonic()
            n = self.count
            await self.one.must("notify.put", to="bystander-2", pack={"n": n})
            frame = await self.two.hear("notify.deliver")
            if frame["pack"] != {"n": n} or frame["attempts"] != 1:
                raise AssertionError(f"bystander-2 waited for {n} and got {frame}")
            self.worst = max(self.worst, time.monotonic() - begin)
            self.count += 1
            await asyncio.sleep(self.pause)

    async def finish(self, bound=5.0):
        """Checks that the bystanders noticed nothing: no error, and no exchange longer than `bound` seconds."""
        done = self.count
        # One more exchange shows whether the last step caused a fault.
        await until(lambda: self.count > done or self._task.done(), what="one more exchange")
        self._is_over = True
        await asyncio.wait_for(self._task, DEADLINE)
        tell(f"bystanders: {self.count} exchanges, the worst {self.worst * 1000:.0f} ms")
        if self.worst > bound:
            raise AssertionError(f"a bystander waited {self.worst:.1f} s")
        for each in (self.one, self.two):
            if each.gone.done() or each.heard("goodbye"):
                raise AssertionError(f"{each.name} was sent away: {each.gone}")
            await each.leave()


class Finished:
    def __init__(self, status, stdout, stderr):
        self.status = status
        self.stdout = stdout
        self.stderr = stderr


async def run(*command, deadline=DEADLINE, stdin=None, env=None, expect=0):
    """Runs a program to its end; its status must be `expect`, unless that is None."""
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **(env or {})},
        stdin=asyncio.subprocess.DEVNULL if stdin is None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    try:
        out, err = await asyncio.wait_for(
            process.communicate(None if stdin is None else stdin.encode()), deadline)
    except asyncio.TimeoutError:
        signal_child(process, signal.SIGKILL)
        raise AssertionError(f"{command[0]} took longer than {deadline} s") from None
    done = Finished(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))
    if expect is not None and done.status != expect:
        raise AssertionError(f"{command} ended {done.status}: {done.stdout}{done.stderr}")
    return done


class Helper:
    """A client in a process of its own (`people.py`), which reports its actions in JSON lines."""

    def __init__(self):
        self.said = []
        self._heard = asyncio.Event()

    @classmethod
    async def start(cls, role, server, *arguments, inside=()):
        helper = cls()
        helper.process = await asyncio.create_subprocess_exec(
            *inside, "/usr/bin/python3", os.path.join(HERE, "people.py"), role, server.address,
            str(server.port), *map(str, arguments), stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, limit=MIB)
        helper._reader = asyncio.create_task(helper._read())
        return helper

    async def _read(self):
        async for line in self.process.stdout:
            with contextlib.suppress(ValueError):  # half a line: it was killed
                self.said.append(json.loads(line))
            self._heard.set()

    def all(self, what):
        return [line for line in self.said if line.get("say") == what]

    async def say(self, what, deadline=DEADLINE):
        """Waits until the client has reported this; returns the line."""
        return (await until(lambda: self.all(what) or self._failed(), deadline, f"'{what}'"))[-1]

    def _failed(self):
        if self.process.returncode is not None and self._reader.done():
            raise AssertionError(f"the helper ended {self.process.returncode}: {self.said[-3:]}")
        return False

    def tell(self, word):
        self.process.stdin.write(word.encode() + b"\n")

    async def kill(self):
        """Sends kill -9; returns everything that the client had reported by then."""
        signal_child(self.process, signal.SIGKILL)
        await self.process.wait()
        await self._reader

    async def end(self, deadline=DEADLINE):
        await asyncio.wait_for(self.process.wait(), deadline)
        await self._reader
        if self.process.returncode != 0:
            raise AssertionError(f"the helper ended {self.process.returncode}: {self.said[-3:]}")

    async def discard(self):
        signal_child(self.process, signal.SIGKILL)
        self.process.stdin.close()
        await self.process.wait()
        await self._reader


class OutsideTest(unittest.IsolatedAsyncioTestCase):
    """A test with its own server, which must have logged no problem at the end."""

    async def asyncSetUp(self):
        if not PROGRAM:
            raise AssertionError("OUTSIDE_PROGRAM names no program: run this by ctest")
        asyncio.get_running_loop().set_debug(False)
        self.servers = []
        self.helpers = []
        self._began = time.monotonic()

    async def serve(self, *flags, **how):
        server = Server(*flags, **how)
        self.servers.append(server)
        return server

    async def helper(self, role, server, *arguments, **how):
        made = await Helper.start(role, server, *arguments, **how)
        self.helpers.append(made)
        return made

    async def asyncTearDown(self):
        try:
            for helper in self.helpers:
                await helper.discard()
            for server in self.servers:
                await self._bid_farewell(server)
        finally:
            for server in self.servers:
                server.discard()
            tell(f"{self._testMethodName}: {time.monotonic() - self._began:.1f} s")

    async def _bid_farewell(self, server):
        is_running = server.process.poll() is None
        if is_running:
            server.signal(signal.SIGCONT)
            status = await server.stop()
            self.assertEqual(status, 0, "after SIGTERM: " + server.log_text()[-2000:])
        self.assertEqual(server.complaints(), [])


def file_with(text):
    """A file with this content; the caller removes it."""
    handle, path = tempfile.mkstemp(prefix="restante-outside-")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def free_port():
    """A port that no program uses at present."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]])
