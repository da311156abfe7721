import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const secret = "a secret of more than thirty-two bytes";

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A signed token; `exp` counts whole seconds, rounded up. */
export function jwt({ lives = 3600, ...claims }) {
  const exp = Math.ceil(Date.now() / 1000 + lives);
  const signed = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded({ exp, ...claims })}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** The flags of a server that requires tokens. */
export function jwtFlags(t) {
  const directory = mkdtempSync(join(tmpdir(), "restante-js-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const key = join(directory, "jwt.key");
  writeFileSync(key, secret);
  return ["--jwt-key-file", key];
}
