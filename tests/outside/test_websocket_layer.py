"""The cases of the Autobahn test suite, by number, against the server's WebSocket layer.

The suite itself wants an echo. Ours answers JSON: the echo is `{"op":"ping","id":…}`, its `pad` being
as long as the case wants, and the answer tells by the id which message it was. What the suite calls
"echoed" is "answered" here. Not here: 12 and 13 (compression, which is not negotiated, see 12.1).
"""

import asyncio
import json
import os
import random
import struct
import time

import support
from people import handshake
from support import MIB, Bystanders, OutsideTest

TEXT, BINARY, CLOSE, PING, PONG, CONT = 1, 2, 8, 9, 10, 0
BAD_FRAME = "bad_frame"
DROPPED = "dropped"  # the end of the socket without a close frame


def frame(opcode, body=b"", *, fin=True, rsv=0, masked=True, length=None):
    """One frame as bytes. `length`: the form of the length, 7, 16 or 64 bits."""
    body = body.encode() if isinstance(body, str) else body
    size = len(body)
    form = length or (7 if size < 126 else 16 if size < 65536 else 64)
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit = 0x80 if masked else 0
    if form == 7:
        head += bytes([bit | size])
    elif form == 16:
        head += bytes([bit | 126]) + struct.pack("!H", size)
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", size)
    if not masked:
        return head + body
    mask = random.randbytes(4)
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return head + mask + (int.from_bytes(body, "big") ^ key).to_bytes(size, "big")


def echo(number=1, size=0, pad="x"):
    """A `ping` of exactly `size` bytes, if `size` is large enough for a ping."""
    bare = json.dumps({"op": "ping", "id": number, "pad": ""}, separators=(",", ":"))
    missing = max(0, size - len(bare))
    return (bare[:-2] + pad * missing + bare[-2:]).encode()


def with_bytes(content):
    """A `ping` that contains these bytes in a string."""
    return b'{"op":"ping","id":1,"pad":"' + content + b'"}'


def text_case(content):
    return [frame(TEXT, with_bytes(content))]


def pieces(body, size, opcode=TEXT):
    """A message in fragments of `size` bytes."""
    parts = [body[at:at + size] for at in range(0, len(body), size)]
    return [frame(opcode if at == 0 else CONT, part, fin=at == len(parts) - 1)
            for at, part in enumerate(parts)]


def close_body(code, reason=b""):
    return struct.pack("!H", code) + reason


class Case:
    """What is sent, and what must come: answers by id, pongs, at last the close code (or none).

    `slowly`: each of `sends` is a packet of its own, or in packets of so many bytes. `rest` is what
    would end the message: the close comes without it.
    """

    def __init__(self, sends, *, answers=(), pongs=(), closes=None, errors=(), slowly=False,
                 rest=()):
        self.sends = sends
        self.answers = list(answers)
        self.pongs = list(pongs)
        self.closes = closes
        self.errors = list(errors)
        self.slowly = slowly
        self.rest = rest


def violates(*sends, code=1002, **how):
    return Case(list(sends), closes=code, **how)


CASES = {}


def add(name, case):
    assert name not in CASES, name
    CASES[name] = case


# 1. Framing: every form of the length, text and binary.
for kind, opcode in ((1, TEXT), (2, BINARY)):
    add(f"1.{kind}.1 empty message",
        Case([frame(opcode, b""), frame(opcode, echo(2))], answers=[2], errors=[BAD_FRAME]))
    for n, size in enumerate((125, 126, 127, 128, 65535, 65536), 2):
        add(f"1.{kind}.{n} {size} bytes", Case([frame(opcode, echo(1, size))], answers=[1]))
    add(f"1.{kind}.8 65536 bytes, chopped 997",
        Case([frame(opcode, echo(1, 65536))], answers=[1], slowly=997))
    add(f"1.{kind}.9 short one in a 16 bit length",
        Case([frame(opcode, echo(1), length=16)], closes=1002))
    add(f"1.{kind}.10 short one in a 64 bit length",
        Case([frame(opcode, echo(1, 300), length=64)], closes=1002))

# 2. Pings and pongs.
add("2.1 ping without payload", Case([frame(PING)], pongs=[b""]))
add("2.2 ping with payload", Case([frame(PING, b"Hello")], pongs=[b"Hello"]))
add("2.3 ping with binary payload",
    Case([frame(PING, b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff")],
         pongs=[b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"]))
add("2.4 ping with 125 bytes", Case([frame(PING, b"\xfe" * 125)], pongs=[b"\xfe" * 125]))
add("2.5 ping with 126 bytes", violates(frame(PING, b"\xfe" * 126)))
add("2.6 ping with 125 bytes, octet by octet",
    Case([frame(PING, b"\xfe" * 125)], pongs=[b"\xfe" * 125], slowly=1))
add("2.7 unsolicited pong without payload",
    Case([frame(PONG), frame(TEXT, echo(1))], answers=[1]))
add("2.8 unsolicited pong with payload",
    Case([frame(PONG, b"unsolicited"), frame(TEXT, echo(1))], answers=[1]))
add("2.9 unsolicited pong, then a ping",
    Case([frame(PONG, b"unsolicited"), frame(PING, b"ping")], pongs=[b"ping"]))
# When several pings wait for an answer, only the last needs one (RFC 6455, 5.5.3).
add("2.10 ten pings", Case([frame(PING, b"ping %d" % n) for n in range(10)], pongs=[b"ping 9"]))
add("2.11 ten pings, octet by octet",
    Case([frame(PING, b"ping %d" % n) for n in range(10)], pongs=[b"ping 9"], slowly=1))
for size in range(0, 126, 25):
    add(f"2.x ping with {size} bytes", Case([frame(PING, b"p" * size)], pongs=[b"p" * size]))

# 3. Reserved bits.
for rsv in range(1, 8):
    opcode = {1: TEXT, 2: TEXT, 3: TEXT, 4: TEXT, 5: BINARY, 6: PING, 7: CLOSE}[rsv]
    body = echo(2) if opcode in (TEXT, BINARY) else b""
    before = rsv in (2, 3, 4)
    add(f"3.{rsv} reserved bits {rsv} with opcode {opcode}",
        violates(*([frame(TEXT, echo(1))] if before else []), frame(opcode, body, rsv=rsv),
                 frame(PING), answers=[1] if before else []))

# 4. Reserved opcodes.
for kind, opcodes in ((1, (3, 4, 5, 6, 7)), (2, (11, 12, 13, 14, 15))):
    for n, opcode in enumerate(opcodes, 1):
        before = n > 2
        add(f"4.{kind}.{n} opcode {opcode}",
            violates(*([frame(TEXT, echo(1))] if before else []),
                     frame(opcode, b"" if n in (1, 3) else b"reserved"), frame(PING),
                     answers=[1] if before else []))

# 5. Fragments.
half, other = echo(1)[:9], echo(1)[9:]
add("5.1 fragmented ping", violates(frame(PING, b"a", fin=False), frame(CONT, b"b")))
add("5.2 fragmented pong", violates(frame(PONG, b"a", fin=False), frame(CONT, b"b")))
add("5.3 text in two", Case([frame(TEXT, half, fin=False), frame(CONT, other)], answers=[1]))
add("5.4 text in two, packet by packet",
    Case([frame(TEXT, half, fin=False), frame(CONT, other)], answers=[1], slowly=True))
add("5.5 text in two, octet by octet",
    Case([frame(TEXT, half, fin=False), frame(CONT, other)], answers=[1], slowly=1))
for n, slowly in enumerate((False, True, 1), 6):
    add(f"5.{n} text in two with a ping between ({slowly})",
        Case([frame(TEXT, half, fin=False), frame(PING, b"between"), frame(CONT, other)],
             answers=[1], pongs=[b"between"], slowly=slowly))
for n, (fin, slowly) in enumerate(((True, False), (True, True), (True, 1),
                                   (False, False), (False, True), (False, 1)), 9):
    add(f"5.{n} continuation of nothing, fin {fin} ({slowly})",
        violates(frame(CONT, b"nothing", fin=fin), frame(TEXT, echo(1)), slowly=slowly))
add("5.15 continuation behind a whole message",
    violates(frame(TEXT, half, fin=False), frame(CONT, other), frame(CONT, b"more", fin=False),
             frame(TEXT, echo(2)), answers=[1]))
add("5.16 continuation, unfinished, before a text",
    violates(frame(CONT, b"a", fin=False), frame(TEXT, echo(1)), frame(CONT, b"b")))
add("5.17 continuation, finished, before a text",
    violates(frame(CONT, b"a"), frame(TEXT, echo(1)), frame(CONT, b"b")))
add("5.18 a text within a text", violates(frame(TEXT, half, fin=False), frame(TEXT, other)))
for n, slowly in enumerate((False, True), 19):
    fifths = [echo(1, 50)[at:at + 10] for at in range(0, 50, 10)]
    add(f"5.{n} text in five with pings between ({slowly})",
        Case([frame(TEXT, fifths[0], fin=False), frame(CONT, fifths[1], fin=False),
              frame(PING, b"one"), frame(CONT, fifths[2], fin=False),
              frame(CONT, fifths[3], fin=False), frame(PING, b"two"), frame(CONT, fifths[4])],
             answers=[1], pongs=[b"two"] if not slowly else [b"one", b"two"], slowly=slowly))
add("5.21 empty fragments",
    Case([frame(TEXT, b"", fin=False), frame(CONT, echo(1), fin=False), frame(CONT, b"")],
         answers=[1]))
add("5.22 two hundred fragments", Case(pieces(echo(1, 200), 1), answers=[1]))

# Masks: a client's frame must have one (RFC 6455, 5.1).
add("5.x.1 unmasked text", violates(frame(TEXT, echo(1), masked=False)))
add("5.x.2 unmasked ping", violates(frame(PING, b"", masked=False)))

# 6. UTF-8. A ping is JSON, so what is whole UTF-8 is answered.
valid_texts = {
    "6.2.1 κόσμε and more": "Hello-µ@ßöäüàá-UTF-8!!".encode(),
    "6.5.1 κόσμε": "κόσμε".encode(),
    "6.6.2 two bytes": "κ".encode(),
    "6.6.5 κόσ": "κόσ".encode(),
    "6.6.7 three bytes": "ὅ".encode(),
    "6.7.2 first of 2 bytes": b"\xc2\x80",
    "6.7.3 first of 3 bytes": b"\xe0\xa0\x80",
    "6.7.4 first of 4 bytes": b"\xf0\x90\x80\x80",
    "6.9.1 U+007F": b"\x7f",
    "6.9.2 U+07FF": b"\xdf\xbf",
    "6.9.3 U+FFFF": b"\xef\xbf\xbf",
    "6.9.4 U+10FFFF": b"\xf4\x8f\xbf\xbf",
    "6.11.1 U+D7FF": b"\xed\x9f\xbf",
    "6.11.2 U+E000": b"\xee\x80\x80",
    "6.11.3 U+FFFD": b"\xef\xbf\xbd",
    "6.11.4 U+10FFFF": b"\xf4\x8f\xbf\xbf",
    "6.22.1 U+FFFE": b"\xef\xbf\xbe",
    "6.22.34 U+10FFFE": b"\xf4\x8f\xbf\xbe",
    "6.23.1 the replacement character": b"\xef\xbf\xbd",
}
for name, content in valid_texts.items():
    add(name, Case(text_case(content), answers=[1]))

invalid_texts = {
    "6.3.1 surrogate": "κόσμε".encode() + b"\xed\xa0\x80" + b"edited",
    "6.6.1 cut in the first character": b"\xce",
    "6.6.3 cut in the second": b"\xce\xba\xe1",
    "6.6.4 cut in the second, later": b"\xce\xba\xe1\xbd",
    "6.6.6 cut in the third": b"\xce\xba\xe1\xbd\xb9\xcf",
    "6.6.8 cut in the fourth": b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce",
    "6.6.10 cut in the fifth": b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce",
    "6.8.1 first of 5 bytes": b"\xf8\x88\x80\x80\x80",
    "6.8.2 first of 6 bytes": b"\xfc\x84\x80\x80\x80\x80",
    "6.10.1 U+1FFFFF": b"\xf7\xbf\xbf\xbf",
    "6.10.2 U+3FFFFFF": b"\xfb\xbf\xbf\xbf\xbf",
    "6.10.3 U+7FFFFFFF": b"\xfd\xbf\xbf\xbf\xbf\xbf",
    "6.11.5 U+110000": b"\xf4\x90\x80\x80",
    "6.12.1 first continuation byte": b"\x80",
    "6.12.2 last continuation byte": b"\xbf",
    "6.12.3 2 continuation bytes": b"\x80\xbf",
    "6.12.7 6 continuation bytes": b"\x80\xbf\x80\xbf\x80\xbf",
    "6.12.8 all continuation bytes": bytes(range(0x80, 0xc0)),
    "6.13.1 all first bytes of 2": b" ".join(bytes([b]) for b in range(0xc0, 0xe0)),
    "6.13.2 all first bytes of 3": b" ".join(bytes([b]) for b in range(0xe0, 0xf0)),
    "6.13.3 all first bytes of 4": b" ".join(bytes([b]) for b in range(0xf0, 0xf8)),
    "6.13.4 all first bytes of 5": b" ".join(bytes([b]) for b in range(0xf8, 0xfc)),
    "6.13.5 all first bytes of 6": b" ".join(bytes([b]) for b in range(0xfc, 0xfe)),
    "6.14.1 2 bytes without the last": b"\xc0",
    "6.14.2 3 bytes without the last": b"\xe0\x80",
    "6.14.3 4 bytes without the last": b"\xf0\x80\x80",
    "6.14.6 U+07FF without the last": b"\xdf",
    "6.14.7 U+FFFF without the last": b"\xef\xbf",
    "6.14.8 U+1FFFFF without the last": b"\xf7\xbf\xbf",
    "6.15.1 all of them in a row": b"\xc0\xe0\x80\xf0\x80\x80\xf8\x80\x80\x80",
    "6.16.1 FE": b"\xfe",
    "6.16.2 FF": b"\xff",
    "6.16.3 FE FE FF FF": b"\xfe\xfe\xff\xff",
    "6.17.1 overlong slash in 2": b"\xc0\xaf",
    "6.17.2 overlong slash in 3": b"\xe0\x80\xaf",
    "6.17.3 overlong slash in 4": b"\xf0\x80\x80\xaf",
    "6.17.4 overlong slash in 5": b"\xf8\x80\x80\x80\xaf",
    "6.17.5 overlong slash in 6": b"\xfc\x80\x80\x80\x80\xaf",
    "6.18.1 overlong U+007F": b"\xc1\xbf",
    "6.18.2 overlong U+07FF": b"\xe0\x9f\xbf",
    "6.18.3 overlong U+FFFF": b"\xf0\x8f\xbf\xbf",
    "6.19.1 overlong NUL in 2": b"\xc0\x80",
    "6.19.2 overlong NUL in 3": b"\xe0\x80\x80",
    "6.19.3 overlong NUL in 4": b"\xf0\x80\x80\x80",
    "6.20.1 U+D800": b"\xed\xa0\x80",
    "6.20.2 U+DB7F": b"\xed\xad\xbf",
    "6.20.4 U+DC00": b"\xed\xb0\x80",
    "6.20.7 U+DFFF": b"\xed\xbf\xbf",
    "6.21.1 U+D800 U+DC00": b"\xed\xa0\x80\xed\xb0\x80",
    "6.21.8 U+DBFF U+DFFF": b"\xed\xaf\xbf\xed\xbf\xbf",
}
for name, content in invalid_texts.items():
    add(name, violates(*text_case(content), frame(TEXT, echo(2)), code=1007))
    binary = Case([frame(BINARY, with_bytes(content)), frame(TEXT, echo(2))], answers=[2],
                  errors=[BAD_FRAME])
    add(name + ", binary", binary)

whole = with_bytes("Hello-µ@ßöäüàá-UTF-8!!".encode())
at = whole.index("ß".encode()) + 1  # within a character
add("6.1.2 three empty fragments",
    Case([frame(TEXT, b"", fin=False), frame(CONT, b"", fin=False), frame(CONT, b""),
          frame(TEXT, echo(2))], answers=[2], errors=[BAD_FRAME]))
add("6.2.2 fragments on a character's border",
    Case([frame(TEXT, whole[:at - 1], fin=False), frame(CONT, whole[at - 1:])], answers=[1]))
add("6.2.3 fragments of an octet", Case(pieces(whole, 1), answers=[1]))
add("6.2.4 fragments within a character",
    Case([frame(TEXT, whole[:at], fin=False), frame(CONT, whole[at:])], answers=[1]))
broken = with_bytes("κόσμε".encode() + b"\xed\xa0\x80" + b"edited")
add("6.3.2 surrogate, fragments of an octet", violates(*pieces(broken, 1), code=1007))
head, tail = with_bytes("κόσμε".encode() + b"\xf4\x90\x80\x80" + b"edited").split(b"\xf4")
tail = b"\xf4" + tail
add("6.4.1 fails fast: the middle fragment is enough",
    violates(frame(TEXT, head, fin=False), frame(CONT, tail[:4], fin=False), code=1007,
             slowly=True, rest=[frame(CONT, tail[4:])]))
add("6.4.2 fails fast: as soon as it cannot be UTF-8 any more",
    violates(frame(TEXT, head + b"\xf4", fin=False), frame(CONT, b"\x90", fin=False), code=1007,
             slowly=True, rest=[frame(CONT, tail[2:])]))
long_one = frame(TEXT, head + tail)
cut = len(long_one) - len(tail) + 4
add("6.4.3 fails fast within a frame",
    violates(long_one[:cut], code=1007, slowly=True, rest=[long_one[cut:]]))
cut = len(long_one) - len(tail) + 2
add("6.4.4 fails fast within a frame, as soon as it can",
    violates(long_one[:cut], code=1007, slowly=True, rest=[long_one[cut:]]))

# 7. The close.
bye = frame(CLOSE, close_body(1000))
add("7.1.1 a message, then close", Case([frame(TEXT, echo(1)), bye], answers=[1], closes=1000))
add("7.1.2 close twice", Case([bye, bye], closes=1000))
add("7.1.3 ping behind the close", Case([bye, frame(PING)], closes=1000))
add("7.1.4 a message behind the close", Case([bye, frame(TEXT, echo(1))], closes=1000))
add("7.1.5 close within fragments",
    Case([frame(TEXT, half, fin=False), bye, frame(CONT, other)], closes=1000))
add("7.1.6 256 KiB, close, ping",
    Case([frame(TEXT, echo(1, 256 * 1024)), bye, frame(PING)], answers=[1], closes=1000))
add("7.3.1 close without payload", Case([frame(CLOSE)], closes=(1000, 1005)))
add("7.3.2 close with one byte", violates(frame(CLOSE, b"a")))
add("7.3.3 close with a code", Case([bye], closes=1000))
add("7.3.4 close with a reason", Case([frame(CLOSE, close_body(1000, b"Hello"))], closes=1000))
add("7.3.5 close with 123 bytes of reason",
    Case([frame(CLOSE, close_body(1000, b"*" * 123))], closes=1000))
add("7.3.6 close with 124 bytes of reason", violates(frame(CLOSE, close_body(1000, b"*" * 124))))
add("7.5.1 the reason is no UTF-8",
    violates(frame(CLOSE, close_body(1000, b"\xce\xba\xed\xa0\x80")), code=(1002, 1007)))
for n, code in enumerate((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000,
                          4999), 1):
    add(f"7.7.{n} close code {code}", Case([frame(CLOSE, close_body(code))], closes=code))
for n, code in enumerate((0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999), 1):
    add(f"7.9.{n} close code {code}", violates(frame(CLOSE, close_body(code))))
for n, code in enumerate((5000, 65535), 1):
    add(f"7.13.{n} close code {code}", violates(frame(CLOSE, close_body(code)), code=(1002, code)))

# 9. Large messages: 1 MiB is answered, more is a numbered error, more than 16 MiB ends it.
for kind, opcode in ((1, TEXT), (2, BINARY)):
    for n, size in enumerate((64, 256, 512, 1024), 1):
        add(f"9.{kind}.{n} {size} KiB", Case([frame(opcode, echo(1, size * 1024))], answers=[1]))
    for n, size in enumerate((MIB + 1, 4 * MIB, 16 * MIB), 5):
        add(f"9.{kind}.{n} {size} bytes",
            Case([frame(opcode, b" " * size), frame(TEXT, echo(2))], answers=[2],
                 errors=[BAD_FRAME]))
    add(f"9.{kind}.8 16 MiB + 1", violates(frame(opcode, b" " * (16 * MIB + 1)), code=1009))
for n, size in enumerate((64, 256, 1024, 4096, 16384), 1):
    add(f"9.3.{n} 1 MiB in fragments of {size}",
        Case(pieces(echo(1, MIB), size), answers=[1]))
add("9.4.1 16 MiB in fragments of 64 KiB, too large",
    Case([*pieces(b" " * (16 * MIB), 64 * 1024), frame(TEXT, echo(2))], answers=[2],
         errors=[BAD_FRAME]))
add("9.4.2 more than 16 MiB in fragments of 64 KiB",
    violates(*pieces(b" " * (16 * MIB + 1), 64 * 1024), code=1009))
for n, chop in enumerate((64, 997, 16384), 1):
    add(f"9.5.{n} 256 KiB, chopped {chop}",
        Case([frame(TEXT, echo(1, 256 * 1024))], answers=[1], slowly=chop))
add("9.6 a length of 2^63", violates(
    b"\x81\xff" + struct.pack("!Q", 1 << 63) + b"\0\0\0\0", code=(1002, 1009)))
add("9.7 a length of 2^62", violates(
    b"\x81\xff" + struct.pack("!Q", 1 << 62) + b"\0\0\0\0", code=1009))

# 10. More than one frame in a packet.
add("10.1.1 65536 bytes in fragments of 1300", Case(pieces(echo(1, 65536), 1300), answers=[1]))
add("10.2.1 a hundred messages in one packet",
    Case([b"".join(frame(TEXT, echo(n)) for n in range(100))], answers=list(range(100))))


class Wire:
    """A socket after its handshake, and the frames that arrive on it."""

    @classmethod
    async def open(cls, server):
        wire = cls()
        wire.reader, wire.writer = await asyncio.open_connection(
            server.address, server.port, limit=4 * MIB)
        wire.writer.write(handshake(server.address, server.port))
        answer = await wire.reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 101"):
            raise AssertionError(answer)
        return wire

    async def frame(self):
        """Opcode and body; (CLOSE, None) for the end of the socket without a close frame."""
        try:
            head = await self.reader.readexactly(2)
            if head[1] & 0x80:
                raise AssertionError("a server masks nothing")
            size = head[1]
            if size == 126:
                size, = struct.unpack("!H", await self.reader.readexactly(2))
            elif size == 127:
                size, = struct.unpack("!Q", await self.reader.readexactly(8))
            if head[0] & 0x70 or (not head[0] & 0x80):
                raise AssertionError(f"an odd frame from the server: {head}")
            return head[0] & 0x0f, await self.reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            return CLOSE, None

    async def send(self, sends, slowly):
        """In one go, unless `slowly`: else frames that come behind the server's close reset the
        socket, and with it what is not read yet."""
        try:
            for part in sends if slowly else [b"".join(sends)]:
                chunks = [part]
                if slowly and slowly is not True:
                    chunks = [part[at:at + slowly] for at in range(0, len(part), slowly)]
                for chunk in chunks:
                    self.writer.write(chunk)
                    await self.writer.drain()
                    if slowly:
                        await asyncio.sleep(0)
                if slowly is True:
                    await asyncio.sleep(0.005)
        except ConnectionError:
            pass  # the server has closed the connection, for a good reason or not: the case tells

    def close(self):
        self.writer.transport.abort()


def fits(expected, code):
    return code in expected if isinstance(expected, tuple) else code == expected


async def play(server, case):
    """Runs one case; returns the deviation from the expected frames, or nothing."""
    wire = await Wire.open(server)
    sending = asyncio.create_task(wire.send(case.sends, case.slowly))
    answers, pongs, errors, closes = [], [], [], "nothing"
    try:
        while True:
            is_all = (set(case.answers) <= set(answers) and len(errors) >= len(case.errors) and
                      set(case.pongs) <= set(pongs))
            if is_all and case.closes is None:
                # Nothing else may arrive: the answer to a last ping comes after everything.
                await sending
                if b"the end" not in pongs:
                    wire.writer.write(frame(PING, b"the end"))
            opcode, body = await wire.frame()
            if opcode == PONG:
                pongs.append(body)
                if body == b"the end":
                    break
            elif opcode == TEXT:
                answer = json.loads(body)
                if answer.get("ok") is True:
                    answers.append(answer["id"])
                else:
                    errors.append(answer["error"]["code"])
            elif opcode == CLOSE:
                closes = (DROPPED if body is None else
                          struct.unpack("!H", body[:2])[0] if body else 1005)
                break
        # After its close frame the server closes the socket.
        if closes not in ("nothing", DROPPED):
            wire.writer.write(frame(CLOSE, close_body(1000)))
            while (await wire.frame())[1] is not None:
                pass
    finally:
        sending.cancel()
        wire.close()
    wrong = []
    # After a violation in the same packet an answer may be missing: "non-strict" in the suite.
    may_be_unsaid = case.closes in (1002, 1007) and answers == []
    if answers != case.answers and not may_be_unsaid:
        wrong.append(f"answers {answers}, not {case.answers}")
    if errors != case.errors:
        wrong.append(f"errors {errors}, not {case.errors}")
    if not set(case.pongs) <= set(pongs):
        wrong.append(f"pongs {pongs}, not {case.pongs}")
    if case.closes is None:
        if closes != "nothing":
            wrong.append(f"closed {closes}")
    elif not fits(case.closes, closes):
        wrong.append(f"closed {closes}, not {case.closes}")
    return ", ".join(wrong)


class WebSocketLayer(OutsideTest):

    async def test_W5_the_cases_of_autobahn(self):
        """Runs each case on a connection of its own; OUTSIDE_CASE selects the cases that begin with it."""
        server = await self.serve()
        bystanders = await Bystanders().start(server)
        wanted = os.environ.get("OUTSIDE_CASE", "")
        failed = []
        count = 0
        began = time.monotonic()
        for name, case in CASES.items():
            if not name.startswith(wanted):
                continue
            count += 1
            try:
                wrong = await asyncio.wait_for(play(server, case), support.DEADLINE)
            except asyncio.TimeoutError:
                wrong = "no end of it"
            if wrong:
                failed.append(f"{name}: {wrong}")
        support.tell(f"{count} cases in {time.monotonic() - began:.1f} s")
        self.assertGreater(count, 0)
        self.assertEqual(failed, [], "\n" + "\n".join(failed))
        await server.settled(websockets=2, sockets=3)  # the bystanders', and curl's
        await bystanders.finish()

    async def test_W5_a_handshake_that_is_none_is_refused(self):
        """RFC 6455, 4.2.1: each of these requests lacks something."""
        server = await self.serve()
        good = handshake(server.address, server.port).decode()
        bad = {
            "HTTP/1.0": good.replace("HTTP/1.1", "HTTP/1.0"),
            "POST": good.replace("GET", "POST"),
            "no key": good.replace("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""),
            "a short key": good.replace("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="),
            "version 12": good.replace("Version: 13", "Version: 12"),
            "no version": good.replace("Sec-WebSocket-Version: 13\r\n", ""),
            "no upgrade": good.replace("Upgrade: websocket\r\n", ""),
            "another place": good.replace("/v1/ws", "/v1/wss"),
            "no host": good.replace(f"Host: {server.address}:{server.port}\r\n", ""),
            "a foreign origin": good.replace("\r\n\r\n", "\r\nOrigin: http://evil.example\r\n\r\n"),
        }
        for name, request in bad.items():
            with self.subTest(name):
                reader, writer = await asyncio.open_connection(server.address, server.port)
                writer.write(request.encode())
                line = await asyncio.wait_for(reader.readline(), support.DEADLINE)
                self.assertRegex(line, rb"^HTTP/1.[01] 4\d\d ")
                writer.close()
        wire = await Wire.open(server)
        wire.writer.write(frame(TEXT, echo(1)))
        self.assertEqual((await wire.frame())[0], TEXT)
        wire.close()

    async def test_W5_12_1_compression_is_not_negotiated(self):
        server = await self.serve()
        reader, writer = await asyncio.open_connection(server.address, server.port)
        writer.write(handshake(server.address, server.port).replace(
            b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: permessage-deflate; "
            b"client_max_window_bits\r\n\r\n"))
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), support.DEADLINE)
        self.assertTrue(answer.startswith(b"HTTP/1.1 101"))
        self.assertNotIn(b"extensions", answer.lower())
        writer.write(frame(TEXT, echo(1), rsv=4))
        self.assertEqual((await asyncio.wait_for(reader.read(2), support.DEADLINE))[0], 0x88)
        writer.close()

    async def test_C6_a_violation_behind_the_servers_close_holds_nothing_up(self):
        """A regression test: the close waited for the reader and the reader for the close, without an end."""
        server = await self.serve()
        bystanders = await Bystanders().start(server)
        connect = frame(TEXT, b'{"op":"connect","id":1,"client":"ann"}')
        put = frame(TEXT, b'{"op":"notify.put","id":2,"to":"bob","pack":1}')
        bad = [frame(3), frame(TEXT, b"\xff"), frame(TEXT, b"", rsv=4), frame(CLOSE, b"a"),
               frame(CONT, b"a"), frame(TEXT, b"", masked=False)]

        async def break_off(n):
            """Taken over by the next connection, or closed for bad frames, while it breaks the rules."""
            wire = await Wire.open(server)
            begin = connect + put * (n % 5) if n % 3 else frame(TEXT, b"{") * 8
            wire.writer.write(begin + bad[n % len(bad)])
            codes = []
            while codes[-1:] != [None]:
                opcode, body = await asyncio.wait_for(wire.frame(), support.DEADLINE)
                if opcode == CLOSE:
                    codes.append(body and struct.unpack("!H", body[:2])[0])
            wire.close()
            return codes

        for _ in range(10):
            for codes in await asyncio.gather(*(break_off(n) for n in range(30))):
                self.assertLessEqual(len(codes), 2, "more than one close frame")
        await server.settled(websockets=2)
        await bystanders.finish()
        self.assertEqual(await server.stop(), 0)


if __name__ == "__main__":
    support.main()
