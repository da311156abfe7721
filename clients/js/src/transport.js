import { Silence } from "./silence.js";

/** 1006: the close code of a socket that was cut. */
const cutCode = 1006;

/** How long the broker may take to close a socket after it was asked to, ms. */
const closePatienceMs = 2000;

/**
 * One socket, from its opening to its end. `tell.closed({ code, reason })` is called once, after all other calls
 * such as `tell.opened()` and `tell.received(frame)`.
 */
export class Transport {
  #socket;
  #tell;
  #silence = null;
  #patience;
  #isOver = false;

  /** Throws every error of the WebSocket's constructor. */
  constructor(WebSocket, url, tell) {
    this.#tell = tell;
    const socket = new WebSocket(url);
    this.#socket = socket;
    let wrong = "";
    socket.addEventListener("open", () => this.#isOver || this.#tell.opened());
    socket.addEventListener("message", ({ data }) => this.#onMessage(data));
    socket.addEventListener("error", (event) => {
      wrong = event.message ?? ""; // only libraries give the reason
      // A close event follows. Node's own WebSocket (22) is the exception: after a failed attempt it sends none and
      // stays connecting.
      if (socket.readyState === 0)
        this.cut(wrong);
      else if (!this.#isOver)
        this.expectEnd(closePatienceMs);
    });
    socket.addEventListener("close", ({ code, reason }) => this.#end(code, reason || wrong));
  }

  send(text) {
    // A closing socket accepts nothing, and a browser would log a warning. Its close event follows.
    if (this.#isOver || this.#socket.readyState > 1)
      return;
    try {
      this.#socket.send(text);
    } catch (error) { // the close event gives the rest
      this.cut(String(error?.message ?? error));
    }
  }

  /** A page in a browser cannot see pings, so this client sends requests while the broker is silent. */
  watch(pingMs) {
    this.#silence?.stop();
    this.#silence = new Silence(pingMs, {
      ask: () => this.send('{"op":"ping","id":"heard"}'),
      lost: () => this.cut("it has fallen silent"),
    });
  }

  /** Ends cleanly: the broker closes the socket, and the wait for that is short. */
  leave() {
    this.send('{"op":"disconnect"}');
    this.expectEnd(closePatienceMs);
  }

  /** The broker is about to close the socket. */
  expectEnd(withinMs) {
    this.#patience ??= setTimeout(() => this.cut("it does not close"), withinMs);
  }

  /** Ends the socket now, independent of the other side. */
  cut(reason, code = cutCode) {
    if (this.#isOver)
      return;
    this.#isOver = true; // events of the closing socket are ignored
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
    } catch { // the socket was closing already
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
