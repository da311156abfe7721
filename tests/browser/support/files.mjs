// Serves the checkout to the browser. For tests only: it knows a handful of types and no caching.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

const types = {
  ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".mjs": "text/javascript",
  ".svg": "image/svg+xml",
};

/** Answers `{ origin, extra, close() }`. `extra` maps further paths to a page's HTML, and may be replaced at any time. */
export async function serveFiles() {
  const files = { extra: {} };
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://checkout").pathname));
    const file = path.endsWith("/") ? `${path}index.html` : path;
    const isExtra = path in files.extra;
    const type = isExtra ? "text/html" : types[extname(file)] ?? "application/octet-stream";
    try {
      const content = path === "/favicon.ico" ? "" : isExtra ? files.extra[path] : await readFile(join(root, file));
      // Files do not change during a test, and many files are requested repeatedly.
      const kept = isExtra ? "no-store" : "max-age=600";
      response.writeHead(200, { "Content-Type": `${type}; charset=utf-8`, "Cache-Control": kept }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  files.origin = `http://localhost:${server.address().port}`;
  files.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return files;
}
