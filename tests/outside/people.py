"""Clients in a process of their own. They report their actions as JSON lines on standard output.

    people.py ROLE ADDRESS PORT [ARGUMENT…]

They are for work that would keep the test's own thread busy, and for clients that a test kills.
"""

import asyncio
import contextlib
import json
import resource
import socket
import struct
import sys
import threading
import time

import websockets


def say(what, **members):
    sys.stdout.write(json.dumps({"say": what, **members}) + "\n")
    sys.stdout.flush()


async def connected(uri, **fields):
    """A socket whose `connect` was answered."""
    ws = await websockets.connect(uri, max_size=None, max_queue=None, ping_interval=None,
                                  compression=None, open_timeout=30, close_timeout=2)
    await ws.send(json.dumps({"op": "connect", "id": "connect", **fields}))
    while True:
        frame = json.loads(await ws.recv())
        if frame.get("id") == "connect":
            if not frame["ok"]:
                raise SystemExit(f"refused: {frame}")
            return ws


async def consume(uri, client, keys, withhold):
    """Takes deliveries with explicit acks, but withholds the ack of each `withhold`th; owns keys."""
    ws = await connected(uri, client=client, ack="explicit", max_inflight=16)
    for n in range(int(keys)):
        await ws.send(json.dumps({"op": "ephemeral.set", "id": f"key{n}", "topic": "room",
                                  "key": f"{client}/{n:03}"}))
    withhold = int(withhold)
    count = 0
    async for text in ws:
        frame = json.loads(text)
        if frame["_orama"] == "notify.deliver":
            count += 1
            will_ack = not withhold or count % withhold != 0
            say("took", trace=frame["trace"], attempts=frame["attempts"], n=frame["pack"],
                acks=will_ack)
            if will_ack:
                await ws.send(json.dumps(
                    {"op": "notify.ack", "id": frame["trace"], "trace": frame["trace"]}))
        elif frame["_orama"] == "reply" and str(frame["id"]).startswith("key"):
            if frame["id"] == f"key{int(keys) - 1}":
                say("keys")
        elif frame["_orama"] == "reply":
            say("acked", trace=frame["id"], ok=frame["ok"], late=frame.get("late", False))


async def hold(uri, client, keys):
    """Sets keys and stays connected, answering pings."""
    ws = await connected(uri, client=client)
    for n in range(int(keys)):
        await ws.send(json.dumps({"op": "ephemeral.set", "id": n, "topic": "room",
                                  "key": f"{client}/{n:03}"}))
        await ws.recv()
    say("holds")
    try:
        async for _ in ws:
            pass
    finally:
        say("closed", code=ws.close_code)


# --- without a library, for speed and for rudeness -----------------------------------------------


def frame_of(text, opcode=1):
    """A masked frame with a zero mask."""
    body = text.encode() if isinstance(text, str) else text
    head = bytes([0x80 | opcode])
    if len(body) < 126:
        head += bytes([0x80 | len(body)])
    elif len(body) < 65536:
        head += b"\xfe" + struct.pack("!H", len(body))
    else:
        head += b"\xff" + struct.pack("!Q", len(body))
    return head + b"\0\0\0\0" + body


def handshake(host, port):
    return (f"GET /v1/ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode()


def frames_in(buffer):
    """Takes the complete frames from a bytearray: pairs of opcode and body."""
    at = 0
    while len(buffer) - at >= 2:
        size = buffer[at + 1]
        begin = at + 2
        if size == 126:
            if len(buffer) < at + 4:
                break
            size = struct.unpack_from("!H", buffer, at + 2)[0]
            begin = at + 4
        elif size == 127:
            if len(buffer) < at + 10:
                break
            size = struct.unpack_from("!Q", buffer, at + 2)[0]
            begin = at + 10
        if len(buffer) < begin + size:
            break
        yield buffer[at] & 0x0f, bytes(buffer[begin:begin + size])
        at = begin + size
    del buffer[:at]


def rude_socket(host, port, client, receive_bytes=None):
    """A blocking socket, after the handshake and an answered `connect`."""
    raw = socket.socket()
    if receive_bytes:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    raw.settimeout(30)
    raw.connect((host, port))
    raw.sendall(handshake(host, port))
    got = bytearray()
    while b"\r\n\r\n" not in got:
        got += raw.recv(4096)
    del got[:got.index(b"\r\n\r\n") + 4]
    raw.sendall(frame_of(json.dumps({"op": "connect", "id": 0, "client": client, "ack": "auto"})))
    while not list(frames_in(got)):
        got += raw.recv(4096)
    return raw


def flood(host, port, client, targets, seconds, pack_bytes):
    """Sends puts as fast as the socket accepts them, and reads the answers."""
    raw = rude_socket(host, port, client)
    targets, pack = int(targets), "x" * int(pack_bytes)
    end = time.monotonic() + float(seconds)
    counts = {"sent": 0, "ok": 0, "refused": 0, "code": None}
    say("floods")

    def read():
        buffer = bytearray()
        while True:
            try:
                got = raw.recv(256 * 1024)
            except OSError:
                got = b""
            if not got:
                return
            buffer += got
            for opcode, body in frames_in(buffer):
                if opcode == 8:
                    counts["code"] = struct.unpack("!H", body[:2])[0]
                    return
                if opcode == 9:
                    continue  # its requests are a sufficient sign of life
                answer = json.loads(body)
                if answer["_orama"] == "goodbye":
                    counts["goodbye"] = answer["code"]
                elif answer["_orama"] == "reply":
                    counts["ok" if answer["ok"] else "refused"] += 1
                    if not answer["ok"]:
                        counts["error"] = answer["error"]["code"]

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    n = 0
    try:
        while time.monotonic() < end and reader.is_alive():
            batch = bytearray()
            for _ in range(50):
                batch += frame_of(json.dumps({"op": "notify.put", "id": n, "pack": [n, pack],
                                              "to": f"{client}-target-{n % targets}"}))
                n += 1
            raw.sendall(batch)
            counts["sent"] = n
    except OSError as error:
        counts["broken"] = str(error)
    # A busy broker answers late, so a client that only waits must send signs of life.
    last = time.monotonic() + 100
    while counts["ok"] + counts["refused"] < n and reader.is_alive() and time.monotonic() < last:
        time.sleep(0.1)
        with contextlib.suppress(OSError):
            raw.sendall(frame_of("", opcode=10))
    say("flooded", **counts)
    raw.close()


def silent(host, port, client, topic):
    """Subscribes and never reads again; ends when the broker has closed the socket."""
    raw = rude_socket(host, port, client, receive_bytes=4096)
    raw.sendall(frame_of(json.dumps({"op": "topic.subscribe", "id": 1, "topic": topic})))
    say("subscribed")
    sys.stdin.readline()


class Guest(asyncio.Protocol):
    """One client of a crowd: connects, sets a key of its own, and stays."""

    def __init__(self, crowd, n):
        self.crowd = crowd
        self.n = n
        self.buffer = bytearray()
        self.is_upgraded = False

    def connection_made(self, transport):
        self.transport = transport
        transport.write(handshake(self.crowd.host, self.crowd.port))

    def data_received(self, data):
        self.buffer += data
        if not self.is_upgraded:
            if b"\r\n\r\n" not in self.buffer:
                return
            if not self.buffer.startswith(b"HTTP/1.1 101"):
                self.crowd.refused += 1
                self.transport.abort()
                return
            del self.buffer[:self.buffer.index(b"\r\n\r\n") + 4]
            self.is_upgraded = True
            name = f"guest-{self.n:05}"
            self.transport.write(
                frame_of(json.dumps({"op": "connect", "id": 1, "client": name})) +
                frame_of(json.dumps({"op": "ephemeral.set", "id": 2, "topic": "crowd",
                                     "key": name})))
        for opcode, body in frames_in(self.buffer):
            if opcode == 9:
                self.transport.write(frame_of(body, 10))
            elif opcode == 1:
                frame = json.loads(body)
                if frame["_orama"] == "reply" and frame.get("id") == 2 and frame["ok"]:
                    self.crowd.arrived += 1

    def connection_lost(self, why):
        self.crowd.lost += 1


class Crowd:
    def __init__(self, host, port, size):
        self.host, self.port, self.size = host, port, size
        self.arrived = self.refused = self.lost = self.unreachable = 0

    async def come(self):
        loop = asyncio.get_running_loop()
        begin = time.monotonic()

        async def one(n):
            try:
                transport, _ = await loop.create_connection(
                    lambda: Guest(self, n), self.host, self.port)
                return transport
            except OSError:
                self.unreachable += 1

        transports = await asyncio.gather(*(one(n) for n in range(self.size)))
        while self.arrived + self.refused + self.unreachable < self.size:
            if time.monotonic() - begin > 120 or self.lost > self.refused:
                break
            await asyncio.sleep(0.01)
        say("arrived", arrived=self.arrived, refused=self.refused, unreachable=self.unreachable,
            lost=self.lost, seconds=time.monotonic() - begin)
        await loop.run_in_executor(None, sys.stdin.readline)
        for transport in transports:
            if transport:
                transport.abort()
        say("left")


def crowd(host, port, size):
    """SIZE connections that are opened at once and, when a line arrives on standard input, closed at once."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(Crowd(host, port, int(size)).come())


def main():
    role, host, port, *arguments = sys.argv[1:]
    if role in ("consume", "hold"):
        asyncio.run(globals()[role](f"ws://{host}:{port}/v1/ws", *arguments))
    elif role in ("flood", "silent", "crowd"):
        globals()[role](host, int(port), *arguments)
    else:
        raise SystemExit(f"no such role: {role}")


if __name__ == "__main__":
    main()
