// Small helpers to make and change elements. Content from the broker is only inserted as text.

export const $ = (selector, within = document) => within.querySelector(selector);

/** Makes an element. Properties are assigned as they are, including `dataset` and `on…`. */
export function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "dataset") Object.assign(made.dataset, value);
    else if (name.startsWith("aria-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

/** Writes the text only if it differs: most of the content does not change within a second. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function show(node, isShown) {
  if (node.hidden === isShown) node.hidden = !isShown;
}

/** Makes `wanted` the children of `parent`, in order. Elements that are in their place are not touched. */
export function arrange(parent, wanted) {
  let at = parent.firstChild;
  for (const child of wanted) {
    if (child === at) at = at.nextSibling;
    else parent.insertBefore(child, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export const count = (n) => whole.format(n);
export const brief = (n) => (n < 10000 ? whole.format(n) : short.format(n));

export function bytes(n) {
  const units = ["B", "KiB", "MiB", "GiB"];
  let at = 0;
  for (; n >= 1000 && at < units.length - 1; at++) n /= 1024;
  return `${n < 10 && at > 0 ? n.toFixed(1) : Math.round(n)} ${units[at]}`;
}

export const clip = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** The value that the user typed: JSON if the text is valid JSON, otherwise text. */
export function typed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** Describes an error in a sentence. */
export function sentence(error) {
  return error?.number ? `${error.message} (${error.number} ${error.code})` : String(error?.message ?? error);
}
