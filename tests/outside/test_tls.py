"""wss and https with a certificate of the test's own, and what SIGHUP loads again."""

import asyncio
import os
import signal
import socket
import ssl
import tempfile

import support
from support import Bystanders, Client, OutsideTest
from test_node_client import converse


async def make_certificate(directory, name):
    """A self-signed certificate for 127.0.0.1; its `CN` is `name`."""
    await support.run(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-days", "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1",
        "-keyout", os.path.join(directory, "key.pem"), "-out", os.path.join(directory, "cert.pem"))


class Tls(OutsideTest):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        directory = tempfile.TemporaryDirectory(prefix="restante-outside-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.certificate = os.path.join(self.directory, "cert.pem")
        self.key = os.path.join(self.directory, "key.pem")
        await make_certificate(self.directory, "first")

    async def serve_tls(self, *flags):
        return await self.serve("--tls-cert", self.certificate, "--tls-key", self.key, *flags)

    def context(self):
        return ssl.create_default_context(cafile=self.certificate)

    async def shown(self, server):
        """The certificate that a new connection is shown, as PEM."""
        return await asyncio.get_running_loop().run_in_executor(
            None, ssl.get_server_certificate, (server.address, server.port))

    async def test_W6_wss_by_python_and_https_by_curl(self):
        server = await self.serve_tls()
        ann = await Client.open(server, "ann", scheme="wss", tls=self.context())
        for n in range(20):
            await ann.must("notify.put", to="ann", pack=[n, "x" * 50000])
        heard = [(await ann.hear("notify.deliver"))["pack"][0] for _ in range(20)]
        self.assertEqual(heard, list(range(20)))
        done = await support.run("curl", "-sS", "--cacert", self.certificate,
                                 server.web("/v1/clients/ann", "https"))
        self.assertIn('"connected":true', done.stdout)
        untrusting = await support.run("curl", "-sS", server.web("/healthz", "https"), expect=None)
        self.assertEqual(untrusting.status, 60, untrusting.stderr)
        old = await support.run("curl", "-sS", "--cacert", self.certificate, "--tls-max", "1.1",
                                server.web("/healthz", "https"), expect=None)
        self.assertNotEqual(old.status, 0)
        await ann.leave()
        self.assertEqual(await ann.closed(), (1000, "left"))

    async def test_W8_the_last_answer_ends_with_an_alert_that_it_is_the_last(self):
        """RFC 9112, 9.8. Without the alert, Python raises SSLEOFError."""
        server = await self.serve_tls()

        def ask(request):
            with socket.create_connection((server.address, server.port), support.DEADLINE) as raw:
                with self.context().wrap_socket(raw, server_hostname=server.address,
                                                suppress_ragged_eofs=False) as secure:
                    secure.sendall(request)
                    heard = b""
                    while piece := secure.recv(65536):
                        heard += piece
                    return heard

        host = f"Host: {server.address}:{server.port}\r\n".encode()
        for request, status in (
                (b"GET /healthz HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n", b"200"),
                (b"GET /healthz HTTP/1.0\r\n\r\n", b"200"),
                (b"GET /page/page.js HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n", b"200"),
                (b"POST /v1/notifications HTTP/1.1\r\n" + host + b"Content-Length: 2000000\r\n\r\n" +
                 b" " * 100000, b"413")):
            heard = await asyncio.get_running_loop().run_in_executor(None, ask, request)
            self.assertEqual(heard[9:12], status)

    async def test_W4_a_conversation_of_node_over_tls(self):
        server = await self.serve_tls("--ping-interval-ms", "500")
        await converse(self, server, server.url("wss"), self.certificate)

    async def test_SIGHUP_changes_the_certificate_for_newcomers(self):
        server = await self.serve_tls()
        tls = self.context()
        bystanders = await Bystanders().start(server, scheme="wss", tls=tls)
        first = await self.shown(server)
        await make_certificate(self.directory, "second")
        server.signal(signal.SIGHUP)
        await support.until(lambda: server.log_lines("reloaded"), what="the reload")
        second = await self.shown(server)
        self.assertNotEqual(first, second)
        late = await Client.open(server, "late", scheme="wss", tls=self.context())
        await late.must("ping")
        # A certificate that cannot be read changes nothing.
        with open(self.certificate, "w", encoding="ascii") as file:
            file.write("no certificate\n")
        server.signal(signal.SIGHUP)
        await support.until(lambda: server.log_lines("reload_failed"), what="the failed reload")
        self.assertEqual(server.log_lines("reload_failed")[0]["what"], "tls")
        self.assertEqual(await self.shown(server), second)
        # A key of another certificate changes nothing either.
        with open(self.certificate, "w", encoding="ascii") as file:
            file.write(first)
        server.signal(signal.SIGHUP)
        await support.until(lambda: len(server.log_lines("reload_failed")) == 2,
                            what="the second failed reload")
        self.assertEqual(await self.shown(server), second)
        await bystanders.finish()

    async def test_wrong_files_are_wrong_settings(self):
        """Errors that a service manager should not retry every second."""
        other = os.path.join(self.directory, "other")
        os.mkdir(other)
        await make_certificate(other, "other")
        der, public = (os.path.join(other, name) for name in ("cert.der", "public.pem"))
        await support.run("openssl", "x509", "-in", self.certificate, "-outform", "DER", "-out", der)
        await support.run("openssl", "pkey", "-in", self.key, "-pubout", "-out", public)
        for cert, key in ((self.certificate, os.path.join(other, "key.pem")),
                          (self.key, self.certificate), (der, self.key),
                          (self.certificate, public)):
            with self.subTest(cert=cert, key=key):
                flags = ("--listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key)
                serves = await support.run(support.PROGRAM, "serve", *flags, expect=2)
                checks = await support.run(support.PROGRAM, "check-config", *flags, expect=2)
                self.assertEqual(len(serves.stderr.splitlines()), 1, serves.stderr)
                self.assertEqual(serves.stderr, checks.stderr)

    async def test_SIGHUP_waits_for_no_certificate(self):
        server = await self.serve_tls()
        first = await self.shown(server)
        os.unlink(self.certificate)
        os.mkfifo(self.certificate)
        server.signal(signal.SIGHUP)
        failed = await support.until(lambda: server.log_lines("reload_failed"), what="the failed reload")
        self.assertEqual(failed[0]["what"], "tls")
        self.assertIn("is no regular file", failed[0]["reason"])
        self.assertEqual(await self.shown(server), first)
        self.assertEqual(await server.stop(), 0)

    async def test_W5_plain_text_and_garbage_on_a_tls_port_harm_nobody(self):
        server = await self.serve_tls("--handshake-timeout-ms", "1000")
        bystanders = await Bystanders().start(server, scheme="wss", tls=self.context())
        plain = await support.run("curl", "-sS", server.web("/healthz"), expect=None)
        self.assertNotEqual(plain.status, 0)
        hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"  # the begin of a ClientHello
        junk = [b"GET / HTTP/1.1\r\n\r\n", b"\0" * 5000, hello, hello + os.urandom(500),
                os.urandom(3000), b"", b"\x15\x03\x03\x00\x02\x02\x28"]
        loop = asyncio.get_running_loop()
        for sent in junk:
            with socket.create_connection((server.address, server.port)) as raw:
                raw.settimeout(support.DEADLINE)
                raw.sendall(sent)
                try:  # it lets go of us, at the latest when the handshake takes too long
                    while await loop.run_in_executor(None, raw.recv, 4096):
                        pass
                except ConnectionError:
                    pass
        # Reset in the middle of the handshake.
        for _ in range(20):
            with socket.create_connection((server.address, server.port)) as raw:
                raw.sendall(hello)
        ann = await Client.open(server, "ann", scheme="wss", tls=self.context())
        await ann.must("ping")
        await support.until(lambda: server.open_files() < 30, what="the end of the sockets")
        await bystanders.finish()

    async def test_C3_a_reset_tls_connection_loses_its_keys(self):
        server = await self.serve_tls()
        watcher = await Client.open(server, "watcher", scheme="wss", tls=self.context())
        await watcher.must("topic.subscribe", topic="room")
        owner = await Client.open(server, "owner", scheme="wss", tls=self.context())
        await owner.must("ephemeral.set", topic="room", key="k")
        await owner.drop()
        clear = await watcher.hear("ephemeral.clear")
        self.assertEqual((clear["key"], clear["reason"]), ("k", "disconnect"))


if __name__ == "__main__":
    support.main()
