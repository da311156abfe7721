// Clients for the tests, and functions that wait for events, never for a fixed time.

import { createRequire } from "node:module";
import { connect } from "../../restante.js";

const places = ["ws", "/usr/share/nodejs/ws"]; // installed beside the tests, or by Debian
const require = createRequire(import.meta.url);

function firstOf([place, ...others]) {
  try {
    return require(place);
  } catch (error) {
    if (others.length === 0)
      throw error;
    return firstOf(others);
  }
}

// The WebSocket of the runtime, if it has one.
const WebSocket = globalThis.WebSocket ?? firstOf(places);
export const ws = firstOf(places);

export const deadlineMs = 20_000;

/** Fails with the name `what` if `promise` takes longer. */
export async function within(promise, what, ms = deadlineMs) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A connection that ends with the test, which does not wait for that. It resumes, unless `options` say otherwise. */
export function open(t, at, options = {}) {
  const connection = connect(at.url ?? at, { WebSocket, reconnect: { firstMs: 20, longestMs: 200 }, resumeWindowMs: 10_000, ...options });
  t.after(() => void connection.close());
  return connection;
}

export async function opened(t, at, options) {
  const connection = open(t, at, options);
  await within(connection.connected, `the connect of ${options?.client}`);
  return connection;
}

/** The next event of a connection or a view that fits. */
export function next(source, event, fits = () => true) {
  let stop;
  const received = new Promise((resolve) => {
    stop = source.on(event, (it) => fits(it) && resolve(it));
  });
  return within(received, `the event ${event}`).finally(stop);
}

/** Collects all events of a kind from now on. Its `reach` waits until there are `count` of them. */
export function record(source, event) {
  const all = [];
  let tell = () => {};
  source.on(event, (it) => {
    all.push(it);
    tell();
  });
  all.reach = (count) =>
    within(
      new Promise((resolve) => {
        tell = () => all.length >= count && resolve(all);
        tell();
      }),
      `event ${count} of ${event}`,
    );
  return all;
}

/** Waits until the view is as current as the list, because events may still be on their way. Returns the entries of both. */
export async function sameAsList(view, connection) {
  const plain = (entries) => entries.map(({ key, clientId, text }) => [key, clientId, text]);
  for (;;) {
    const listed = await connection.list(view.name);
    if (view.live && view.epoch === listed.epoch && view.seq === listed.seq)
      return [plain([...view.entries.values()]), plain(listed.entries)];
    if (!view.live || view.epoch < listed.epoch || view.seq < listed.seq)
      await next(view, "change");
  }
}

/** A WebSocket that changes what the client sends: `change` gets each request as an object. */
export function rewriting(change) {
  return class extends ws {
    send(text) {
      super.send(JSON.stringify(change(JSON.parse(text))));
    }
  };
}

/**
 * A WebSocket that refuses requests in place of the broker. `refuse` gets each request as an object. It returns the error
 * to answer with, or nothing to send the request on. Like the broker, it names the trace of a refused ack without an id.
 */
export function refusing(refuse) {
  return class extends ws {
    send(text) {
      const asked = JSON.parse(text);
      const error = refuse(asked);
      if (error === undefined) {
        super.send(text);
        return;
      }
      const { id, trace } = asked;
      const answer = { _orama: "reply", id, ok: false, error, trace: id === undefined ? trace : undefined };
      setImmediate(() => this.emit("message", Buffer.from(JSON.stringify(answer)), false));
    }
  };
}

/** Errors as the broker sends them. */
export const storageFailed = { code: "storage_failed", number: 401, message: "the disk is full", retry: true };
export const overloaded = { code: "overloaded", number: 400, message: "too much", retry: true };

/** The error of a promise that must fail. */
export async function errorOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it was not refused");
}
