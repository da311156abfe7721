// One `restante serve` on a free port of the loopback. The program is $RESTANTE_PROGRAM.

import { spawn } from "node:child_process";

const running = new Set();

function killAll() {
  for (const child of running)
    child.kill("SIGKILL");
}

// No server outlives the tests, however they end.
process.on("exit", killAll);
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"])
  process.on(signal, () => process.exit(1));

const startMs = 30_000;

export class Server {
  static start(...flags) {
    return Server.at(0, ...flags);
  }

  /** Starts a server on this port; 0 takes a free port. */
  static async at(port, ...flags) {
    const program = process.env.RESTANTE_PROGRAM;
    if (!program)
      throw new Error("RESTANTE_PROGRAM names no program");
    const server = new Server(program, port, flags);
    await server.#listening();
    return server;
  }

  /** A server that ends with the test. */
  static async for(t, ...flags) {
    const server = await Server.start(...flags);
    t.after(() => server.kill());
    return server;
  }

  constructor(program, port, flags) {
    const settings = Object.entries(process.env).filter(([name]) => !name.startsWith("RESTANTE_"));
    this.log = "";
    this.said = "";
    this.child = spawn(program, ["serve", "--listen", `127.0.0.1:${port}`, ...flags], {
      stdio: ["ignore", "pipe", "pipe"],
      env: Object.fromEntries(settings),
    });
    running.add(this.child);
    this.child.stderr.on("data", (text) => (this.log += text));
    this.ended = new Promise((resolve) => {
      this.child.on("exit", (code, signal) => {
        running.delete(this.child);
        resolve(signal ?? code);
      });
    });
  }

  #listening() {
    return new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`the server did not start: ${this.said}${this.log}`));
      const timer = setTimeout(fail, startMs);
      this.child.on("exit", fail);
      this.child.on("error", reject);
      this.child.stdout.on("data", (text) => {
        this.said += text;
        const where = /listens on wss?:\/\/\S+:(\d+)\/v1\/ws/.exec(this.said);
        if (!where)
          return;
        clearTimeout(timer);
        this.port = Number(where[1]);
        resolve();
      });
    });
  }

  get url() {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** SIGKILL: the server sends nothing any more. */
  async kill() {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  /** SIGTERM. Returns the signal or the exit code with which the server ended. */
  async stop() {
    this.child.kill("SIGTERM");
    return this.ended;
  }

  freeze() {
    this.child.kill("SIGSTOP");
  }

  thaw() {
    this.child.kill("SIGCONT");
  }
}
