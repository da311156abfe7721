"""The command line during faults: no broker, a broker that ends, a reader that ends."""

import asyncio
import json
import os
import signal
import socket

import cli
import support
from cli import CommandTest

NOBODY = "00000000000000000000000000000001"


class NoBroker(CommandTest):

    async def test_every_command_says_so_in_one_line_with_status_3(self):
        url = f"ws://127.0.0.1:{cli.closed_port()}"
        commands = (("notify", "bob", "x"), ("listen", "bob"), ("status", NOBODY),
                    ("reply", NOBODY, "x"), ("await", NOBODY), ("ephemeral", "set", "t", "k"),
                    ("ephemeral", "clear", "t", "k", "--as", "bob"), ("ephemeral", "list", "t"),
                    ("ephemeral", "watch", "t"), ("topic", "publish", "t", "x"),
                    ("topic", "watch", "t"), ("clients", "bob"), ("drain", "bob"),
                    ("bench", "--seconds", "0.1"), ("notify", "bob", "x", "--as", "ann"))
        for command in commands:
            with self.subTest(command):
                done = await cli.run(*command, url=url, expect=3)
                self.one_line(done, "cannot reach the broker at " + url[5:], "Connection refused")

    async def test_a_name_that_is_none(self):
        done = await cli.run("clients", "bob", "--url", "ws://no-such-host.invalid:1", expect=3)
        self.one_line(done, "cannot find the broker at no-such-host.invalid:1")

    async def test_what_is_no_broker_at_all(self):
        with socket.socket() as mute:
            mute.bind(("127.0.0.1", 0))
            mute.listen()
            url = f"ws://127.0.0.1:{mute.getsockname()[1]}"
            done = await cli.run("clients", "bob", "--timeout", "0.5", url=url, expect=3)
            self.one_line(done, url[5:])

    async def test_a_url_that_is_none_is_bad_usage(self):
        for url in ("127.0.0.1:7467", "http://h:1", "ws://", "ws://h:0", ""):
            if url:
                self.one_line(await cli.run("clients", "bob", "--url", url, expect=2), "url")
        self.one_line(await cli.run("clients", "bob", "--url", "wss://h:1", "--ca-file", "/no/ca",
                                    expect=2), "/no/ca")

    async def test_a_stream_that_looks_for_its_broker_says_so_and_can_be_stopped(self):
        port = cli.closed_port()
        listening = await cli.Running.start("listen", "bob", "--reconnect", "--url",
                                            f"ws://127.0.0.1:{port}")
        self.left_running.append(listening)
        line = await asyncio.wait_for(listening.process.stderr.readline(), support.DEADLINE)
        self.assertEqual(line.decode(),
                         f"restante: no broker at 127.0.0.1:{port} yet, looking for it\n")
        self.assertEqual((await listening.end(signal.SIGINT)).status, 0)


class BrokerGoes(CommandTest):

    async def lost(self, *arguments, ready, status=3):
        """A broker that is killed while the command runs."""
        server = await self.serve()
        running = await self.start(server, *arguments)
        await ready(server, running)
        server.signal(signal.SIGKILL)
        server.process.wait()
        self.servers.remove(server)
        server.discard()
        done = await running.end()
        self.assertEqual(done.status, status, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(f"127.0.0.1:{server.port}", done.stderr)
        return done

    async def one_socket(self, server, _):
        await self.sockets(server, 1)

    async def test_in_the_middle_of_listen(self):
        async def ready(server, running):
            await cli.run("notify", "bob", "first", url=cli.url_of(server))
            self.assertTrue((await running.line()).endswith(" server first"))
        self.one_line(await self.lost("listen", "bob", ready=ready))

    async def test_in_the_middle_of_a_watch_and_of_a_set(self):
        self.one_line(await self.lost("topic", "watch", "t", ready=self.one_socket))
        self.one_line(await self.lost("ephemeral", "set", "t", "k",
                                      ready=lambda _, running: running.line()))

    async def test_in_the_middle_of_bench(self):
        async def ready(server, _):
            async def works():
                return (await server.stats())["puts"] > 100
            await support.until(works, what="some puts")
        for mode in ("put", "round"):
            self.one_line(await self.lost("bench", "--seconds", "60", "--mode", mode, ready=ready))

    async def test_in_the_middle_of_notify_with_wait(self):
        async def ready(server, _):
            async def waits():
                stats = await server.stats()
                return stats["puts"] == 1 and stats["frames_in"] >= 3
            await support.until(waits, what="the await")
        self.one_line(await self.lost("notify", "bob", "x", "--suit", "--wait", "60", ready=ready))

    async def test_C6_a_broker_that_stops_says_goodbye(self):
        server = await self.serve()
        listening = await self.start(server, "listen", "bob")
        await self.connected(server, "bob")
        self.assertEqual(await server.stop(), 0)
        done = await listening.end()
        self.assertEqual(done.status, 3)
        self.one_line(done, "is stopping")

    async def test_await_ends_with_its_broker(self):
        server = await self.serve()
        trace = (await cli.run("notify", "bob", "x", "--suit", url=cli.url_of(server))).stdout
        waiting = await self.start(server, "await", trace.strip(), "--timeout", "60")

        async def waits():
            stats = await server.stats()
            return stats["websockets"] == 1 and stats["frames_in"] >= 5
        await support.until(waits, what="the await")
        server.signal(signal.SIGKILL)
        server.process.wait()
        self.servers.remove(server)
        server.discard()
        done = await waiting.end()
        self.assertEqual(done.status, 3)
        self.one_line(done, "the broker at")

    async def test_a_broker_that_stands_still_is_given_up_in_time(self):
        server = await self.serve()
        server.signal(signal.SIGSTOP)
        done = await cli.run("clients", "bob", "--timeout", "0.5", url=cli.url_of(server),
                             expect=None)
        self.assertIn(done.status, (3, 4))
        self.one_line(done, f"127.0.0.1:{server.port}")

    async def test_C4_with_reconnect_it_goes_on(self):
        server = await self.serve()
        watch = await self.start(server, "ephemeral", "watch", "room", "--reconnect")
        holder = await self.start(server, "ephemeral", "set", "room", "k", "v", "--as", "bob",
                                  "--reconnect")
        await holder.line()
        self.assertEqual(await watch.line(), "+ k bob v")
        listening = await self.start(server, "listen", "ann", "--reconnect", "--count", "2")
        await self.connected(server, "ann")
        await cli.run("notify", "ann", "one", url=cli.url_of(server))
        self.assertTrue((await listening.line()).endswith(" server one"))
        server.signal(signal.SIGKILL)
        server.process.wait()
        again = await self.serve(listen=f"127.0.0.1:{server.port}")
        self.servers.remove(server)
        server.discard()
        await self.connected(again, "ann")
        await cli.run("notify", "ann", "two", url=cli.url_of(again))
        done = await listening.end()
        self.assertTrue(done.stdout.endswith(" server two\n"))
        place = f"127.0.0.1:{again.port}"
        self.assertEqual(done.stderr, f"restante: lost the broker at {place}, looking for it\n"
                                      f"restante: found the broker at {place} again\n")
        # The key is set again, and the watch sees it, in a snapshot or as an event.
        while (line := await watch.line()) != "+ k bob v":
            self.assertRegex(line, "^= [01]$")
        self.assertEqual((await holder.end(signal.SIGTERM)).status, 0)
        self.assertEqual(await watch.line(), "- k bob disconnect")


class ReaderGoes(CommandTest):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.server = await self.serve()
        self.url = cli.url_of(self.server)

    async def pending(self, client):
        done = await cli.run("clients", client, "--json", url=self.url)
        return json.loads(done.stdout)["pending"]

    async def test_N11_a_closed_pipe_is_not_acknowledged(self):
        """A notification that nobody reads stays with the broker."""
        read, write = os.pipe()
        listening = await self.start(self.server, "listen", "bob", stdout=write)
        os.close(write)
        await self.connected(self.server, "bob")
        first = (await cli.run("notify", "bob", "one", url=self.url)).stdout.strip()
        heard = await asyncio.get_running_loop().run_in_executor(None, os.read, read, 4096)
        self.assertEqual(heard.decode(), f"{first} server one\n")
        os.close(read)
        second = (await cli.run("notify", "bob", "two", url=self.url)).stdout.strip()
        done = await listening.end()
        self.assertEqual((done.status, done.stderr), (0, ""))
        self.assertEqual(await self.pending("bob"), 1)
        self.assertIn("state     delivered\n",
                      (await cli.run("status", first, url=self.url)).stdout)
        self.assertEqual((await cli.run("listen", "bob", "--count", "1", url=self.url)).stdout,
                         f"{second} server two\n")

    async def test_N11_nor_is_what_cannot_be_written(self):
        await cli.run("notify", "bob", "x", url=self.url)
        for where in ("/dev/full", None):
            with open("/dev/full", "wb") as full:
                how = {"stdout": full} if where else {"stdout": asyncio.subprocess.DEVNULL,
                                                      "preexec_fn": lambda: os.close(1)}
                listening = await self.start(self.server, "listen", "bob", **how)
                done = await listening.end()
            self.assertEqual(done.status, 1)
            self.one_line(done, "cannot write to standard output")
            self.assertEqual(await self.pending("bob"), 1)

    async def test_a_result_that_is_lost_is_an_error(self):
        await cli.run("notify", "bob", "x", url=self.url)
        with open("/dev/full", "wb") as full:
            drain = await self.start(self.server, "drain", "bob", stdout=full)
            done = await drain.end()
        self.assertEqual(done.status, 1)
        lines = done.stderr.splitlines()
        self.assertIn('"pack":"x"', lines[1])  # the broker keeps it nowhere else
        self.assertIn("No space left on device", lines[2])

    async def test_a_slow_reader_makes_the_broker_wait_and_loses_nothing(self):
        listening = await self.start(self.server, "listen", "bob")
        await self.connected(self.server, "bob")
        bob = await support.Client.open(self.server, "ann")
        for n in range(300):  # more than a pipe and a window hold
            await bob.must("notify.put", to="bob", pack=f"{n}:" + "x" * 4000)
        self.assertGreater(await self.pending("bob"), 0)
        for n in range(300):
            self.assertIn(f" ann {n}:", await listening.line())
        self.assertEqual((await listening.end(signal.SIGTERM)).status, 0)
        self.assertEqual(await self.pending("bob"), 0)

    async def test_a_second_signal_ends_it_at_once(self):
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        listening = await self.start(self.server, "listen", "bob", stdout=write)
        os.close(write)
        ann = await support.Client.open(self.server, "ann")
        for _ in range(2):  # a pipe holds the first line and a part of the second
            await ann.must("notify.put", to="bob", pack="x" * 60_000)

        def is_stuck_in_a_write():
            return cli.readable_bytes(read) > 60_100
        await support.until(is_stuck_in_a_write, what="a full pipe")

        async def ended():
            support.signal_child(listening.process, signal.SIGTERM)
            return listening.process.returncode is not None
        await support.until(ended, what="its end")
        self.assertEqual(listening.process.returncode, 128 + signal.SIGTERM)


class BadUsage(CommandTest):

    async def test_one_line_and_status_2(self):
        rows = (
            ((), "a command is needed"),
            (("notfy", "bob", "x"), "there is no command notfy; the nearest is notify"),
            (("notify",), "TO"),
            (("notify", "bob"), "PACK"),
            (("notify", "bob", "call", "me"), "nothing is expected of 'me'"),
            (("notify", "bob", "x", "--ttk", "5"), "the nearest is --ttl"),
            (("notify", "bob", "x", "--ttl", "soon"), "soon"),
            (("notify", "bob", "x", "--wait", "5"), "--suit"),
            (("notify", "bob", "{", "--pack-json"), "PACK is not JSON"),
            (("notify", "bob", "x", "--token", "a", "--token-file", "b"), "--token"),
            (("status", "9592"), "9592"),
            (("ephemeral",), "a command is needed"),
            (("ephemeral", "clear", "t", "k"), "--as"),
            (("ephemeral", "set", "t"), "KEY"),
            (("bench", "--mode", "fast"), "fan-out"),
            (("bench", "--size", "1"), "32"),
            (("token", "make"), "--key-file"),
        )
        for arguments, expected in rows:
            with self.subTest(arguments):
                self.one_line(await cli.run(*arguments, expect=2), expected)

    async def test_help_and_version_go_to_standard_output(self):
        for arguments in (("--help",), ("notify", "--help"), ("topic", "watch", "-h"),
                          ("--version",)):
            done = await cli.run(*arguments)
            self.assertEqual(done.stderr, "")
            self.assertGreater(len(done.stdout), 10)


if __name__ == "__main__":
    support.main()
