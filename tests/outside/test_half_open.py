"""Connections whose other end vanishes without a close: the link is cut, in a network of the test's own."""

import time
import unittest

import network
import support
from support import Bystanders, Client, OutsideTest

INTERVAL_MS = 500


@unittest.skipIf(network.WHY_NOT, network.WHY_NOT)
class HalfOpen(OutsideTest):

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.link = network.Link()
        self.addCleanup(self.link.remove)

    async def far(self, server, name, keys):
        helper = await self.helper("hold", server, name, keys, inside=self.link.inside)
        await helper.say("holds")
        return helper

    async def test_C3_E6_keys_of_a_vanished_client_are_cleared_in_time(self):
        server = await self.serve("--ping-interval-ms", str(INTERVAL_MS), "--insecure",
                                  listen=network.HERE + ":0")
        bystanders = await Bystanders().start(server)
        watcher = await Client.open(server, "watcher")
        await watcher.must("topic.subscribe", topic="room")
        await watcher.must("client.watch", client="far")
        await self.far(server, "far", 10)
        await support.until(lambda: len(watcher.heard("ephemeral.set")) == 10, what="ten keys")
        # Pings are exchanged for a while: the connection stays.
        began = time.monotonic()
        while time.monotonic() - began < 3.5 * INTERVAL_MS / 1000:
            await watcher.must("ping")
        self.assertEqual(watcher.heard("ephemeral.clear"), [])

        self.link.cut()
        began = time.monotonic()
        clears = [await watcher.hear("ephemeral.clear") for _ in range(10)]
        took = time.monotonic() - began
        self.assertEqual([clear["key"] for clear in clears], [f"far/{n:03}" for n in range(10)])
        self.assertEqual({clear["reason"] for clear in clears}, {"disconnect"})
        await watcher.hear("client.presence", client="far", connected=False)
        support.tell(f"noticed after {took * 1000:.0f} ms, the interval being {INTERVAL_MS} ms")
        # The last sign of life was at most one interval earlier; the rest is a margin for a busy machine.
        self.assertLess(took, 2.5 * INTERVAL_MS / 1000 + support.DEADLINE / 3)
        self.assertGreater(took, INTERVAL_MS / 1000)
        await server.ends(client="far", code=4012)
        await bystanders.finish()

    async def test_C2_N11_the_same_client_comes_back_before_the_loss_is_known(self):
        server = await self.serve("--ping-interval-ms", "20000", "--insecure", listen=network.HERE + ":0")
        bystanders = await Bystanders().start(server)
        watcher = await Client.open(server, "watcher")
        await watcher.must("topic.subscribe", topic="room")
        await self.far(server, "far", 3)
        self.link.cut()
        await watcher.must("notify.put", to="far", pack="into the void")
        near = await Client.open(server, "far")
        delivery = await near.hear("notify.deliver")
        self.assertEqual((delivery["pack"], delivery["attempts"]), ("into the void", 2))
        self.assertEqual([(await watcher.hear("ephemeral.clear"))["reason"] for _ in range(3)],
                         ["disconnect"] * 3)
        # The unsent data of the old socket is lost, and the socket is removed.
        await server.ends(client="far", code=4503)
        await near.must("ping")
        await bystanders.finish()


if __name__ == "__main__":
    support.main()
