// A TCP relay between a page and the broker. Cutting the relay cuts only this page off: the broker and all other
// clients go on.

import { connect, createServer } from "node:net";

/** Answers `{ url, cut(), close() }`: what connects to `url` is connected to `port` of the loopback. */
export async function startRelay(port) {
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [socket, other] of [[near, far], [far, near]]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => sockets.forEach((socket) => socket.resetAndDestroy());
  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    /** Resets the present connections. New connections are let through. */
    cut,
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
