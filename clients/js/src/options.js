// What `connect` is given, checked and with its defaults.

const schemes = new Map([
  ["ws:", "ws:"],
  ["wss:", "wss:"],
  ["http:", "ws:"],
  ["https:", "wss:"],
]);

/** The address of the socket. Throws a TypeError for what is none. */
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

export function settle(url, options = {}) {
  const { token, reconnect, ack } = options;
  if (token !== undefined && typeof token !== "string" && typeof token !== "function")
    throw new TypeError("a token is a string, or a function that answers one");
  if (ack !== undefined && ack !== "explicit" && ack !== "manual" && ack !== "auto")
    throw new TypeError("ack is explicit, manual or auto");
  const WebSocket = options.WebSocket ?? globalThis.WebSocket;
  if (typeof WebSocket !== "function")
    throw new TypeError("there is no WebSocket here: give one as options.WebSocket, such as that of `ws`");
  return Object.freeze({
    url: socketUrl(url),
    client: options.client,
    ns: options.ns,
    token,
    ack: ack ?? "explicit",
    maxInflight: options.maxInflight ?? 64,
    resumeWindowMs: options.resumeWindowMs ?? 0,
    visit: options.visit ?? false,
    reconnect: reconnect ?? true,
    firstMs: reconnect?.firstMs ?? 100,
    longestMs: reconnect?.longestMs ?? 30_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    deadlineMs: options.deadlineMs ?? 30_000,
    maxWaiting: options.maxWaiting ?? 1024,
    WebSocket,
  });
}
