// Shared by the other modules. Nothing here, or anywhere in this example, makes HTML from text of other people.

export const $ = (id) => document.getElementById(id);

/** A copy of the template `id`, with `texts` put into the elements of these classes, as text. */
export function stamp(id, texts = {}) {
  const copy = $(id).content.firstElementChild.cloneNode(true);
  for (const [part, text] of Object.entries(texts)) copy.querySelector(`.${part}`).textContent = text;
  return copy;
}

/** The entries `KIND:NAME` of a topic. Keys with the name of another client are ignored: the broker tells each key's owner. */
export function holders(view, kind) {
  return [...view.entries.values()].filter(({ key, clientId }) => key === `${kind}:${clientId}`);
}

/** Gives an element the first letter of a person's name, and the person's colour, which is equal on every screen. */
export function dress(element, name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 4096;
  element.style.setProperty("--hue", Math.round((sum * 137.5) % 360));
  const face = element.querySelector(".face");
  if (face) face.textContent = [...name][0]?.toUpperCase() ?? "";
  return element;
}

/** Makes `list` have one child per name, in this order. Who stays keeps the element, and with it focus and motion. */
export function match(list, names, make, draw) {
  const had = new Map([...list.children].map((child) => [child.dataset.name, child]));
  for (const [name, child] of had) if (!names.includes(name)) child.remove();
  names.forEach((name, at) => {
    const child = had.get(name) ?? dress(make(name), name);
    child.dataset.name = name;
    draw(child, name);
    if (list.children[at] !== child) list.insertBefore(child, list.children[at] ?? null);
  });
}
