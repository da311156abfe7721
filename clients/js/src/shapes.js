// Converts the broker's fields to camelCase. Packs, replies and data stay as they are.

import { errorOf } from "./errors.js";

/** Leaves out undefined members. */
function present(members) {
  for (const name of Object.keys(members))
    if (members[name] === undefined)
      delete members[name];
  return members;
}

export function connectedOf(frame) {
  return present({
    client: frame.client,
    ns: frame.ns,
    epoch: frame.epoch,
    resumed: frame.resumed === true,
    pending: frame.pending,
    pingMs: frame.ping_ms,
    expiresInMs: frame.expires_in_ms,
  });
}

export function putReceiptOf(frame) {
  return present({
    trace: frame.trace,
    createdAtMs: frame.created_at_ms,
    expiresAtMs: frame.expires_at_ms,
    accepted: frame.accepted,
    duplicate: frame.duplicate,
    evicted: frame.evicted,
    collapsed: frame.collapsed,
  });
}

export function putOutcomeOf(outcome) {
  return outcome.ok
    ? { to: outcome.to, ok: true, ...putReceiptOf(outcome) }
    : { to: outcome.to, ok: false, error: errorOf(outcome.error) };
}

export function statusOf(said) {
  return present({
    trace: said.trace,
    from: said.from,
    to: said.to,
    pack: said.pack,
    suit: said.suit,
    state: said.state,
    createdAtMs: said.created_at_ms,
    dueAtMs: said.due_at_ms,
    expiresAtMs: said.expires_at_ms,
    delivered: said.delivered,
    deliveredAtMs: said.delivered_at_ms,
    replied: said.replied,
    repliedAtMs: said.replied_at_ms,
    reply: said.reply,
    attempts: said.attempts,
  });
}

export function receiptOf(frame) {
  return { trace: frame.trace, to: frame.to, state: frame.state, atMs: frame.at_ms };
}

/** The fields that all puts share. */
export function putFields(pack, how) {
  return {
    pack,
    suit: how.suit,
    ttl_ms: how.ttlMs,
    delay_ms: how.delayMs,
    message_id: how.messageId,
    collapse_key: how.collapseKey,
    at_cap: how.atCap,
    receipts: how.receipts,
    from: how.from,
    ns: how.ns,
  };
}
