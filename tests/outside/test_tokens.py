"""Tokens and JWTs on WebSockets: the identity, its lifetime, and what SIGHUP changes."""

import base64
import hashlib
import hmac
import json
import os
import signal
import subprocess
import tempfile
import time

import support
from support import Bystanders, Client, OutsideTest

SECRET = "a secret of more than thirty-two bytes"


def encoded(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def jwt(*, lives=3600.0, secret=SECRET, header=None, **claims):
    """A signed token that expires in `lives` seconds (to the second, rounded up)."""
    head = header or {"alg": "HS256", "typ": "JWT"}
    claims = {"exp": int(time.time() + lives) + 1, **claims}
    signed = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
    mac = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{encoded(mac)}"


class Tokens(OutsideTest):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        directory = tempfile.TemporaryDirectory(prefix="restante-outside-")
        self.addCleanup(directory.cleanup)
        self.key = os.path.join(directory.name, "jwt.key")
        self.write(self.key, SECRET)
        self.tokens = os.path.join(directory.name, "tokens.toml")

    @staticmethod
    def write(path, text):
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + ".new", path)

    async def refused(self, server, number, code, **fields):
        eve = await Client.open(server, acks=False, **fields)
        self.assertFalse(eve.welcome["ok"])
        self.assertEqual(eve.welcome["error"]["number"], number, eve.welcome)
        self.assertEqual((await eve.hear("goodbye"))["code"], code)
        self.assertEqual((await eve.closed())[0], code)

    async def test_W7_refused_tokens_are_logged_with_their_reason_and_counted(self):
        self.write(self.tokens, '[[token]]\ntoken = "operators"\nserver = true\n')
        server = await self.serve("--tokens-file", self.tokens, "--jwt-key-file", self.key)
        await self.refused(server, 302, 4500, token=jwt(sub="ann", lives=-100))
        await self.refused(server, 300, 4500, token="a-secret-guess")
        for _ in range(60):
            await support.run("curl", "-sS", server.web("/v1/stats"))
        await support.until(lambda: len(server.log_lines("token_refused")) >= 20,
                            what="what was refused")
        lines = server.log_lines("token_refused")
        reasons = [line["reason"] for line in lines]
        self.assertLess(reasons.count("a token is needed"), 40)  # told, but not each time
        self.assertEqual(reasons.count("token_expired"), 1)
        self.assertTrue(all(line["remote"].startswith("127.0.0.1:") for line in lines), lines[:3])
        self.assertNotIn("a-secret-guess", server.log_text())
        stats = await server.stats("operators")
        self.assertEqual([stats[name] for name in ("unauthenticated", "tokens_missing",
                                                   "tokens_expired")], [62, 60, 1])

    async def test_W7_a_jwt_says_who_it_is_and_a_field_does_not(self):
        server = await self.serve("--jwt-key-file", self.key)
        ann = await Client.open(server, token=jwt(sub="ann", ns="acme"), client="eve", ns="")
        self.assertEqual((ann.welcome["client"], ann.welcome["ns"]), ("ann", "acme"))
        self.assertGreater(ann.welcome["expires_in_ms"], 3500 * 1000)
        none = {"alg": "none", "typ": "JWT"}
        wrong = {
            "no token": None,
            "no JWT": "abc",
            "another secret": jwt(sub="ann", secret="x" * 40),
            "alg none": jwt(sub="ann", header=none),
            "alg none, unsigned": jwt(sub="ann", header=none).rsplit(".", 1)[0] + ".",
            "not yet": jwt(sub="ann", nbf=int(time.time()) + 600),
            "nobody": jwt(),
        }
        for name, token in wrong.items():
            with self.subTest(name):
                await self.refused(server, 300, 4500, **({"token": token} if token else {}))
        with self.subTest("soon"):
            await self.refused(server, 303, 4003, token=jwt(sub="ann", nbf=int(time.time()) + 50))
        with self.subTest("expired"):
            await self.refused(server, 302, 4500, token=jwt(sub="ann", lives=-10))
        with self.subTest("the server identity has no connection"):
            await self.refused(server, 301, 4507, token=jwt(server=True))
        self.assertFalse(ann.gone.done())

    async def test_W6_a_token_that_expires_ends_its_connection_with_4500(self):
        server = await self.serve("--jwt-key-file", self.key, "--ping-interval-ms", "400")
        watcher = await Client.open(server, token=jwt(sub="watcher"))
        await watcher.must("topic.subscribe", topic="room")
        bystanders = BystandersWithTokens()
        await bystanders.start(server)
        short = await Client.open(server, token=jwt(sub="short", lives=3))
        kept = await Client.open(server, token=jwt(sub="kept", lives=3))
        for each in (short, kept):
            await each.must("ephemeral.set", topic="room", key=each.name)
        refused = await kept.ask("token.refresh", token=jwt(sub="short"))
        self.assertEqual(refused["error"]["number"], 301)
        refused = await kept.ask("token.refresh", token="nonsense")
        self.assertEqual(refused["error"]["number"], 300)
        fresh = await kept.must("token.refresh", token=jwt(sub="kept"))
        self.assertGreater(fresh["expires_in_ms"], 3500 * 1000)
        goodbye = await short.hear("goodbye")
        self.assertEqual((goodbye["code"], goodbye["reconnect"]), (4500, False))
        self.assertEqual((await short.closed())[0], 4500)
        clear = await watcher.hear("ephemeral.clear")
        self.assertEqual((clear["key"], clear["reason"]), ("short", "disconnect"))
        # The other client's old token has expired by now too.
        await kept.must("ping")
        self.assertFalse(kept.gone.done())
        await server.ends(client="short", code=4500)
        await bystanders.finish()

    async def test_W7_rights_are_those_of_the_fresh_token(self):
        server = await self.serve("--jwt-key-file", self.key)
        rights = {"put": ["bob"], "watch": ["bob"], "read": ["room"],
                  "write": [{"topic": "room", "key": "typing:{client}"}]}
        ann = await Client.open(server, token=jwt(sub="ann", rights=rights))
        await ann.must("notify.put", to="bob", pack=1)
        self.assertEqual((await ann.ask("notify.put", to="eve", pack=1))["error"]["number"], 301)
        await ann.must("topic.subscribe", topic="room")
        await ann.must("ephemeral.set", topic="room", key="typing:ann")
        self.assertEqual((await ann.ask("ephemeral.set", topic="room", key="typing:bob"))
                         ["error"]["number"], 301)
        await ann.hear("ephemeral.set")
        await ann.must("token.refresh", token=jwt(sub="ann", rights={"put": ["eve"]}))
        await ann.must("notify.put", to="eve", pack=1)
        self.assertEqual((await ann.ask("notify.put", to="bob", pack=1))["error"]["number"], 301)
        self.assertEqual((await ann.ask("ephemeral.list", topic="room"))["error"]["number"], 301)

    async def test_W7_who_may_write_a_key_may_not_publish_for_that(self):
        server = await self.serve("--jwt-key-file", self.key, "--jwt-audience", "restante")

        def token(name, rights):
            return jwt(sub=name, aud="restante", rights=rights)

        hears = await Client.open(server, token=token("hears", {"read": ["room"]}))
        await hears.must("topic.subscribe", topic="room")
        writes = await Client.open(server, token=token(
            "writes", {"write": [{"topic": "room", "key": "*"}]}))
        await writes.must("ephemeral.set", topic="room", key="k")
        refused = await writes.ask("topic.publish", topic="room", data=1)
        self.assertEqual(refused["error"]["number"], 301)
        speaks = await Client.open(server, token=token("speaks", {"publish": ["ro*"]}))
        await speaks.must("topic.publish", topic="room", data=2)
        self.assertEqual((await speaks.ask("topic.publish", topic="hall", data=2))
                         ["error"]["number"], 301)
        self.assertEqual((await hears.hear("topic.message"))["data"], 2)
        self.assertEqual(server.log_lines("jwt_unrestricted"), [])

    async def test_W7_default_rights_bind_tokens_that_name_none(self):
        server = await self.serve("--jwt-key-file", self.key, "--default-rights",
                                  '{"put":["{client}-*"]}')
        self.assertEqual(len(server.log_lines("jwt_unrestricted")), 1)
        ann = await Client.open(server, token=jwt(sub="ann"))
        await ann.must("notify.put", to="ann-phone", pack=1)
        for op, fields in (("notify.put", {"to": "bob", "pack": 1}),
                           ("topic.publish", {"topic": "room", "data": 1}),
                           ("topic.subscribe", {"topic": "room"})):
            self.assertEqual((await ann.ask(op, **fields))["error"]["number"], 301, op)

    async def test_W7_W8_a_metrics_token_reads_figures_and_nothing_else(self):
        self.write(self.tokens, '[[token]]\ntoken = "scraper"\nmetrics = true\n')
        server = await self.serve("--tokens-file", self.tokens, "--jwt-key-file", self.key)
        for token in ("scraper", jwt(metrics=True)):
            for path, status in (("/metrics", 200), ("/v1/stats", 200), ("/v1/clients/ann", 403),
                                 ("/v1/topics", 403), ("/v1/clients", 403)):
                self.assertEqual(await self.status(server, path, token), status, path)
            self.assertEqual(await self.status(server, "/v1/notifications", token,
                                               "-d", '{"to":"ann","pack":1}'), 403)
            await self.refused(server, 301, 4507, token=token)
        self.assertEqual(await self.status(server, "/metrics", jwt(sub="ann")), 403)

    @staticmethod
    async def status(server, path, token, *flags):
        done = await support.run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H",
                                 f"Authorization: Bearer {token}", *flags, server.web(path))
        return int(done.stdout)

    async def test_W7_no_published_key_becomes_the_secret_of_HS256(self):
        """A person who knows a public key must not be able to sign with it, in whatever form the file holds it."""
        def ssl(*command, stdin=b""):
            return subprocess.run(["openssl", *command], input=stdin, check=True,
                                  capture_output=True).stdout

        private = ssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        pem = ssl("pkey", "-pubout", stdin=private)
        der = ssl("pkey", "-pubout", "-outform", "DER", stdin=private)
        bare = ssl("rsa", "-RSAPublicKey_out", "-outform", "DER", stdin=private)
        certificate = ssl("req", "-x509", "-new", "-key", "/dev/stdin", "-subj", "/CN=x",
                          "-outform", "DER", stdin=private)
        body = b"".join(line for line in pem.splitlines() if b"-----" not in line)
        forms = {"armour taken off": body, "in lines": base64.encodebytes(der), "DER": der,
                 "base64url": base64.urlsafe_b64encode(der).rstrip(b"="), "hex": der.hex().encode(),
                 "PKCS 1": base64.b64encode(bare), "certificate": base64.b64encode(certificate),
                 "PEM in base64": base64.b64encode(pem), "without dashes": pem.replace(b"-", b""),
                 "white space": SECRET.encode() + b" \n", "mark": b"\xef\xbb\xbf" + SECRET.encode()}
        for name, content in forms.items():
            with self.subTest(name):
                with open(self.key, "wb") as file:
                    file.write(content)
                for command in (("serve", "--listen", "127.0.0.1:0"), ("check-config",)):
                    done = await support.run(support.PROGRAM, *command, "--jwt-key-file", self.key,
                                             expect=2)
                    self.assertIn("this is no secret for HS256: it ", done.stderr)
                    self.assertEqual(len(done.stderr.splitlines()), 1)
                done = await support.run(support.PROGRAM, "token", "make", "--key-file", self.key,
                                         "--client", "ann", expect=2)
                self.assertIn("this is no secret", done.stderr)

    async def test_W7_a_reload_refuses_what_a_start_refuses(self):
        server = await self.serve("--jwt-key-file", self.key)
        self.write(self.key, SECRET + "  ")
        server.signal(signal.SIGHUP)
        failed = await support.until(lambda: server.log_lines("reload_failed"), what="the reload")
        self.assertIn("white space", failed[-1]["reason"])
        ann = await Client.open(server, token=jwt(sub="ann"))  # signed with the old key
        self.assertTrue(ann.welcome["ok"])

    async def test_SIGHUP_reads_the_tokens_again(self):
        def entry(token, client):
            return f'[[token]]\ntoken = "{token}"\nclient = "{client}"\n'

        self.write(self.tokens, entry("one", "ann"))
        server = await self.serve("--tokens-file", self.tokens)
        ann = await Client.open(server, token="one")
        self.assertEqual(ann.welcome["client"], "ann")
        await self.refused(server, 300, 4500, token="two")
        self.write(self.tokens, entry("two", "bob"))
        server.signal(signal.SIGHUP)
        await support.until(lambda: server.log_lines("reloaded"), what="the reload")
        bob = await Client.open(server, token="two")
        self.assertEqual(bob.welcome["client"], "bob")
        await self.refused(server, 300, 4500, token="one")
        await ann.must("ping")  # connected clients stay connected
        self.write(self.tokens, "[[token]]\nclient = 7\n")
        server.signal(signal.SIGHUP)
        await support.until(lambda: server.log_lines("reload_failed"), what="the failed reload")
        again = await Client.open(server, token="two")
        self.assertTrue(again.welcome["ok"])


class BystandersWithTokens(Bystanders):
    async def start(self, server):
        self.one = await Client.open(server, token=jwt(sub="bystander-1"))
        self.two = await Client.open(server, token=jwt(sub="bystander-2"))
        return self.go()


if __name__ == "__main__":
    support.main()
