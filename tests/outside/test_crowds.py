"""Thousands of clients that connect at once and leave at once. OUTSIDE_SCALE=full makes them ten thousand."""

import asyncio
import time

import support
from support import MIB, Bystanders, Client, OutsideTest

SIZE = 10000 if support.IS_FULL else 2000
BYTES_EACH = 40 * 1024


class Crowds(OutsideTest):

    async def test_E6_a_crowd_that_comes_and_goes_leaves_nothing(self):
        server = await self.serve("--handshake-timeout-ms", "60000")
        bystanders = await Bystanders().start(server)
        watcher = await Client.open(server, "watcher")
        await watcher.must("topic.subscribe", topic="crowd")
        before = await server.stats()
        files = server.open_files()
        resident = server.resident_bytes()
        for round_ in range(2 if support.IS_FULL else 1):
            crowd = await self.helper("crowd", server, SIZE)
            arrived = await crowd.say("arrived", 120)
            self.assertEqual((arrived["arrived"], arrived["lost"], arrived["refused"]),
                             (SIZE, 0, 0), arrived)
            stats = await server.stats()
            self.assertEqual(stats["connections"], before["connections"] + SIZE)
            peak = server.resident_bytes() - resident
            support.tell(f"{SIZE} arrived within {arrived['seconds']:.1f} s, "
                         f"{peak / SIZE / 1024:.1f} KiB of resident memory each")
            self.assertLess(peak, support.memory_bound(SIZE * BYTES_EACH // MIB))
            began = time.monotonic()
            crowd.tell("leave")
            await crowd.say("left", 60)
            await server.settled(60, connections=before["connections"],
                                 clients=before["clients"])
            support.tell(f"they were gone after {time.monotonic() - began:.1f} s")
            await self.all_cleared(watcher, round_ + 1)
        after = await server.settled(60, topics=before["topics"], websockets=3)
        self.assertEqual(after["crashes"], 0)
        self.assertEqual(after["actors"], before["actors"])
        await support.until(lambda: server.open_files() <= files + 2, what="the end of all sockets")
        await bystanders.finish(bound=10)

    async def all_cleared(self, watcher, rounds):
        """Checks that each key that was set had exactly one clear, however many events were left out."""
        async def is_empty():
            return not (await watcher.must("ephemeral.list", topic="crowd"))["entries"]
        await support.until(is_empty, 60, "an empty topic")
        if not watcher.heard("ephemeral.snapshot"):
            for kind in ("ephemeral.set", "ephemeral.clear"):
                await support.until(
                    lambda k=kind: len(watcher.heard(k)) >= rounds * SIZE, 60, f"every {kind}")
                self.assertEqual(len(watcher.heard(kind)), rounds * SIZE)
        seqs = [frame["seq"] for frame in watcher.frames if "seq" in frame]
        self.assertEqual(seqs, sorted(set(seqs)))

    async def test_S8_beyond_max_connections_one_is_told_so_and_nobody_else(self):
        server = await self.serve("--max-connections", "20")
        bystanders = await Bystanders().start(server)
        inside = [await Client.open(server, f"c{n}") for n in range(18)]
        late = await Client.open(server, "late")
        self.assertEqual(late.welcome["error"]["number"], 403)
        self.assertEqual((await late.hear("goodbye"))["code"], 4003)
        self.assertEqual((await late.closed())[0], 4003)
        await inside.pop().leave()
        await server.settled(connections=19)
        again = await Client.open(server, "late")
        self.assertTrue(again.welcome["ok"])
        await bystanders.finish()

    async def test_S8_beyond_max_sockets_one_is_told_by_http(self):
        server = await self.serve("--max-sockets", "10")
        bystanders = await Bystanders().start(server)
        inside = [await Client.open(server, f"c{n}") for n in range(8)]
        done = await support.run("curl", "-sS", "-i", server.web("/healthz"))
        self.assertIn("503", done.stdout.splitlines()[0])
        self.assertIn('"number":403', done.stdout)
        await inside.pop().leave()

        async def gets_in():
            done = await support.run("curl", "-sS", server.web("/healthz"), expect=None)
            return done.stdout == "ok\n"
        await support.until(gets_in, what="room for one more")
        await bystanders.finish()

    async def test_S8_without_file_descriptors_those_inside_go_on(self):
        server = await self.serve(files=64)
        bystanders = await Bystanders().start(server)
        inside = [await Client.open(server, f"c{n}") for n in range(10)]
        # More connections than the server may have: the rest waits in the backlog.
        crowd = [await asyncio.open_connection(server.address, server.port) for _ in range(100)]
        await support.until(lambda: server.log_lines("accept_failed"), what="no descriptors left")
        for each in inside:
            await each.must("notify.put", to="c0", pack=each.name)
        self.assertEqual({(await inside[0].hear("notify.deliver"))["pack"] for _ in range(10)},
                         {f"c{n}" for n in range(10)})
        for _, writer in crowd:
            writer.close()
        late = await Client.open(server, "late")
        self.assertTrue(late.welcome["ok"])
        support.tell(f"{len(server.log_lines('accept_failed'))} lines of accept_failed")
        listening = await support.until(lambda: server.log_lines("listening"), what="listening")
        self.assertEqual(listening[0]["max_sockets"], 100)
        await bystanders.finish()


if __name__ == "__main__":
    support.main()
