"""What an operator sees: invalid settings, exit statuses, and logs that machines read."""

import json
import os
import signal
import socket
import tempfile

import support
from support import Client, OutsideTest


class Operations(OutsideTest):

    async def refused(self, status, *expected, flags=(), env=None):
        """Must end at once with this status and one line on standard error that contains all these texts."""
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
        await self.refused(2, "/no/such.pem",
                           flags=("--listen", "127.0.0.1:0", "--tls-cert", "/no/such.pem",
                                  "--tls-key", "/no/such.key", "--max-sockets", "100"))

    async def test_one_port_for_two_is_wrong_settings(self):
        port = str(support.free_port())
        await self.refused(2, "node_port", port,
                           flags=("--listen", "127.0.0.1:" + port, "--node-port", port))

    def pipe(self, directory, name="pipe"):
        """A named pipe without a writer: the program must not block when it opens the pipe."""
        path = os.path.join(directory, name)
        os.mkfifo(path)
        return path

    async def test_what_is_no_regular_file_is_wrong_settings(self):
        with tempfile.TemporaryDirectory(prefix="restante-outside-") as directory:
            pipe = self.pipe(directory)
            for flags in (("--config", pipe), ("--tokens-file", pipe), ("--jwt-key-file", pipe),
                          ("--tls-cert", pipe, "--tls-key", pipe)):
                with self.subTest(flags):
                    await self.refused(2, pipe, "is no regular file", flags=flags)
                    done = await support.run(support.PROGRAM, "check-config", *flags, expect=2)
                    self.assertIn("is no regular file", done.stderr)

    async def test_SIGHUP_waits_for_no_pipe_and_SIGTERM_is_heard(self):
        with tempfile.TemporaryDirectory(prefix="restante-outside-") as directory:
            config, tokens = (os.path.join(directory, name) for name in ("config", "tokens"))
            for path, text in ((config, 'log_level = "info"\n'), (tokens, "")):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
            server = await self.serve("--config", config, "--tokens-file", tokens)
            for count, (path, what) in enumerate(((tokens, "tokens"), (config, "settings")), 1):
                os.unlink(path)
                self.pipe(directory, os.path.basename(path))
                server.signal(signal.SIGHUP)
                failed = await support.until(
                    lambda: (lines := server.log_lines("reload_failed"))[count - 1:] and lines,
                    what="reload_failed")
                self.assertEqual((failed[-1]["what"], failed[-1]["reason"]),
                                 (what, path + ": is no regular file"))
            self.assertEqual(await server.stop(), 0)

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

    async def test_SIGHUP_takes_settings_and_names_those_that_need_a_restart(self):
        config = support.file_with('log_level = "warning"\nslots = 4\n')
        self.addCleanup(os.unlink, config)

        def write(text):
            with open(config, "w", encoding="utf-8") as file:
                file.write(text)

        async def reload(event):
            seen = len(server.log_lines(event))
            server.signal(signal.SIGHUP)
            return (await support.until(lambda: server.log_lines(event)[seen:], what=event))[0]

        async def origin(name):
            done = await support.run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H",
                                     f"Origin: {name}", server.web("/healthz"))
            return int(done.stdout)

        server = await self.serve("--config", config)
        app = "https://app.example"
        self.assertEqual(await origin(app), 403)
        write(f'log_level = "info"\nslots = 8\nthreads = 3\nallow_origin = ["{app}"]\n')
        needed = await reload("restart_needed")
        self.assertEqual((needed["level"], needed["settings"]), ("warning", "threads, slots"))
        self.assertEqual(server.log_lines("settings_changed")[-1]["settings"],
                         "allow_origin, log_level")
        self.assertEqual(await origin(app), 200)
        self.assertEqual(await origin("https://other.example"), 403)
        write(f'slots = 8\nallow_origin = []\nallow_origin = ["{app}"]\n')  # no TOML
        failed = await reload("reload_failed")
        self.assertEqual(failed["what"], "settings")
        self.assertIn(config + ":3", failed["reason"])
        self.assertEqual(await origin(app), 200)
        write("slots = 4\nmax_sockets = 2\n")
        self.assertIn("max_sockets", (await reload("settings_changed"))["settings"])
        self.assertEqual(await origin(app), 403)
        self.assertEqual(len(server.log_lines("restart_needed")), 1)  # unchanged
        os.rename(config, config + ".away")
        self.addCleanup(os.rename, config + ".away", config)
        self.assertIn("No such file", (await reload("reload_failed"))["reason"])

    async def test_the_settings_in_force_say_where_they_were_given(self):
        config = support.file_with("slots = 4\nthreads = 3\n")
        self.addCleanup(os.unlink, config)
        flags = ("serve", "--config", config, "--threads", "2")
        printed = await support.run(support.PROGRAM, *flags, "--print-config",
                                    env={"RESTANTE_ALLOW_HOST": "a.example"})
        lines = printed.stdout.splitlines()
        self.assertIn(f"slots = 4 # {config}:1", lines)
        self.assertIn("threads = 2 # --threads", lines)
        self.assertIn('allow_host = ["a.example"] # RESTANTE_ALLOW_HOST', lines)
        self.assertIn("queue_length = 1024 # default", lines)
        bad = await support.run(support.PROGRAM, "serve", "--print-config", "--slots", "0", expect=2)
        self.assertIn("--slots", bad.stderr)

    async def test_check_config_finds_places_that_cannot_be_used(self):
        nowhere = "/no/such/directory"
        for flags, what in ((("--data-dir", nowhere + "/data"), "cannot be made"),
                            (("--data-dir", "/dev/null"), "no directory"),
                            (("--data-dir", "/tmp/" + "x" * 300), "too long"),
                            (("--data-dir", "/proc/x"), "cannot be made"),
                            (("--listen", "127.0.0.1:7467", "--node-port", "7467"), "node_port"),
                            (("--log-file", nowhere + "/log"), "there is no directory " + nowhere),
                            (("--listen", "192.0.2.1:7467", "--insecure"), "192.0.2.1")):
            with self.subTest(flags):
                done = await support.run(support.PROGRAM, "check-config", *flags, expect=2)
                self.assertIn(what, done.stderr)
        await support.run(support.PROGRAM, "check-config", "--data-dir", "/tmp/restante-not-there")
        self.assertFalse(os.path.exists("/tmp/restante-not-there"))

    async def test_a_log_file_makes_no_directories(self):
        with tempfile.TemporaryDirectory(prefix="restante-outside-") as directory:
            await self.refused(2, "log_file", "there is no directory",
                               flags=("--log-file", directory + "/logs/broker.log"))
            self.assertEqual(os.listdir(directory), [])

    async def test_open_files_are_no_matter_of_a_default_start(self):
        server = await self.serve(files=4096)
        self.assertEqual(server.log_lines("few_open_files"), [])
        listening = await support.until(lambda: server.log_lines("listening"), what="listening")
        self.assertEqual(listening[0]["max_sockets"], 3996)
        asked = await self.serve("--max-sockets", "5000", files=4096)
        warned = await support.until(lambda: asked.log_lines("few_open_files"), what="few_open_files")
        self.assertEqual([(line["level"], line["sockets"]) for line in warned],
                         [("warning", 3996)])

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
