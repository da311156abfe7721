// The page: asks the broker for its state once a second, and shows it.

import { Chart } from "./chart.js";
import { Clients } from "./clients.js";
import { BrokerAccess, sight } from "./access.js";
import { $, show, write } from "./dom.js";
import { Figures } from "./figures.js";
import { Panel } from "./panel.js";
import { Topics } from "./topics.js";

const everyMs = 1000;

const access = new BrokerAccess();
const figures = new Figures();
const chart = new Chart();
const topics = new Topics(access);
const panel = new Panel(access);
const clients = new Clients(access, (client) => panel.writeTo(client));

// --- identification ---

const dialog = $("#sign-in");

function askForToken(why = "") {
  dialog.returnValue = ""; // Escape changes nothing
  write($(".wrong", dialog), why);
  if (!dialog.open) dialog.showModal();
}

dialog.addEventListener("close", async () => {
  const { token } = dialog.querySelector("form").elements;
  const given = token.value.trim();
  token.value = "";
  if (dialog.returnValue !== "use" || !given) return;
  await open(() => access.useToken(given));
  if (access.sight === sight.nothing) askForToken("The broker does not know this token, or it has expired.");
});

$("[data-cancel]", dialog).addEventListener("click", () => dialog.close(""));
$("#token").addEventListener("click", () => askForToken());

const place = $("#place").elements.ns;
place.value = access.ns;
place.addEventListener("change", () => open(() => access.useNamespace(place.value)));
$("#place").addEventListener("submit", (event) => event.preventDefault());

const identities = {
  [sight.open]: "",
  [sight.server]: "server identity",
  [sight.client]: "a client",
  [sight.nothing]: "not signed in",
};

access.addEventListener("opened", () => {
  write($("#identity"), identities[access.sight]);
  show($("#place"), access.canSeeAll);
  show($("#overview"), access.canSeeAll);
  show($("#token"), access.sight !== sight.open);
  show($("#topics"), access.visit !== null);
  if (access.sight === sight.nothing) setState("ended", "a token is needed");
});

// --- the state of the connection ---

function setState(state, text = state) {
  const shown = $("#state");
  shown.dataset.state = state;
  write(shown, text);
}

function complain(text) {
  write($("#banner"), text);
  show($("#banner"), text !== "");
}

access.addEventListener("connected", ({ detail }) => {
  if (detail.connection !== access.visit) return;
  if (detail.what.client) write($("#identity"), `${detail.what.client}${detail.what.ns ? ` in ${detail.what.ns}` : ""}`);
  setState("connected");
  complain("");
});
access.addEventListener("interrupted", ({ detail }) => {
  if (detail.connection === access.visit) setState("interrupted", "lost: trying again");
});
access.addEventListener("ended", ({ detail }) => {
  if (detail.connection !== access.visit) return;
  setState("ended", `ended: ${detail.what.reason || detail.what.code}`);
  if (detail.what.code === 4500) askForToken("The token is good no longer.");
});

/** Connects to the broker, and retries while the broker cannot be reached. */
async function open(how) {
  for (let pause = 1000; ; pause = Math.min(2 * pause, 10_000)) {
    try {
      await how();
      complain("");
      return;
    } catch (error) {
      setState("interrupted", "no broker");
      complain(`The broker does not answer (${error.message}). Trying again.`);
      await new Promise((done) => setTimeout(done, pause));
    }
  }
}

// --- once a second ---

async function look() {
  if (document.hidden || !access.visit) return;
  try {
    const [stats] = await Promise.all([access.stats(), topics.refresh(), clients.refresh()]);
    if (stats) chart.add(figures.take(stats));
  } catch {
    chart.add(undefined); // a gap in the chart; the connection reports the reason
  }
}

await open(() => access.open());
if (access.sight === sight.nothing) askForToken();
for (;;) {
  await look();
  await new Promise((done) => setTimeout(done, everyMs));
}
