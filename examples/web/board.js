// Pointers on a shared board. Each is a key with a position as its payload. A pointer moves when its key is set
// again. The broker removes it when its owner disconnects or crashes, so no pointer is ever left behind.

import { $, holders, match, stamp } from "./shared.js";

const shortestMs = 50; // at most 20 positions a second

export function board(room, name) {
  let held, latest, isSending = false;

  /** Moves the own pointer. While one position is being sent, later positions replace each other. */
  async function point(x, y) {
    latest = { x: between(x), y: between(y) };
    if (isSending) return;
    isSending = true;
    while (latest) {
      const position = latest;
      latest = undefined;
      const sent = held ? held.update(position) : (held = room.hold(`cursor:${name}`, position)).ready;
      await Promise.allSettled([sent, new Promise((resolve) => setTimeout(resolve, shortestMs))]);
    }
    isSending = false;
  }

  function leave() {
    latest = undefined;
    held?.release();
    held = undefined;
  }

  const area = $("board");
  area.addEventListener("pointermove", (event) => {
    const { left, top, width, height } = area.getBoundingClientRect();
    point((event.clientX - left) / width, (event.clientY - top) / height);
  });
  area.addEventListener("pointerleave", leave);

  // The pointer can be moved by keyboard too.
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  let at = { x: 0.5, y: 0.5 };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && held) {
      event.stopPropagation();
      leave();
    }
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    at = { x: between(at.x + step[0] * 0.03), y: between(at.y + step[1] * 0.03) };
    point(at.x, at.y);
  });
  area.addEventListener("blur", leave);

  room.on("change", () => {
    const positions = new Map(holders(room, "cursor").map(({ clientId, json }) => [clientId, json]));
    match($("cursors"), [...positions.keys()], (who) => stamp("cursor", { name: who }), (cursor, who) => {
      cursor.classList.toggle("mine", who === name);
      cursor.style.setProperty("--x", between(positions.get(who)?.x));
      cursor.style.setProperty("--y", between(positions.get(who)?.y));
    });
  });
}

/** Others may have written anything. */
function between(value) {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0.5;
}
