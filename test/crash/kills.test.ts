import type { TestContext } from 'node:test';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Xoshiro128 } from '../../src/models/xoshiro128.js';
import { counts, isFull, seed } from './counts.js';
import { CrashTrial } from './crash-trial.js';
import type { RunningServer, ServedStore } from './served-store.js';
import { servedStores } from './served-store.js';
import type { CrashPlan, TransitionName } from './transitions.js';
import { moments, transitionNames } from './transitions.js';

/** The latest that a process is killed at random after it was asked for work, in ms. */
const latestMs = 1000;

/** Kills servers on a fresh store one after the other, and says what was found. */
async function tryKills(
  context: TestContext,
  create: () => Promise<ServedStore>,
  dooms: readonly Doom[],
): Promise<void> {
  const served = await create();
  const trial = new CrashTrial(served, seed);
  try {
    for (const doom of dooms) await trial.kill(doom);
  } finally {
    const findings = await trial.end();
    context.diagnostic(`seed ${seed}: ${JSON.stringify(findings)}`);
    await served.remove();
  }
}

/** How a server is brought to its end. */
type Doom = (server: RunningServer) => Promise<void>;

/** Kills in one transition, at other writes and moments each time. */
function inTransition(transition: TransitionName, kills: number): readonly Doom[] {
  const nth = transitionNames.indexOf(transition);
  const random = new Xoshiro128('noise', seed + nth);
  return Array.from({ length: kills }, (_, kill) => {
    const moment = moments[(kill + nth) % moments.length] ?? 'written';
    const plan: CrashPlan = { transition, nth: 1 + (random.next() % 16), moment, delayUs: random.next() % 4000 };
    return (server) => server.arm(plan);
  });
}

function atRandomMoments(kills: number): readonly Doom[] {
  const random = new Xoshiro128('noise', seed + 100);
  return Array.from({ length: kills }, () => {
    const ms = random.next() % latestMs;
    return async (server) => {
      await delay(ms);
      await server.kill();
    };
  });
}

/** So many on one store: the checks go through everything that was ever acknowledged. */
const inTens = (dooms: readonly Doom[]): readonly (readonly Doom[])[] =>
  Array.from({ length: Math.ceil(dooms.length / 10) }, (_, i) => dooms.slice(10 * i, 10 * i + 10));

for (const { name, create } of servedStores) {
  const { inEachTransition, atRandom } = counts[name];
  const chains: readonly (readonly [string, readonly Doom[]])[] = [
    ...transitionNames.map(
      (transition) => [`in the ${transition}`, inTransition(transition, inEachTransition)] as const,
    ),
    ...inTens(atRandomMoments(atRandom)).map((dooms) => ['at random moments', dooms] as const),
  ];
  describe(`kill -9 of a server while clients write, over the ${name} store: nothing is lost, half there or done again`, () => {
    if (isFull) {
      for (const [i, [where, dooms]] of chains.entries())
        test(`${dooms.length} ${where} (${i + 1} of ${chains.length})`, (context) => tryKills(context, create, dooms));
    } else {
      // On one store: the server that finishes what the last one left is the next one to be killed.
      const all = chains.map(([where, dooms]) => `${dooms.length} ${where}`).join(', ');
      test(all, (context) =>
        tryKills(
          context,
          create,
          chains.flatMap(([, dooms]) => dooms),
        ),
      );
    }
  });
}
