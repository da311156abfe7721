"""Shared by the tests of a broker with a data directory."""

import contextlib
import json
import os
import subprocess
import tempfile

import cli
import support
from support import Client


class JournalTest(cli.CommandTest):
    """A test with a data directory, which outlives the brokers that are started on it."""

    async def asyncSetUp(self):
        await super().asyncSetUp()
        home = tempfile.TemporaryDirectory(prefix="restante-outside-")
        self.addCleanup(home.cleanup)
        self.home = home.name
        self.directory = os.path.join(home.name, "data")

    async def serve_kept(self, *flags, directory=None, **how):
        server = await self.serve("--data-dir", directory or self.directory, *flags, **how)
        await support.until(lambda: server.log_lines("journal_restored"), what="the restart")
        return server

    async def waits(self, server, count):
        """Waits until `count` notifications wait: clients receive restored records as messages and count them then."""
        async def all_of_them():
            return (await server.stats())["waiting"] == count
        await support.until(all_of_them, what=f"{count} notifications that wait")

    async def kill(self, server):
        """kill -9: everything that the broker had not written is lost."""
        server.process.kill()
        server.process.wait()

    async def refused(self, status, *expected, directory=None, flags=()):
        """`serve` must end at once with this status and one line that names the directory."""
        done = await support.run(support.PROGRAM, "serve", "--listen", "127.0.0.1:0",
                                 "--log-level", "error", "--data-dir",
                                 directory or self.directory, *flags, expect=None)
        self.assertEqual((done.status, done.stdout), (status, ""), done.stderr)
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        for text in (directory or self.directory, *expected):
            self.assertIn(text, lines[0])

    async def command(self, name, *arguments, **how):
        return await cli.run("journal", name, self.directory, *arguments, **how)

    def content(self):
        """Every file and its contents, except the files that hold no records."""
        found = {}
        for name in sorted(os.listdir(self.directory)):
            with open(os.path.join(self.directory, name), "rb") as file:
                kept = file.read()
            if name not in ("journal.lock", "journal.db-shm") and (kept or "wal" not in name):
                found[name] = kept
        return found

    async def packs(self, server, client, count):
        """The packs that are delivered to a client that connects now, in order."""
        there = await Client.open(server, client)
        for _ in range(count):
            await there.hear("notify.deliver")
        await there.leave()
        return [frame["pack"] for frame in there.heard("notify.deliver")]


async def put_over_http(server, **fields):
    """The status of the response and its body."""
    done = await support.run(
        "curl", "-sS", "--max-time", str(support.DEADLINE), "-w", "\n%{http_code}",
        server.web("/v1/notifications"), "-H", "content-type: application/json", "-d", "@-",
        stdin=json.dumps(fields))
    said, status = done.stdout.rsplit("\n", 1)
    return int(status), json.loads(said)


@contextlib.contextmanager
def small_disk(test, mib):
    """A small file system of its own for a test; only root can make one."""
    with tempfile.TemporaryDirectory(prefix="restante-outside-") as place:
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "none", place],
                              stderr=subprocess.DEVNULL, check=False)
        if made.returncode != 0:
            test.skipTest("a file system cannot be mounted here")
        try:
            yield place
        finally:
            subprocess.run(["umount", "-l", place], check=True)
