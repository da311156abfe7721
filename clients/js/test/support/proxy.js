// A TCP proxy between clients and a server: it cuts, freezes and counts.

import net from "node:net";

export class Proxy {
  static async for(t, server) {
    const proxy = new Proxy(server.port);
    await new Promise((resolve) => proxy.listener.listen(0, "127.0.0.1", resolve));
    proxy.port = proxy.listener.address().port;
    t.after(() => proxy.close());
    return proxy;
  }

  constructor(target) {
    this.target = target;
    this.accepted = 0;
    this.isRefusing = false;
    this.isFrozen = false;
    this.pairs = new Set();
    this.listener = net.createServer((front) => this.#accept(front));
  }

  get url() {
    return `ws://127.0.0.1:${this.port}`;
  }

  #accept(front) {
    ++this.accepted;
    if (this.isRefusing) {
      front.destroy();
      return;
    }
    const back = net.connect(this.target, "127.0.0.1");
    const pair = { front, back };
    this.pairs.add(pair);
    const drop = () => this.#drop(pair);
    for (const [from, to] of [[front, back], [back, front]]) {
      from.setNoDelay(true);
      from.on("error", drop);
      from.on("close", drop);
      from.on("end", () => to.end());
      from.on("data", (bytes) => {
        if (!to.write(bytes)) {
          from.pause();
          to.once("drain", () => this.isFrozen || from.resume());
        }
      });
      if (this.isFrozen)
        from.pause();
    }
  }

  #drop(pair) {
    this.pairs.delete(pair);
    pair.front.destroy();
    pair.back.destroy();
  }

  /** Resets every open connection. */
  cut() {
    for (const pair of this.pairs) {
      pair.front.resetAndDestroy?.();
      pair.back.resetAndDestroy?.();
      this.#drop(pair);
    }
  }

  /** Resets every connection, and refuses new ones until `isRefusing` is false. */
  refuse() {
    this.isRefusing = true;
    this.cut();
  }

  /** Forwards nothing in either direction, while both ends still see an open connection. */
  freeze() {
    this.isFrozen = true;
    for (const { front, back } of this.pairs) {
      front.pause();
      back.pause();
    }
  }

  /** Forwards what clients send, and nothing that the server sends. */
  hush() {
    this.isFrozen = true;
    for (const { back } of this.pairs)
      back.pause();
  }

  thaw() {
    this.isFrozen = false;
    for (const { front, back } of this.pairs) {
      front.resume();
      back.resume();
    }
  }

  close() {
    this.cut();
    return new Promise((resolve) => this.listener.close(resolve));
  }
}
