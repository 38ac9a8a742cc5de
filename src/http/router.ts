import type { Answer, Step } from './exchange.js';
import { HttpError } from './http-error.js';

/** What is found at a path. A path that ends in `/*` stands for everything below it, any other for itself only. */
export interface Route {
  readonly path: string;
  readonly methods: readonly string[];
  readonly answer: Answer;
}

/** Answers by the route of exactly the request's path: 404 when there is none, 405 when it knows other methods. */
export function route(routes: readonly Route[]): Step {
  const exact = new Map(routes.map((entry) => [entry.path, entry]));
  const folders = routes
    .filter((entry) => entry.path.endsWith('/*'))
    .map((entry) => ({ prefix: entry.path.slice(0, -1), entry }));

  return async (exchange) => {
    const { path, request } = exchange;
    const found = exact.get(path) ?? folders.find(({ prefix }) => path.startsWith(prefix))?.entry;
    if (found === undefined) throw new HttpError(404, 'NOT_FOUND', 'There is nothing at this path.');
    if (!found.methods.includes(request.method ?? '')) {
      const allow = found.methods.join(', ');
      throw new HttpError(405, 'BAD_USER_INPUT', `This path answers ${allow} only.`, { allow });
    }
    await found.answer(exchange);
    return true;
  };
}
