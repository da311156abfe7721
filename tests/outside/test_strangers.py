"""Garbage and port scans: a peer that is not a client harms no client."""

import asyncio
import os
import random
import socket
import struct

import people
import support
from support import Bystanders, Client, OutsideTest

GARBAGE = {
    "nothing": b"",
    "a line end": b"\r\n",
    "many line ends": b"\r\n" * 10000,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(500),
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "SMTP": b"EHLO example.com\r\nMAIL FROM:<a@example.com>\r\n",
    "Redis": b"*1\r\n$4\r\nPING\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "SOCKS": b"\x05\x01\x00",
    "RDP": b"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00",
    "NUL": b"\0" * 100000,
    "noise": os.urandom(100000),
    "a proxy's request": b"GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n",
    "CONNECT": b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "HTTP/9.9": b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "a long target": b"GET /" + b"a" * 60000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20000 + b"\r\n",
    "two lengths": b"POST /v1/notifications HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                   b"Content-Length: 6\r\n\r\nhello!",
    "length and chunks": b"POST /v1/notifications HTTP/1.1\r\nHost: localhost\r\n"
                         b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    "a vast length": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                     b"99999999999999999999\r\n\r\n",
    "a bad chunk": b"POST /v1/notifications HTTP/1.1\r\nHost: localhost\r\n"
                   b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "dots": b"GET /../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "bad percent": b"GET /v1/topics/%zz/ephemeral HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no UTF-8 in the path": b"GET /v1/topics/%ff%fe/ephemeral HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


class Strangers(OutsideTest):

    async def test_W5_garbage_harms_nobody(self):
        server = await self.serve("--handshake-timeout-ms", "500")
        bystanders = await Bystanders().start(server)
        resident = server.resident_bytes()

        async def throw(name, content):
            reader, writer = await asyncio.open_connection(server.address, server.port)
            try:
                writer.write(content)
                await writer.drain()
                got = await asyncio.wait_for(reader.read(), support.DEADLINE)
                self.assertTrue(got == b"" or got.startswith(b"HTTP/1.1 ") or
                                got.startswith(b"HTTP/1.0 "), (name, got[:100]))
                self.assertNotIn(b" 500 ", got.partition(b"\r\n")[0], name)
                self.assertNotIn(b" 2", got[8:10], name)
            except ConnectionError:
                pass
            finally:
                writer.transport.abort()

        # Connections that are kept open for another request wait for the idle timeout; the test does not.
        await asyncio.gather(*(throw(name, content.replace(
            b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)) for name, content in
            GARBAGE.items()))
        self.assertLess(server.resident_bytes() - resident, support.memory_bound(32))
        await server.settled(websockets=2, crashes=0)
        await bystanders.finish()

    async def test_W5_no_request_hides_in_the_body_of_another(self):
        server = await self.serve()
        host = f"Host: {server.address}:{server.port}\r\n".encode()
        hidden = b"GET /v1/stats HTTP/1.1\r\n" + host + b"\r\n"
        post = b"POST /v1/notifications HTTP/1.1\r\n" + host
        bodies = [b"Transfer-Encoding: " + coding + b"\r\n\r\n" for coding in (
            b"gzip", b"identity", b"chunked, gzip", b"xchunked", b"\tx", b"chunked\r\n ,x", b"",
            b"gzip, chunked", b"chunked\r\nTransfer-Encoding: x", b"chunked\r\nContent-Length: 3")]
        bodies += [b"Content-Length: " + length + b"\r\n\r\n" for length in (
            b"+0", b"0, 5", b"0\r\nContent-Length: 5", b"0x0", b"\x0b0", b"0 0", b"-0")]
        bodies += [b"Transfer-Encoding : chunked\r\n\r\n", b"X: y\nTransfer-Encoding: gzip\r\n\r\n",
                   b"Transfer-Encoding: chunked\r\n\r\n0;\n\r\n\r\n"]
        for head in bodies:
            with self.subTest(head):
                reader, writer = await asyncio.open_connection(server.address, server.port)
                writer.write(post + head + hidden)
                got = await asyncio.wait_for(reader.read(), support.DEADLINE)
                self.assertRegex(got, b"^HTTP/1.1 (400|501) ")
                self.assertEqual(got.count(b"HTTP/1.1 "), 1, got)
                writer.close()

    async def test_W5_mutated_conversations_harm_nobody(self):
        """Handshake, connect and requests with flipped, lost and repeated bytes; by seed."""
        seed = int(os.environ.get("OUTSIDE_SEED", "1"))
        lots = random.Random(seed)
        server = await self.serve("--handshake-timeout-ms", "500", "--ping-interval-ms", "400")
        bystanders = await Bystanders().start(server)
        talk = [people.frame_of(text) for text in (
            '{"op":"connect","id":1,"client":"fuzz","resume_window_ms":100}',
            '{"op":"notify.put","id":2,"to":"nobody","pack":[1.50,{"a":null}],"suit":true}',
            '{"op":"topic.subscribe","id":3,"topic":"fuzz"}',
            '{"op":"ephemeral.set","id":4,"topic":"fuzz","key":"k","payload":"eWVz"}',
            '{"op":"notify.put_many","id":5,"targets":["a","b"],"pack":"x"}',
            '{"op":"disconnect","id":6}')]

        async def once():
            reader, writer = await asyncio.open_connection(server.address, server.port)
            try:
                writer.write(people.handshake(server.address, server.port))
                await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), support.DEADLINE)
                content = bytearray(b"".join(talk))
                for _ in range(lots.randrange(1, 6)):
                    at = lots.randrange(len(content))
                    kind = lots.randrange(3)
                    if kind == 0:
                        content[at] = lots.randrange(256)
                    elif kind == 1:
                        del content[at:at + lots.randrange(1, 20)]
                    else:
                        content[at:at] = content[at:at + lots.randrange(1, 20)]
                writer.write(content)
                if lots.randrange(2):
                    writer.write_eof()
                await asyncio.wait_for(reader.read(), support.DEADLINE)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.transport.abort()

        for _ in range(20):
            await asyncio.gather(*(once() for _ in range(20)))
        support.tell(f"OUTSIDE_SEED={seed}")
        await server.settled(websockets=2, connections=2, crashes=0)
        await bystanders.finish()

    async def test_W5_port_scans_harm_nobody(self):
        server = await self.serve()
        bystanders = await Bystanders().start(server)
        files = server.open_files()
        for n in range(500):
            with socket.socket() as raw:
                raw.connect((server.address, server.port))
                if n % 2:
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        late = await Client.open(server, "late")
        await late.must("ping")
        await support.until(lambda: server.open_files() <= files + 2, what="the end of all sockets")
        await bystanders.finish()


if __name__ == "__main__":
    support.main()
