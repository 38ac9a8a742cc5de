/** How many kills: a few as part of all tests, as many as are claimed by `npm run test:crash`. */
export const isFull = process.env['CORTIGRAPH_TEST_CRASH'] === 'full';

export const counts = {
  embedded: { inEachTransition: isFull ? 10 : 1, atRandom: isFull ? 50 : 2 },
  mongodb: { inEachTransition: isFull ? 10 : 1, atRandom: isFull ? 20 : 1 },
} as const;

/** Of what clients ask and of when servers die; another comes with CORTIGRAPH_TEST_SEED. */
export const seed = Number(process.env['CORTIGRAPH_TEST_SEED'] ?? 20_240_611);
