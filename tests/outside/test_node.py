"""Peers at other CAF nodes, as processes of their own: killed, frozen, cut off, left by their broker."""

import asyncio
import os
import signal
import time
import unittest

import network
import support
from support import Bystanders, Client, OutsideTest

# The program's own as a peer, and so the broker's: both ends must have the same.
INTERVAL = 10.0
BOUND = 2.5 * INTERVAL
MARGIN = 10.0

# CAF 0.17 does not release its network actor when a peer was cut off because it was silent.
NO_LEAKS = {"ASAN_OPTIONS": "detect_leaks=0"}


class Peer:
    """A command of the program, connected as a CAF node."""

    @classmethod
    async def start(cls, url, *arguments, inside=()):
        peer = cls()
        peer.lines = []
        peer.process = await asyncio.create_subprocess_exec(
            *inside, support.PROGRAM, *arguments, "--url", url, "--reconnect",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={k: v for k, v in os.environ.items() if not k.startswith("RESTANTE_")})
        peer._reader = asyncio.create_task(peer._read())
        return peer

    async def _read(self):
        async for line in self.process.stdout:
            self.lines.append(line.decode(errors="replace").rstrip())

    def signal(self, number):
        support.signal_child(self.process, number)

    async def discard(self):
        support.signal_child(self.process, signal.SIGKILL)
        await self.process.wait()
        await self._reader
        complaints = [line for line in self.lines if "Sanitizer" in line or "runtime error" in line]
        if complaints:
            raise AssertionError("\n".join(self.lines))


class Node(OutsideTest):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.node_port = support.free_port()
        self.peers = []

    async def asyncTearDown(self):
        try:
            for peer in self.peers:
                await peer.discard()
        finally:
            await super().asyncTearDown()

    async def serve_node(self, *flags, **how):
        return await self.serve("--node-port", str(self.node_port), *flags, **how)

    async def peer(self, *arguments, host="127.0.0.1", inside=()):
        made = await Peer.start(f"caf://{host}:{self.node_port}", *arguments, inside=inside)
        self.peers.append(made)
        return made

    async def holder(self, name, **how):
        return await self.peer("ephemeral", "set", "room", f"key-{name}", "--as", name, **how)

    async def watcher(self, server):
        watcher = await Client.open(server, "watcher")
        await watcher.must("topic.subscribe", topic="room")
        return watcher

    async def keys(self, watcher):
        listed = await watcher.must("ephemeral.list", topic="room")
        return sorted(entry["key"] for entry in listed["entries"])

    async def holds(self, watcher, keys):
        async def same():
            return await self.keys(watcher) == sorted(keys)
        await support.until(same, 2 * support.DEADLINE, f"{keys} and no others")

    async def test_C3_E6_W9_keys_of_a_killed_peer_are_cleared_at_once(self):
        server = await self.serve_node()
        bystanders = await Bystanders().start(server)
        watcher = await self.watcher(server)
        holders = [await self.holder(f"p{n}") for n in range(5)]
        await self.holds(watcher, [f"key-p{n}" for n in range(5)])
        worst = 0.0
        for n, holder in enumerate(holders):
            began = time.monotonic()
            holder.signal(signal.SIGKILL)
            clear = await watcher.hear("ephemeral.clear")
            worst = max(worst, time.monotonic() - began)
            self.assertEqual((clear["key"], clear["reason"]), (f"key-p{n}", "disconnect"))
        support.tell(f"cleared after {worst * 1000:.0f} ms at most")
        self.assertLess(worst, MARGIN)
        self.assertEqual(await self.keys(watcher), [])
        self.assertEqual(len(watcher.heard("ephemeral.clear")), 5)
        await bystanders.finish()

    async def test_E6_W9_a_peer_that_is_told_to_end_takes_its_key_along(self):
        server = await self.serve_node()
        watcher = await self.watcher(server)
        holder = await self.holder("ann")
        await self.holds(watcher, ["key-ann"])
        holder.signal(signal.SIGTERM)
        await watcher.hear("ephemeral.clear", key="key-ann")
        self.assertEqual(await asyncio.wait_for(holder.process.wait(), support.DEADLINE), 0)

    async def test_C3_E6_W9_keys_of_a_frozen_peer_are_cleared_in_time(self):
        server = await self.serve_node(env=NO_LEAKS)
        watcher = await self.watcher(server)
        holder = await self.holder("ann")
        await self.holder("bob")
        await self.holds(watcher, ["key-ann", "key-bob"])
        holder.signal(signal.SIGSTOP)
        began = time.monotonic()
        clear = await watcher.hear("ephemeral.clear", BOUND + MARGIN)
        took = time.monotonic() - began
        support.tell(f"noticed after {took:.1f} s, the interval being {INTERVAL:.0f} s")
        self.assertEqual((clear["key"], clear["reason"]), ("key-ann", "disconnect"))
        self.assertGreater(took, INTERVAL)
        self.assertEqual(await self.keys(watcher), ["key-bob"])
        # The process wakes up, learns that it was considered dead, and reconnects.
        holder.signal(signal.SIGCONT)
        await self.holds(watcher, ["key-ann", "key-bob"])

    @unittest.skipIf(network.WHY_NOT, network.WHY_NOT)
    async def test_C3_E6_W9_keys_of_a_peer_that_is_cut_off_are_cleared_in_time(self):
        link = network.Link()
        self.addCleanup(link.remove)
        server = await self.serve_node(
            "--insecure", "--node-address", network.HERE, "--node-trusted-network",
            listen=network.HERE + ":0", env=NO_LEAKS)
        bystanders = await Bystanders().start(server)
        watcher = await self.watcher(server)
        await self.holder("far", host=network.HERE, inside=link.inside)
        await self.holds(watcher, ["key-far"])
        link.cut()
        began = time.monotonic()
        clear = await watcher.hear("ephemeral.clear", BOUND + MARGIN)
        took = time.monotonic() - began
        support.tell(f"noticed after {took:.1f} s, the interval being {INTERVAL:.0f} s")
        self.assertEqual((clear["key"], clear["reason"]), ("key-far", "disconnect"))
        link.mend()
        await support.until(lambda: self.is_back(watcher, "key-far"), 60, "the peer's return")
        await bystanders.finish()

    async def is_back(self, watcher, key):
        return key in await self.keys(watcher)

    async def test_W6_W9_a_broker_that_is_started_again_is_found_by_its_peers(self):
        server = await self.serve_node()
        listen = f"127.0.0.1:{server.port}"
        watcher = await self.watcher(server)
        names = [f"p{n}" for n in range(4)]
        keys = [f"key-{name}" for name in names]
        for name in names:
            await self.holder(name)
        listener = await self.peer("listen", "bob")
        ends = (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM)
        for n, number in enumerate(ends):
            await self.holds(watcher, keys)
            # Heard before the end: what a broker without a journal still keeps ends with it.
            await watcher.must("notify.put", to="bob", pack=f"before end {n}")
            await support.until(lambda n=n: self.said(listener, f"before end {n}"),
                                what="the notification")
            server.signal(number)
            await support.until(lambda s=server: s.process.poll() is not None,
                                what="the end of the broker")
            server = await self.serve_node(listen=listen)
            watcher = await self.watcher(server)
        await self.holds(watcher, keys)
        await watcher.must("notify.put", to="bob", pack="after")
        await support.until(lambda: self.said(listener, "after"), what="the notification")
        said = [line for line in listener.lines if "before" in line or "after" in line]
        self.assertEqual(len(said), len(ends) + 1, said)

    def said(self, peer, text):
        return any(text in line for line in peer.lines)


if __name__ == "__main__":
    support.main()
