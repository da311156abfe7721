// The JavaScript client of Restante: for browsers, and Node from 18 on.
//
// The terms are those of docs/protocol.md. The members of results are in camelCase. Packs, replies and data are yours:
// they stay as they are.

/** Any value that JSON has. */
export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

/** 32 lowercase hex characters: the public id of a notification. */
export type Trace = string;

// --- errors --------------------------------------------------------------------------------------

/** An error of the broker or of this client: see the table in docs/protocol.md. */
export class RestanteError extends Error {
  readonly name: "RestanteError";
  /** For example "payload_too_large". */
  readonly code: ErrorCode;
  /** For example 103. The numbers never change. */
  readonly number: number;
  /** Whether the same request may succeed later. */
  readonly retry: boolean;
}

export type ErrorCode =
  | "bad_frame" | "unknown_op" | "invalid_argument" | "payload_too_large" | "too_many_targets"
  | "not_found" | "not_a_suit" | "stale_connection" | "already_connected" | "too_many_keys"
  | "too_many_subscriptions" | "too_many_watches" | "target_full" | "topic_full" | "too_many_waiters"
  | "timeout" | "unauthenticated" | "forbidden" | "token_expired" | "token_not_yet_valid" | "overloaded" | "storage_failed"
  | "shutting_down" | "too_many_connections" | "publisher_failed" | "internal" | "would_block"
  | "unknown_outcome" | "unreachable";

/** Every error code with its number and whether a retry may succeed. */
export const errors: Readonly<Record<ErrorCode, { number: number; retry: boolean }>>;

// --- the connection ------------------------------------------------------------------------------

/**
 * Connects and stays connected. The result is usable at once: operations wait for the connection.
 *
 * `url` is `ws:`, `wss:`, `http:` or `https:`; without a path `/v1/ws` is used. Throws a TypeError for any other URL,
 * if there is no WebSocket (Node before 22 without `options.WebSocket`), and for an option that does not exist or is of
 * the wrong type.
 */
export function connect(url: string | URL, options?: Options): Connection;

export interface Options {
  /** The client's name, if the broker requires no token. Without it the broker makes one up. */
  client?: string;
  /** The namespace, if the broker requires no token. */
  ns?: string;
  /** Identifies the client. A function is called at each connect and before the token expires. */
  token?: string | (() => string | Promise<string>);
  /**
   * "explicit" (default): a notification is acknowledged when every listener has returned and the promises of the
   * listeners are fulfilled. If one throws or rejects, the notification is not acknowledged and comes again: after a
   * pause if the error says `retry`, otherwise with the next connection. "manual": acknowledged only by
   * `notification.ack()`. "auto": acknowledged by the broker as soon as the operating system took it.
   */
  ack?: "explicit" | "manual" | "auto";
  /** How many notifications may be unacknowledged: 1 to 64, default 64. */
  maxInflight?: number;
  /**
   * How long the broker keeps keys and subscriptions after the socket is lost, ms, at most 300,000. Default 0: keys are
   * cleared together with the socket. Then the keys of a page that crashed are gone at once, but other clients also see
   * a short interruption of the network.
   */
  resumeWindowMs?: number;
  /** Acts in addition to the client's connection, or as the server identity; see "visit" in docs/protocol.md. */
  visit?: boolean;
  /**
   * false: the first loss ends the connection. Otherwise the pauses between attempts, ms:
   * default { firstMs: 100, longestMs: 30000 }.
   */
  reconnect?: boolean | { firstMs?: number; longestMs?: number };
  /** After how long an attempt to connect has failed, ms: default 10,000. */
  connectTimeoutMs?: number;
  /**
   * How long a `token` function is called again while the broker refuses its tokens, ms. The pauses are those of
   * `reconnect`. Default 300,000; 0: the first refusal ends the connection. A token that becomes valid within a minute
   * never ends it.
   */
  tokenPatienceMs?: number;
  /**
   * After how long an operation fails, ms: default 30,000. `unreachable` if it was never sent, otherwise
   * `unknown_outcome`.
   */
  deadlineMs?: number;
  /**
   * How many operations may be in progress or wait for a connection: default 1,024; further ones fail with
   * `overloaded`.
   */
  maxWaiting?: number;
  /** The WebSocket class to use if the runtime has none, for example `ws`. */
  WebSocket?: unknown;
}

/** "connecting" until the first connect was answered, "interrupted" between connections, "ended" after the end. */
export type State = "connecting" | "connected" | "interrupted" | "ended";

export interface Connected {
  client: string;
  ns: string;
  epoch: number;
  /** Whether the keys, subscriptions and unacknowledged notifications from before the loss are still there. */
  resumed: boolean;
  /** How many notifications wait. */
  pending: number;
  pingMs: number;
  /** How long the token stays valid, if it expires. */
  expiresInMs?: number;
}

export interface Interrupted {
  /** The close code of the WebSocket; 1006 when it was cut. */
  code: number;
  reason: string;
  /** In how many ms the next attempt follows. */
  retryInMs: number;
}

export interface Ended {
  code: number;
  reason: string;
  /** Absent after `close()`. */
  error?: RestanteError;
}

export interface ConnectionEvents {
  connected: Connected;
  /** The connection was lost, or an attempt failed; before the first connect `state` stays "connecting". */
  interrupted: Interrupted;
  ended: Ended;
  /** Notifications wait for the first listener. */
  notification: Notification;
  receipt: Receipt;
  /** Another client took over a key of this connection. */
  lost: { topic: string; key: string; clientId: string };
  /**
   * A listener threw, or its promise was rejected. Or something failed that has no promise: an acknowledgement, a watch
   * or an unattended view that was refused after a reconnect, a token function, an invalid frame. Without a listener
   * for this event, `console.error` gets the error.
   */
  error: unknown;
}

export class Connection {
  private constructor();
  readonly state: State;
  /** The client's name, once connected. */
  readonly client: string | undefined;
  readonly ns: string | undefined;
  /** Fulfilled by the first connect; rejected if the connection ends before. */
  readonly connected: Promise<Connected>;
  /** Fulfilled at the end, for any reason; never rejected. */
  readonly ended: Promise<Ended>;

  /**
   * Calls `listener` at each event, in order. Its result is awaited for "notification" alone. Returns a function that
   * removes the listener.
   */
  on<E extends keyof ConnectionEvents>(event: E, listener: (event: ConnectionEvents[E]) => unknown): () => void;

  // Every promise below is rejected with a RestanteError: `invalid_argument` for an option that does not exist or is of
  // the wrong type. Only a TypeError is thrown: for an invalid listener, and for wrong options of `hold`.

  put(to: string, pack: Json, how?: PutOptions): Promise<PutReceipt>;
  /**
   * One outcome per target, in the order of the targets. All share one messageId: a target that is named twice gets the
   * notification once.
   */
  putMany(targets: string[], pack: Json, how?: PutOptions): Promise<PutOutcome[]>;
  /** Puts a suit and awaits its reply; `timeoutMs` (default 30,000) is for the reply. */
  ask(to: string, pack: Json, how?: PutOptions & { timeoutMs?: number }): Promise<Reply>;
  /**
   * Acknowledges a notification. A temporary refusal is repeated until `deadlineMs`. Then the promise is rejected, and
   * the client repeats the acknowledgement in the background.
   */
  ack(trace: Trace): Promise<{ late: boolean }>;
  status(trace: Trace, where?: Where): Promise<Status>;
  reply(trace: Trace, value: Json, where?: Where): Promise<Status>;
  /** Awaits the reply to a suit. Fails with `timeout` after `timeoutMs` (default 30,000); continues after a reconnect. */
  awaitReply(trace: Trace, how?: { timeoutMs?: number } & Where): Promise<Reply>;
  /**
   * How many of the client's own notifications wait; the server identity may ask for any client. `connected` is
   * present only in a visit.
   */
  pending(client?: string, where?: Where): Promise<{ pending: number; connected?: boolean }>;
  /** Only for the server identity. */
  drain(client: string, where?: Where): Promise<Status[]>;
  /** Only for the server identity: how many notifications have expired since the last purge. */
  purge(where?: Where): Promise<number>;

  /** Sets a key once. The key is cleared with the connection, or when its lease ends (default 60 s). */
  set(topic: string, key: string, payload?: Payload, how?: { ttlMs?: number }): Promise<void>;
  clear(topic: string, key: string): Promise<void>;
  list(topic: string, where?: Where): Promise<Listing>;
  publish(topic: string, data: Json): Promise<void>;
  /**
   * Holds a key until it is released: renews the lease, and sets the key again after a reconnect without resume. The
   * hold ends when another client, or a newer hold of the same key, takes the key over. Views, holds and watches have
   * no deadline: they begin when the broker is reachable.
   */
  hold(topic: string, key: string, payload?: Payload, how?: { ttlMs?: number }): Held;

  /** A live view of a topic: subscribed until `close()`, across reconnects. Several views of one topic share a subscription. */
  topic(name: string): TopicView;

  /** Calls `listener` with the present state and each change, until the watch is closed. */
  watch(client: string, listener: (connected: boolean) => void): Watch;

  /** The existing topics, in byte order. A client gets those that it may read. */
  topics(how?: PageOptions): Promise<TopicsPage>;
  /** The existing clients, in byte order. Only for the server identity. */
  clients(how?: PageOptions): Promise<ClientsPage>;

  ping(): Promise<void>;
  /** Replaces the token by another one of the same client, before the present one expires. */
  refreshToken(token: string): Promise<void>;

  /** Ends the connection: earlier operations are answered, and keys are cleared at once. Never rejected. */
  close(): Promise<void>;
}

// --- notifications -------------------------------------------------------------------------------

export interface Where {
  /** The namespace. Only for the server identity. */
  ns?: string;
}

export interface PutOptions extends Where {
  /** Whether a reply is expected. */
  suit?: boolean;
  ttlMs?: number;
  /** Makes a repeated put harmless. The client makes one up if it is missing. */
  messageId?: string;
  /** Replaces a waiting notification with the same key: only the latest counts. */
  collapseKey?: string;
  /** The earliest delivery, in ms from now. A notification that expires earlier is never delivered. */
  delayMs?: number;
  /** If too many notifications wait for the target: evict the oldest, or reject this one (target_full). */
  atCap?: "evict" | "reject";
  /** Reports each step as a "receipt" event. */
  receipts?: boolean;
  /** The sender. Only for the server identity. */
  from?: string;
}

export interface PutReceipt {
  trace: Trace;
  createdAtMs: number;
  expiresAtMs: number;
  /** Where the notification is kept. On disk it survives a crash of the broker. */
  accepted: "memory" | "disk";
  /** An earlier put with this messageId has stored the notification. */
  duplicate?: boolean;
  /** The trace of the oldest notification, which was evicted. */
  evicted?: Trace;
  /** The trace of the notification with this collapseKey that this one replaced. */
  collapsed?: Trace;
}

export type PutOutcome = ({ to: string; ok: true } & PutReceipt) | { to: string; ok: false; error: RestanteError };

export interface Notification {
  trace: Trace;
  from: string;
  pack: Json;
  suit: boolean;
  createdAtMs: number;
  expiresAtMs: number;
  /** How often the notification was offered, including this time. */
  attempts: number;
  ack(): Promise<{ late: boolean }>;
  reply(value: Json): Promise<Status>;
}

export interface Status {
  trace: Trace;
  from: string;
  to: string;
  pack: Json;
  suit: boolean;
  state: "queued" | "offered" | "delivered" | "replied";
  createdAtMs: number;
  /** If it was put with a delayMs: the time when the delay is over. */
  dueAtMs?: number;
  expiresAtMs: number;
  delivered: boolean;
  deliveredAtMs?: number;
  replied: boolean;
  repliedAtMs?: number;
  reply?: Json;
  attempts: number;
}

export interface Receipt {
  trace: Trace;
  to: string;
  state: "queued" | "offered" | "delivered" | "replied" | "expired" | "evicted" | "collapsed";
  atMs: number;
}

export interface Reply {
  trace: Trace;
  reply: Json;
  repliedAtMs: number;
}

// --- ephemeral state -----------------------------------------------------------------------------

/** Bytes, or text as UTF-8, or any other JSON value, written as JSON. undefined: empty. */
export type Payload = Uint8Array | string | Json | undefined;

export interface Entry {
  readonly key: string;
  /** The client that owns it. */
  readonly clientId: string;
  /** The payload. */
  readonly bytes: Uint8Array;
  /** The payload as text. */
  readonly text: string;
  /** The payload as JSON; undefined if it is not JSON. */
  readonly json: Json | undefined;
  /** When the lease ends, in ms of `Date.now()`; undefined for an entry that is known only from an event. */
  readonly expiresAtMs: number | undefined;
}

export interface Listing {
  entries: Entry[];
  epoch: number;
  seq: number;
}

export type TopicChange =
  /** The new entry. */
  | { kind: "set"; entry: Entry; reason?: undefined }
  /** The entry before the clear. */
  | { kind: "clear"; entry: Entry; reason: "explicit" | "disconnect" | "expired" }
  /** Anything may have changed; see `entries`. */
  | { kind: "snapshot"; entry?: undefined; reason?: undefined };

export interface TopicEvents {
  change: TopicChange;
  message: { clientId: string; data: Json };
  /** The subscription was refused, the first time or after a reconnect. */
  error: RestanteError;
}

export class TopicView {
  private constructor();
  readonly name: string;
  /** The present entries, in byte order of the keys. While the connection is interrupted: the last known entries. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly epoch: number;
  readonly seq: number;
  /** Whether the view is known to be up to date: subscribed, on a connection that is up. */
  readonly live: boolean;
  /** Fulfilled by the first snapshot; rejected if the subscription is refused. */
  readonly ready: Promise<TopicView>;
  on<E extends keyof TopicEvents>(event: E, listener: (event: TopicEvents[E]) => void): () => void;
  set(key: string, payload?: Payload, how?: { ttlMs?: number }): Promise<void>;
  clear(key: string): Promise<void>;
  hold(key: string, payload?: Payload, how?: { ttlMs?: number }): Held;
  publish(data: Json): Promise<void>;
  /** Closes the view. The last view of a topic ends the subscription. */
  close(): void;
}

export interface Held {
  readonly topic: string;
  readonly key: string;
  /** Fulfilled when the key was set the first time; rejected if that is refused. */
  readonly ready: Promise<void>;
  /**
   * Fulfilled when another client took the key over, when it could not be set again, or when the connection has ended.
   */
  readonly lost: Promise<void>;
  /** Sets another payload at once. */
  update(payload?: Payload): Promise<void>;
  /** Clears the key. */
  release(): Promise<void>;
}

export interface Watch {
  /** Undefined until the broker has reported the state. */
  readonly connected: boolean | undefined;
  /** Rejected if the watch is refused. */
  readonly ready: Promise<void>;
  close(): void;
}

// --- lists ---------------------------------------------------------------------------------------

export interface PageOptions extends Where {
  /** Only ids with this prefix. */
  prefix?: string;
  /** Only ids after this one: the last id of the previous page. */
  after?: string;
  /** The maximum number of ids: 1 to 256, default 64. */
  limit?: number;
}

export interface TopicsPage {
  topics: { topic: string; keys: number; subscribers: number }[];
  /** The number of all ids with the prefix, on this page or not. */
  total: number;
  /** Whether more ids follow the last one. */
  more: boolean;
}

export interface ClientsPage {
  clients: { client: string; connected: boolean; pending: number }[];
  total: number;
  more: boolean;
}
