// The real broker: `restante serve` on a port of the loopback. $RESTANTE_PROGRAM names the program.

import { spawn } from "node:child_process";
import { once } from "node:events";

import { deadlineMs, until } from "./wait.mjs";

const running = new Set();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL"))); // a test that was killed leaves none behind

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

  /** Its port stays the same over `restart`. */
  port = 0;
  /** All that was logged, over every `restart`. */
  log = "";
  #flags;
  #process;

  get url() {
    return `ws://127.0.0.1:${this.port}`;
  }

  get http() {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid() {
    return this.#process.pid;
  }

  /** kill -9: no goodbye, and all that was kept is gone. */
  async kill() {
    await this.#end("SIGKILL");
  }

  /** kill -9, and another one on the same port. */
  async restart() {
    await this.kill();
    await this.#listen(this.port);
  }

  /** Another one on the same port, after `kill` or `stop`. */
  async startAgain() {
    await this.#listen(this.port);
  }

  /** SIGTERM. Throws unless it ends with status 0 and had nothing to complain about. */
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
    const program = process.env.RESTANTE_PROGRAM;
    if (!program) throw new Error("RESTANTE_PROGRAM names no program");
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("RESTANTE_")));
    const child = spawn(program, ["serve", "--listen", `127.0.0.1:${port}`, "--log-format", "json", ...this.#flags],
      { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    running.add(child);
    child.once("exit", () => running.delete(child));
    let said = "";
    child.stdout.on("data", (text) => { said += text; });
    child.stderr.on("data", (text) => { this.log += text; });
    child.on("error", (error) => { this.log += error; });
    const where = await until(() => {
      if (child.exitCode !== null) throw new Error(`the broker did not start: ${this.log.slice(-2000)}`);
      return /listens on wss?:\/\/\S+:(\d+)\/v1\/ws/.exec(said);
    }, "the broker to listen");
    this.port = Number(where[1]);
  }

  async #end(signal) {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, "exit");
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
    const [status] = await ended;
    clearTimeout(late);
    return status;
  }
}
