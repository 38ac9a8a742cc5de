/**
 * The writes by which the lab goes from one state to the next: where the crash tests kill it. The one place to change
 * when the product writes in another way.
 */

/** A write of a store: of a collection by a method, or of the blobs. */
interface Write {
  readonly of: string;
  readonly method: string;
  /** Which of these calls are meant; all when left out. */
  readonly when?: (args: readonly unknown[]) => boolean;
}

/** Whether an update ends a job by its own account; a cancellation is of the client. */
const endsJob = ([, update]: readonly unknown[]): boolean => {
  const { $set = {} } = update as { $set?: { active?: unknown; status?: unknown } };
  return $set.active === false && $set.status !== 'CANCELLED';
};

export const transitions = {
  claim: { of: 'claims', method: 'insertOne' },
  blob: { of: 'blobs', method: 'put' },
  run: { of: 'runs', method: 'insertOne' },
  response: { of: 'responses', method: 'insertOne' },
  'job end': { of: 'jobs', method: 'findOneAndUpdate', when: endsJob },
} as const satisfies Record<string, Write>;

/** A name of {@link transitions}. */
export type TransitionName = keyof typeof transitions;

export const transitionNames = Object.keys(transitions) as readonly TransitionName[];

/**
 * When in a write the process dies: before it is handed to the store; when the store has it and has not answered; when
 * the store has made it, and nobody has been told.
 */
export const moments = ['before', 'handed over', 'written'] as const;

/** How a server is to die: at the nth write of a transition from now. */
export interface CrashPlan {
  readonly transition: TransitionName;
  readonly nth: number;
  readonly moment: (typeof moments)[number];
  /** How long after it is handed over, in µs: how far the store comes. */
  readonly delayUs: number;
}

/** The transition that a call is; undefined for every other call. */
export function transitionOf(of: string, method: string, args: readonly unknown[]): TransitionName | undefined {
  return transitionNames.find((name) => {
    const write: Write = transitions[name];
    return write.of === of && write.method === method && (write.when?.(args) ?? true);
  });
}
