"""`restante journal`: the operator commands for a data directory, and brokers that then use the directory."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import time

import cli
import support
from journals import JournalTest
from support import Client


class Commands(JournalTest):

    async def filled(self, slots):
        """A directory after a stop: 30 clients with three notifications each, one replied, one delivered."""
        server = await self.serve_kept("--slots", str(slots))
        ann = await Client.open(server, "ann")
        for n in range(90):
            await ann.must("notify.put", to=f"client-{n % 30}", pack={"n": n, "x": 0.50},
                           suit=n == 0)
        operator = await Client.open(server, ns="acme", client="eve")
        await operator.must("notify.put", to="client-0", pack="ünï\u2028\x07")
        first = await Client.open(server, "client-0", acks=False, max_inflight=1)
        frame = await first.hear("notify.deliver")
        await first.must("notify.reply", trace=frame["trace"], reply=[1, 2])
        await first.must("notify.ack", trace=frame["trace"])
        await first.hear("notify.deliver")
        self.assertEqual(await server.stop(), 0)
        return frame["trace"]

    async def exported(self):
        return [json.loads(line) for line in (await self.command("export")).stdout.splitlines()]

    async def test_D4_an_older_version_is_shown_as_it_is_and_upgraded_by_a_broker(self):
        stored = os.path.join(os.path.dirname(__file__), "..", "journal", "stored", "v1", "stopped")
        shutil.copytree(stored, self.directory)
        os.chmod(self.directory, 0o700)
        kept = await self.exported()
        self.assertEqual(len(kept), 10)
        backup = os.path.join(self.home, "kept.db")
        await self.command("backup", backup)
        for place in (self.directory, backup):
            checked = await cli.run("journal", "check", place)
            self.assertRegex(checked.stdout, r"^version 1, 2 slots, 19 commits")
        done = await cli.run("check-config", env={
            "RESTANTE_DATA_DIR": self.directory, "RESTANTE_LISTEN": "127.0.0.1:0"})
        self.assertEqual(done.stdout, "ok\n")

        server = await self.serve_kept()
        bob = await Client.open(server, "bob", ns="shop")
        for _ in range(2):
            await bob.hear("notify.deliver")
        await bob.leave()
        self.assertEqual([frame["pack"] for frame in bob.heard("notify.deliver")], ["two", 3])
        self.assertEqual(await server.stop(), 0)
        checked = await self.command("check")
        self.assertRegex(checked.stdout, r"^version 2, 2 slots")
        self.assertEqual({one["trace"] for one in await self.exported()},
                         {one["trace"] for one in kept})

    async def test_D4_stats_and_check(self):
        await self.filled(4)
        shown = json.loads((await self.command("stats", "--json")).stdout)
        self.assertEqual((shown["version"], shown["slots"], shown["notifications"],
                          shown["undelivered"]), (2, 4, 91, 90))
        self.assertGreater(shown["bytes"], 4096)
        self.assertGreater(shown["free_bytes"], 0)
        self.assertRegex((await self.command("stats")).stdout,
                         r"^version        2\nslots          4\nnotifications  91\n"
                         r"undelivered    90\nbytes          \d+\nfree_bytes     \d+\n$")
        self.assertRegex((await self.command("check")).stdout, r"^version 2, 4 slots")
        checked = json.loads((await self.command("check", "--json")).stdout)
        self.assertIs(checked["sound"], True)
        self.assertEqual(len(checked["lines"]), 5)

    async def test_export_shows_every_notification_as_status_does(self):
        trace = await self.filled(4)
        before = await self.command("export")
        self.assertEqual((await self.command("export", "--json")).stdout, before.stdout)
        self.assertNotIn("\x07", before.stdout)
        lines = await self.exported()
        self.assertEqual(len(lines), 91)
        for n in range(30):
            packs = [line["pack"] for line in lines
                     if line["to"] == f"client-{n}" and line["ns"] == ""]
            self.assertEqual(packs, [{"n": n + 30 * i, "x": 0.5} for i in range(3)])
        self.assertEqual([line["pack"] for line in lines if line["ns"] == "acme"],
                         ["ünï\u2028\x07"])
        server = await self.serve_kept()
        ann = await Client.open(server, "ann")
        replied = [line for line in lines if line["trace"] == trace]
        self.assertEqual(list(replied[0])[0], "ns")
        shown = (await ann.must("notify.status", trace=trace))["notification"]
        self.assertEqual({k: v for k, v in replied[0].items() if k != "ns"}, shown)
        self.assertEqual((shown["state"], shown["reply"]), ("replied", [1, 2]))

    async def test_move_gives_another_number_of_slots_and_keeps_all(self):
        trace = await self.filled(4)

        def by_trace(lines):
            return sorted(lines, key=lambda line: line["trace"])

        before = await self.exported()
        for slots in (7, 1, 64):
            done = await self.command("move", "--slots", str(slots))
            self.assertEqual((done.stdout, done.stderr), ("", ""))
            self.assertEqual(sorted(os.listdir(self.directory)),
                             ["journal.db", "journal.lock", "journal.seal"])
            shown = json.loads((await self.command("stats", "--json")).stdout)
            self.assertEqual((shown["slots"], shown["notifications"], shown["undelivered"]),
                             (slots, 91, 90))
            await self.command("check")
            self.assertEqual(by_trace(await self.exported()), by_trace(before))
        server = await self.serve_kept("--slots", "64")
        self.assertEqual(server.log_lines("journal_slots"), [])
        ann = await Client.open(server, "ann")
        self.assertEqual((await ann.must("notify.status", trace=trace))["notification"]["reply"],
                         [1, 2])
        for n in range(30):
            wanted = [n + 30 * i for i in range(3)][1 if n == 0 else 0:]
            packs = await self.packs(server, f"client-{n}", len(wanted))
            self.assertEqual([pack["n"] for pack in packs], wanted)

    async def test_a_move_that_is_broken_off_leaves_one_whole_journal(self):
        server = await self.serve_kept("--slots", "2")
        ann = await Client.open(server, "ann")
        for n in range(40):
            await ann.must("notify.put_many", targets=[f"client-{n}-{i}" for i in range(50)],
                           pack="x" * 1000)
        self.assertEqual(await server.stop(), 0)
        wanted = {(line["to"], line["trace"]) for line in await self.exported()}
        self.assertEqual(len(wanted), 2000)
        began = time.monotonic()
        await self.command("move", "--slots", "3", deadline=60)
        takes = time.monotonic() - began
        broken_off = 0
        for at in range(8):
            process = await asyncio.create_subprocess_exec(
                support.PROGRAM, "journal", "move", self.directory, "--slots", str(4 + at))
            try:
                await asyncio.wait_for(process.wait(), takes * (at + 1) / 9)
            except asyncio.TimeoutError:
                support.signal_child(process, signal.SIGKILL)
                await process.wait()
                broken_off += 1
            await self.command("check")
            self.assertEqual({(line["to"], line["trace"]) for line in await self.exported()},
                             wanted)
        support.tell(f"{broken_off} of 8 were broken off")
        await self.command("move", "--slots", "16", deadline=60)
        self.assertEqual(sorted(os.listdir(self.directory)),
                         ["journal.db", "journal.lock", "journal.seal"])
        server = await self.serve_kept()
        await self.waits(server, 2000)

    async def test_a_backup_of_a_running_broker_can_be_started(self):
        server = await self.serve_kept()
        ann = await Client.open(server, "ann")
        for n in range(30):
            await ann.must("notify.put", to="bob", pack=n)
        backup = os.path.join(self.home, "backup")
        os.mkdir(backup)
        kept = f"file:{self.directory}/journal.db?mode=ro"
        with contextlib.closing(sqlite3.connect(kept, uri=True)) as source, \
                contextlib.closing(sqlite3.connect(backup + "/journal.db")) as target:
            source.backup(target)
        await ann.must("notify.put", to="bob", pack="later")
        self.assertEqual((await server.stats())["journal_failures"], 0)
        self.assertEqual(await self.packs(server, "bob", 31), [*range(30), "later"])
        self.assertEqual(await server.stop(), 0)
        self.directory = backup
        await self.command("check")
        server = await self.serve_kept()
        self.assertEqual(await self.packs(server, "bob", 30), [*range(30)])

    async def test_D4_nothing_is_done_while_a_broker_has_it(self):
        server = await self.serve_kept()
        for name, more in (("check", ()), ("stats", ()), ("export", ()),
                           ("move", ("--slots", "3"))):
            self.one_line(await self.command(name, *more, expect=2), self.directory,
                          f"process {server.pid}", "stop that broker first")
        ann = await Client.open(server, "ann")
        await ann.must("notify.put", to="bob", pack=1)

    async def test_what_is_no_journal(self):
        os.mkdir(self.directory)
        for name, more in (("check", ()), ("stats", ()), ("export", ()),
                           ("move", ("--slots", "3"))):
            self.one_line(await self.command(name, *more, expect=2), "no journal", self.directory)
        self.directory = os.path.join(self.home, "nowhere")
        self.one_line(await self.command("stats", expect=2), "no such directory", self.directory)
        self.assertFalse(os.path.exists(self.directory))
        self.one_line(await self.command("move", "--slots", "0", expect=2), "--slots")
        self.one_line(await self.command("move", expect=2), "--slots")


if __name__ == "__main__":
    support.main()
