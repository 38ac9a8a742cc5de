import type { Step } from './exchange.js';
import { HttpError } from './http-error.js';

/** Under which names clients may call the server. */
export interface HostNames {
  /** Whether any name will do where there is no public URL. */
  readonly allowRemote: boolean;
  readonly publicUrl: string | undefined;
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

/**
 * Answers only to loopback's names and to the public URL's; to any where remote clients are allowed and there is no
 * public URL. Listening on loopback
 * does not keep out a web page whose own name was made to point here (DNS rebinding): to the browser that page and this
 * server are one origin, but it still sends the page's name.
 */
export function refuseForeignHosts({ allowRemote, publicUrl }: HostNames): Step {
  const publicHost = publicUrl === undefined ? undefined : new URL(publicUrl).host;
  const takesAny = allowRemote && publicHost === undefined;
  return ({ request }) => {
    const { host } = request.headers;
    if (host === undefined && request.httpVersion === '1.1') {
      throw new HttpError(400, 'BAD_USER_INPUT', 'The request has no Host header, which HTTP/1.1 requires.');
    }
    if (takesAny || host === undefined || loopback.test(host) || host.toLowerCase() === publicHost) return false;
    throw new HttpError(
      403,
      'FORBIDDEN',
      'This server answers to localhost and to the host of CORTIGRAPH_PUBLIC_URL only; without that setting to any host with CORTIGRAPH_ALLOW_REMOTE=true.',
    );
  };
}
