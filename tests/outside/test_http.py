"""Every HTTP route by curl, without and with tokens, and /metrics by promtool."""

import json
import os

import support
from support import Client, OutsideTest

TOKENS = """
[[token]]
token = "ann-secret"
client = "ann"

[[token]]
token = "bob-secret"
client = "bob"
[token.rights]
put = ["ann"]
read = ["room/*"]

[[token]]
token = "acme-secret"
client = "ann"
namespace = "acme"

[[token]]
token = "operator-secret"
server = true
"""


async def curl(server, path, body=None, token=None, *more):
    """Status, headers (names in lower case) and body; JSON is read."""
    command = ["curl", "-sS", "--max-time", str(support.DEADLINE), "-i", *more]
    if token:
        command += ["-H", "Authorization: Bearer " + token]
    if body is not None:
        text = body if isinstance(body, str) else json.dumps(body)
        command += ["--data-binary", text, "-H", "Expect:"]
    done = await support.run(*command, server.web(path))
    head, _, content = done.stdout.replace("\r\n", "\n").partition("\n\n")
    first, *lines = head.split("\n")
    headers = {name.lower(): value.strip() for name, _, value in
               (line.partition(":") for line in lines)}
    if headers.get("content-type") == "application/json":
        content = json.loads(content)
    return int(first.split()[1]), headers, content


class Http(OutsideTest):

    async def test_W8_every_route(self):
        server = await self.serve()
        put = {"to": "bob", "pack": {"n": 1}, "suit": True}
        status, _, said = await curl(server, "/v1/notifications", put)
        self.assertEqual(status, 201)
        trace = said["trace"]
        self.assertRegex(trace, "^[0-9a-f]{32}$")
        status, _, said = await curl(server, "/v1/notifications/" + trace)
        self.assertEqual((status, said["notification"]["state"]), (200, "queued"))
        status, _, said = await curl(server, "/v1/clients/bob")
        self.assertEqual((status, said), (200, {"connected": False, "pending": 1}))

        bob = await Client.open(server, "bob")
        await bob.hear("notify.deliver", trace=trace)
        status, _, said = await curl(server, f"/v1/notifications/{trace}/reply", {"reply": [8]})
        self.assertEqual((status, said["notification"]["reply"]), (200, [8]))
        status, _, said = await curl(server, "/v1/clients/bob")
        self.assertEqual((status, said), (200, {"connected": True, "pending": 0}))

        await bob.must("ephemeral.set", topic="doc/7 ü", key="k", payload="eWVz")
        status, _, said = await curl(server, "/v1/topics/doc%2F7%20%C3%BC/ephemeral")
        self.assertEqual((status, [entry["key"] for entry in said["entries"]]), (200, ["k"]))
        await bob.must("topic.subscribe", topic="doc/7 ü")
        status, _, said = await curl(server, "/v1/clients?prefix=b&limit=1")
        self.assertEqual((status, said["clients"], said["more"]),
                         (200, [{"client": "bob", "connected": True, "pending": 0}], False))
        status, _, said = await curl(server, "/v1/topics?prefix=doc%2F7%20%C3%BC")
        self.assertEqual((status, said["topics"], said["total"]),
                         (200, [{"topic": "doc/7 ü", "keys": 1, "subscribers": 1}], 1))

        many = {"targets": ["bob", "ann", ""], "pack": "all"}
        status, _, said = await curl(server, "/v1/notifications", many)
        self.assertEqual((status, [each["ok"] for each in said["outcomes"]]),
                         (200, [True, True, False]))
        status, _, said = await curl(server, "/v1/stats")
        self.assertEqual((status, said["puts"], said["crashes"]), (200, 3, 0))
        once = {"to": "ann", "pack": 1, "message_id": "m"}
        self.assertEqual((await curl(server, "/v1/notifications", once))[0], 201)
        status, _, said = await curl(server, "/v1/notifications", once)
        self.assertEqual((status, said["duplicate"]), (200, True))

        for path, text in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
            status, _, said = await curl(server, path)
            self.assertEqual((status, said), (200, text))
        status, headers, _ = await curl(server, "/")
        self.assertEqual(status, 200)
        self.assertEqual(headers["x-content-type-options"], "nosniff")

    async def test_W8_refusals_have_a_status_and_a_number(self):
        server = await self.serve()
        notifications = "/v1/notifications"
        wrong = [
            ("a missing field", 400, 102, notifications, {"to": "bob"}, ()),
            ("no JSON", 400, 100, notifications, "{", ()),
            ("too large a pack", 413, 103, notifications, {"to": "b", "pack": "x" * 65536}, ()),
            ("no such trace", 404, 200, notifications + "/" + "0" * 31 + "1", None, ()),
            ("no trace at all", 404, 200, notifications + "/x", None, ()),
            ("no such place", 404, 200, "/v2/notifications", None, ()),
            ("no reply to it", 404, 200, notifications + "/" + "0" * 31 + "1/reply",
             {"reply": 1}, ()),
            ("no such limit", 400, 102, "/v1/topics?limit=257", None, ()),
            ("the wrong method", 405, 101, notifications, None, ("-X", "DELETE")),
            ("a foreign origin", 403, 301, "/v1/stats", None,
             ("-H", "Origin: http://evil.example")),
            ("a foreign host", 403, 301, "/v1/stats", None, ("-H", "Host: evil.example")),
            ("no upgrade", 426, 100, "/v1/ws", None, ()),
        ]
        for name, status, number, path, body, more in wrong:
            with self.subTest(name):
                got = await curl(server, path, body, None, *more)
                self.assertEqual((got[0], got[2]["error"]["number"]), (status, number), got)
        with self.subTest("too large a body"):
            large = os.path.join(server.directory.name, "large")
            with open(large, "w", encoding="ascii") as file:
                file.write(" " * (1024 * 1024 + 1))
            self.assertEqual((await curl(server, notifications, "@" + large))[0], 413)
        with self.subTest("too large a header"):
            got = await curl(server, "/healthz", None, None, "-H", "X: " + "x" * 17000)
            self.assertEqual(got[0], 431)

    async def test_W8_health_checks_that_ask_by_head(self):
        server = await self.serve()
        for path in ("/", "/healthz", "/readyz", "/metrics", "/v1/stats", "/v1/clients/bob"):
            got = await support.run("curl", "-sS", "-I", "-o", "/dev/null", "-w",
                                    "%{http_code} %{size_download}", server.web(path))
            self.assertEqual(got.stdout, "200 0", path)

    async def test_W8_curl_does_not_wait_for_100_continue_in_vain(self):
        server = await self.serve()
        ask = ("curl", "-sS", "--max-time", str(support.DEADLINE), "-H", "Expect: 100-continue",
               "--expect100-timeout", str(support.DEADLINE), "-o", "/dev/null", "-w", "%{http_code}")
        large = " " * 500000 + '{"to":"bob","pack":1}'
        for path, body, status in (("/v1/notifications", '{"to":"bob","pack":1}', "201"),
                                   ("/v1/notifications", large, "201"),
                                   ("/nowhere", large, "404"), ("/healthz", large, "405")):
            got = await support.run(*ask, server.web(path), "--data-binary", "@-", stdin=body)
            self.assertEqual(got.stdout, status, path)

    async def test_W7_a_page_of_an_allowed_origin_sees_each_refusal(self):
        tokens = support.file_with(TOKENS)
        self.addCleanup(os.unlink, tokens)
        origin = "http://localhost:8000"
        server = await self.serve("--tokens-file", tokens, "--allow-origin", origin + "/")
        notifications = "/v1/notifications"
        for status, path, body, token, more in (
                (403, notifications, {"to": "eve", "pack": 1}, "bob-secret", ()),
                (403, "/v1/stats", None, "bob-secret", ()),
                (401, "/v1/stats", None, None, ()),
                (404, "/nowhere", None, None, ()),
                (405, notifications, None, None, ()),
                (431, "/healthz", None, None, ("-H", "X: " + "x" * 17000))):
            got = await curl(server, path, body, token, "-H", "Origin: " + origin, *more)
            self.assertEqual((got[0], got[1].get("access-control-allow-origin")), (status, origin))
            self.assertIn("Retry-After", got[1]["access-control-expose-headers"])
            got = await curl(server, path, body, token, "-H", "Origin: http://localhost:8001", *more)
            self.assertNotIn("access-control-allow-origin", got[1])
        self.assertIn(("Origin", "http://localhost:8001", "allow_origin"),
                      [(line["header"], line["value"], line["setting"])
                       for line in server.log_lines("foreign_request")])

    async def test_W7_localhost_is_found_by_either_family(self):
        server = await self.serve(listen="localhost:0")
        url = f"http://localhost:{server.port}/healthz"
        with open("/proc/net/if_inet6", encoding="ascii") as file:
            families = ("-4", "-6") if " lo\n" in file.read() else ("-4",)
        for family in families:
            got = await support.run("curl", "-sS", family, "--max-time", str(support.DEADLINE), url)
            self.assertEqual(got.stdout, "ok\n")

    async def test_W8_one_connection_carries_many_requests(self):
        server = await self.serve()
        done = await support.run(
            "curl", "-sS", "-w", "%{num_connects} ", "-o", "/dev/null",
            *[server.web("/healthz")] * 1, *sum((["-o", "/dev/null", server.web("/healthz")]
                                                 for _ in range(9)), []))
        self.assertEqual(done.stdout.split(), ["1"] + ["0"] * 9)
        head = await support.run("curl", "-sS", "-I", server.web("/healthz"), expect=None)
        self.assertTrue(head.stdout.startswith("HTTP/1.1 "), head.stdout)

    async def test_W7_tokens_say_who_asks(self):
        tokens = support.file_with(TOKENS)
        self.addCleanup(os.unlink, tokens)
        server = await self.serve("--tokens-file", tokens)
        notifications = "/v1/notifications"
        for token in (None, "nobody's", "x" * 10000):
            status, headers, said = await curl(server, notifications, {"to": "a", "pack": 1},
                                               token)
            self.assertEqual((status, said["error"]["number"]), (401, 300))
            self.assertEqual(headers["www-authenticate"], "Bearer")
        status, _, said = await curl(server, notifications, {"to": "bob", "pack": 1, "suit": True},
                                     "ann-secret")
        self.assertEqual(status, 201)
        trace = notifications + "/" + said["trace"]
        # Sender and target may ask; a client of another namespace sees nothing.
        self.assertEqual((await curl(server, trace, None, "bob-secret"))[0], 200)
        self.assertEqual((await curl(server, trace, None, "ann-secret"))[0], 200)
        self.assertEqual((await curl(server, trace, None, "acme-secret"))[0], 404)
        self.assertEqual((await curl(server, trace + "/reply", {"reply": 1}, "ann-secret"))[0], 403)
        self.assertEqual((await curl(server, trace + "/reply", {"reply": 1}, "bob-secret"))[0], 200)
        # Rights.
        self.assertEqual(
            (await curl(server, notifications, {"to": "eve", "pack": 1}, "bob-secret"))[0], 403)
        self.assertEqual((await curl(server, "/v1/topics/room%2F1/ephemeral", None,
                                     "bob-secret"))[0], 200)
        self.assertEqual((await curl(server, "/v1/topics/hall/ephemeral", None,
                                     "bob-secret"))[0], 403)
        self.assertEqual((await curl(server, "/v1/clients/bob", None, "bob-secret"))[0], 200)
        self.assertEqual((await curl(server, "/v1/clients/ann", None, "bob-secret"))[0], 403)
        # Lists: topics that the client may read; clients for the server identity only.
        ann = await Client.open(server, "ann", token="ann-secret")
        for topic in ("room/1", "hall"):
            await ann.must("ephemeral.set", topic=topic, key="k")
        for token, seen in (("ann-secret", ["hall", "room/1"]), ("bob-secret", ["room/1"]),
                            ("acme-secret", []), ("operator-secret", ["hall", "room/1"])):
            status, _, said = await curl(server, "/v1/topics", None, token)
            self.assertEqual((status, [each["topic"] for each in said["topics"]], said["total"]),
                             (200, seen, len(seen)), token)
            status = (await curl(server, "/v1/clients", None, token))[0]
            self.assertEqual(status, 200 if token == "operator-secret" else 403)
        # The server identity and its namespaces; no other client sees the figures.
        for path in ("/v1/stats", "/metrics"):
            self.assertEqual((await curl(server, path, None, "ann-secret"))[0], 403)
            self.assertEqual((await curl(server, path, None))[0], 401)
            self.assertEqual((await curl(server, path, None, "operator-secret"))[0], 200)
        status, _, said = await curl(server, "/v1/clients/bob", None, "operator-secret")
        self.assertEqual((status, said["pending"]), (200, 1))
        status, _, said = await curl(server, "/v1/clients/bob?ns=acme", None, "operator-secret")
        self.assertEqual((status, said["pending"]), (200, 0))
        self.assertEqual((await curl(server, "/healthz"))[0], 200)

    async def test_W8_metrics_please_promtool(self):
        server = await self.serve()
        ann = await Client.open(server, "ann")
        await ann.must("notify.put", to="ann", pack=1)
        page = (await support.run("curl", "-sS", server.web("/metrics"))).stdout
        checked = await support.run("promtool", "check", "metrics", stdin=page, expect=None)
        self.assertEqual((checked.status, checked.stdout, checked.stderr), (0, "", ""), page)
        self.assertIn("\nrestante_puts_total 1\n", page)
        self.assertIn("\nrestante_connections 1\n", page)
        self.assertNotIn("ann", page)


if __name__ == "__main__":
    support.main()
