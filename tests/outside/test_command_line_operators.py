"""The commands that help to run a broker: settings and tokens."""

import json
import os
import tempfile

import cli
import support
from cli import CommandTest


class Settings(CommandTest):

    async def test_check_config_says_what_serve_would(self):
        good = support.file_with('listen = "127.0.0.1:0"\n')
        bad = support.file_with("max_socket = 5\n")
        for path in (good, bad):
            self.addCleanup(os.unlink, path)
        self.assertEqual((await cli.run("check-config")).stdout, "ok\n")
        self.assertEqual((await cli.run("check-config", good)).stdout, "ok\n")
        self.assertEqual((await cli.run("check-config", "--config", good, "--json")).stdout,
                         '{"ok":true}\n')
        self.one_line(await cli.run("check-config", bad, expect=2), bad, "max_sockets")
        self.one_line(await cli.run("check-config", "/no/such", expect=2), "/no/such")
        self.one_line(await cli.run("check-config", good, "--log-format", "xml", expect=2), "xml")
        self.one_line(await cli.run("check-config", env={"RESTANTE_LISTN": "x"}, expect=2),
                      "RESTANTE_LISTEN")
        self.one_line(await cli.run("check-config", "--tokens-file", "/no/tokens", expect=2),
                      "/no/tokens")
        self.one_line(await cli.run("check-config", "--tls-cert", "/no.pem", "--tls-key", "/no.key",
                                    expect=2), "/no.pem")

    async def test_default_config_is_what_serve_prints_and_takes(self):
        printed = (await cli.run("default-config")).stdout
        config = support.file_with(printed)
        self.addCleanup(os.unlink, config)
        self.assertEqual((await cli.run("check-config", config)).stdout, "ok\n")
        defaults = json.loads((await cli.run("default-config", "--json")).stdout)
        self.assertEqual(defaults["listen"], "127.0.0.1:7467")
        self.assertEqual(defaults["jwt_algorithms"], ["HS256", "RS256", "ES256"])

    async def test_variables_of_the_other_commands_do_not_stop_a_broker(self):
        server = await self.serve(env={"RESTANTE_URL": "ws://h:1", "RESTANTE_TOKEN": "x"})
        self.assertEqual(await server.stop(), 0)

    async def test_demo_still_plays(self):
        done = await cli.run("demo", "--virtual", "--json",
                             stdin='{"op":"notify.put","to":"bob","pack":"x"}\n')
        self.assertTrue(json.loads(done.stdout.splitlines()[0])["ok"])


class Tokens(CommandTest):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        directory = tempfile.TemporaryDirectory(prefix="restante-outside-")
        self.addCleanup(directory.cleanup)
        self.path = directory.name

    def file(self, name, text=None):
        path = os.path.join(self.path, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return path

    async def test_of_a_secret(self):
        key = self.file("key", "0123456789abcdef0123456789abcdef\n")
        made = (await cli.run("token", "make", "--key-file", key, "--client", "ann", "--ns", "acme",
                              "--rights", '{"put":["bob"]}', "--expires", "60")).stdout
        shown = (await cli.run("token", "check", "--key-file", key, made.strip())).stdout
        self.assertRegex(shown, r'^client   ann\nns       acme\nexpires  \S+Z\n'
                                r'rights   \{"put":\["bob"\]\}\n$')
        shown = json.loads((await cli.run("token", "check", "--key-file", key, "-", "--json",
                                          stdin=made)).stdout)
        self.assertEqual((shown["server"], shown["client"], shown["rights"]),
                         (False, "ann", {"put": ["bob"]}))
        other = self.file("other", "x" * 32)
        self.one_line(await cli.run("token", "check", "--key-file", other, made.strip(), expect=5),
                      "unauthenticated (300)")
        old = (await cli.run("token", "make", "--key-file", key, "--client", "ann", "--expires",
                             "1", "--json")).stdout
        old = json.loads(old)["token"]

        async def is_over():
            done = await cli.run("token", "check", "--key-file", key, old, expect=None)
            return done.status != 0 and done
        self.one_line(await support.until(is_over, what="its end"), "token_expired (302)")

    async def test_of_key_pairs(self):
        for kind, option, name in (("RSA", "rsa_keygen_bits:2048", "RS256"),
                                   ("EC", "ec_paramgen_curve:P-256", "ES256")):
            secret, public = self.file(kind), self.file(kind + ".pub")
            await support.run("openssl", "genpkey", "-algorithm", kind, "-pkeyopt", option, "-out",
                              secret)
            await support.run("openssl", "pkey", "-in", secret, "-pubout", "-out", public)
            made = (await cli.run("token", "make", "--key-file", secret, "--server", "--algorithm",
                                  name)).stdout.strip()
            shown = (await cli.run("token", "check", "--key-file", public, made)).stdout
            self.assertTrue(shown.startswith("server\nexpires"), shown)
            self.one_line(await cli.run("token", "make", "--key-file", secret, "--server",
                                        "--algorithm", "HS256", expect=2), name, secret)
            self.one_line(await cli.run("token", "make", "--key-file", public, "--server",
                                        expect=2), "private key")
            self.one_line(await cli.run("token", "check", "--key-file", secret, made, expect=2),
                          "private key")

    async def test_what_no_broker_would_take_is_not_made(self):
        key = self.file("key", "x" * 32)
        make = ("token", "make", "--key-file", key)
        self.one_line(await cli.run(*make, expect=2), "--client")
        self.one_line(await cli.run(*make, "--client", "a", "--server", expect=2), "--server")
        self.one_line(await cli.run(*make, "--client", "a", "--rights", "{", expect=2), "JSON")
        self.one_line(await cli.run(*make, "--client", "a", "--rights", '{"putt":[]}', expect=2),
                      "rights")
        self.one_line(await cli.run(*make, "--client", "x" * 257, expect=2), "sub")
        short = self.file("short", "secret")
        self.one_line(await cli.run("token", "make", "--key-file", short, "--client", "a",
                                    expect=2), "32")
        self.one_line(await cli.run("token", "make", "--key-file", "/no/key", "--client", "a",
                                    expect=2), "/no/key")

    async def test_W7_commands_are_who_their_token_says(self):
        key = self.file("key", "x" * 32)

        async def token(*who):
            made = await cli.run("token", "make", "--key-file", key, *who)
            return made.stdout.strip()

        server = await self.serve("--jwt-key-file", key)
        url = cli.url_of(server)
        ann, root = await token("--client", "ann"), await token("--server")
        few = await token("--client", "few", "--rights", '{"put":["ann"]}')
        file = self.file("token", ann + "\n")

        async def run(*arguments, **how):
            return await cli.run(*arguments, url=url, **how)

        self.one_line(await run("notify", "bob", "x", expect=5), "unauthenticated (300)")
        self.one_line(await run("notify", "bob", "x", "--token", "no", expect=5), "(300)")
        self.one_line(await run("listen", "bob", expect=5), "(300)")
        trace = (await run("notify", "bob", "x", "--token-file", file)).stdout.strip()
        self.assertIn("from      ann\n", (await run("status", trace, "--token", ann)).stdout)
        self.assertEqual((await run("clients", "bob", env={"RESTANTE_TOKEN": root})).stdout,
                         "bob absent 1\n")
        self.assertEqual((await run("clients", "--token", root)).stdout, "bob absent 1\n")
        self.one_line(await run("clients", "--token", ann, expect=5), "forbidden (301)")
        self.assertEqual((await run("topic", "list", "--token", few)).stdout, "")
        self.one_line(await run("drain", "bob", "--token", ann, expect=5), "forbidden (301)")
        self.one_line(await run("notify", "bob", "x", "--token", few, expect=5), "forbidden (301)")
        # A flag overrides the environment.
        self.one_line(await run("drain", "bob", "--token", ann, env={"RESTANTE_TOKEN": root},
                                expect=5), "forbidden")
        self.assertTrue((await run("drain", "bob", "--token", root)).stdout.startswith(trace))
        await run("notify", "ann", "hello", "--token", root)
        self.assertTrue((await run("listen", "whoever", "--count", "1", "--token", ann)).stdout
                        .endswith(" server hello\n"))
        self.one_line(await run("listen", "ann", "--token", root, expect=5), "forbidden (301)")
        self.one_line(await run("bench", "--seconds", "0.1", "--token", ann, expect=2),
                      "without tokens")
        self.one_line(await run("notify", "bob", "x", "--token-file", "/no/file", expect=2),
                      "/no/file")

    async def test_W6_a_token_that_runs_out_ends_a_stream_with_its_own_status(self):
        key = self.file("key", "x" * 32)
        server = await self.serve("--jwt-key-file", key, "--ping-interval-ms", "400")
        short = (await cli.run("token", "make", "--key-file", key, "--client", "ann", "--expires",
                               "2")).stdout.strip()
        listening = await self.start(server, "listen", "ann", "--token", short)
        done = await listening.end()
        self.assertEqual(done.status, 5, done.stderr)
        self.one_line(done, "token")


if __name__ == "__main__":
    support.main()
