// The little that the page needs to make and change elements. What comes from others is only ever text.

export const $ = (selector, within = document) => within.querySelector(selector);

/** Makes an element; properties are set as they are, `dataset` and `on…` among them. */
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

/** Writes only what is different: most of what is shown is the same the next second. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function show(node, isShown) {
  if (node.hidden === isShown) node.hidden = !isShown;
}

/** Makes the children of `parent` those of `wanted`, in order; what is in its place stays untouched. */
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

/** What somebody typed: JSON where it is some, else text. */
export function typed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** An error in a sentence. */
export function sentence(error) {
  return error?.number ? `${error.message} (${error.number} ${error.code})` : String(error?.message ?? error);
}
