"""kill -9 of clients during deliveries: nothing is lost, nothing is acknowledged twice, no key stays."""

import collections

import support
from support import Bystanders, Client, OutsideTest

ROUNDS = 5
PUTS = 400
KEYS = 20
WITHHELD = 3  # one in this many deliveries is never acknowledged


class CrashedClients(OutsideTest):

    async def test_N11_E6_a_killed_consumer_loses_nothing(self):
        server = await self.serve()
        bystanders = await Bystanders().start(server)
        ann = await Client.open(server, "ann")
        watcher = await Client.open(server, "watcher")
        await watcher.must("topic.subscribe", topic="room")
        traces = {}
        resident = server.resident_bytes()
        history = []  # for each round: the taken packs, and the packs known to be acknowledged
        n = 0
        for _ in range(ROUNDS):
            consumer = await self.helper("consume", server, "bob", KEYS, WITHHELD)
            for _ in range(PUTS // ROUNDS):
                put = await ann.must("notify.put", to="bob", pack=n)
                traces[put["trace"]] = n
                n += 1
            await consumer.say("keys")
            # Wait until unacknowledged deliveries fill the client's window.
            await support.until(
                lambda c=consumer: len([t for t in c.all("took") if not t["acks"]]) >= 8,
                what="a consumer in mid delivery")
            await consumer.kill()
            history.append((consumer.all("took"), consumer.all("acked")))

        # The last client acknowledges everything.
        last = await self.helper("consume", server, "bob", 0, 0)
        await support.until(lambda: self.pending_of_bob_is_zero(server), what="an empty queue")
        history.append((last.all("took"), last.all("acked")))
        self.check_deliveries(traces, history)
        at_least = PUTS + bystanders.count
        delivered = (await server.stats())["delivered"]
        self.assertTrue(at_least <= delivered <= PUTS + bystanders.count + 1,
                        (at_least, delivered, bystanders.count))

        clears = collections.Counter()
        for _ in range(ROUNDS * KEYS):
            clear = await watcher.hear("ephemeral.clear")
            self.assertEqual(clear["reason"], "disconnect")
            clears[clear["key"]] += 1
        self.assertEqual(set(clears.values()), {ROUNDS})
        self.assertEqual(len(clears), KEYS)
        listed = await watcher.must("ephemeral.list", topic="room")
        self.assertEqual(listed["entries"], [])
        self.assertLess(server.resident_bytes() - resident, support.memory_bound(32))
        await bystanders.finish()

    async def pending_of_bob_is_zero(self, server):
        done = await support.run("curl", "-sS", server.web("/v1/clients/bob"))
        return '"pending":0' in done.stdout

    def check_deliveries(self, traces, history):
        acknowledged = set()
        attempts = {}
        for round_, (took, acked) in enumerate(history):
            numbers = [line["n"] for line in took]
            self.assertEqual(numbers, sorted(numbers), "N10: out of order")
            self.assertEqual(len(numbers), len(set(numbers)), "twice on one connection")
            for line in took:
                self.assertNotIn(line["trace"], acknowledged, "came again after its ack")
                seen_in, before = attempts.get(line["trace"], (round_, 0))
                # An earlier connection may have been killed with the frame in its socket.
                self.assertGreater(line["attempts"], before)
                if seen_in == round_ - 1:
                    self.assertEqual(line["attempts"], before + 1)
                attempts[line["trace"]] = round_, line["attempts"]
            for line in acked:
                self.assertTrue(line["ok"])
                self.assertFalse(line["late"], "acknowledged twice")
                acknowledged.add(line["trace"])
        self.assertEqual(set(attempts), set(traces), "lost")
        repeated = sum(1 for _, count in attempts.values() if count > 1)
        support.tell(f"{len(traces)} puts, {len(history) - 1} kills, {repeated} came again, "
                     f"at most {max(count for _, count in attempts.values())} times")
        self.assertGreater(repeated, 0)


if __name__ == "__main__":
    support.main()
