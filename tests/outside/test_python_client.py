"""A whole conversation with Python's `websockets` as an independent client."""

import asyncio
import base64
import json
import signal

import support
from support import Client, OutsideTest


class PythonClient(OutsideTest):

    async def test_W4_put_deliver_ack_reply_await(self):
        server = await self.serve()
        ann = await Client.open(server, "ann")
        bob = await Client.open(server, "bob", acks=False)
        self.assertEqual(ann.welcome["pending"], 0)
        self.assertFalse(ann.welcome["resumed"])

        put = await ann.must("notify.put", to="bob", pack={"text": "ça va?", "at": 1.5},
                             suit=True, receipts=True)
        delivery = await bob.hear("notify.deliver")
        self.assertEqual(delivery["trace"], put["trace"])
        self.assertEqual(delivery["pack"], {"text": "ça va?", "at": 1.5})
        self.assertEqual(delivery["attempts"], 1)
        waiting = ann.asked("notify.await", trace=put["trace"], timeout_ms=10000)
        self.assertTrue((await bob.must("notify.ack", trace=put["trace"])).get("late") is None)
        self.assertTrue((await bob.must("notify.ack", trace=put["trace"]))["late"])
        await bob.must("notify.reply", trace=put["trace"], reply=["at", 8])
        self.assertEqual((await asyncio.wait_for(waiting, support.DEADLINE))["reply"], ["at", 8])
        for state in ("queued", "offered", "delivered", "replied"):
            await ann.hear("notify.receipt", trace=put["trace"], state=state)
        status = await ann.must("notify.status", trace=put["trace"])
        self.assertEqual(status["notification"]["state"], "replied")
        await ann.leave()
        self.assertEqual(await ann.closed(), (1000, "left"))
        await server.ends(client="ann", code=1000)

    async def test_N10_what_was_put_for_the_absent_comes_in_order(self):
        server = await self.serve()
        ann = await Client.open(server, "ann")
        for n in range(200):
            await ann.must("notify.put", to="bob", pack=n)
        bob = await Client.open(server, "bob")
        self.assertEqual(bob.welcome["pending"], 200)
        heard = [(await bob.hear("notify.deliver"))["pack"] for _ in range(200)]
        self.assertEqual(heard, list(range(200)))

    async def test_E6_set_clear_subscribe_and_the_end_of_the_owner(self):
        server = await self.serve()
        ann = await Client.open(server, "ann")
        bob = await Client.open(server, "bob")
        snapshot = await ann.must("topic.subscribe", topic="room")
        self.assertEqual(snapshot["entries"], [])
        payload = base64.b64encode(b"\0yes").decode()
        await bob.must("ephemeral.set", topic="room", key="typing", payload=payload)
        event = await ann.hear("ephemeral.set")
        self.assertEqual([event[name] for name in ("topic", "key", "client_id", "payload", "seq")],
                         ["room", "typing", "bob", payload, 1])
        listed = await ann.must("ephemeral.list", topic="room")
        self.assertEqual([entry["key"] for entry in listed["entries"]], ["typing"])
        await bob.must("ephemeral.clear", topic="room", key="typing")
        self.assertEqual((await ann.hear("ephemeral.clear"))["reason"], "explicit")
        await bob.must("topic.publish", topic="room", data={"says": "hello"})
        self.assertEqual((await ann.hear("topic.message"))["data"], {"says": "hello"})
        await ann.must("client.watch", client="bob")
        await ann.hear("client.presence", client="bob", connected=True)
        for key in ("b", "a", "c"):
            await bob.must("ephemeral.set", topic="room", key=key)
        await bob.drop()
        cleared = [await ann.hear("ephemeral.clear") for _ in range(3)]
        self.assertEqual([(clear["key"], clear["reason"]) for clear in cleared],
                         [(key, "disconnect") for key in "abc"])
        await ann.hear("client.presence", client="bob", connected=False)

    async def test_C4_a_lost_connection_is_resumed(self):
        server = await self.serve()
        ann = await Client.open(server, "ann")
        await ann.must("topic.subscribe", topic="desk")
        bob = await Client.open(server, "bob", acks=False, resume_window_ms=60000)
        await bob.must("ephemeral.set", topic="desk", key="lamp")
        await bob.must("topic.subscribe", topic="desk")
        put = await ann.must("notify.put", to="bob", pack="before")
        await bob.hear("notify.deliver")
        await bob.drop()
        await server.ends(client="bob", code=1006)
        again = await Client.open(server, "bob", acks=False, resume=bob.welcome["resume"])
        self.assertTrue(again.welcome["resumed"])
        self.assertEqual(again.welcome["epoch"], bob.welcome["epoch"])
        self.assertEqual([entry["key"] for entry in
                          (await again.hear("ephemeral.snapshot"))["entries"]], ["lamp"])
        repeated = await again.hear("notify.deliver")
        self.assertEqual((repeated["trace"], repeated["attempts"]), (put["trace"], 2))
        self.assertEqual(ann.heard("ephemeral.clear"), [])
        # With an unknown token the client connects afresh.
        fresh = await Client.open(server, "eve", resume="0" * 32)
        self.assertFalse(fresh.welcome["resumed"])

    async def test_C2_W6_a_newer_connection_takes_over_with_4503(self):
        server = await self.serve()
        first = await Client.open(server, "ann")
        second = await Client.open(server, "ann")
        goodbye = await first.hear("goodbye")
        self.assertEqual((goodbye["code"], goodbye["reconnect"]), (4503, False))
        self.assertEqual(await first.closed(), (4503, "taken_over"))
        self.assertGreater(second.welcome["epoch"], first.welcome["epoch"])
        await second.must("ping")

    async def test_C6_SIGTERM_says_goodbye_with_4001(self):
        server = await self.serve()
        people = [await Client.open(server, f"c{n}") for n in range(5)]
        server.signal(signal.SIGTERM)
        for each in people:
            goodbye = await each.hear("goodbye")
            self.assertEqual((goodbye["code"], goodbye["reconnect"]), (4001, True))
            self.assertEqual((await each.closed())[0], 4001)
        self.assertEqual(await server.stop(), 0)
        self.assertEqual(len(server.log_lines("connection_closed")), 5)

    async def test_W5_bad_frames_are_answered_and_the_ninth_is_not_heard(self):
        server = await self.serve()
        eve = await Client.open(server, "eve")
        for _ in range(3):
            for bad in ("no JSON", "[]", '{"op":"no.such"}', '{"op":"ping","id":{}}', "[" * 100,
                        '{"op":"notify.put","to":"","pack":1}', '{"op":1}'):
                await eve.socket.send(bad)
            await eve.must("ping")
        # An answer of the broker's actors may come after the answer to a later ping.
        bad_ones = await support.until(
            lambda: (found := eve.heard("reply")) and len(found) >= 21 and found, what="21 answers")
        self.assertEqual(len(bad_ones), 21)
        self.assertEqual({frame["error"]["number"] for frame in bad_ones}, {100, 101, 102})
        # Half an emoji, as json.dumps writes it: an invalid request, however often it comes.
        for _ in range(20):
            answer = await eve.ask("notify.put", to="bob", pack="\ud83d")
            self.assertEqual((answer["error"]["code"], answer["error"]["retry"]),
                             ("bad_frame", False))
        answer = await eve.ask("notify.put", to="bob", pack=float("nan"))
        self.assertEqual(answer["error"]["code"], "bad_frame")
        await eve.must("ping")
        for _ in range(8):
            await eve.socket.send(b"\xff\xfe")
        self.assertEqual((await eve.hear("goodbye"))["code"], 4501)
        self.assertEqual((await eve.closed())[0], 4501)

    async def test_W5_what_was_asked_before_the_close_is_answered_before_it(self):
        server = await self.serve()
        for n in range(20):
            eve = await Client.open(server, f"eve-{n}")
            for _ in range(7):
                await eve.socket.send('{"op":"notify.put","to":"","pack":1}')
            for _ in range(8):
                await eve.socket.send("no JSON")
            self.assertEqual((await eve.closed())[0], 4501)
            self.assertEqual(len(eve.heard("reply")), 15)
            self.assertEqual(eve.frames[-1]["_orama"], "goodbye")

    async def test_W5_binary_messages_and_large_packs_are_read_like_text(self):
        server = await self.serve()
        ann = await Client.open(server, "ann")
        large = "x" * (64 * 1024 - 2)
        await ann.socket.send(json.dumps(
            {"op": "notify.put", "to": "ann", "pack": large, "id": "binary"}).encode())
        self.assertEqual((await ann.hear("notify.deliver"))["pack"], large)
        over = await ann.ask("notify.put", to="ann", pack=large + "x")
        self.assertEqual(over["error"]["number"], 103)

    async def test_C3_pings_come_and_who_does_not_answer_them_is_lost(self):
        server = await self.serve("--ping-interval-ms", "500")
        watcher = await Client.open(server, "watcher")
        self.assertEqual(watcher.welcome["ping_ms"], 500)
        await watcher.must("client.watch", client="mute")
        mute = await Client.open(server, "mute")
        await watcher.hear("client.presence", client="mute", connected=True)
        # The client's socket stays open but is not read, so no pong is sent.
        mute.socket.transport.pause_reading()
        await watcher.hear("client.presence", client="mute", connected=False)
        await server.ends(client="mute", code=4012)
        self.assertFalse(watcher.gone.done())


if __name__ == "__main__":
    support.main()
