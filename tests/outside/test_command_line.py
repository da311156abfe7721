"""Each command of the command line as a script runs it: its output and its exit status."""

import json
import signal

import cli
import support
from cli import CommandTest
from support import Client

NOBODY = "00000000000000000000000000000001"


class Notifications(CommandTest):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.server = await self.serve()
        self.url = cli.url_of(self.server)

    async def ran(self, *arguments, **how):
        return await cli.run(*arguments, url=self.url, **how)

    async def says(self, *arguments, **how):
        """The output of a command that must succeed without an error message."""
        done = await self.ran(*arguments, **how)
        self.assertEqual(done.stderr, "")
        return done.stdout

    async def test_notify_prints_the_trace_and_listen_what_came(self):
        first = self.assert_trace((await self.says("notify", "bob", "call me")).strip())
        second = self.assert_trace((await self.says("notify", "bob", "-", stdin="two\nlines\n"))
                                   .strip())
        third = json.loads(await self.says("notify", "bob", ' {"b": 1.50, "a":[ ]}', "--pack-json",
                                           "--json", "--from", "ann", "--ttl", "60"))
        self.assertEqual(third["expires_at_ms"] - third["created_at_ms"], 60000)
        self.assertEqual(await self.says("clients", "bob", "ann"), "bob absent 3\nann absent 0\n")
        self.assertEqual(await self.says("listen", "bob", "--count", "3"),
                         f"{first} server call me\n{second} server two\\nlines\n"
                         f"{third['trace']} ann {{\"b\":1.50,\"a\":[]}}\n")
        # The notification was acknowledged.
        self.assertEqual(await self.says("clients", "bob", "--json"),
                         '{"client":"bob","connected":false,"pending":0}\n')
        self.assertIn("state     delivered\n", await self.says("status", first))

    async def test_N14_a_message_id_makes_a_second_put_harmless(self):
        arguments = ("notify", "bob", "once", "--message-id", "m1", "--json")
        first = json.loads(await self.says(*arguments))
        again = json.loads(await self.says(*arguments))
        self.assertEqual(again, {**first, "duplicate": True})

    async def test_N15_a_collapse_key_leaves_only_the_latest(self):
        arguments = ("notify", "bob", "--collapse-key", "k", "--json")
        first = json.loads(await self.says(*arguments, "1"))
        self.assertEqual(first["accepted"], "memory")
        second = json.loads(await self.says(*arguments, "2"))
        self.assertEqual(second["collapsed"], first["trace"])
        self.one_line(await self.ran("status", first["trace"], expect=1), "not_found (200)")

    async def test_N16_a_delayed_one_says_when_it_is_due(self):
        trace = (await self.says("notify", "bob", "later", "--delay", "3600")).strip()
        status = json.loads(await self.says("status", trace, "--json"))["notification"]
        self.assertEqual(status["due_at_ms"] - status["created_at_ms"], 3_600_000)
        self.assertRegex(await self.says("status", trace), r"\ndue       20\d\d-")
        self.assertEqual(await self.says("drain", "bob"), "")
        self.assertEqual(await self.says("clients", "bob"), "bob absent 1\n")

    async def test_json_is_what_the_broker_said(self):
        trace = json.loads(await self.says("notify", "bob", "x", "--json"))["trace"]
        status = json.loads(await self.says("status", trace, "--json"))["notification"]
        self.assertEqual((status["trace"], status["state"], status["pack"], status["attempts"]),
                         (trace, "queued", "x", 0))
        frame = json.loads(await self.says("listen", "bob", "--count", "1", "--json"))
        self.assertEqual(list(frame), ["_orama", "trace", "from", "pack", "suit", "created_at_ms",
                                       "expires_at_ms", "attempts"])

    async def test_a_suit_its_reply_and_who_waits_for_it(self):
        trace = (await self.says("notify", "bob", "lunch?", "--suit")).strip()
        done = await self.ran("await", trace, "--timeout", "0", expect=4)
        self.one_line(done, "timeout (210)")
        self.assertEqual(await self.says("reply", trace, "at eight"), "")
        self.assertEqual(await self.says("await", trace), "at eight\n")
        answer = json.loads(await self.says("reply", trace, '{"at": 8.0}', "--value-json", "--json",
                                            "--as", "bob"))
        self.assertEqual(answer["notification"]["reply"], {"at": 8.0})
        self.assertRegex(await self.says("await", trace, "--json"),
                         r'^\{"reply":\{"at":8\.0\},"replied_at_ms":\d+\}\n$')

    async def test_notify_can_wait_for_the_reply(self):
        door = await self.start(self.server, "listen", "door", "--reply", "come in")
        await self.connected(self.server, "door")
        self.assertEqual(await self.says("notify", "door", "knock", "--suit", "--wait", "10"),
                         "come in\n")
        lines = (await self.says("notify", "door", "knock", "--suit", "--wait", "10", "--json"))
        put, reply = map(json.loads, lines.splitlines())
        self.assertEqual(reply["reply"], "come in")
        await self.says("notify", "door", "no suit")
        for pack in ("knock", "knock", "no suit"):
            self.assertTrue((await door.line()).endswith(" server " + pack))
        done = await door.end(signal.SIGTERM)
        self.assertEqual((done.status, done.stdout, done.stderr), (0, "", ""))
        status = json.loads(await self.says("status", put["trace"], "--json"))["notification"]
        self.assertTrue(status["delivered"] and status["replied"])

    async def test_who_waited_in_vain_is_told_the_trace(self):
        done = await self.ran("notify", "bob", "x", "--suit", "--wait", "0.2", expect=4)
        self.assertRegex(done.stderr, f"^restante: {cli.TRACE}: timeout \\(210\\): [^\n]*\n$")
        self.assertEqual(done.stdout, "")

    async def test_N5_drain_prints_what_it_takes(self):
        traces = [(await self.says("notify", "bob", str(n))).strip() for n in range(2)]
        self.assertEqual(await self.says("drain", "bob"),
                         f"{traces[0]} server 0\n{traces[1]} server 1\n")
        self.assertEqual(await self.says("drain", "bob"), "")
        await self.says("notify", "bob", "x")
        taken = json.loads(await self.says("drain", "bob", "--json"))
        self.assertEqual((taken["pack"], taken["state"]), ("x", "delivered"))

    async def test_E9_namespaces(self):
        trace = (await self.says("notify", "bob", "x", "--ns", "acme")).strip()
        self.assertEqual(await self.says("clients", "bob"), "bob absent 0\n")
        self.assertEqual(await self.says("clients", "bob", "--ns", "acme"), "bob absent 1\n")
        self.one_line(await self.ran("status", trace, expect=1), "not_found (200)")
        await self.says("status", trace, "--ns", "acme")
        await self.says("status", trace, "--ns", "acme", "--as", "bob")
        self.assertEqual(await self.says("listen", "bob", "--ns", "acme", "--count", "1"),
                         f"{trace} server x\n")

    async def test_S8_clients_without_a_name_are_listed_to_the_end(self):
        self.assertEqual(await self.says("clients"), "")
        desk = await Client.open(self.server, "desk")
        names = [f"team/{n:03}" for n in range(300)]
        await desk.must("notify.put_many", targets=names + ["zoe", "z\u001b"], pack=1)
        expected = [f"{name} absent 1" for name in names]
        self.assertEqual((await self.says("clients")).splitlines(),
                         ["desk connected 0", *expected, "z\\u001b absent 1", "zoe absent 1"])
        self.assertEqual((await self.says("clients", "--prefix", "team/")).splitlines(), expected)
        for limit in (1, 256, 257, 300, 301):
            self.assertEqual((await self.says("clients", "--prefix", "team/", "--limit",
                                              str(limit))).splitlines(), expected[:limit])
        self.assertEqual(await self.says("clients", "--prefix", "zo", "--json"),
                         '{"client":"zoe","connected":false,"pending":1}\n')
        self.assertEqual(await self.says("clients", "--ns", "acme"), "")
        self.one_line(await self.ran("clients", "--limit", "0", expect=2), "--limit")
        self.one_line(await self.ran("clients", "bob", "--limit", "1", expect=2), "--limit")
        self.one_line(await self.ran("clients", "--prefix", "x" * 257, expect=1),
                      "invalid_argument (102)")

    async def test_N6_as_a_client_one_may_ask_for_ones_own(self):
        trace = (await self.says("notify", "bob", "x", "--as", "ann")).strip()
        for who in ("ann", "bob"):
            self.assertIn("from      ann\n", await self.says("status", trace, "--as", who))
        self.one_line(await self.ran("status", trace, "--as", "eve", expect=5), "forbidden (301)")

    async def test_a_hostile_pack_plays_no_games_with_the_terminal(self):
        hostile = "\x1b]0;owned\x07\u009b31m\u202eevil\x7f\r\n"
        bob = await Client.open(self.server, "bob")
        await bob.must("notify.put", to="ann", pack=hostile)
        shown = await self.says("listen", "ann", "--count", "1")
        self.assertTrue(shown.endswith(
            " bob \\u001b]0;owned\\u0007\\u009b31m\\u202eevil\\u007f\\r\\n\n"), shown)
        await bob.must("notify.put", to="ann", pack=hostile)
        shown = await self.says("listen", "ann", "--count", "1", "--json")
        self.assertEqual(json.loads(shown)["pack"], hostile)
        for dangerous in "\x1b\x07\u009b\u202e\x7f\r":
            self.assertNotIn(dangerous, shown)
        eve = await Client.open(self.server, hostile)
        await eve.must("notify.put", to="ann", pack=1)
        self.assertIn("owned\\u0007", await self.says("listen", "ann", "--count", "1"))

    async def test_errors_of_the_broker_are_one_line_and_status_1(self):
        self.one_line(await self.ran("status", NOBODY, expect=1), "not_found (200): ")
        plain = (await self.says("notify", "bob", "x")).strip()
        self.one_line(await self.ran("reply", plain, "x", expect=1), "not_a_suit (201): ")
        self.one_line(await self.ran("notify", "x" * 257, "x", expect=1), "invalid_argument (102)")
        self.one_line(await self.ran("notify", "bob", "-", stdin="x" * 70000, expect=1),
                      "payload_too_large (103)")


class Topics(CommandTest):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.server = await self.serve()
        self.url = cli.url_of(self.server)

    async def says(self, *arguments):
        done = await cli.run(*arguments, url=self.url)
        self.assertEqual(done.stderr, "")
        return done.stdout

    async def test_E6_a_key_lives_as_long_as_the_command(self):
        watch = await self.start(self.server, "ephemeral", "watch", "room", "--as", "eye")
        await self.connected(self.server, "eye")
        await self.sockets(self.server, 1)
        holder = await self.start(self.server, "ephemeral", "set", "room", "typing:bob", "yes",
                                  "--as", "bob")
        self.assertEqual(await holder.line(), "+ typing:bob bob yes")
        self.assertEqual(await watch.line(), "+ typing:bob bob yes")
        self.assertRegex(await self.says("ephemeral", "list", "room"),
                         r"^typing:bob bob \d+\.\d s yes\n$")
        entries = json.loads(await self.says("ephemeral", "list", "room", "--json"))["entries"]
        self.assertEqual([(e["key"], e["client_id"], e["payload"]) for e in entries],
                         [("typing:bob", "bob", "eWVz")])
        late = await self.start(self.server, "ephemeral", "watch", "room", "--count", "1")
        self.assertEqual(await late.line(), "+ typing:bob bob yes")
        self.assertEqual((await holder.end(signal.SIGINT)).status, 0)
        self.assertEqual(await watch.line(), "- typing:bob bob disconnect")
        self.assertEqual((await late.end()).stdout, "- typing:bob bob disconnect\n")
        self.assertEqual(await self.says("ephemeral", "list", "room"), "")
        self.assertEqual((await watch.end(signal.SIGTERM)).status, 0)

    async def test_a_key_can_be_held_for_a_time_and_its_lease_is_renewed(self):
        watch = await self.start(self.server, "ephemeral", "watch", "room", "--json")
        self.assertEqual(json.loads(await watch.line())["_orama"], "ephemeral.snapshot")
        self.assertEqual(await self.says("ephemeral", "set", "room", "k", "--ttl", "0.2", "--for",
                                         "0.7", "--as", "bob", "--json"), '{"ok":true}\n')
        frames = []
        while not frames or frames[-1]["_orama"] != "ephemeral.clear":
            frames.append(json.loads(await watch.line()))
        self.assertGreater(len(frames), 3)  # renewed, and never expired
        self.assertEqual(frames[-1]["reason"], "disconnect")

    async def test_E4_who_loses_its_key_is_told(self):
        holder = await self.start(self.server, "ephemeral", "set", "room", "k", "--as", "bob")
        await holder.line()
        eve = await Client.open(self.server, "eve")
        await eve.must("ephemeral.set", topic="room", key="k")
        self.one_line(await holder.end(), "k on room is eve's now")
        self.assertEqual(holder.process.returncode, 1)

    async def test_clear_takes_over_and_clears(self):
        holder = await self.start(self.server, "ephemeral", "set", "room", "k", "--as", "bob")
        await holder.line()
        self.assertEqual(await self.says("ephemeral", "clear", "room", "k", "--as", "bob"), "")
        self.one_line(await holder.end(), "another connection has taken over bob")
        self.assertEqual(holder.process.returncode, 1)
        self.assertEqual(await self.says("ephemeral", "list", "room"), "")

    async def test_E16_publish_reaches_who_watches(self):
        watch = await self.start(self.server, "topic", "watch", "room", "--as", "eye")
        await self.connected(self.server, "eye")
        await self.subscribed("room")
        self.assertEqual(await self.says("topic", "publish", "room", "hi", "--as", "bob"), "")
        self.assertEqual(await watch.line(), "bob hi")
        self.assertEqual(await self.says("topic", "publish", "room", '{"n":1.0}', "--data-json",
                                         "--json"), '{"ok":true}\n')
        self.assertRegex(await watch.line(), r'^cli-[0-9a-f]{16} \{"n":1\.0\}$')
        self.assertEqual((await watch.end(signal.SIGHUP)).status, 0)

    async def subscribed(self, topic):
        """Waits until a subscriber receives what is published there."""
        await self.server.settled(topics=1)

    async def test_S8_topics_are_listed_to_the_end(self):
        self.assertEqual(await self.says("topic", "list"), "")
        bob = await Client.open(self.server, "bob")
        for n in range(300):
            await bob.must("topic.subscribe", topic=f"doc/{n:03}")
        await bob.must("ephemeral.set", topic="doc/007", key="k")
        expected = [f"doc/{n:03} {int(n == 7)} 1" for n in range(300)]
        self.assertEqual((await self.says("topic", "list")).splitlines(), expected)
        self.assertEqual((await self.says("topic", "list", "--as", "ann")).splitlines(), expected)
        self.assertEqual((await self.says("topic", "list", "--limit", "257")).splitlines(),
                         expected[:257])
        self.assertEqual(await self.says("topic", "list", "--prefix", "doc/007", "--json"),
                         '{"topic":"doc/007","keys":1,"subscribers":1}\n')
        self.assertEqual(await self.says("topic", "list", "--ns", "acme"), "")

    async def test_a_watch_prints_its_own_kind_of_event_only(self):
        watch = await self.start(self.server, "topic", "watch", "room", "--json", "--count", "1")
        await self.subscribed("room")
        bob = await Client.open(self.server, "bob")
        await bob.must("ephemeral.set", topic="room", key="k")
        await bob.must("topic.publish", topic="room", data=[1])
        done = await watch.end()
        self.assertEqual(done.status, 0)
        frame = json.loads(done.stdout)
        self.assertEqual((frame["_orama"], frame["data"]), ("topic.message", [1]))


if __name__ == "__main__":
    support.main()
