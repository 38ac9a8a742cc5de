import { getDistDirectory, renderAltair, renderInitSnippet, type RenderOptions } from 'altair-static';
import type { Answer } from './exchange.js';
import { HttpError } from './http-error.js';
import type { Route } from './router.js';
import { serveFolder } from './static-folder.js';

/**
 * What the pages may load and ask: this server and nothing else. So nobody outside learns what a lab asks, and the page
 * works without the internet. Altair sets styles from its script, hence 'unsafe-inline' for those.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const initialOptionsScript = 'initial_options.js';

/**
 * The routes of Altair, a page to write GraphQL in, under /explorer/.
 *
 * @param firstQuery what a new visitor finds in the editor
 */
export function explorerRoutes(firstQuery: string): readonly Route[] {
  const options: RenderOptions = {
    baseURL: './',
    endpointURL: '/graphql',
    initialQuery: firstQuery,
    // Altair's accounts and their sync are a service elsewhere.
    disableAccount: true,
    // Altair advertises plugins and updates, which the policy would not let it load.
    initialSettings: { 'banners.disable': true, 'alert.disableUpdateNotification': true },
    serveInitialOptionsInSeperateRequest: initialOptionsScript,
  };
  const page = renderAltair(options);
  const pages = new Map([
    ['', { type: 'text/html; charset=utf-8', text: page }],
    ['index.html', { type: 'text/html; charset=utf-8', text: page }],
    [initialOptionsScript, { type: 'text/javascript; charset=utf-8', text: renderInitSnippet(options) }],
  ]);
  const sendFile = serveFolder(getDistDirectory());

  const answerBelow: Answer = async (exchange) => {
    const { path, response } = exchange;
    const name = path.slice('/explorer/'.length);
    response.setHeader('content-security-policy', contentSecurityPolicy);
    response.setHeader('referrer-policy', 'no-referrer');
    const rendered = pages.get(name);
    if (rendered !== undefined) {
      response.writeHead(200, {
        'content-type': rendered.type,
        'content-length': Buffer.byteLength(rendered.text),
        'cache-control': 'no-cache',
      });
      response.end(rendered.text);
    } else if (!(await sendFile(exchange, name))) {
      throw new HttpError(404, 'NOT_FOUND', 'There is nothing at this path.');
    }
  };
  return [
    { path: '/explorer', methods: ['GET', 'HEAD'], answer: redirectTo('explorer/') },
    { path: '/explorer/*', methods: ['GET', 'HEAD'], answer: answerBelow },
  ];
}

/** Sends the client to a place beside this one; relative, so that it holds behind a proxy's prefix. */
export function redirectTo(location: string): Answer {
  return ({ response }) => {
    response.writeHead(302, { location, 'content-length': 0 }).end();
  };
}
