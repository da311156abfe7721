// What the broker takes as a frame. One that it cannot read it answers without an id, for it has read none: whoever asked
// would wait for ever, so such frames are not sent.

const bytesMax = 1 << 20;
const levelsMax = 64;

const encoder = new TextEncoder();

/** What is wrong with the JSON of a request, if anything is. */
export function wrongWith(json) {
  if (isTooLarge(json))
    return `the frame has more than ${bytesMax} bytes`;
  // Shorter ones have no room for so many levels. Lone surrogates, which UTF-8 cannot say, JSON.stringify escapes.
  if (json.length > 2 * levelsMax || json.includes("\\ud"))
    return wrongInside(json);
  return undefined;
}

/** A UTF-16 unit has at most three bytes. */
function isTooLarge(json) {
  return json.length > bytesMax || (json.length > bytesMax / 3 && encoder.encode(json).length > bytesMax);
}

function wrongInside(json) {
  let levels = 0;
  let isText = false;
  for (let at = 0; at < json.length; ++at) {
    const c = json[at];
    if (c === '"') {
      isText = !isText;
    } else if (isText) {
      if (c === "\\" && json[++at] === "u" && json[at + 1] === "d" && json[at + 2] >= "8")
        return "a text has half a surrogate pair";
    } else if (c === "{" || c === "[") {
      if (++levels > levelsMax)
        return "the frame is nested too deeply";
    } else if (c === "}" || c === "]") {
      --levels;
    }
  }
  return undefined;
}
