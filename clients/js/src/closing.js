// The meaning of a socket's end: whether to reconnect, and the error for it.

import { RestanteError, errors } from "./errors.js";

/** Broken protocol, or a permanent refusal (RFC 6455, 7.4.1): a reconnect would fail in the same way. */
const forGood = new Set([1002, 1003, 1007, 1008, 1009, 1010]);

/** The rule of docs/protocol.md: an end that is not marked as permanent is a loss. */
export function comesAgain(code) {
  return !forGood.has(code) && !(code >= 4500 && code <= 4999);
}

const errorOfCode = new Map([
  [1006, "unreachable"],
  [4001, "shutting_down"],
  [4003, "overloaded"],
  [4500, "unauthenticated"],
  [4501, "bad_frame"],
  [4507, "forbidden"],
]);

export function errorOfClose(code, reason) {
  // The reason of a refusal is an error code.
  const error = Object.hasOwn(errors, reason) ? reason : (errorOfCode.get(code) ?? "stale_connection");
  return new RestanteError(error, `the broker was lost: ${code} ${reason}`.trimEnd());
}

export function isOfToken(error) {
  return error.code === "unauthenticated" || error.code === "token_expired";
}
