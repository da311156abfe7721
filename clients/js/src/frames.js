// The limits of a frame. A request that the broker could not read is refused here, with an explanation.

import { RestanteError } from "./errors.js";

const bytesMax = 1 << 20;
const levelsMax = 64;

const encoder = new TextEncoder();

/** The error of a request, if it has one. `json` is the text of `fields`. */
export function wrongWith(json, fields) {
  if (isTooLarge(json))
    return new RestanteError("bad_frame", `the frame has more than ${bytesMax} bytes`);
  // A shorter text cannot contain that many levels.
  if (json.length > 2 * levelsMax && isTooDeep(json))
    return new RestanteError("bad_frame", "the frame is nested too deeply");
  // UTF-8 cannot represent half of a surrogate pair, and JSON.stringify escapes it.
  const half = json.includes("\\ud") ? placeOfHalf(fields) : undefined;
  if (half !== undefined)
    return new RestanteError("invalid_argument", `${half} has half a surrogate pair: see String.prototype.toWellFormed`);
  return undefined;
}

/** A UTF-16 unit takes at most three bytes in UTF-8. */
function isTooLarge(json) {
  return json.length > bytesMax || (json.length > bytesMax / 3 && encoder.encode(json).length > bytesMax);
}

function isTooDeep(json) {
  let levels = 0;
  let isText = false;
  for (let at = 0; at < json.length; ++at) {
    const c = json[at];
    if (c === '"') {
      isText = !isText;
    } else if (isText) {
      if (c === "\\")
        ++at;
    } else if (c === "{" || c === "[") {
      if (++levels > levelsMax)
        return true;
    } else if (c === "}" || c === "]") {
      --levels;
    }
  }
  return false;
}

const half = /\p{Surrogate}/u;

/** The member of the request that contains the half pair: `pack.lines[3]`. Visits what JSON.stringify visits. */
function placeOfHalf(fields) {
  let found;
  const path = (holder, name) => (Array.isArray(holder) ? `[${name}]` : half.test(name) ? "[a name]" : `.${name}`);
  const look = (holder, at) => {
    for (const [name, given] of Object.entries(holder)) {
      const value = typeof given?.toJSON === "function" ? given.toJSON(name) : given;
      const here = at + path(holder, name);
      if (half.test(name) || (typeof value === "string" && half.test(value)))
        found ??= here.slice(1);
      else if (typeof value === "object" && value !== null)
        look(value, here);
    }
  };
  look(fields, "");
  return found;
}
