// A call that rings on a phone that is away. It takes both halves of the broker:
//
//   A suit, a notification that expects a reply, waits for an absent callee as long as its TTL, and brings the
//   answer back.
//
//   The keys "caller" and "callee" on the topic call:ID say who is in the call now. A key exists as long as the
//   page that holds it, so the ringing never outlives the caller's page: when the caller hangs up, or the page is
//   closed or crashes, the ringing stops at once.

import { $, dress } from "./shared.js";

const ringMs = 30_000;

/** Makes and takes calls, one at a time, and reports how they end to `note`. Returns the function that calls a person. */
export function phone(connection, note) {
  let now; // the current call
  const title = document.title;

  async function call(other) {
    if (now || !other || other === connection.client) return;
    const id = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const it = begin(other, id, "caller", "callee");
    try {
      await it.mine.ready; // the key before the suit, so that a reader of the suit finds the key and rings
      if (it !== now) return;
      const { reply } = await connection.ask(other, { call: id }, { ttlMs: ringMs, timeoutMs: ringMs });
      if (reply !== "answered") return end(it, reply === "busy" ? `${other} is in another call` : `${other} declined`);
      if (it === now) talk(it);
    } catch (error) {
      if (it !== now) return;
      leaveWord(it);
      const isUnanswered = error.code === "timeout" || error.code === "not_found"; // the suit's TTL is over
      end(it, isUnanswered ? `${other} did not answer` : `The call failed: ${error.message}`);
    }
  }

  connection.on("notification", async (letter) => {
    const { from, pack } = letter;
    if (typeof pack?.missed === "string") return miss(from, pack.missed);
    if (typeof pack?.call !== "string") return;
    if (now) return letter.reply("busy");

    const it = begin(from, pack.call, "callee", "caller");
    // The notification is acknowledged when this function returns: if the page crashes before, the notification comes
    // again and rings again.
    const answer = await it.decided;
    if (answer === "nobody") return miss(from, pack.call);
    try {
      if (answer === "answered") await talk(it);
      else end(it, `You declined a call from ${from}`);
      await letter.reply(answer);
    } catch (error) {
      end(it, `Too late to answer ${from}`);
    }
  });

  // The keys of this page are gone now, so the others know. A phone that only rings continues if the caller is still
  // there.
  connection.on("interrupted", () => {
    if (now?.role === "caller" || now?.state === "talking") end(now, `The connection was lost, and the call with it`);
  });

  function begin(other, id, role, theirRole) {
    const line = connection.topic(`call:${id}`);
    const it = { other, id, role, line, state: "ringing", reach: undefined };
    it.decided = new Promise((resolve) => { it.decide = resolve; });
    it.mine = line.hold(role, "ringing");
    now = it;
    line.on("change", () => look(it, theirRole));
    draw();
    return it;
  }

  /** Follows the other person's key: it tells the state of the call. Without a key, that person is not there or has left. */
  function look(it, theirRole) {
    if (it !== now) return;
    const theirs = it.line.entries.get(theirRole);
    it.reach = theirs?.clientId === it.other ? theirs.text : undefined;
    if (it.reach === undefined && it.state === "talking") return end(it, `The call with ${it.other} is over`);
    if (it.reach === undefined && it.role === "callee") { it.decide("nobody"); return end(it); }
    draw();
  }

  function talk(it) {
    it.state = "talking";
    draw();
    return it.mine.update("talking");
  }

  function hangUp() {
    if (now?.state === "talking") return end(now, `The call with ${now.other} is over`);
    if (now?.role === "callee") return now.decide("declined");
    if (now) { leaveWord(now); end(now, `You hung up before ${now.other} answered`); }
  }

  function end(it, text) {
    if (it !== now) return;
    now = undefined;
    it.mine.release();
    it.line.close();
    if (text) note(text);
    draw();
  }

  // --- a missed call leaves a plain notification, which waits for a day ---

  const missed = new Set();

  function leaveWord({ other, id }) {
    connection.put(other, { missed: id }).catch(() => {});
  }

  function miss(from, id) {
    if (!missed.has(id)) note(`You missed a call from ${from}`);
    missed.add(id);
  }

  // --- the card ---

  let before; // the element that had the focus

  function draw() {
    const card = $("call");
    const isShown = now && (now.role === "caller" || now.reach !== undefined); // a suit of a caller who has left does not ring
    const isAsked = isShown && now.role === "callee" && now.state === "ringing";
    const isOpening = isShown && card.hidden;
    const hadFocus = card.contains(document.activeElement);
    card.hidden = !isShown;
    document.title = isAsked ? `${now.other} calls…` : title;
    if (!isShown) return hadFocus && before?.focus();

    dress(card, now.other);
    card.dataset.state = now.state;
    $("call-who").textContent = now.other;
    $("call-text").textContent = now.state === "talking" ? "Answered" : isAsked ? "calls you"
      : now.reach ? "Ringing…" : "Calling. It rings as soon as they are here.";
    if (!isAsked && document.activeElement === $("answer")) card.focus(); // the button is about to vanish
    $("answer").hidden = !isAsked;
    $("hang-up").textContent = isAsked ? "Decline" : "Hang up";
    // The card takes the focus, not one of its buttons, so that no key press answers by accident. While a message is
    // half written, the focus stays in the message.
    if (isOpening && !$("words").value) { before = document.activeElement; card.focus(); }
  }

  $("answer").addEventListener("click", () => now?.decide("answered"));
  $("hang-up").addEventListener("click", hangUp);
  addEventListener("keydown", (event) => { if (event.key === "Escape") hangUp(); });

  return call;
}
