// Checks the options of `connect` and adds the defaults.

import { duration, flag, oneOf, text, whole, wrongOptions } from "./checks.js";

const schemes = new Map([
  ["ws:", "ws:"],
  ["wss:", "wss:"],
  ["http:", "ws:"],
  ["https:", "wss:"],
]);

/** The address of the socket. Throws a TypeError for an invalid URL. */
export function socketUrl(url) {
  const parsed = new URL(url);
  const scheme = schemes.get(parsed.protocol);
  if (scheme === undefined)
    throw new TypeError(`${parsed.protocol} is no way to a broker: ws, wss, http and https are`);
  parsed.protocol = scheme;
  parsed.hash = "";
  if (parsed.pathname === "/")
    parsed.pathname = "/v1/ws";
  return parsed.href;
}

const optionsOfReconnect = { firstMs: duration, longestMs: duration };

const optionsOfConnect = {
  client: text,
  ns: text,
  token: (value) =>
    typeof value === "string" || typeof value === "function" ? undefined : "is neither a string nor a function that answers one",
  ack: oneOf("explicit", "manual", "auto"),
  maxInflight: whole,
  resumeWindowMs: whole,
  visit: flag,
  reconnect: (value) => (typeof value === "boolean" ? undefined : wrongReconnect(value)),
  connectTimeoutMs: duration,
  tokenPatienceMs: duration,
  deadlineMs: duration,
  maxWaiting: duration,
  WebSocket: (value) => (typeof value === "function" ? undefined : "is no class"),
};

function wrongReconnect(value) {
  const wrong = wrongOptions("reconnect", value, optionsOfReconnect);
  return wrong && `is wrong: ${wrong}`;
}

/** The longest time of a timer. */
const timerMax = 0x7fffffff;

/** Throws a TypeError for an unknown option or one of the wrong type. */
export function settle(url, options = {}) {
  const wrong = wrongOptions("connect", options, optionsOfConnect);
  if (wrong)
    throw new TypeError(wrong);
  const { token, reconnect } = options;
  const WebSocket = options.WebSocket ?? globalThis.WebSocket;
  if (WebSocket === undefined)
    throw new TypeError("there is no WebSocket here: give one as options.WebSocket, such as that of `ws`");
  return Object.freeze({
    url: socketUrl(url),
    client: options.client,
    ns: options.ns,
    token,
    ack: options.ack ?? "explicit",
    maxInflight: options.maxInflight ?? 64,
    resumeWindowMs: options.resumeWindowMs ?? 0,
    visit: options.visit ?? false,
    reconnect: reconnect ?? true,
    firstMs: Math.min(reconnect?.firstMs ?? 100, timerMax),
    longestMs: Math.min(reconnect?.longestMs ?? 30_000, timerMax),
    connectTimeoutMs: Math.min(options.connectTimeoutMs ?? 10_000, timerMax),
    tokenPatienceMs: options.tokenPatienceMs ?? 300_000,
    deadlineMs: options.deadlineMs ?? 30_000,
    maxWaiting: options.maxWaiting ?? 1024,
    WebSocket,
  });
}
