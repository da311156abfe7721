"""What an operator sees: settings that are wrong, exit statuses, and logs that machines read."""

import json
import os
import signal
import socket

import support
from support import Client, OutsideTest


class Operations(OutsideTest):

    async def refused(self, status, *expected, flags=(), env=None):
        """It ends at once with this status and one line on standard error that says all this."""
        done = await support.run(support.PROGRAM, "serve", *flags, env=env, expect=None)
        self.assertEqual(done.status, status, done.stderr)
        lines = done.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        for text in expected:
            self.assertIn(text, lines[0])
        self.assertEqual(done.stdout, "")

    async def test_an_unknown_setting_names_the_nearest(self):
        await self.refused(2, "ping-intervall-ms", "ping-interval-ms",
                           flags=("--ping-intervall-ms", "5"))
        await self.refused(2, "RESTANTE_LISTN", "RESTANTE_LISTEN",
                           env={"RESTANTE_LISTN": "127.0.0.1:0"})
        config = support.file_with('listen = "127.0.0.1:0"\nmax_socket = 5\n')
        self.addCleanup(os.unlink, config)
        await self.refused(2, "max_socket", "max_sockets", config, "2",
                           flags=("--config", config))

    async def test_a_bad_value_names_what_is_allowed(self):
        await self.refused(2, "ping", "soon", "100", flags=("--ping-interval-ms", "soon"))
        await self.refused(2, "ping", "99", "100", flags=("--ping-interval-ms", "99"))
        await self.refused(2, "log", "xml", "json", flags=("--log-format", "xml"))
        await self.refused(2, "nowhere", flags=("--listen", "nowhere"))
        await self.refused(2, "RESTANTE_IO_THREADS", "0", "64", env={"RESTANTE_IO_THREADS": "0"})
        await self.refused(2, "/no/such/file", flags=("--config", "/no/such/file"))
        await self.refused(2, "/no/such/tokens", flags=("--tokens-file", "/no/such/tokens"))

    async def test_W7_it_will_not_listen_to_strangers_without_being_told(self):
        done = await support.run(support.PROGRAM, "serve", "--listen", "0.0.0.0:0",
                                 "--max-sockets", "100", expect=None)
        self.assertIn(done.status, (1, 2))
        self.assertEqual(len(done.stderr.strip().splitlines()), 1)
        self.assertIn("insecure", done.stderr)

    async def test_a_port_in_use_is_one_line_and_status_1(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            place = f"127.0.0.1:{taken.getsockname()[1]}"
            await self.refused(1, place, "in use",
                               flags=("--listen", place, "--max-sockets", "100"))

    async def test_a_certificate_that_is_not_there_is_one_line(self):
        done = await support.run(support.PROGRAM, "serve", "--listen", "127.0.0.1:0",
                                 "--tls-cert", "/no/such.pem", "--tls-key", "/no/such.key",
                                 "--max-sockets", "100",
                                 expect=None)
        self.assertIn(done.status, (1, 2))
        self.assertEqual(len(done.stderr.strip().splitlines()), 1)
        self.assertIn("/no/such.pem", done.stderr)

    async def test_flags_count_more_than_variables_than_the_file(self):
        config = support.file_with(
            "ping_interval_ms = 1000\nwrite_timeout_ms = 1000\nmax_connections = 1\n")
        self.addCleanup(os.unlink, config)
        server = await self.serve("--config", config, "--ping-interval-ms", "3000",
                                  env={"RESTANTE_PING_INTERVAL_MS": "2000",
                                       "RESTANTE_MAX_CONNECTIONS": "2"})
        ann = await Client.open(server, "ann")
        self.assertEqual(ann.welcome["ping_ms"], 3000)
        self.assertTrue((await Client.open(server, "bob")).welcome["ok"])
        self.assertFalse((await Client.open(server, "eve")).welcome["ok"])

    async def test_the_log_is_json_with_one_line_per_ended_connection(self):
        server = await self.serve()
        names = ["plain", 'quo"te', "new\nline", "ünï", "\u2028", "{}", "x" * 256]
        for name in names:
            client = await Client.open(server, name)
            await client.leave()
        dropped = await Client.open(server, "dropped")
        await dropped.drop()
        took = [await Client.open(server, "twice") for _ in range(2)]
        bad = await Client.open(server, "bad")
        for _ in range(8):
            await bad.socket.send("{")
        await bad.closed()
        await server.ends(client="dropped", code=1006)
        await server.ends(client="bad", code=4501)
        self.assertEqual(await server.stop(), 0)
        await took[1].closed()
        lines = [json.loads(line) for line in server.log_text().splitlines()]
        for line in lines:
            self.assertEqual(list(line)[:3], ["time", "level", "event"])
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual([line["event"] for line in lines if line["event"] != "connection_closed"],
                         ["few_open_files"] * self.has_few_files(lines) +
                         ["listening", "stopping", "stopped"])
        ends = [(line["client"], line["code"], line["reason"]) for line in lines
                if line["event"] == "connection_closed"]
        expected = [(name, 1000, "left") for name in names]
        expected += [("twice", 4503, "taken_over"), ("twice", 4001, "shutdown"),
                     ("bad", 4501, "bad protocol")]
        self.assertEqual(sorted(end for end in ends if end[0] != "dropped"), sorted(expected))
        self.assertEqual([end[:2] for end in ends if end[0] == "dropped"], [("dropped", 1006)])
        for line in lines:
            if line["event"] == "connection_closed":
                self.assertGreater(line["frames_in"], 0)
                self.assertTrue(line["remote"].startswith("127.0.0.1:"))

    @staticmethod
    def has_few_files(lines):
        return int(any(line["event"] == "few_open_files" for line in lines))

    async def test_SIGHUP_opens_the_log_file_again(self):
        path = support.file_with("")
        self.addCleanup(os.unlink, path)
        self.addCleanup(lambda: os.path.exists(path + ".1") and os.unlink(path + ".1"))
        server = await self.serve("--log-file", path)
        await (await Client.open(server, "first")).leave()

        def lines(of):
            with open(of, encoding="utf-8") as file:
                return [json.loads(line) for line in file]

        await support.until(lambda: any(line.get("client") == "first" for line in lines(path)),
                            what="the first line")
        os.rename(path, path + ".1")
        server.signal(signal.SIGHUP)
        await support.until(lambda: os.path.exists(path) and lines(path), what="a new file")
        await (await Client.open(server, "second")).leave()
        await support.until(lambda: any(line.get("client") == "second" for line in lines(path)),
                            what="the second line")
        self.assertFalse(any(line.get("client") == "second" for line in lines(path + ".1")))

    async def test_it_says_where_it_listens_and_what_it_can(self):
        server = await self.serve()
        with open(server.said_path, encoding="utf-8") as said:
            text = said.read()
        self.assertEqual(len(text.splitlines()), 2)  # the second: nothing is kept on disk
        self.assertIn(server.url(), text.splitlines()[0])
        printed = await support.run(support.PROGRAM, "serve", "--print-config")
        config = support.file_with(printed.stdout)
        self.addCleanup(os.unlink, config)
        again = await self.serve("--config", config)
        self.assertNotEqual(again.port, server.port)
        helped = await support.run(support.PROGRAM, "serve", "--help")
        for flag in ("--listen", "--tls-cert", "--ping-interval-ms", "--config"):
            self.assertIn(flag, helped.stdout)
        await support.run(support.PROGRAM, "--version")


if __name__ == "__main__":
    support.main()
