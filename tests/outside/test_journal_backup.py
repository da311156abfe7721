"""`restante journal backup`, `restore` and `repair`: beside a busy broker, on bad disks, interrupted."""

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import time

import cli
import support
from journals import JournalTest, small_disk
from support import Client

KIB = 1024
PACE = 0.05


class BackupTest(JournalTest):

    def place(self, name):
        return os.path.join(self.home, name)

    async def filled(self, count=200, pack="x" * 500):
        """The directory after a stop, and the traces that it keeps."""
        server = await self.serve_kept("--slots", "4")
        ann = await Client.open(server, "ann")
        targets = [f"to-{n}" for n in range(count)]
        for begin in range(0, count, 100):
            await ann.must("notify.put_many", targets=targets[begin:begin + 100], pack=pack)
        self.assertEqual(await server.stop(), 0)
        return await self.traces(self.directory)

    async def traces(self, place):
        shown = await cli.run("journal", "export", place, deadline=120)
        return {json.loads(line)["trace"] for line in shown.stdout.splitlines()}

    async def backup(self, file, *flags, **how):
        return await self.command("backup", file, *flags, **how)


class Backups(BackupTest):

    async def flood(self, server, name, answered):
        """Puts of 20 targets each until it is cancelled, two every PACE seconds at most.

        What piles up is exported three times, and must not grow with the speed of the machine.
        """
        client = await Client.open(server, name)

        async def one(n):
            targets = [f"{name}-{n}-{i}" for i in range(20)]
            answer = await client.must("notify.put_many", targets=targets, pack="x" * 200)
            answered.extend(outcome["trace"] for outcome in answer["outcomes"])

        for n in itertools.count(0, 2):
            await asyncio.gather(one(n), one(n + 1), asyncio.sleep(PACE))

    async def test_D1_what_was_answered_before_a_backup_of_a_busy_broker_is_in_it(self):
        server = await self.serve_kept("--memory-bytes", str(1 << 30))
        answered = []
        floods = [asyncio.create_task(self.flood(server, f"f{n}", answered)) for n in range(3)]
        await support.until(lambda: len(answered) > 3000, 60, what="a flood")
        began = time.monotonic()
        first = len(answered)
        for round_ in range(3):
            before = set(answered)
            file = self.place(f"kept-{round_}.db")
            said = json.loads((await self.backup(file, "--json", deadline=60)).stdout)
            self.assertGreaterEqual(said["notifications"], len(before))
            self.assertEqual(said["bytes"], os.path.getsize(file))
            self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
            there = await self.traces(file)
            self.assertEqual(before - there, set())
        rate = (len(answered) - first) / (time.monotonic() - began)
        support.tell(f"{rate:.0f} puts/s meanwhile")
        for each in floods:
            self.assertFalse(each.done(), "the broker went on")
            each.cancel()
        self.assertEqual((await server.stats())["journal_failures"], 0)
        await self.kill(server)

        self.directory = self.place("restored")
        await cli.run("journal", "restore", self.place("kept-2.db"), self.directory)
        self.assertEqual(sorted(os.listdir(self.directory)),
                         ["journal.db", "journal.lock", "journal.seal"])
        server = await self.serve_kept("--memory-bytes", str(1 << 30))
        await self.waits(server, len(there))
        self.assertEqual(await server.stop(), 0)

    async def test_one_that_is_killed_or_stopped_leaves_no_half_of_a_file(self):
        traces = await self.filled(1500, "x" * (8 * KIB))
        server = await self.serve_kept("--memory-bytes", str(1 << 30))
        file = self.place("kept.db")
        began = time.monotonic()
        await self.backup(file, deadline=60)
        takes = time.monotonic() - began
        whole = os.path.getsize(file)
        broken_off = 0
        for at in range(10):
            number = (signal.SIGKILL, signal.SIGINT)[at % 2]
            process = await asyncio.create_subprocess_exec(
                support.PROGRAM, "journal", "backup", "--overwrite", self.directory, file,
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
            try:
                await asyncio.wait_for(process.wait(), takes * (at + 1) / 11)
            except asyncio.TimeoutError:
                support.signal_child(process, number)
                await process.wait()
                broken_off += 1
                if number == signal.SIGINT and process.returncode == 1:
                    self.assertFalse(os.path.exists(file + ".part"))
            self.assertEqual(os.path.getsize(file), whole)
        support.tell(f"{broken_off} of 10 were broken off")
        self.assertEqual(await self.traces(file), traces)
        await self.backup(file, "--overwrite", deadline=60)
        self.assertFalse(os.path.exists(file + ".part"))
        self.assertEqual(await server.stop(), 0)

    async def test_a_full_disk_leaves_nothing_of_a_backup_or_a_restore(self):
        traces = await self.filled(400, "x" * (8 * KIB))
        with small_disk(self, 2) as disk:
            file = os.path.join(disk, "kept.db")
            self.one_line(await self.backup(file, expect=1), file, "full")
            self.assertEqual(os.listdir(disk), [])
            await self.backup(self.place("kept.db"))
            for name in ("data", "."):
                to = os.path.join(disk, name)
                done = await cli.run("journal", "restore", self.place("kept.db"), to, expect=1)
                self.one_line(done, "No space left on device")
                self.assertEqual(set(os.listdir(disk)) - {"journal.lock"}, set())
                done = await cli.run("journal", "repair", self.directory, to, expect=1)
                self.one_line(done, "full")
                self.assertEqual(set(os.listdir(disk)) - {"journal.lock"}, set())
        self.assertEqual(await self.traces(self.directory), traces)

    async def test_of_a_disk_that_may_only_be_read_everything_can_be_taken(self):
        with small_disk(self, 8) as disk:
            self.directory = os.path.join(disk, "data")
            traces = await self.filled()
            server = await self.serve_kept()
            await (await Client.open(server, "ann")).must("notify.put", to="bob", pack=1)
            await self.kill(server)  # with a log
            for has_log in (True, False):
                subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
                file, to = self.place(f"kept-{has_log}.db"), self.place(f"to-{has_log}")
                await self.backup(file)
                await self.command("repair", to)
                for place in (file, to):
                    there = await self.traces(place)
                    self.assertEqual((len(there), traces - there), (len(traces) + 1, set()))
                for name in ("restore", "repair"):
                    done = await cli.run("journal", name, file, os.path.join(disk, "new"), expect=2)
                    self.one_line(done, "Read-only")
                subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
                await self.command("check")  # which leaves no log

    async def test_root_restores_for_the_user_that_has_the_directory(self):
        if os.getuid() != 0:
            self.skipTest("only root can")
        await self.filled()
        await self.backup(self.place("kept.db"))
        to = self.place("to")
        os.mkdir(to, 0o700)
        os.chown(to, 65534, 65534)
        await cli.run("journal", "restore", self.place("kept.db"), to)
        for name in os.listdir(to):
            self.assertEqual(os.stat(os.path.join(to, name)).st_uid, 65534, name)

    async def test_root_leaves_a_directory_to_its_user(self):
        if os.getuid() != 0:
            self.skipTest("only root can")
        traces = await self.filled()
        for name in (".", *os.listdir(self.directory)):
            os.chown(os.path.join(self.directory, name), 65534, 65534)
        await self.backup(self.place("kept.db"))  # which makes SQLite's files of the log
        for name in os.listdir(self.directory):
            self.assertEqual(os.stat(os.path.join(self.directory, name)).st_uid, 65534, name)
        shutil.copy(support.PROGRAM, self.place("restante"))
        os.chmod(self.home, 0o777)

        async def as_user(*arguments, expect):
            return await support.run(
                "setpriv", "--reuid", "65534", "--clear-groups", "--bounding-set", "-all",
                self.place("restante"), "journal", *arguments, expect=expect)

        await as_user("backup", self.directory, self.place("own.db"), expect=0)
        await as_user("check", self.directory, expect=0)
        self.assertEqual(await self.traces(self.place("own.db")), traces)
        for name in (".", *os.listdir(self.directory)):
            os.chown(os.path.join(self.directory, name), 0, 0)
        for what in (("backup", self.directory, self.place("other.db")),
                     ("check", self.place("kept.db")),
                     ("restore", self.place("kept.db"), self.place("new")),
                     ("repair", self.directory, self.place("new"))):
            self.one_line(await as_user(*what, expect=2), "Permission denied")
        self.assertFalse(os.path.exists(self.place("new")))

    async def test_a_snapshot_by_sqlite_can_be_restored_too(self):
        traces = await self.filled()
        server = await self.serve_kept()
        kept = f"file:{self.directory}/journal.db?mode=ro"
        with contextlib.closing(sqlite3.connect(kept, uri=True)) as source:
            source.execute("VACUUM INTO ?", (self.place("vacuumed.db"),))
            with contextlib.closing(sqlite3.connect(self.place("copied.db"))) as target:
                source.backup(target)
        for name in ("vacuumed", "copied"):
            await cli.run("journal", "restore", self.place(name + ".db"), self.place(name))
            self.assertEqual(await self.traces(self.place(name)), traces)
        self.assertEqual(await server.stop(), 0)

    async def test_two_backups_to_one_file_do_not_mix(self):
        await self.filled(1000, "x" * (8 * KIB))
        file = self.place("kept.db")
        every = await asyncio.gather(*(self.backup(file, "--overwrite", expect=None, deadline=60)
                                       for _ in range(4)))
        for done in every:
            self.assertIn(done.status, (0, 2), done.stderr)
        self.assertIn(0, [done.status for done in every])
        await cli.run("journal", "check", file)
        self.assertFalse(os.path.exists(file + ".part"))

    async def test_what_is_refused(self):
        await self.filled()
        file = self.place("kept.db")
        await self.backup(file)
        self.one_line(await self.backup(file, expect=2), file, "is there already")
        self.one_line(await self.backup(os.path.join(self.directory, "kept.db"), expect=2),
                      "outside")
        self.one_line(await self.backup(self.place("no/kept.db"), expect=2), "no such directory")
        self.one_line(await self.backup(self.home, expect=2), "is a directory")
        for name in ("check", "stats", "export"):
            self.assertNotEqual((await cli.run("journal", name, file)).stdout, "")
        done = await cli.run("journal", "restore", file, self.directory, expect=2)
        self.one_line(done, self.directory, "not empty")
        done = await cli.run("journal", "restore", self.place("none"), self.place("new"), expect=2)
        self.one_line(done, "no such file")
        server = await self.serve_kept()
        self.one_line(await self.command("repair", self.place("new"), expect=2),
                      f"process {server.pid}")
        await self.backup(self.place("beside.db"))
        self.assertFalse(os.path.exists(self.place("new")))
        self.assertEqual(await server.stop(), 0)


class NeverEmpty(BackupTest):

    def make(self, name, *statements):
        path = os.path.join(self.directory, name)
        shutil.rmtree(self.directory, ignore_errors=True)
        os.mkdir(self.directory, 0o700)
        with open(path, "wb"):
            pass
        if statements:
            file = sqlite3.connect(path)
            for each in statements:
                file.execute(each)
            file.commit()
            file.close()
        return path

    async def test_D3_what_has_no_journal_in_it_starts_no_empty_broker(self):
        cases = {
            "no byte": (),
            "no table": ("PRAGMA user_version = 0", "CREATE TABLE x(y)", "DROP TABLE x"),
            "another application's": ("CREATE TABLE users(name)",),
            "one that says it is": ("PRAGMA application_id = 1383298145",
                                    "PRAGMA user_version = 1", "CREATE TABLE x(y)"),
            "one that says it is new": ("PRAGMA application_id = 1383298145",
                                        "PRAGMA user_version = 2", "CREATE TABLE x(y)"),
        }
        for name, statements in cases.items():
            with self.subTest(name):
                path = self.make("journal.db", *statements)
                with open(path, "rb") as file:
                    before = file.read()
                await self.refused(2, "journal")
                for command in ("check", "stats", "export"):
                    done = await self.command(command, expect=None)
                    self.assertIn(done.status, (1, 2), done.stdout)
                for place in (self.directory, path):
                    done = await cli.run("journal", "repair", place, self.place("new"), expect=1)
                    self.one_line(done, "nothing of a journal")
                done = await cli.run("journal", "restore", path, self.place("new"), expect=1)
                self.assertEqual(len(done.stderr.splitlines()), 1)
                self.one_line(await self.backup(self.place("kept.db"), expect=1))
                self.assertFalse(os.path.exists(self.place("new")))
                self.assertFalse(os.path.exists(self.place("kept.db")))
                with open(path, "rb") as file:
                    self.assertEqual(file.read(), before)

    async def test_D3_a_first_start_that_was_killed_can_be_repeated(self):
        for at in range(12):
            shutil.rmtree(self.directory, ignore_errors=True)
            process = await asyncio.create_subprocess_exec(
                support.PROGRAM, "serve", "--listen", "127.0.0.1:0", "--data-dir", self.directory,
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(process.wait(), 0.02 * at)
            support.signal_child(process, signal.SIGKILL)
            await process.wait()
            server = await self.serve_kept()
            self.assertEqual(await server.stop(), 0)
            self.assertEqual(sorted(os.listdir(self.directory)),
                             ["journal.db", "journal.lock", "journal.seal"])


class Repairs(BackupTest):

    async def test_D3_what_a_repair_saves_is_delivered(self):
        server = await self.serve_kept("--slots", "2")
        ann = await Client.open(server, "ann")
        put = [await ann.must("notify.put", to="bob", pack=f"a pack that can be found {n:03}")
               for n in range(300)]
        self.assertEqual(await server.stop(), 0)
        path = os.path.join(self.directory, "journal.db")
        with open(path, "r+b") as file:
            at = file.read().find(b"a pack that can be found 123")
            file.seek(at)
            file.write(b"A")
            file.seek(0)
            file.write(bytes(4 * KIB))  # header and schema
        await self.refused(2)
        done = await self.command("repair", self.place("saved"), expect=1)
        self.assertIn(f"is lost: {put[123]['trace']} for bob", done.stdout)
        self.assertIn("299 of 300 notifications", done.stdout)
        self.assertIn("1 notifications are known to be lost", done.stderr)
        self.directory, damaged = self.place("saved"), self.directory
        server = await self.serve_kept()
        packs = await self.packs(server, "bob", 299)
        self.assertEqual(packs, [f"a pack that can be found {n:03}" for n in range(300) if n != 123])
        self.assertEqual(await server.stop(), 0)
        again = json.loads((await cli.run("journal", "repair", damaged, self.place("again"),
                                          "--json", expect=1)).stdout)
        self.assertEqual((again["complete"], again["found"], again["missing"]), (False, 299, 1))
        self.assertEqual([(one["trace"], one["to"]) for one in again["lost"]],
                         [(put[123]["trace"], "bob")])

    async def test_D3_a_repair_never_says_0_for_what_it_does_not_know(self):
        traces = await self.filled()
        file, new = self.place("kept.db"), self.place("new")
        await self.backup(file)
        with open(file, "rb") as kept:
            whole = kept.read()

        def cut(begin, end=None):
            with open(file, "wb") as kept:
                kept.write(whole[:begin] + (b"" if end is None else bytes(end - begin) + whole[end:]))

        cut(12 * KIB)  # the key of the hash, and nothing behind it
        self.one_line(await cli.run("journal", "repair", file, new, expect=1), "nothing could be had")
        self.assertFalse(os.path.exists(new))
        cut(12 * KIB, 16 * KIB)  # only their number is lost
        done = await cli.run("journal", "repair", file, new, expect=1)
        self.assertIn("it is not known how many notifications are lost", done.stderr)
        self.assertEqual(await self.traces(new), traces)
        shutil.rmtree(new)
        said = json.loads((await cli.run("journal", "repair", file, new, "--json", expect=1)).stdout)
        self.assertEqual((said["found"], said["missing"], said["missing_known"]),
                         (len(traces), 0, False))

    async def test_D4_what_a_check_refuses_is_not_repaired_either(self):
        await self.filled()
        file, pipe, new = (self.place(name) for name in ("kept.db", "pipe", "new"))
        await self.backup(file)
        with contextlib.closing(sqlite3.connect(file)) as other:
            other.execute("PRAGMA user_version = 3")
        os.mkfifo(pipe)
        for place, text in ((file, "version 3"), (pipe, "is no file")):
            for command in (("check", place), ("restore", place, new), ("repair", place, new)):
                self.one_line(await cli.run("journal", *command, expect=2), text)
        self.assertFalse(os.path.exists(new))

    async def test_D3_a_repair_of_a_sound_one_ends_with_0(self):
        traces = await self.filled()
        done = await self.command("repair", self.place("saved"))
        self.assertEqual(done.stderr, "")
        self.assertEqual(await self.traces(self.place("saved")), traces)
        self.one_line(await self.command("repair", self.place("saved"), expect=2), "not empty")


if __name__ == "__main__":
    support.main()
