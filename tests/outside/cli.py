"""The program as a person in a shell uses it: commands in pipes, and on a terminal."""

import asyncio
import errno
import fcntl
import os
import pty
import signal
import socket
import struct
import subprocess
import termios

import support

TRACE = r"[0-9a-f]{32}"


def environment(**more):
    """The present environment without the user's own settings."""
    clean = {k: v for k, v in os.environ.items()
             if not k.startswith("RESTANTE_") and k not in ("NO_COLOR", "TERM")}
    return {**clean, **more}


def readable_bytes(pipe):
    """The bytes that were written to a pipe and not read yet."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0]


def url_of(server):
    return f"ws://{server.address}:{server.port}"


async def run(*arguments, url=None, expect=0, stdin=None, deadline=support.DEADLINE, env=None):
    """Runs `restante` with these arguments to its end, in pipes."""
    command = [support.PROGRAM, *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, env=environment(**({"RESTANTE_URL": url} if url else {}), **(env or {})),
        stdin=asyncio.subprocess.DEVNULL if stdin is None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    try:
        out, err = await asyncio.wait_for(
            process.communicate(None if stdin is None else stdin.encode()), deadline)
    except asyncio.TimeoutError:
        support.signal_child(process, signal.SIGKILL)
        raise AssertionError(f"{command} took longer than {deadline} s") from None
    done = support.Finished(process.returncode, out.decode(), err.decode())
    if expect is not None and done.status != expect:
        raise AssertionError(f"{command} ended {done.status}: {done.stdout}{done.stderr}")
    return done


class Running:
    """`restante` with these arguments, running in pipes."""

    def __init__(self, process):
        self.process = process

    @classmethod
    async def start(cls, *arguments, url=None, **how):
        how.setdefault("stdout", asyncio.subprocess.PIPE)
        return cls(await asyncio.create_subprocess_exec(
            support.PROGRAM, *arguments, stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=environment(**({"RESTANTE_URL": url} if url else {})), **how))

    async def line(self, deadline=support.DEADLINE):
        """The next line that the command prints, without its line end."""
        text = await asyncio.wait_for(self.process.stdout.readline(), deadline)
        if not text.endswith(b"\n"):
            raise AssertionError(f"it ended: {text} {await self.process.stderr.read()}")
        return text.decode()[:-1]

    async def end(self, number=None, deadline=support.DEADLINE):
        """The exit status and the remaining output; with a signal, sends that signal first."""
        if number is not None:
            support.signal_child(self.process, number)
        out, err = await asyncio.wait_for(self.process.communicate(), deadline)
        return support.Finished(self.process.returncode, (out or b"").decode(), err.decode())

    async def discard(self):
        support.signal_child(self.process, signal.SIGKILL)
        await self.process.wait()


class Terminal:
    """`restante` with these arguments on a terminal of its own."""

    def __init__(self, *arguments, **env):
        self.master, slave = pty.openpty()
        self.said = b""
        try:
            self.process = subprocess.Popen(
                [support.PROGRAM, *arguments], stdin=slave, stdout=slave, stderr=slave,
                env=environment(**{"TERM": "xterm", **env}), start_new_session=True)
        finally:
            os.close(slave)
        os.set_blocking(self.master, False)

    def _read(self):
        try:
            while True:
                part = os.read(self.master, 65536)
                if not part:
                    return
                self.said += part
        except BlockingIOError:
            pass
        except OSError as end:
            if end.errno != errno.EIO:  # no process has the terminal open any more
                raise

    async def says(self, what, deadline=support.DEADLINE):
        def said():
            self._read()
            return what in self.text
        await support.until(said, deadline, f"{what!r} on the terminal, but {self.said[-300:]}")

    @property
    def text(self):
        return self.said.decode().replace("\r\n", "\n")

    async def end(self, deadline=support.DEADLINE):
        await support.until(lambda: self._read() or self.process.poll() is not None, deadline,
                            "the end of a command on a terminal")
        self._read()
        return self.process.returncode

    def type(self, keys):
        os.write(self.master, keys)

    def discard(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)


class CommandTest(support.OutsideTest):
    """A test whose commands must not outlive it."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.left_running = []

    async def asyncTearDown(self):
        for each in self.left_running:
            done = each.discard()
            if done is not None:
                await done
        await super().asyncTearDown()

    async def start(self, server, *arguments, **how):
        """A command that keeps running."""
        made = await Running.start(*arguments, url=url_of(server), **how)
        self.left_running.append(made)
        return made

    def on_terminal(self, server, *arguments, **env):
        made = Terminal(*arguments, "--url", url_of(server), **env)
        self.left_running.append(made)
        return made

    async def connected(self, server, client):
        """Waits until the condition is true."""
        async def is_there():
            done = await run("clients", client, url=url_of(server))
            return " connected " in done.stdout
        await support.until(is_there, what=f"{client} being connected")

    async def sockets(self, server, count):
        await server.settled(websockets=count)

    def one_line(self, done, *expected):
        """Expects one line on standard error that contains all these texts, and nothing on standard output."""
        self.assertEqual(done.stdout, "")
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith("restante: "), lines[0])
        for text in expected:
            self.assertIn(text, lines[0])

    def assert_trace(self, text):
        self.assertRegex(text, f"^{TRACE}$")
        return text


_closed_ports = []  # bound and not listening: each refuses connections


def closed_port():
    """A loopback port where no program listens, as long as this process lives."""
    taken = socket.socket()
    _closed_ports.append(taken)
    taken.bind(("127.0.0.1", 0))
    return taken.getsockname()[1]
