import { createReadStream, readdirSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { Exchange } from './exchange.js';
import { sendStream } from './send-stream.js';

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** Sends the named file of the folder; false when the folder has none of that name. */
export type SendFile = (exchange: Exchange, name: string) => Promise<boolean>;

/**
 * Serves the files that a folder holds now, found by exactly their name: no name outside the folder can be made up,
 * because names are looked up and never joined to a path. Files of other kinds than web pages are made of are left out.
 *
 * Why not sirv: it leaves errors of its file streams unheard, so one missing file or descriptor ends the process.
 */
export function serveFolder(folder: string): SendFile {
  const files = new Map<
    string,
    { readonly file: string; readonly headers: Readonly<Record<string, string | number>> }
  >();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = mediaTypes[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = statSync(file);
    files.set(relative(folder, file).split(sep).join('/'), {
      file,
      headers: {
        'content-type': type,
        'content-length': size,
        'cache-control': 'no-cache',
        etag: `"${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}"`,
      },
    });
  }

  return async ({ request, response }, name) => {
    const found = files.get(name);
    if (found === undefined) return false;
    if (request.headers['if-none-match'] === found.headers['etag']) {
      response.writeHead(304, { etag: found.headers['etag'] }).end();
      return true;
    }
    response.writeHead(200, found.headers);
    if (request.method === 'HEAD') response.end();
    else await sendStream(response, createReadStream(found.file));
    return true;
  };
}
