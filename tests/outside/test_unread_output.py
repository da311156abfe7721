"""Hundreds of sockets request large answers and read none: the cost, and which clients pay for it."""

import json
import socket
import time

import people
import support
from support import MIB, Bystanders, Client, OutsideTest

# What is kept, and its share of output; the rest is what the sockets cost, and answers in the making.
MEMORY = 64_000_000
SOCKETS = 200 if support.IS_FULL or not support.IS_SANITIZED else 50
BOUND = 96


class UnreadOutput(OutsideTest):

    async def full_topic(self, *flags):
        """A broker with a topic whose list takes two megabytes."""
        server = await self.serve("--memory-bytes", str(MEMORY), "--namespace-memory-bytes", str(MEMORY), *flags)
        owner = await Client.open(server, "owner")
        payload = "A" * 16_000
        while (await owner.ask("ephemeral.set", topic="big", key=f"k{next(self.keys)}", payload=payload,
                               ttl_ms=1_800_000))["ok"]:
            pass
        return server, owner

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.keys = iter(range(1_000_000))
        self.held = []

    async def asyncTearDown(self):
        for each in self.held:
            each.close()
        await super().asyncTearDown()

    def ask_and_read_nothing(self, raw, request):
        """Sends twenty requests, as far as the socket accepts them."""
        self.held.append(raw)
        raw.settimeout(0.05)
        try:
            raw.sendall(request * 20)
        except TimeoutError:
            pass

    async def prove(self, server, stall_one):
        bystander = await Client.open(server, "bystander")
        others = await Bystanders().start(server)
        resident = server.resident_bytes()
        most = 0
        slowest = 0
        for n in range(SOCKETS):
            stall_one(n)
            began = time.monotonic()
            await bystander.must("notify.put", to=f"t{n}", pack=n)
            slowest = max(slowest, time.monotonic() - began)
            most = max(most, server.resident_bytes() - resident)
        end = time.monotonic() + 3
        while time.monotonic() < end:
            await bystander.must("notify.put", to="t", pack="x")
            await bystander.must("ephemeral.list", topic="small")
            most = max(most, server.resident_bytes() - resident)
        stats = await server.stats()
        support.tell(f"{SOCKETS} sockets: resident memory grew by {most / MIB:.0f} MiB, "
                     f"of that {stats['output_bytes'] / MIB:.1f} MiB of output; the slowest put of another took {slowest * 1000:.0f} ms")
        self.assertEqual(stats["refused_overloaded"], 0)
        self.assertLess(most, support.memory_bound(BOUND))
        await others.finish()
        return bystander

    async def test_N18_lists_over_websocket(self):
        server, _ = await self.full_topic()
        request = people.frame_of(json.dumps({"op": "ephemeral.list", "id": 1, "topic": "big"}))

        def stall_one(n):
            self.ask_and_read_nothing(
                people.rude_socket(server.address, server.port, f"mute-{n}", receive_bytes=4096), request)
        await self.prove(server, stall_one)

    async def test_N18_lists_over_http(self):
        server, _ = await self.full_topic()
        request = (f"GET /v1/topics/big/ephemeral HTTP/1.1\r\nHost: {server.address}:{server.port}\r\n\r\n").encode()

        def stall_one(_):
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.connect((server.address, server.port))
            self.ask_and_read_nothing(raw, request)
        await self.prove(server, stall_one)

    async def test_N18_E14_subscriptions_and_their_events(self):
        server, owner = await self.full_topic()
        request = people.frame_of(json.dumps({"op": "topic.subscribe", "id": 1, "topic": "big"}))

        def stall_one(n):
            self.ask_and_read_nothing(
                people.rude_socket(server.address, server.port, f"mute-{n}", receive_bytes=4096), request)
        bystander = await self.prove(server, stall_one)
        for n in range(50):
            await owner.must("topic.publish", topic="big", data="x" * 60_000)
        await bystander.must("notify.put", to="t", pack="x")
        self.assertLess((await server.stats())["output_bytes"], MEMORY / 2)

    async def test_W6_a_large_list_waits_for_room_and_gets_it(self):
        server, _ = await self.full_topic("--write-timeout-ms", "1000")
        request = people.frame_of(json.dumps({"op": "ephemeral.list", "id": 1, "topic": "big"}))
        for n in range(30):
            self.ask_and_read_nothing(
                people.rude_socket(server.address, server.port, f"mute-{n}", receive_bytes=4096), request)
        reader = await Client.open(server, "reader")
        began = time.monotonic()
        answer = await reader.ask("ephemeral.list", topic="big", deadline=support.DEADLINE * 2)
        support.tell(f"a list of 2 MiB behind 30 that are not read came after {time.monotonic() - began:.1f} s")
        self.assertTrue(answer["ok"])
        self.assertGreater(len(answer["entries"]), 100)
        await server.ends(code=4008)
        # Each request was answered again when others had gone: written output is not kept.
        self.assertLess(server.peak_bytes(), support.memory_bound(128))


if __name__ == "__main__":
    support.main()
