import { Silence } from "./silence.js";

/** 1006: what a socket that was cut says of itself. */
const cutCode = 1006;

/** How long the broker may take to close a socket that it was asked to, ms. */
const closePatienceMs = 2000;

/**
 * One socket, from its opening to its end. `tell.closed({ code, reason })` comes once, and nothing after it.
 * `tell.opened()` and `tell.received(frame)` come before.
 */
export class Transport {
  #socket;
  #tell;
  #silence = null;
  #patience;
  #isOver = false;

  /** Throws what the constructor of the WebSocket throws. */
  constructor(WebSocket, url, tell) {
    this.#tell = tell;
    const socket = new WebSocket(url);
    this.#socket = socket;
    let wrong = "";
    socket.addEventListener("open", () => this.#isOver || this.#tell.opened());
    socket.addEventListener("message", ({ data }) => this.#onMessage(data));
    socket.addEventListener("error", (event) => {
      wrong = event.message ?? ""; // only libraries say what was wrong
      // Behind it comes a close, though Node's own WebSocket (22) says none of an attempt that failed, and stays connecting.
      if (socket.readyState === 0)
        this.cut(wrong);
      else if (!this.#isOver)
        this.expectEnd(closePatienceMs);
    });
    socket.addEventListener("close", ({ code, reason }) => this.#end(code, reason || wrong));
  }

  send(text) {
    // One that is closing takes nothing, and a browser complains; its close comes.
    if (this.#isOver || this.#socket.readyState > 1)
      return;
    try {
      this.#socket.send(text);
    } catch (error) { // the close says the rest
      this.cut(String(error?.message ?? error));
    }
  }

  /** The broker sends nothing a browser's page can see while there is nothing to say: it is asked. */
  watch(pingMs) {
    this.#silence?.stop();
    this.#silence = new Silence(pingMs, {
      ask: () => this.send('{"op":"ping","id":"heard"}'),
      lost: () => this.cut("it has fallen silent"),
    });
  }

  /** A clean end: the broker closes, and is not waited for much longer than that takes. */
  leave() {
    this.send('{"op":"disconnect"}');
    this.expectEnd(closePatienceMs);
  }

  /** The broker is about to close. */
  expectEnd(withinMs) {
    this.#patience ??= setTimeout(() => this.cut("it does not close"), withinMs);
  }

  /** Ends it now, whatever the other side does. */
  cut(reason, code = cutCode) {
    if (this.#isOver)
      return;
    this.#isOver = true; // what hanging up sets off is heard no more
    this.#hangUp(code);
    this.#tellEnd(code, reason);
  }

  #hangUp(code) {
    const socket = this.#socket;
    try {
      if (code === cutCode && typeof socket.terminate === "function")
        socket.terminate();
      else
        socket.close(code === cutCode ? 4000 : code);
    } catch { // it was about to go anyway
    }
  }

  #onMessage(data) {
    if (this.#isOver)
      return;
    this.#silence?.received();
    let frame;
    try {
      frame = JSON.parse(data);
    } catch (error) {
      this.#tell.malformed(error);
      return;
    }
    this.#tell.received(frame);
  }

  #end(code, reason) {
    if (this.#isOver)
      return;
    this.#isOver = true;
    this.#tellEnd(code, reason);
  }

  #tellEnd(code, reason) {
    clearTimeout(this.#patience);
    this.#silence?.stop();
    this.#tell.closed({ code, reason: String(reason ?? "") });
  }
}
