"""The command line on a terminal, with colours and progress bars, and in a pipe, without them; and `bench`."""

import json
import re
import signal

import cli
import support
from cli import CommandTest

ESCAPE = "\x1b"


class OnTerminal(CommandTest):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.server = await self.serve()
        self.url = cli.url_of(self.server)

    async def listened(self, **env):
        trace = (await cli.run("notify", "bob", "hi", url=self.url)).stdout.strip()
        terminal = self.on_terminal(self.server, "listen", "bob", "--count", "1", **env)
        self.assertEqual(await terminal.end(), 0)
        return trace, terminal.text

    async def test_colours_are_for_terminals_that_know_them(self):
        trace, text = await self.listened()
        self.assertEqual(text, f"\x1b[2m{trace}\x1b[0m \x1b[1mserver\x1b[0m hi\n")
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            trace, text = await self.listened(**env)
            self.assertEqual(text, f"{trace} server hi\n")

    async def test_json_has_no_colours_even_there(self):
        await cli.run("notify", "bob", "hi", url=self.url)
        terminal = self.on_terminal(self.server, "listen", "bob", "--count", "1", "--json")
        self.assertEqual(await terminal.end(), 0)
        self.assertEqual(json.loads(terminal.text)["pack"], "hi")

    async def test_ctrl_c_ends_a_stream_cleanly(self):
        terminal = self.on_terminal(self.server, "ephemeral", "set", "room", "k", "--as", "bob")
        await terminal.says("+ k")
        terminal.process.send_signal(signal.SIGINT)
        self.assertEqual(await terminal.end(), 0)
        self.assertEqual((await cli.run("ephemeral", "list", "room", url=self.url)).stdout, "")

    async def test_a_complaint_is_one_line_there_too(self):
        terminal = self.on_terminal(self.server, "status", "0" * 31 + "1")
        self.assertEqual(await terminal.end(), 1)
        self.assertRegex(terminal.text, "^\x1b\\[31mrestante:\x1b\\[0m not_found [^\n]*\n$")


class Bench(CommandTest):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.server = await self.serve()
        self.url = cli.url_of(self.server)

    async def test_a_bar_on_a_terminal_which_is_gone_at_the_end(self):
        terminal = self.on_terminal(self.server, "bench", "--seconds", "2", "--connections", "2")
        await terminal.says("] ")
        self.assertEqual(await terminal.end(), 0)
        shown = re.split("\r\x1b\\[K", terminal.text)
        self.assertRegex(shown[1], r"^\[#*-*\] \d+\.\d/2 s \d+/s$")
        self.assertGreater(len(shown), 3)
        self.assertRegex(shown[-1], r"^mode        put, 2 connections")
        self.assertNotIn(ESCAPE, shown[-1])

    async def test_no_bar_in_a_pipe_or_with_json(self):
        done = await cli.run("bench", "--seconds", "0.3", url=self.url)
        self.assertEqual(done.stderr, "")
        self.assertRegex(done.stdout, r"^mode        put, 10 connections, pipeline 16, 128 bytes, "
                                      r"\d+\.\d s\noperations  \d+, 0 refused, 0 unfinished\n"
                                      r"throughput  \d+/s\nlatency     p50 [\d.]+ ms, p90 [\d.]+ ms"
                                      r", p99 [\d.]+ ms, max [\d.]+ ms\n$")
        terminal = self.on_terminal(self.server, "bench", "--seconds", "0.3", "--json")
        self.assertEqual(await terminal.end(), 0)
        self.assertNotIn(ESCAPE, terminal.text)

    async def test_each_mode_counts_and_leaves_nothing_behind(self):
        for mode in ("put", "round", "fan-out"):
            done = await cli.run("bench", "--mode", mode, "--seconds", "0.5", "--connections", "3",
                                 "--pipeline", "2", "--size", "64", "--json", url=self.url)
            self.assertEqual(done.stderr, "")
            figures = json.loads(done.stdout)
            support.tell(f"{mode}: {figures['per_second']:.0f}/s")
            self.assertEqual((figures["mode"], figures["connections"], figures["pipeline"],
                              figures["bytes"]), (mode, 3, 2, 64))
            self.assertGreater(figures["operations"], 0)
            self.assertAlmostEqual(figures["per_second"] * figures["seconds"],
                                   figures["operations"], delta=figures["operations"] * 0.02)
            latency = figures["latency_ms"]
            self.assertLessEqual(0, latency["p50"])
            self.assertLessEqual(latency["p50"], latency["p90"])
            self.assertLessEqual(latency["p90"], latency["p99"])
            self.assertLessEqual(latency["p99"], latency["max"])
            stats = await self.server.settled(connections=0, topics=0)
            self.assertEqual(stats["delivered"] + stats["evicted"] + stats["expired"],
                             stats["puts"])

    async def test_a_signal_ends_it_with_the_figures_so_far(self):
        running = await self.start(self.server, "bench", "--seconds", "600", "--json")
        async def works():
            return (await self.server.stats())["puts"] > 100
        await support.until(works, what="some puts")
        done = await running.end(signal.SIGINT)
        self.assertEqual((done.status, done.stderr), (0, ""))
        figures = json.loads(done.stdout)
        self.assertLess(figures["seconds"], 60)
        self.assertGreater(figures["operations"], 0)
        stats = await self.server.settled(connections=0)
        self.assertEqual(stats["delivered"] + stats["evicted"], stats["puts"])


if __name__ == "__main__":
    support.main()
