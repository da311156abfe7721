// The valid values of options. A check returns what is wrong with a value, or undefined.

import { RestanteError } from "./errors.js";

export const text = (value) => (typeof value === "string" ? undefined : "is no string");

export const flag = (value) => (typeof value === "boolean" ? undefined : "is neither true nor false");

/** An integer as the broker accepts it: `1.5`, NaN and Infinity are refused. */
export const whole = (value) => (Number.isSafeInteger(value) ? undefined : "is no whole number");

/** A time that this client measures: any length, and Infinity. */
export const duration = (value) => (typeof value === "number" && value >= 0 ? undefined : "is no number from 0 on");

export const oneOf = (...names) => (value) =>
  names.includes(value) ? undefined : `is none of ${names.map((name) => JSON.stringify(name)).join(", ")}`;

/** What is wrong with `given`. `table` has the check of each option; undefined counts as absent. */
export function wrongOptions(what, given, table) {
  if (typeof given !== "object" || given === null)
    return `the options of ${what} are no object`;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(table, name))
      return `${what} has no option ${JSON.stringify(name)}${hintAt(name, table)}`;
    const wrong = value === undefined ? undefined : table[name](value);
    if (wrong)
      return `the option ${name} of ${what} ${wrong}`;
  }
  return undefined;
}

const bare = (name) => name.toLowerCase().replace(/_|ms$|seconds$|s$/g, "");

function hintAt(name, table) {
  const known = Object.keys(table);
  const near = known.find((other) => bare(other) === bare(name));
  return near ? `: it is called ${near}` : `: it has ${known.join(", ")}`;
}

/** Throws the error with which the operation is rejected. */
export function checkOptions(what, given, table) {
  const wrong = wrongOptions(what, given, table);
  if (wrong)
    throw new RestanteError("invalid_argument", wrong);
}

const where = { ns: text };
const put = {
  suit: flag,
  ttlMs: whole,
  messageId: text,
  collapseKey: text,
  delayMs: whole,
  atCap: oneOf("evict", "reject"),
  receipts: flag,
  from: text,
  ns: text,
};

/** The checks of each operation that has options. */
export const optionsOf = {
  put,
  putMany: put,
  ask: { ...put, timeoutMs: duration },
  status: where,
  reply: where,
  awaitReply: { timeoutMs: duration, ns: text },
  pending: where,
  drain: where,
  purge: where,
  list: where,
  set: { ttlMs: whole },
  hold: { ttlMs: whole },
  topics: { prefix: text, after: text, limit: whole, ns: text },
  clients: { prefix: text, after: text, limit: whole, ns: text },
};
