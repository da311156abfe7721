"""SIGTERM under load, a second one, and a server that the operating system holds for a while."""

import asyncio
import json
import signal
import time

import people
import support
from support import Bystanders, Client, OutsideTest

DRAIN_MS = 4000


class Stopping(OutsideTest):

    async def test_C6_SIGTERM_under_load_keeps_what_was_answered(self):
        server = await self.serve("--drain-timeout-ms", str(DRAIN_MS))
        watcher = await Client.open(server, "watcher")
        await watcher.must("topic.subscribe", topic="room")
        owner = await Client.open(server, "owner")
        await owner.must("ephemeral.set", topic="room", key="k")
        floods = [await self.helper("flood", server, f"flooder-{n}", 8, 60, 100)
                  for n in range(3)]
        for each in floods:
            await each.say("floods")
        stats = await support.until(lambda: self.some_puts(server), what="a flood")
        began = time.monotonic()
        server.signal(signal.SIGTERM)
        for each in (watcher, owner):
            self.assertEqual((await each.hear("goodbye"))["code"], 4001)
            self.assertEqual((await each.closed())[0], 4001)
        self.assertEqual(await server.stop(), 0)
        took = time.monotonic() - began
        self.assertLess(took, DRAIN_MS / 1000 + 2 + support.DEADLINE / 3)
        answered = 0
        for each in floods:
            said = await each.say("flooded", 120)
            self.assertEqual(said.get("goodbye"), 4001, said)
            self.assertEqual(said["code"], 4001, said)
            # Each operation that was refused at the end was told that it may be retried.
            self.assertIn(said.get("error", "shutting_down"), ("shutting_down", "stale_connection"))
            answered += said["ok"]
        self.assertGreaterEqual(answered, stats["puts"] - 3 * 256)
        support.tell(f"{answered} puts were answered, the end took {took * 1000:.0f} ms")
        # Stopping publishes no clears.
        self.assertEqual(watcher.heard("ephemeral.clear"), [])
        lines = server.log_lines("connection_closed")
        self.assertEqual(len(lines), 5)
        self.assertEqual({line["code"] for line in lines}, {4001})
        self.assertEqual(server.log_lines()[-1]["event"], "stopped")

    async def some_puts(self, server):
        stats = await server.stats()
        return stats["puts"] > 5000 and stats

    async def test_C6_what_was_answered_was_accepted(self):
        """The figures and the answers agree at every instant of a flood, up to the last answer."""
        server = await self.serve()
        flood = await self.helper("flood", server, "flooder", 8, 1, 10)
        await flood.say("floods")
        said = await flood.say("flooded", 120)
        stats = await server.stats()
        self.assertEqual((said["refused"], stats["puts"]), (0, said["ok"]))
        self.assertEqual(await server.stop(), 0)

    async def test_C6_accepted_work_is_handed_over_before_the_end(self):
        """A connected client receives everything that was answered ok before the stop, as far as its window allows."""
        server = await self.serve()
        ann = await Client.open(server, "ann")
        bob = await Client.open(server, "bob")
        puts = [ann.asked("notify.put", to="bob", pack=n) for n in range(50)]
        await asyncio.wait_for(asyncio.gather(*puts), support.DEADLINE)
        server.signal(signal.SIGTERM)
        await bob.closed()
        heard = [frame["pack"] for frame in bob.heard("notify.deliver")]
        self.assertEqual(heard, list(range(50)))

    async def test_C6_newcomers_are_refused_while_it_stops(self):
        """A client that reads nothing delays the stop; meanwhile no new client is accepted."""
        server = await self.serve("--drain-timeout-ms", "3000")
        held = await self.hold_up(server)
        ann = await Client.open(server, "ann")
        server.signal(signal.SIGTERM)
        self.assertEqual((await ann.closed())[0], 4001)
        late = await support.run("curl", "-sS", server.web("/readyz"), expect=None)
        self.assertIn(late.status, (7, 56, 52), late.stdout)
        self.assertEqual(await server.stop(), 0)
        held.close()

    async def hold_up(self, server):
        """A client that does not read megabytes of waiting output."""
        ann = await Client.open(server, "holder")
        raw = people.rude_socket(server.address, server.port, "held", receive_bytes=4096)
        raw.sendall(people.frame_of(json.dumps({"op": "topic.subscribe", "id": 1, "topic": "t"})))
        await asyncio.sleep(0)
        for _ in range(300):
            await ann.must("topic.publish", topic="t", data="x" * 32768)
        await ann.leave()
        return raw

    async def test_C6_a_second_SIGTERM_ends_it_at_once(self):
        server = await self.serve("--drain-timeout-ms", "60000")
        held = await self.hold_up(server)
        server.signal(signal.SIGTERM)
        await support.until(lambda: server.log_lines("stopping"), what="the stop")
        began = time.monotonic()
        while server.process.poll() is None:
            if time.monotonic() - began > support.DEADLINE / 2:  # far below what it would wait
                self.fail("two signals, and it still runs")
            server.signal(signal.SIGTERM)
            await asyncio.sleep(0.05)
        support.tell(f"the end took {(time.monotonic() - began) * 1000:.0f} ms")
        self.assertEqual(server.process.returncode, 0)
        held.close()

    async def test_C3_a_server_that_was_stopped_and_continued_blames_nobody(self):
        server = await self.serve("--ping-interval-ms", "500")
        ann = await Client.open(server, "ann")
        idle = await Client.open(server, "idle")
        await ann.must("topic.subscribe", topic="room")
        await idle.must("ephemeral.set", topic="room", key="k", ttl_ms=60000)
        await ann.hear("ephemeral.set")
        for _ in range(3):
            server.signal(signal.SIGSTOP)
            answer = ann.asked("notify.put", to="idle", pack="while it stood still")
            await asyncio.sleep(2)  # longer than two and a half intervals: this is the fault
            server.signal(signal.SIGCONT)
            self.assertTrue((await asyncio.wait_for(answer, support.DEADLINE))["ok"])
            await idle.hear("notify.deliver")
            await ann.must("ping")
        # The clients answered every ping that they received.
        self.assertEqual(ann.heard("ephemeral.clear"), [])
        self.assertFalse(ann.gone.done() or idle.gone.done(), server.log_lines())
        await idle.must("ping")

    async def test_C3_a_stopped_server_keeps_its_bystanders(self):
        server = await self.serve("--ping-interval-ms", "500")
        bystanders = await Bystanders().start(server)
        server.signal(signal.SIGSTOP)
        await asyncio.sleep(2)  # this is the fault
        server.signal(signal.SIGCONT)
        await bystanders.finish(bound=10)


if __name__ == "__main__":
    support.main()
