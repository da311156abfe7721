// Payloads are bytes, sent as base64.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A call can take about this many arguments. */
const chunk = 8192;

export function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += chunk)
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + chunk));
  return btoa(text);
}

/** Invalid base64, which the broker never sends, gives an empty payload. */
export function fromBase64(text) {
  let binary = "";
  try {
    binary = atob(text);
  } catch {
    return new Uint8Array(0);
  }
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; ++at)
    bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** The `payload` of a request; undefined if it is empty. Throws if the value cannot be written as JSON. */
export function encodePayload(payload) {
  const bytes = bytesOf(payload);
  return bytes.length === 0 ? undefined : toBase64(bytes);
}

function bytesOf(payload) {
  if (payload === undefined)
    return new Uint8Array(0);
  if (ArrayBuffer.isView(payload))
    return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
  if (payload instanceof ArrayBuffer)
    return new Uint8Array(payload);
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  if (text === undefined)
    throw new TypeError("the payload has no JSON");
  return encoder.encode(text);
}

export function textOf(bytes) {
  return decoder.decode(bytes);
}

export function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
