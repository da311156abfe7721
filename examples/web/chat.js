// A chat room: who is here, who types, and what they say.
//
// Two kinds of things travel here. A key is held: every subscriber sees it exactly as long as its owner is
// connected, and a lost owner's key needs no cleanup. A message is sent once, to all subscribers of the room.

import { connect } from "../../clients/js/restante.js";
import { board } from "./board.js";
import { $, dress, holders, match, stamp } from "./shared.js";
import { phone } from "./phone.js";

const query = new URLSearchParams(location.search);
const name = await whoIsThis();
const roomName = query.get("room") || "Lobby";

// --- the connection ------------------------------------------------------------------------------

// With `resumeWindowMs: 3000` a connection loss of three seconds would go unnoticed, and so would a crash.
const connection = connect(query.get("broker") || "ws://127.0.0.1:7467", {
  client: name,
  resumeWindowMs: 0,
  reconnect: { firstMs: 200, longestMs: 3000 },
});
const room = connection.topic(`room:${roomName}`);

connection.on("connected", () => showLink("connected", "Connected"));
connection.on("interrupted", () => showLink("interrupted", "Reconnecting…"));
// A client has one connection, and the newest counts: this page does not take the connection back by itself, but
// offers to reconnect.
connection.on("ended", ({ code, reason }) => showLink("ended", code === 4503 ? `${name} is open elsewhere` : reason));

function showLink(state, text) {
  document.body.dataset.link = state;
  $("link").textContent = text;
}

room.on("error", (error) => note(`The room is closed: ${error.message}`));

// --- who is here ---------------------------------------------------------------------------------

const known = new Map(); // all people seen here, and whether they are here now
room.hold(`here:${name}`);

room.on("change", ({ kind, entry }) => {
  if (entry?.key.startsWith("cursor:")) return; // many, and the board's
  const here = holders(room, "here").map(({ clientId }) => clientId);
  const tell = kind === "snapshot" ? () => {} : note; // a snapshot is where things stand, not news
  for (const who of here) if (!known.get(who)) { if (who !== name) tell(`${who} came in`); known.set(who, true); }
  for (const [who, isHere] of known) if (isHere && !here.includes(who)) { tell(`${who} left`); known.set(who, false); }

  match($("list"), [...known.keys()].sort(), personFor, (row, who) => {
    row.classList.toggle("away", !known.get(who));
    row.querySelector(".where").textContent = who === name ? "you" : known.get(who) ? "" : "away";
  });

  const typing = holders(room, "typing").map(({ clientId }) => clientId).filter((who) => who !== name);
  const names = new Intl.ListFormat("en").format(typing.slice(0, 3));
  $("typing").textContent = names && `${names} ${typing.length === 1 ? "is" : "are"} typing`;
});

function personFor(who) {
  const row = stamp("person", { name: who });
  const button = row.querySelector("button");
  button.setAttribute("aria-label", `Call ${who}`);
  button.hidden = who === name;
  button.addEventListener("click", () => call(who));
  return row;
}

// --- what they say -------------------------------------------------------------------------------

room.on("message", ({ clientId, data }) => {
  if (typeof data?.text === "string") write(stamp("message", { name: clientId, text: data.text }), clientId);
});

$("say").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("words").value.trim();
  if (!text) return;
  $("words").value = "";
  const sent = room.publish({ text });
  rest(); // after the message, so that for the others the message takes the place of the dots
  try {
    await sent;
  } catch (error) {
    note(`Not sent: ${error.message}`);
    $("words").value ||= text;
  }
});

// --- who types -----------------------------------------------------------------------------------

let typing, pause;

$("words").addEventListener("input", () => {
  if (!$("words").value) return rest();
  typing ??= room.hold(`typing:${name}`);
  clearTimeout(pause);
  pause = setTimeout(rest, 2000);
});

function rest() {
  clearTimeout(pause);
  typing?.release();
  typing = undefined;
}

// --- the log -------------------------------------------------------------------------------------

function note(text) {
  const line = stamp("note");
  line.textContent = text;
  write(line);
}

function write(line, from) {
  const lines = $("lines");
  if (from !== undefined) {
    dress(line, from).dataset.from = from;
    line.classList.toggle("mine", from === name);
    line.classList.toggle("same", lines.lastElementChild.dataset.from === from);
  }
  lines.append(line);
  if (lines.children.length > 500) lines.children[2].remove(); // the first two are the hints
  if (from === name) $("log").scrollTop = 0; // the end, see chat.css
}

// --- and the rest --------------------------------------------------------------------------------

$("room").textContent = document.title = roomName;
board(room, name);
const call = phone(connection, note);

$("call-form").addEventListener("submit", (event) => {
  event.preventDefault();
  call($("callee").value.trim());
  event.target.reset();
});
$("command").textContent = `restante serve --allow-origin ${location.origin}`;
$("words").focus();

async function whoIsThis() {
  while (!query.get("name")?.trim()) {
    $("who").showModal();
    await new Promise((resolve) => $("who").addEventListener("close", resolve, { once: true }));
    query.set("name", $("name").value);
    history.replaceState(null, "", `?${query}`);
  }
  return query.get("name").trim();
}
