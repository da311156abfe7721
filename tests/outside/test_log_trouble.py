"""A log that nobody reads, or that has no space: it blocks nothing, and later reports its lost lines."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import time

import support
from support import OutsideTest


class Deaf:
    """A broker whose standard error is not read, and on request neither is its standard output."""

    def __init__(self, *flags, stdout=None, stderr=subprocess.PIPE):
        self.address, self.port = "127.0.0.1", support.free_port()
        self.process = subprocess.Popen(
            [support.PROGRAM, "serve", "--listen", f"{self.address}:{self.port}",
             "--log-format", "json", *flags],
            stdin=subprocess.DEVNULL, stdout=stdout or subprocess.DEVNULL, stderr=stderr)

    def url(self, scheme="ws"):
        return f"{scheme}://{self.address}:{self.port}/v1/ws"

    def web(self, path):
        return f"http://{self.address}:{self.port}{path}"

    async def stats(self):
        done = await support.run("curl", "-sS", "--max-time", "15", self.web("/v1/stats"))
        return json.loads(done.stdout)

    async def up(self):
        async def listens():
            done = await support.run("curl", "-sS", self.web("/healthz"), expect=None)
            return done.status == 0
        await support.until(listens, what="a broker that listens")

    async def end(self):
        self.process.send_signal(signal.SIGTERM)
        await support.until(lambda: self.process.poll() is not None, what="its end")
        return self.process.returncode

    def discard(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for end in (self.process.stdout, self.process.stderr):
            if end is not None:
                end.close()


class Unread(OutsideTest):

    def deaf(self, *flags, **how):
        made = Deaf(*flags, **how)
        self.addCleanup(made.discard)
        return made

    async def test_standard_error_that_nobody_reads_stops_nobody(self):
        server = self.deaf("--log-level", "debug")  # at this level nothing is limited
        await server.up()
        for _ in range(1500):  # a pipe takes 64 KiB
            self.visit(server)
        await server.up()
        self.assertEqual(await server.end(), 0)

    def visit(self, server):
        """A WebSocket that sends nothing: one line of log."""
        upgrade = (f"GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                   "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        with contextlib.closing(socket.create_connection((server.address, server.port),
                                                         support.DEADLINE)) as one:
            one.sendall(upgrade.encode())
            self.assertIn(b"101", one.recv(4096))

    async def test_what_was_lost_is_counted_and_told_when_somebody_reads(self):
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        server = self.deaf("--log-level", "debug", stderr=writing)
        self.addCleanup(os.close, reading)
        os.close(writing)
        await server.up()

        async def many():  # a writer keeps 1 MiB
            for _ in range(500):
                self.visit(server)
            return (await server.stats())["log_lines_dropped"] > 0
        await support.until(many, deadline=120, what="lines that were dropped")
        text = b""

        def told():
            nonlocal text
            with contextlib.suppress(BlockingIOError):
                text += os.read(reading, support.MIB)
            return b'"log_lines_dropped"' in text and text.endswith(b"\n")
        await support.until(told, what="the line that says so")
        lines = [json.loads(line) for line in text.splitlines()]  # no line is cut off
        lost = [line["lines"] for line in lines if line["event"] == "log_lines_dropped"]
        self.assertEqual(sum(lost), (await server.stats())["log_lines_dropped"])
        self.assertEqual(await server.end(), 0)

    async def test_standard_output_that_takes_nothing_does_not_keep_it_from_listening(self):
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        os.set_blocking(writing, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writing, b"-" * 4096)
        os.set_blocking(writing, True)
        server = self.deaf(stdout=writing, stderr=writing)
        os.close(writing)
        await server.up()
        self.assertEqual(await server.end(), 0)

    async def test_a_fifo_as_log_file_that_nobody_reads(self):
        with tempfile.TemporaryDirectory(prefix="restante-outside-") as place:
            path = os.path.join(place, "log")
            os.mkfifo(path)
            server = self.deaf("--log-file", path, stderr=subprocess.DEVNULL)
            await server.up()
            server.process.send_signal(signal.SIGHUP)
            await server.up()
            self.assertEqual(await server.end(), 0)

    async def test_standard_files_that_are_closed_are_no_sockets(self):
        port = support.free_port()
        process = subprocess.Popen(
            ["/bin/sh", "-c", 'exec "$0" serve --listen "$1" <&- >&- 2>&-', support.PROGRAM,
             f"127.0.0.1:{port}"])
        try:
            async def health():
                done = await support.run("curl", "-sS", f"http://127.0.0.1:{port}/healthz",
                                         expect=None)
                return done.status == 0
            await support.until(health, what="a broker that listens")
            for number in (0, 1, 2):
                self.assertEqual(os.readlink(f"/proc/{process.pid}/fd/{number}"), "/dev/null")
            process.send_signal(signal.SIGTERM)
            await support.until(lambda: process.poll() is not None, what="its end")
            self.assertEqual(process.returncode, 0)
        finally:
            process.kill()
            process.wait()

    async def test_a_notify_socket_that_nobody_reads_does_not_keep_it_from_stopping(self):
        with tempfile.TemporaryDirectory(prefix="restante-outside-") as place:
            path = os.path.join(place, "notify")
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
                notify.bind(path)
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
                    other.setblocking(False)
                    with contextlib.suppress(BlockingIOError):
                        while True:
                            other.sendto(b"x", path)
                server = await self.serve(env={"NOTIFY_SOCKET": path})
                self.assertEqual(await server.stop(), 0)


class Limits(OutsideTest):

    async def test_one_event_that_repeats_is_limited(self):
        server = await self.serve(files=40)
        sockets = []
        try:
            for _ in range(80):  # more than it may have open files
                sockets.append(socket.create_connection((server.address, server.port), 15))
            await support.until(lambda: server.log_lines("accept_failed"), what="accept_failed")
            begin = time.monotonic()
            await asyncio.sleep(5)  # ten attempts per second
            took = time.monotonic() - begin
            lines = server.log_lines("accept_failed")
            self.assertLessEqual(len(lines), 20 + took / 10 + 2)
        finally:
            for one in sockets:
                one.close()
        self.assertEqual(await server.stop(), 0)
        repeated = [line for line in server.log_lines("repeated") if line["of"] == "accept_failed"]
        self.assertEqual(len(repeated), 1)
        self.assertGreater(repeated[0]["lines"], 0)

    async def test_the_first_lines_say_that_nothing_is_kept_on_disk(self):
        server = await self.serve()
        with open(server.said_path, encoding="utf-8") as said:
            lines = said.read().splitlines()
        self.assertIn("kept in memory only", lines[1])
        listening = await support.until(lambda: server.log_lines("listening"), what="listening")
        self.assertEqual(listening[0]["kept_in"], "memory")


if __name__ == "__main__":
    support.main()
