// The JavaScript client of Restante: for browsers, and Node from 18 on.
//
// The words are those of docs/protocol.md. All that comes back is in camelCase, but for what is yours: packs,
// replies and data are handed on as they are.

/** Any value that JSON has. */
export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

/** 32 lowercase hex characters: the public id of a notification. */
export type Trace = string;

// --- errors --------------------------------------------------------------------------------------

/** An error of the broker, or of this client: see the table in docs/protocol.md. */
export class RestanteError extends Error {
  readonly name: "RestanteError";
  /** Such as "payload_too_large". */
  readonly code: ErrorCode;
  /** Such as 103. Numbers are for ever. */
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

/** Every code with its number and whether it may be tried again. */
export const errors: Readonly<Record<ErrorCode, { number: number; retry: boolean }>>;

// --- the connection ------------------------------------------------------------------------------

/**
 * Connects, and keeps connected: the result is usable at once, what is asked waits for the connection.
 *
 * `url` is `ws:`, `wss:`, `http:` or `https:`; without a path `/v1/ws` is meant. Throws a TypeError for anything else, and
 * where there is no WebSocket (Node before 22 without `options.WebSocket`), and for an option that does not exist or is of the
 * wrong type.
 */
export function connect(url: string | URL, options?: Options): Connection;

export interface Options {
  /** Who it is, where the broker asks for no token. Without it the broker makes one up. */
  client?: string;
  /** The namespace, where the broker asks for no token. */
  ns?: string;
  /** Says who it is; a function is asked again at each connect and before the token runs out. */
  token?: string | (() => string | Promise<string>);
  /**
   * "explicit" (default): a notification is acknowledged when every listener has returned, and the promises that they
   * returned are fulfilled; if one throws or rejects it is not, and comes again: after a pause where the error says `retry`,
   * else with the next connection. "manual": by
   * `notification.ack()` alone. "auto": by the broker, as soon as the operating system took it.
   */
  ack?: "explicit" | "manual" | "auto";
  /** How many notifications may be unacknowledged: 1 to 64, default 64. */
  maxInflight?: number;
  /**
   * How long the broker keeps keys and subscriptions when the socket is lost, ms, at most 300,000. Default 0: keys go the moment
   * the socket does, a page that crashed shows nothing any more, and a hiccup of the network is seen by others.
   */
  resumeWindowMs?: number;
  /** Asks beside the client's connection, or as the server identity; see "visit" in docs/protocol.md. */
  visit?: boolean;
  /** false: the first loss ends it. Otherwise the pauses between attempts, ms: default { firstMs: 100, longestMs: 30000 }. */
  reconnect?: boolean | { firstMs?: number; longestMs?: number };
  /** After how long an attempt to connect has failed, ms: default 10,000. */
  connectTimeoutMs?: number;
  /**
   * How long a `token` function is asked again where the broker refuses its tokens, with pauses as of `reconnect`, ms: default
   * 300,000; 0: the first refusal ends it. A token that becomes valid within a minute is never a reason to end.
   */
  tokenPatienceMs?: number;
  /** After how long what was asked ends, ms: default 30,000. `unreachable` when it never went out, else `unknown_outcome`. */
  deadlineMs?: number;
  /** How many operations may be under way or wait for a connection: default 1,024; more are refused `overloaded`. */
  maxWaiting?: number;
  /** The WebSocket to use: `ws`, where the runtime has none. */
  WebSocket?: unknown;
}

/** "connecting" until the first connect was answered, "interrupted" between connections, "ended" for good. */
export type State = "connecting" | "connected" | "interrupted" | "ended";

export interface Connected {
  client: string;
  ns: string;
  epoch: number;
  /** Keys, subscriptions and what was not acknowledged are those from before the loss. */
  resumed: boolean;
  /** Notifications that wait. */
  pending: number;
  pingMs: number;
  /** How long the token is good for, if it ends. */
  expiresInMs?: number;
}

export interface Interrupted {
  /** The close code of the WebSocket; 1006 when it was cut. */
  code: number;
  reason: string;
  /** In how many ms it is tried again. */
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
  /** They wait for the first listener. */
  notification: Notification;
  receipt: Receipt;
  /** A key of this connection was taken over by another client. */
  lost: { topic: string; key: string; clientId: string };
  /**
   * A listener threw, or a promise it returned was rejected; or what nobody waits for went wrong: an acknowledgement, a watch or
   * an unattended view refused after a reconnect, a token function, a frame that makes no sense. Without a listener for this,
   * `console.error` gets it.
   */
  error: unknown;
}

export class Connection {
  private constructor();
  readonly state: State;
  /** The client's name, once connected. */
  readonly client: string | undefined;
  readonly ns: string | undefined;
  /** Fulfilled by the first connect, rejected when the connection ends before. */
  readonly connected: Promise<Connected>;
  /** Fulfilled at the end, whatever it is; never rejected. */
  readonly ended: Promise<Ended>;

  /** Calls `listener` at each event, in order; what it returns is awaited for "notification" alone. Answers how to stop. */
  on<E extends keyof ConnectionEvents>(event: E, listener: (event: ConnectionEvents[E]) => unknown): () => void;

  // Every promise below is rejected with a RestanteError: `invalid_argument` for an option that does not exist or is of the
  // wrong type. Nothing here throws but a TypeError, for what is no listener and for wrong options of `hold`.

  put(to: string, pack: Json, how?: PutOptions): Promise<PutReceipt>;
  /** One outcome per target, in their order. All have one messageId: a target that is named twice gets it once. */
  putMany(targets: string[], pack: Json, how?: PutOptions): Promise<PutOutcome[]>;
  /** Puts a suit and awaits its reply; `timeoutMs` (default 30,000) is for the reply. */
  ask(to: string, pack: Json, how?: PutOptions & { timeoutMs?: number }): Promise<Reply>;
  /** Said again where the broker refuses it for now, until `deadlineMs`; behind that it goes on, but nobody is told. */
  ack(trace: Trace): Promise<{ late: boolean }>;
  status(trace: Trace, where?: Where): Promise<Status>;
  reply(trace: Trace, value: Json, where?: Where): Promise<Status>;
  /** `timeout` after `timeoutMs` (default 30,000); goes on after a reconnect. */
  awaitReply(trace: Trace, how?: { timeoutMs?: number } & Where): Promise<Reply>;
  /** The own notifications that wait; somebody else's with the server identity. `connected` in a visit only. */
  pending(client?: string, where?: Where): Promise<{ pending: number; connected?: boolean }>;
  /** Server identity. */
  drain(client: string, where?: Where): Promise<Status[]>;
  /** Server identity: how many have expired since the last purge. */
  purge(where?: Where): Promise<number>;

  /** Sets a key once; it is gone with the connection, or when its lease ends (default 60 s). */
  set(topic: string, key: string, payload?: Payload, how?: { ttlMs?: number }): Promise<void>;
  clear(topic: string, key: string): Promise<void>;
  list(topic: string, where?: Where): Promise<Listing>;
  publish(topic: string, data: Json): Promise<void>;
  /**
   * Holds a key for as long as it is not released: renews the lease, and sets it again after a reconnect without resume.
   * Taken over by another client, or by a newer hold of the same key, it is held no longer. Views, holds and watches have no
   * deadline: they come to be when the broker is there.
   */
  hold(topic: string, key: string, payload?: Payload, how?: { ttlMs?: number }): Held;

  /** A live view of a topic: subscribed until `close()`, across reconnects. Several views of one topic share a subscription. */
  topic(name: string): TopicView;

  /** Calls `listener` with the present state and each change, until the watch is closed. */
  watch(client: string, listener: (connected: boolean) => void): Watch;

  /** The topics there are, in byte order; a client's: those that it may read. */
  topics(how?: PageOptions): Promise<TopicsPage>;
  /** The clients there are, in byte order; server identity. */
  clients(how?: PageOptions): Promise<ClientsPage>;

  ping(): Promise<void>;
  /** Another token of the same client, before this one runs out. */
  refreshToken(token: string): Promise<void>;

  /** Ends it: what was asked before is answered, keys go at once. Never rejected. */
  close(): Promise<void>;
}

// --- notifications -------------------------------------------------------------------------------

export interface Where {
  /** The namespace; server identity. */
  ns?: string;
}

export interface PutOptions extends Where {
  /** Expects a reply. */
  suit?: boolean;
  ttlMs?: number;
  /** Makes putting again harmless; one is made up where it is missing. */
  messageId?: string;
  /** Takes the place of the one with this key that still waits: only the latest counts. */
  collapseKey?: string;
  /** Not delivered earlier than this from now; what lives shorter is never delivered. */
  delayMs?: number;
  /** Where too many wait for the target: the oldest goes, or this one is refused (target_full). */
  atCap?: "evict" | "reject";
  /** Wants each step as a "receipt" event. */
  receipts?: boolean;
  /** Server identity. */
  from?: string;
}

export interface PutReceipt {
  trace: Trace;
  createdAtMs: number;
  expiresAtMs: number;
  /** Where it is kept: what is on disk survives the broker. */
  accepted: "memory" | "disk";
  /** It was stored by an earlier put with this messageId. */
  duplicate?: boolean;
  /** The trace of the oldest one, which had to go. */
  evicted?: Trace;
  /** The trace of the one with this collapseKey whose place it took. */
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
  /** How often it was offered, this time included. */
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
  /** It was put with a delayMs: when that is over. */
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
  /** The payload as JSON; undefined when it is none. */
  readonly json: Json | undefined;
  /** When the lease ends, in ms of `Date.now()`; of an entry known by its event alone, undefined. */
  readonly expiresAtMs: number | undefined;
}

export interface Listing {
  entries: Entry[];
  epoch: number;
  seq: number;
}

export type TopicChange =
  /** The entry as it is. */
  | { kind: "set"; entry: Entry; reason?: undefined }
  /** The entry as it was. */
  | { kind: "clear"; entry: Entry; reason: "explicit" | "disconnect" | "expired" }
  /** Everything may be different, `entries` says how. */
  | { kind: "snapshot"; entry?: undefined; reason?: undefined };

export interface TopicEvents {
  change: TopicChange;
  message: { clientId: string; data: Json };
  /** The subscription was refused, first or after a reconnect. */
  error: RestanteError;
}

export class TopicView {
  private constructor();
  readonly name: string;
  /** What is there, in byte order of the keys. While the connection is interrupted: what was there. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly epoch: number;
  readonly seq: number;
  /** Whether the view is known to be up to date: subscribed, on a connection that is up. */
  readonly live: boolean;
  /** Fulfilled by the first snapshot; rejected when the subscription is refused. */
  readonly ready: Promise<TopicView>;
  on<E extends keyof TopicEvents>(event: E, listener: (event: TopicEvents[E]) => void): () => void;
  set(key: string, payload?: Payload, how?: { ttlMs?: number }): Promise<void>;
  clear(key: string): Promise<void>;
  hold(key: string, payload?: Payload, how?: { ttlMs?: number }): Held;
  publish(data: Json): Promise<void>;
  /** Ends the subscription with its last view. */
  close(): void;
}

export interface Held {
  readonly topic: string;
  readonly key: string;
  /** Fulfilled when it was set first; rejected when that is refused. */
  readonly ready: Promise<void>;
  /** Fulfilled when another client took it over, it could not be set again, or the connection has ended. */
  readonly lost: Promise<void>;
  /** Another payload, set at once. */
  update(payload?: Payload): Promise<void>;
  /** Clears it. */
  release(): Promise<void>;
}

export interface Watch {
  /** Undefined until the broker has told. */
  readonly connected: boolean | undefined;
  /** Rejected when the watch is refused. */
  readonly ready: Promise<void>;
  close(): void;
}

// --- what there is -------------------------------------------------------------------------------

export interface PageOptions extends Where {
  /** Only ids that begin so. */
  prefix?: string;
  /** Only ids behind this one: the last of the page before. */
  after?: string;
  /** At most so many: 1 to 256, default 64. */
  limit?: number;
}

export interface TopicsPage {
  topics: { topic: string; keys: number; subscribers: number }[];
  /** All that begin with `prefix`, on this page or not. */
  total: number;
  /** Whether there are some behind the last. */
  more: boolean;
}

export interface ClientsPage {
  clients: { client: string; connected: boolean; pending: number }[];
  total: number;
  more: boolean;
}
