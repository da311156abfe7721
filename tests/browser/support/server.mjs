// The real broker, started again on the same port as often as a test wants. $RESTANTE_PROGRAM names the program.

import { Server as Program } from "../../../clients/js/test/support/server.js";
import { deadlineMs } from "./wait.mjs";

export class Server {
  /**
   * Starts one and answers when it listens. `origins` may connect from their pages; `flags` are further ones of
   * `restante serve`; port 0 is a free one.
   */
  static async start({ origins = [], flags = [], port = 0 } = {}) {
    const server = new Server();
    server.#flags = [...origins.flatMap((origin) => ["--allow-origin", origin]), ...flags];
    await server.#listen(port);
    return server;
  }

  /** The broker's port, which `restart` does not change. */
  port = 0;
  #flags;
  #program;
  #logged = ""; // by earlier tests

  /** All log lines since the first start, including those before a `restart`. */
  get log() {
    return this.#logged + this.#program.log;
  }

  get url() {
    return `ws://127.0.0.1:${this.port}`;
  }

  get http() {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid() {
    return this.#program.child.pid;
  }

  /** Kills the broker with SIGKILL: it says no goodbye, and everything in its memory is lost. */
  async kill() {
    await this.#end("SIGKILL");
  }

  /** Kills the broker with SIGKILL and starts another one on the same port. */
  async restart() {
    await this.kill();
    await this.#listen(this.port);
  }

  /** Starts another broker on the same port, after `kill` or `stop`. */
  async startAgain() {
    await this.#listen(this.port);
  }

  /** Ends the broker with SIGTERM. Throws if its status is not 0 or its log contains complaints. */
  async stop() {
    const status = await this.#end("SIGTERM");
    const complaints = this.log.split("\n").filter((line) => /Sanitizer|runtime error:|"event":"crash/.test(line));
    if (status !== 0 || complaints.length > 0) {
      throw new Error(`the broker ended ${status}: ${complaints.join("\n") || this.log.slice(-2000)}`);
    }
  }

  /** The counters and gauges of `/v1/stats`. */
  async stats() {
    return (await fetch(`${this.http}/v1/stats`)).json();
  }

  async #listen(port) {
    if (this.#program) this.#logged += this.#program.log;
    this.#program = await Program.at(port, "--log-format", "json", ...this.#flags);
    this.port = this.#program.port;
  }

  async #end(signal) {
    const program = this.#program;
    program.child.kill(signal);
    const late = setTimeout(() => program.kill(), deadlineMs);
    const status = await program.ended;
    clearTimeout(late);
    return status;
  }
}
