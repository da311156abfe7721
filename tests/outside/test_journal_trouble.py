"""Unusable data directories and failing disks: clear messages, and nothing lost (D3, D4)."""

import asyncio
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess

import cli
import support
from journals import JournalTest, put_over_http, small_disk
from support import Client

KIB = 1024


class Refusals(JournalTest):

    async def filled(self, count=20):
        """A directory that a broker has left behind, with notifications for bob."""
        server = await self.serve_kept("--slots", "2")
        ann = await Client.open(server, "ann")
        for n in range(count):
            await ann.must("notify.put", to="bob", pack=f"a pack that can be found {n:03}")
        self.assertEqual(await server.stop(), 0)
        return os.path.join(self.directory, "journal.db")

    async def test_D4_a_directory_that_another_broker_has(self):
        server = await self.serve_kept()
        await self.refused(1, f"process {server.pid}")
        ann = await Client.open(server, "ann")
        await ann.must("notify.put", to="bob", pack=1)
        server.signal(signal.SIGSTOP)
        await self.refused(1, f"process {server.pid}")
        server.signal(signal.SIGCONT)
        await ann.must("notify.put", to="bob", pack=2)
        await self.kill(server)
        server = await self.serve_kept()  # no lock of the killed process is left
        self.assertEqual(await self.packs(server, "bob", 2), [1, 2])

    async def test_D4_an_unknown_version(self):
        path = await self.filled()
        with contextlib.closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA user_version = 99")
        before = self.content()
        await self.refused(2, "version 99")
        self.assertTrue(self.content() == before)

    async def test_D3_what_is_damaged_is_refused_and_left_as_it_is(self):
        path = await self.filled()
        saved = os.path.join(self.home, "saved")
        shutil.copytree(self.directory, saved)

        def header():
            with open(path, "r+b") as file:
                file.write(b"no database at all")

        def emptied():
            os.truncate(path, 0)

        def shorter():
            os.truncate(path, 3 * 4096)

        def gone():
            os.unlink(path)

        def foreign():
            os.unlink(path)
            with contextlib.closing(sqlite3.connect(path)) as file:
                file.execute("CREATE TABLE puts(x)")

        for damage in (header, emptied, shorter, gone, foreign):
            damage()
            before = self.content()
            with self.subTest(damage.__name__):
                await self.refused(2)
                self.assertTrue(self.content() == before)
            shutil.rmtree(self.directory)
            shutil.copytree(saved, self.directory)
        server = await self.serve_kept()
        self.assertEqual(len(await self.packs(server, "bob", 20)), 20)

    async def test_D3_one_damaged_slot_is_refused_and_the_other_goes_on(self):
        path = await self.filled()
        with open(path, "r+b") as file:
            at = file.read().find(b"a pack that can be found 007")
            self.assertGreater(at, 0)
            file.seek(at + 3)
            file.write(b"P")
        server = await self.serve("--data-dir", self.directory)
        await support.until(lambda: server.log_lines("slot_damaged"), what="a word about it")
        self.assertIn("damaged", server.log_lines("slot_damaged")[0]["reason"])
        status, said = await put_over_http(server, to="bob", pack="x")
        self.assertEqual((status, said["error"]["number"], said["error"]["retry"]),
                         (503, 401, True))
        others = {(await put_over_http(server, to=f"other-{n}", pack="x"))[0] for n in range(16)}
        self.assertEqual(others, {201, 503})
        self.assertEqual((await server.stats())["journal_slots_to_restore"], 1)
        self.assertEqual(server.log_lines("journal_restored"), [])
        self.assertEqual(await server.stop(), 0)
        checked = await self.command("check", expect=1)
        self.assertIn("damaged", checked.stdout)
        self.assertEqual(checked.stderr, f"restante: {self.directory} is damaged\n")

    async def test_a_place_that_is_none(self):
        file = os.path.join(self.home, "file")
        with open(file, "w", encoding="ascii"):
            pass
        await self.refused(2, "directory", directory=file)
        await self.refused(2, "No such file", directory=os.path.join(self.home, "no", "such"))
        if os.getuid() == 0:
            os.mkdir(self.directory, 0o700)
            shutil.copy(support.PROGRAM, os.path.join(self.home, "restante"))
            os.chmod(self.home, 0o755)
            done = await support.run(
                "setpriv", "--reuid", "65534", "--clear-groups", "--bounding-set", "-all",
                os.path.join(self.home, "restante"), "serve", "--log-level", "error", "--data-dir",
                self.directory, expect=2)
        else:
            os.mkdir(self.directory, 0o500)
            done = await support.run(support.PROGRAM, "serve", "--log-level", "error",
                                     "--data-dir", self.directory, expect=2)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn("Permission denied", done.stderr)

    async def test_D3_a_disk_that_may_only_be_read(self):
        with small_disk(self, 8) as disk:
            self.directory = os.path.join(disk, "data")
            await self.filled()
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            await self.refused(2, "Read-only")
            await self.refused(2, "Read-only", directory=os.path.join(disk, "new"))
            self.one_line(await self.command("stats", expect=2), self.directory, "Read-only")
            subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
            server = await self.serve_kept()
            self.assertEqual(len(await self.packs(server, "bob", 20)), 20)
            self.assertEqual(await server.stop(), 0)


class FullDisks(JournalTest):

    async def test_D3_a_start_on_a_full_disk_is_refused_and_may_be_tried_again(self):
        with small_disk(self, 8) as disk:
            self.directory = os.path.join(disk, "data")
            server = await self.serve_kept()
            ann = await Client.open(server, "ann")
            await ann.must("notify.put", to="bob", pack="x")
            self.assertEqual(await server.stop(), 0)
            filler = os.path.join(disk, "filler")
            with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
                while True:
                    file.write(bytes(4 * KIB))
            await self.refused(1, "No space left on device")
            os.unlink(filler)
            server = await self.serve_kept()
            self.assertEqual(await self.packs(server, "bob", 1), ["x"])
            self.assertEqual(await server.stop(), 0)

    async def failures_and_time(self, server):
        """How often the disk failed, and how many seconds of processor time were used."""
        page = (await support.run("curl", "-sS", server.web("/metrics"))).stdout
        shown = dict(line.rsplit(" ", 1) for line in page.splitlines() if line[:1] != "#")
        return (int(shown["restante_journal_failures_total"]),
                float(shown["process_cpu_seconds_total"]))

    async def test_D3_puts_are_refused_while_the_disk_is_full_and_nothing_is_lost(self):
        with small_disk(self, 48) as disk:
            self.directory = os.path.join(disk, "data")
            server = await self.serve_kept("--memory-bytes", str(256 * 1024 * KIB))
            ann = await Client.open(server, "ann")
            first = await ann.must("notify.put", to="bob", pack="first")
            filler = os.path.join(disk, "filler")
            with open(filler, "wb") as file:
                file.write(bytes(32 * 1024 * KIB))
            answered = []

            async def is_full():
                n = len(answered)
                answer = await ann.ask("notify.put", to=f"to-{n}", pack="x" * (60 * KIB))
                if not answer["ok"]:
                    return answer
                answered.append(answer["trace"])
                return None

            refused = await support.until(is_full, 60, "a full disk")
            error = refused["error"]
            self.assertEqual((error["code"], error["number"], error["retry"]),
                             ("storage_failed", 401, True))
            self.assertGreater(len(answered), 10)
            status, said = await put_over_http(server, to="carl", pack="x" * (60 * KIB))
            self.assertEqual((status, said["error"]["number"]), (503, 401))

            # The broker lives and reports the fault. Its records can be queried, and it does not retry in a
            # busy loop.
            bob = await Client.open(server, "bob", acks=False)
            begin = await self.failures_and_time(server)
            await asyncio.sleep(1)
            end = await self.failures_and_time(server)
            self.assertLess(end[0] - begin[0], 50)
            self.assertLess(end[1] - begin[1], 0.5)
            await bob.leave()
            self.assertEqual((await support.run("curl", "-sS", server.web("/healthz"))).status, 0)
            stats = await server.stats()
            self.assertGreaterEqual(stats["journal_failures"], 1)
            (failed,) = server.log_lines("journal_failed")
            self.assertEqual(failed["level"], "error")
            self.assertEqual(stats["journal_failing"], 1)
            ready = await support.run("curl", "-sS", "-f", server.web("/readyz"))
            self.assertIn("the journal fails", ready.stdout)
            self.assertTrue((await ann.must("notify.status", trace=first["trace"]))["ok"])

            os.unlink(filler)
            answer = None

            async def works_again():
                nonlocal answer
                answer = await ann.ask("notify.put", to="bob", pack="second")
                return answer["ok"]

            await support.until(works_again, what="a put after space was freed")
            (recovered,) = await support.until(lambda: server.log_lines("journal_recovered"),
                                               what="its recovery")
            self.assertGreater(recovered["refused_changes"], 0)
            self.assertEqual((await server.stats())["journal_failing"], 0)
            await self.kill(server)
            server = await self.serve_kept("--memory-bytes", str(256 * 1024 * KIB))
            waits = await cli.run("clients", *(f"to-{n}" for n in range(len(answered) + 1)),
                                  url=cli.url_of(server))
            self.assertEqual(waits.stdout.splitlines(),
                             [f"to-{n} absent 1" for n in range(len(answered))] +
                             [f"to-{len(answered)} absent 0"])
            self.assertEqual(await self.packs(server, "bob", 2), ["first", "second"])
            self.assertEqual(await server.stop(), 0)
            self.assertIn("slots", (await self.command("check")).stdout)


if __name__ == "__main__":
    support.main()
