"""A data directory: every answered operation is there exactly once after kill -9 and after a stop."""

import asyncio
import json
import os
import stat

import cli
import support
from journals import JournalTest, put_over_http
from support import Client


class Journal(JournalTest):

    async def flood(self, server, name, target, answered):
        """Puts until the broker is gone; remembers the answered puts."""
        client = await Client.open(server, name)
        waiting = []

        async def one(n):
            answer = await client.asked("notify.put", to=target, pack=[name, n])
            if answer["ok"]:
                answered.append((n, answer["trace"]))

        n = 0
        while not client.gone.done():
            if sum(not each.done() for each in waiting) < 64:
                waiting.append(asyncio.create_task(one(n)))
                n += 1
            await asyncio.sleep(0)
        await asyncio.gather(*waiting, return_exceptions=True)

    async def test_D1_D2_what_was_answered_survives_kill_9_in_its_order(self):
        server = await self.serve_kept()
        answered = {name: [] for name in ("ann", "carl", "dora")}
        floods = [asyncio.create_task(self.flood(server, name, "to-" + name, answered[name]))
                  for name in answered]
        await support.until(lambda: all(len(each) > 300 for each in answered.values()),
                            what="a flood")
        await self.kill(server)
        await asyncio.gather(*floods)
        server = await self.serve_kept("--queue-length", "100000")
        for name, puts in answered.items():
            puts.sort()
            # Unanswered puts may be there too; answered puts must be there, in order.
            waits = await cli.run("drain", "to-" + name, "--json", url=cli.url_of(server))
            there = [json.loads(line) for line in waits.stdout.splitlines()]
            packs = [line["pack"] for line in there]
            self.assertEqual(packs, sorted(packs), name)
            missing = {trace for _, trace in puts} - {line["trace"] for line in there}
            self.assertEqual(missing, set(), name)
        support.tell(f"{sum(map(len, answered.values()))} puts were answered")

    async def test_D1_status_reply_and_acknowledgement_survive_kill_9(self):
        server = await self.serve_kept()
        ann = await Client.open(server, "ann")
        suit = await ann.must("notify.put", to="bob", pack={"at": 8.50}, suit=True)
        self.assertEqual(suit["accepted"], "disk")
        plain = await ann.must("notify.put", to="bob", pack="2", message_id="m")
        held = await ann.must("notify.put", to="carl", pack="3")
        status, over_http = await put_over_http(server, to="dora", pack="4")
        self.assertEqual((status, over_http["accepted"]), (201, "disk"))
        carl = await Client.open(server, "carl", acks=False)
        await carl.hear("notify.deliver")
        bob = await Client.open(server, "bob", acks=False)
        await bob.hear("notify.deliver", trace=plain["trace"])
        await bob.must("notify.ack", trace=suit["trace"])
        await bob.must("notify.reply", trace=suit["trace"], reply="at nine")
        before = [(await ann.must("notify.status", trace=each["trace"]))["notification"]
                  for each in (suit, plain, held)]
        await self.kill(server)

        server = await self.serve_kept()
        ann = await Client.open(server, "ann")
        after = [(await ann.must("notify.status", trace=each["trace"]))["notification"]
                 for each in (suit, plain, held)]
        self.assertEqual(after, before)
        self.assertEqual((after[0]["state"], after[0]["reply"]), ("replied", "at nine"))
        for one in after[1:]:
            self.assertEqual((one["state"], one["attempts"]), ("offered", 1))
        again = await ann.must("notify.put", to="bob", pack="2", message_id="m")
        self.assertEqual((again["trace"], again["duplicate"]), (plain["trace"], True))
        waited = await ann.must("notify.await", trace=suit["trace"], timeout_ms=1000)
        self.assertEqual(waited["reply"], "at nine")
        bob = await Client.open(server, "bob")
        frame = await bob.hear("notify.deliver")
        self.assertEqual((frame["trace"], frame["attempts"]), (plain["trace"], 2))
        self.assertEqual(await self.packs(server, "dora", 1), ["4"])

    async def test_D2_a_stop_and_a_start_lose_nothing_and_repeat_nothing(self):
        server = await self.serve_kept("--slots", "4")
        ann = await Client.open(server, "ann")
        for n in range(50):
            await ann.must("notify.put", to=f"client-{n % 10}", pack=n)
        bob = await Client.open(server, "bob")
        await ann.must("notify.put", to="bob", pack="read")
        await bob.hear("notify.deliver")
        await ann.must("ephemeral.set", topic="room", key="k")
        self.assertEqual(await server.stop(), 0)
        self.assertEqual(sorted(os.listdir(self.directory)),
                         ["journal.db", "journal.lock", "journal.seal"])

        server = await self.serve_kept("--slots", "4")
        opened = server.log_lines("journal_opened")[0]
        self.assertEqual((opened["level"], opened["directory"], opened["slots"],
                          opened["undelivered"]), ("info", self.directory, 4, 50))
        self.assertEqual(server.log_lines("journal_slots"), [])
        for n in range(10):
            self.assertEqual(await self.packs(server, f"client-{n}", 5),
                             [n, n + 10, n + 20, n + 30, n + 40])
        bob = await Client.open(server, "bob")
        self.assertEqual(bob.welcome["pending"], 0)
        shown = await bob.must("ephemeral.list", topic="room")
        self.assertEqual(shown["entries"], [])  # never stored

    async def test_the_directory_is_made_for_its_owner_alone(self):
        server = await self.serve_kept()
        self.assertEqual(stat.S_IMODE(os.stat(self.directory).st_mode), 0o700)
        for name in os.listdir(self.directory):
            self.assertEqual(stat.S_IMODE(os.stat(os.path.join(self.directory, name)).st_mode)
                             & 0o077, 0, name)
        self.assertEqual(await server.stop(), 0)

    async def test_what_is_there_decides_on_the_slots(self):
        server = await self.serve_kept("--slots", "3")
        await (await Client.open(server, "ann")).must("notify.put", to="bob", pack=1)
        await server.stop()
        server = await self.serve_kept("--slots", "5")
        warned = server.log_lines("journal_slots")[0]
        self.assertEqual((warned["level"], warned["slots"], warned["wanted"]), ("warning", 3, 5))
        self.assertEqual(await self.packs(server, "bob", 1), [1])

    async def test_W8_the_figures_of_the_journal(self):
        server = await self.serve_kept()
        ann = await Client.open(server, "ann")
        for n in range(20):
            await ann.must("notify.put", to="bob", pack=n)
        page = (await support.run("curl", "-sS", server.web("/metrics"))).stdout
        checked = await support.run("promtool", "check", "metrics", stdin=page, expect=None)
        self.assertEqual((checked.status, checked.stdout, checked.stderr), (0, "", ""), page)
        shown = dict(line.rsplit(" ", 1) for line in page.splitlines() if line[:1] != "#")
        commits = int(shown["restante_journal_commits_total"])
        self.assertGreaterEqual(commits, 20)
        self.assertEqual(int(shown["restante_journal_commit_seconds_count"]), commits)
        self.assertEqual(int(shown['restante_journal_commit_seconds_bucket{le="+Inf"}']), commits)
        self.assertIn('restante_journal_commit_seconds_bucket{le="0.00025"}', shown)
        self.assertGreater(float(shown["restante_journal_commit_seconds_sum"]), 0)
        self.assertGreaterEqual(int(shown["restante_journal_changes_total"]), 20)
        for name in ("failures_total", "waiting_changes", "slots_to_restore"):
            self.assertEqual(shown["restante_journal_" + name], "0", name)
        for name in ("bytes", "free_bytes"):
            self.assertGreater(int(shown["restante_journal_" + name]), 4096, name)
        stats = await server.stats()
        self.assertEqual((stats["journal_failures"], stats["journal_slots_to_restore"]), (0, 0))
        latencies = stats["journal_commit_seconds"]
        self.assertEqual(latencies["buckets"]["+Inf"], latencies["count"])
        without = await (await self.serve()).stats()
        self.assertEqual([name for name in without if "journal" in name], [])


if __name__ == "__main__":
    support.main()
