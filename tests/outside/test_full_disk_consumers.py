"""Consumers that survive a full disk: operations that were refused for now are sent again (N11, D3)."""

import asyncio
import contextlib
import os
import signal

import cli
import support
from journals import JournalTest, small_disk
from support import Client

JS_CLIENT = os.path.join(os.path.dirname(__file__), "../../clients/js/restante.js")

# The consumer takes two seconds for a notification: by then the disk is full.
JS_CONSUMER = """
import { connect } from "%s";
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const WebSocket = globalThis.WebSocket ?? require("/usr/share/nodejs/ws");
const bob = connect(process.argv[2], { client: process.argv[3], WebSocket });
bob.on("error", (error) => console.error(error.code));
bob.on("notification", async ({ pack }) => {
  await new Promise((over) => setTimeout(over, 2000));
  console.log(pack);
});
await bob.connected;
console.log("ready");
"""


class FullDiskConsumers(JournalTest):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.disk = self.enterContext(small_disk(self, 8)) if hasattr(self, "enterContext") \
            else self._enter(small_disk(self, 8))
        self.directory = os.path.join(self.disk, "data")
        self.filler = os.path.join(self.disk, "filler")

    def _enter(self, context):
        value = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return value

    def fill(self):
        with contextlib.suppress(OSError), open(self.filler, "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    def make_room(self):
        os.unlink(self.filler)

    async def failures(self, server):
        page = (await support.run("curl", "-sS", server.web("/metrics"))).stdout
        shown = dict(line.rsplit(" ", 1) for line in page.splitlines() if line[:1] != "#")
        return int(shown["restante_journal_failures_total"])

    async def outlives(self, server, client, go):
        """Fills the disk when the window is out, lets `go` have it acknowledged, makes room, and
        waits until all is delivered."""
        ann = await Client.open(server, "ann")
        traces = [(await ann.must("notify.put", to=client, pack=n))["trace"] for n in range(100)]
        before = await self.failures(server)
        self.fill()
        go()

        async def refused():
            return await self.failures(server) > before + 1

        await support.until(refused, 30, "acknowledgements that the disk refuses")
        self.make_room()
        for n in range(100, 110):
            traces.append((await ann.must("notify.put", to=client, pack=n))["trace"])

        # The refused acknowledgements are sent again after a pause; later notifications are acknowledged
        # meanwhile.
        for trace in traces:
            async def delivered(trace=trace):
                shown = await ann.ask("notify.status", trace=trace)
                return shown.get("notification", {}).get("state") == "delivered"
            await support.until(delivered, 60, f"the acknowledgement of {trace}")

    async def test_N11_the_javascript_client(self):
        server = await self.serve_kept()
        script = os.path.join(self.home, "consumer.mjs")
        with open(script, "w", encoding="utf-8") as file:
            file.write(JS_CONSUMER % os.path.realpath(JS_CLIENT))
        consumer = await asyncio.create_subprocess_exec(
            "node", "--no-warnings", script, server.url(), "js",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        try:
            self.assertEqual(await asyncio.wait_for(consumer.stdout.readline(), support.DEADLINE),
                             b"ready\n")
            await self.outlives(server, "js", lambda: None)
        finally:
            with contextlib.suppress(ProcessLookupError):
                consumer.kill()
            _, told = await consumer.communicate()
        self.assertEqual(told, b"storage_failed\n", "told once")
        self.assertEqual(await server.stop(), 0)

    async def outlived_by_listen(self, server, url, client):
        """A consumer that prints into a pipe, which is read only when the disk is full."""
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        listening = await asyncio.create_subprocess_exec(
            support.PROGRAM, "listen", client, "--url", url, stdout=write,
            stderr=asyncio.subprocess.PIPE)
        os.close(write)
        ann = await Client.open(server, "watcher")
        await ann.must("client.watch", client=client)
        await ann.hear("client.presence", client=client, connected=True)
        os.kill(listening.pid, signal.SIGSTOP)
        try:
            await self.outlives(server, client,
                                lambda: os.kill(listening.pid, signal.SIGCONT))
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(listening.pid, signal.SIGCONT)
                listening.send_signal(signal.SIGTERM)
            _, told = await listening.communicate()
        self.assertEqual(listening.returncode, 0, told)
        self.assertIn(b"acknowledgements are refused for now" if url.startswith("ws") else b"",
                      told)

    async def test_N11_listen_over_a_websocket(self):
        server = await self.serve_kept()
        await self.outlived_by_listen(server, server.url(), "cpp")
        self.assertEqual(await server.stop(), 0)

    async def test_N11_listen_at_a_node(self):
        port = support.free_port()
        server = await self.serve_kept("--node-port", str(port))
        await self.outlived_by_listen(server, f"caf://127.0.0.1:{port}", "node")
        self.assertEqual(await server.stop(), 0)


class Drains(JournalTest):

    async def filled(self, count):
        server = await self.serve()
        ann = await Client.open(server, "ann")
        for n in range(count):
            await ann.must("notify.put", to="bob", pack=f"pack {n}")
        return server

    async def test_N5_what_cannot_be_printed_is_on_standard_error(self):
        server = await self.filled(5)
        with open("/dev/full", "wb") as full:
            drain = await asyncio.create_subprocess_exec(
                support.PROGRAM, "drain", "bob", "--url", server.url(), stdout=full,
                stderr=asyncio.subprocess.PIPE)
            _, told = await drain.communicate()
        self.assertEqual(drain.returncode, 1)
        lines = told.decode().splitlines()
        self.assertEqual(lines[0], "restante: 5 of the 5 notifications that were taken could not "
                                   "be printed; they follow as JSON")
        for n, line in enumerate(lines[1:6]):
            self.assertIn(f'"pack":"pack {n}"', line)
        self.assertIn("No space left on device", lines[6])

    async def test_N5_where_nobody_reads_nothing_is_taken(self):
        server = await self.filled(5)
        read, write = os.pipe()
        os.close(read)
        drain = await asyncio.create_subprocess_exec(
            support.PROGRAM, "drain", "bob", "--url", server.url(), stdout=write,
            stderr=asyncio.subprocess.PIPE)
        os.close(write)
        _, told = await drain.communicate()
        self.assertEqual((drain.returncode, told),
                         (1, b"restante: nobody reads standard output: nothing was taken\n"))
        done = await cli.run("drain", "bob", url=server.url())
        self.assertEqual(len(done.stdout.splitlines()), 5)


if __name__ == "__main__":
    support.main()
