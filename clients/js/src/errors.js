const rows = [
  ["bad_frame", 100, false, "the frame is none"],
  ["unknown_op", 101, false, "there is no such operation"],
  ["invalid_argument", 102, false, "an argument is not as it should be"],
  ["payload_too_large", 103, false, "the payload is too large"],
  ["too_many_targets", 104, false, "too many targets"],
  ["not_found", 200, false, "there is no such notification"],
  ["not_a_suit", 201, false, "the notification expects no reply"],
  ["stale_connection", 202, false, "the connection has ended"],
  ["already_connected", 203, false, "it is connected already"],
  ["too_many_keys", 204, false, "the client owns too many keys"],
  ["too_many_subscriptions", 205, false, "too many subscriptions"],
  ["too_many_watches", 206, false, "too many watches"],
  ["target_full", 207, true, "the target takes no more"],
  ["topic_full", 208, true, "the topic is full"],
  ["too_many_waiters", 209, true, "too many wait for this reply"],
  ["timeout", 210, true, "no reply came in time"],
  ["unauthenticated", 300, false, "who is speaking is not established"],
  ["forbidden", 301, false, "this identity may not do that"],
  ["token_expired", 302, false, "the token has expired"],
  ["token_not_yet_valid", 303, true, "the token becomes valid within a minute"],
  ["overloaded", 400, true, "too much is under way"],
  ["storage_failed", 401, true, "the journal could not be written"],
  ["shutting_down", 402, true, "the broker is stopping"],
  ["too_many_connections", 403, true, "the broker has as many connections as it may"],
  ["publisher_failed", 404, false, "the hook of the embedder failed"],
  ["internal", 405, true, "a bug of the broker"],
  ["would_block", 406, false, "a callback tried to wait"],
  ["unknown_outcome", 407, true, "no answer came in time: it may have been done"],
  ["unreachable", 408, true, "the broker cannot be reached, and this has not gone out"],
];

export const errors = Object.freeze(
  Object.fromEntries(rows.map(([code, number, retry]) => [code, Object.freeze({ number, retry })])),
);

const texts = new Map(rows.map(([code, , , text]) => [code, text]));

export class RestanteError extends Error {
  constructor(code, message = texts.get(code), row = errors[code]) {
    super(message);
    this.code = code;
    this.number = row?.number ?? 0;
    this.retry = row?.retry ?? false;
  }
}

Object.defineProperty(RestanteError.prototype, "name", { value: "RestanteError" });

/** The `error` of an answer. A newer broker may send a code that is not in the table. */
export function errorOf(said) {
  if (typeof said?.code !== "string" || typeof said.number !== "number")
    return new RestanteError("internal", "the broker refused it and does not say why");
  const message = typeof said.message === "string" ? said.message : undefined;
  return new RestanteError(said.code, message, { number: said.number, retry: said.retry === true });
}
