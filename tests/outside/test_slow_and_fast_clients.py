"""Clients that read nothing, that send as fast as they can, or that send one byte now and then."""

import asyncio
import json
import socket
import struct
import time

import people
import support
from support import MIB, Bystanders, Client, OutsideTest


class SlowAndFastClients(OutsideTest):

    async def test_E14_W6_one_that_reads_nothing_is_closed_4008_and_others_get_all(self):
        server = await self.serve("--write-timeout-ms", "1500", "--ping-interval-ms", "20000")
        bystanders = await Bystanders().start(server)
        writer = await Client.open(server, "writer")
        reader = await Client.open(server, "reader")
        await reader.must("topic.subscribe", topic="busy")
        await (await self.helper("silent", server, "silent", "busy")).say("subscribed")
        resident = server.resident_bytes()
        data = "x" * 32 * 1024
        count = 0
        most = 0
        began = time.monotonic()
        # More output than may wait for the client; then more, until the client is gone.
        while count < 1000 or not server.log_lines("connection_closed"):
            await writer.must("topic.publish", topic="busy", data=[count, data])
            message = await reader.hear("topic.message")
            self.assertEqual((message["seq"], message["data"][0]), (count + 1, count))
            count += 1
            most = max(most, server.resident_bytes() - resident)
            self.assertLess(time.monotonic() - began, support.DEADLINE * 4)
        self.assertEqual(reader.heard("ephemeral.snapshot"), [])
        (line,) = await server.ends(client="silent")
        self.assertEqual((line["code"], line["reason"]), (4008, "stalled"))
        self.assertEqual((await server.stats())["lost_stalled"], 1)
        support.tell(f"{count} messages of 32 KiB; resident memory grew by {most / MIB:.1f} MiB")
        self.assertLess(most, support.memory_bound(24))
        await bystanders.finish()

    async def test_N11_one_that_reads_no_deliveries_gets_them_at_its_next_connection(self):
        server = await self.serve("--write-timeout-ms", "1000")
        bystanders = await Bystanders().start(server)
        ann = await Client.open(server, "ann")
        # The connection acknowledges: output that the socket never took must not count as delivered.
        await (await self.helper("silent", server, "lazy", "quiet")).say("subscribed")
        resident = server.resident_bytes()
        for n in range(500):
            await ann.must("notify.put", to="lazy", pack=[n, "x" * 60 * 1024])
        await server.ends(client="lazy", code=4008)
        self.assertLess(server.resident_bytes() - resident, support.memory_bound(64))
        lazy = await Client.open(server, "lazy")
        support.tell(f"{lazy.welcome['pending']} of 500 were still pending")
        # 60 KiB each: the sockets of both sides held some, the rest is all there, in order.
        self.assertGreater(lazy.welcome["pending"], 300)
        numbers = [(await lazy.hear("notify.deliver"))["pack"][0]
                   for _ in range(lazy.welcome["pending"])]
        self.assertEqual(numbers, list(range(500 - len(numbers), 500)))
        await bystanders.finish()

    async def test_S8_one_that_floods_slows_only_itself(self):
        server = await self.serve()
        bystanders = await Bystanders().start(server)
        resident = server.resident_bytes()
        targets, size = 4, 200
        flooders = [await self.helper("flood", server, f"flooder-{n}", targets, 2, size)
                    for n in range(2)]
        for flooder in flooders:
            await flooder.say("flooded", 120)
        told = [flooder.all("flooded")[0] for flooder in flooders]
        for each in told:
            self.assertEqual(each["ok"] + each["refused"], each["sent"], each)
            self.assertNotIn("broken", each)
        grown = server.resident_bytes() - resident
        exchanged = bystanders.count
        stats = await server.stats()
        exchanged = exchanged, bystanders.count + 1
        accepted = sum(each["ok"] for each in told)
        pending = 0
        for name in (f"flooder-{n}-target-{t}" for n in range(2) for t in range(targets)):
            done = await support.run("curl", "-sS", server.web("/v1/clients/" + name))
            pending += json.loads(done.stdout)["pending"]
        support.tell(f"{accepted} puts in 2 s, {stats['evicted']} evicted, {pending} pending; "
                     f"resident memory grew by {grown / MIB:.1f} MiB")
        self.assertEqual(accepted, pending + stats["evicted"])
        self.assertTrue(exchanged[0] <= stats["puts"] - accepted <= exchanged[1],
                        (stats["puts"], accepted, exchanged))
        self.assertLess(grown, support.memory_bound(64))
        await bystanders.finish()

    async def test_S8_a_header_of_a_byte_now_and_then_ends_with_the_handshake_timeout(self):
        server = await self.serve("--handshake-timeout-ms", "1000")
        bystanders = await Bystanders().start(server)
        loop = asyncio.get_running_loop()
        raw = [socket.create_connection((server.address, server.port)) for _ in range(20)]
        for each in raw:
            each.setblocking(False)
        header = people.handshake(server.address, server.port)
        began = time.monotonic()
        closed = set()
        for n in range(len(header)):
            for each in raw:
                if each in closed:
                    continue
                try:
                    each.send(header[n:n + 1])
                    if each.recv(1) == b"":
                        closed.add(each)
                except BlockingIOError:
                    pass
                except OSError:
                    closed.add(each)
            if len(closed) == len(raw):
                break
            await asyncio.sleep(0.1)
        self.assertEqual(len(closed), len(raw))
        self.assertLess(time.monotonic() - began, 1 + support.DEADLINE / 3)
        # A client that sends nothing after the upgrade.
        mute = socket.create_connection((server.address, server.port))
        mute.settimeout(support.DEADLINE)
        mute.sendall(header)
        got = bytearray()
        while b"\x88" not in got.partition(b"\r\n\r\n")[2]:
            part = await loop.run_in_executor(None, mute.recv, 4096)
            self.assertTrue(part, got)
            got += part
        self.assertIn(b'"code":4501', got)
        for each in (*raw, mute):
            each.close()
        await bystanders.finish()

    async def test_S8_a_frame_of_a_byte_now_and_then_holds_nothing_but_itself(self):
        server = await self.serve("--ping-interval-ms", "800")
        bystanders = await Bystanders().start(server)
        resident = server.resident_bytes()
        raw = [people.rude_socket(server.address, server.port, f"slow-{n}") for n in range(20)]
        frame = people.frame_of(json.dumps({"op": "ping", "id": "slow", "pad": "x" * 64000}))
        # All of it but 30 bytes; these one by one. Each byte of a payload is a sign of life.
        for each in raw:
            await asyncio.get_running_loop().run_in_executor(None, each.sendall, frame[:-30])
        began = time.monotonic()
        for n in range(30, 0, -1):
            for each in raw:
                each.send(frame[len(frame) - n:len(frame) - n + 1])
            await asyncio.sleep(0.1)
        self.assertGreater(time.monotonic() - began, 2)
        self.assertLess(server.resident_bytes() - resident, support.memory_bound(16))
        for each in raw:
            buffer = bytearray()
            while b'"id":"slow"' not in buffer:
                part = await asyncio.get_running_loop().run_in_executor(None, each.recv, 4096)
                self.assertTrue(part)
                buffer += part
            each.close()
        # A client that stops in the middle of a frame's head gives no sign of life any more.
        stuck = people.rude_socket(server.address, server.port, "stuck")
        stuck.send(b"\x81\xfe\x01")
        await server.ends(client="stuck", code=4012)
        stuck.close()
        await bystanders.finish()

    async def test_W6_one_that_asks_for_much_and_reads_nothing_is_closed(self):
        server = await self.serve("--write-timeout-ms", "1000")
        bystanders = await Bystanders().start(server)
        owner = await Client.open(server, "owner")
        for n in range(100):
            await owner.must("ephemeral.set", topic="large", key=f"{n}",
                             payload="A" * 4 * 4096)
        resident = server.resident_bytes()
        greedy = people.rude_socket(server.address, server.port, "greedy", receive_bytes=4096)
        greedy.setblocking(False)
        ask = people.frame_of(json.dumps({"op": "ephemeral.list", "id": 1, "topic": "large"}))
        most = 0

        def closed():
            nonlocal most
            most = max(most, server.resident_bytes() - resident)
            try:
                greedy.send(ask * 100)
            except BlockingIOError:
                pass
            except OSError:
                pass
            return server.log_lines("connection_closed")

        await support.until(closed, what="the end of the greedy one")
        (line,) = await server.ends(client="greedy")
        self.assertEqual(line["code"], 4008)
        support.tell(f"resident memory grew by {most / MIB:.1f} MiB")
        self.assertLess(most, support.memory_bound(32))
        greedy.close()
        await bystanders.finish()

    async def test_S8_a_socket_reset_in_the_middle_of_everything_leaves_nothing(self):
        server = await self.serve()
        bystanders = await Bystanders().start(server)
        before = await server.settled(websockets=2)
        for n in range(60):
            raw = people.rude_socket(server.address, server.port, f"torn-{n}")
            raw.sendall(people.frame_of(json.dumps(
                {"op": "ephemeral.set", "id": 1, "topic": "torn", "key": str(n)})) * (n % 7))
            raw.sendall(people.frame_of("x" * 70000)[:n * 1000 + 1])
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raw.close()
        after = await server.settled(websockets=2, connections=2, clients=before["clients"])
        self.assertEqual(after["crashes"], 0)
        listed = await support.run("curl", "-sS", server.web("/v1/topics/torn/ephemeral"))
        self.assertEqual(json.loads(listed.stdout)["entries"], [])
        self.assertLess(server.open_files(), 40)
        await bystanders.finish()


if __name__ == "__main__":
    support.main()
