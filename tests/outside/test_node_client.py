"""A whole conversation with Node's `ws` as the client: the steps are in conversation.js."""

import asyncio
import os
import signal

import support
from support import OutsideTest


async def converse(test, server, *arguments):
    """Runs the conversation, stops the server when the conversation asks for it, and shows its output."""
    node = await asyncio.create_subprocess_exec(
        "node", os.path.join(support.HERE, "conversation.js"), *arguments,
        env={**os.environ, "NODE_PATH": "/usr/share/nodejs"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    said = []

    async def listen():
        async for line in node.stdout:
            said.append(line.decode().rstrip())
            if said[-1] == "stop":
                server.signal(signal.SIGTERM)

    try:
        await asyncio.wait_for(listen(), 4 * support.DEADLINE)
    except asyncio.TimeoutError:
        support.signal_child(node, signal.SIGKILL)
        said.append("no end of it")
    text = "\n".join(said)
    test.assertEqual(await node.wait(), 0, text)
    support.tell(f"{text.count('ok ')} steps")
    test.assertEqual(await server.stop(), 0)


class NodeClient(OutsideTest):

    async def test_W4_a_conversation_of_node(self):
        server = await self.serve("--ping-interval-ms", "500")
        await converse(self, server, server.url())


if __name__ == "__main__":
    support.main()
