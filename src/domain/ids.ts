import { badUserInput } from './errors.js';
import { quoted } from './nearest.js';

/** The prefix of every kind of node. */
export const idPrefixes = {
  ParameterSet: 'ps',
  SimulationRun: 'run',
  Execution: 'exec',
  Recording: 'rec',
  Response: 'resp',
  Sweep: 'sweep',
  Experiment: 'exp',
  ExperimentRow: 'row',
  Job: 'job',
  Invalidation: 'inv',
  Annotation: 'note',
  Verification: 'ver',
} as const;

/** A kind of thing that has an id. */
export type NodeKind = keyof typeof idPrefixes;

/** 128 bits: enough that no two digests of one store ever share them. */
const HEX_DIGITS = 32;

/** The id of a content-addressed noun, or of one made from random bytes: its prefix and 32 hexadecimal digits. */
export function idOf(kind: NodeKind, hex: string): string {
  return `${idPrefixes[kind]}_${hex.slice(0, HEX_DIGITS)}`;
}

const kindOfPrefix: ReadonlyMap<string, NodeKind> = new Map(
  (Object.keys(idPrefixes) as NodeKind[]).map((kind) => [idPrefixes[kind], kind]),
);

const idPattern = new RegExp(`^([a-z]+)_[0-9a-f]{${HEX_DIGITS}}$`);

/** The kind that an id names; undefined when it is not an id of ours. */
export function kindOfId(id: string): NodeKind | undefined {
  const [, prefix = ''] = idPattern.exec(id) ?? [];
  return kindOfPrefix.get(prefix);
}

/**
 * Checks that a text is the id of a node of one of these kinds.
 * @throws CortigraphError BAD_USER_INPUT
 */
export function requireId(id: string, ...kinds: readonly NodeKind[]): NodeKind {
  const kind = kindOfId(id);
  if (kind && (kinds.length === 0 || kinds.includes(kind))) return kind;
  const shapes = (kinds.length ? kinds : (Object.keys(idPrefixes) as NodeKind[])).map(
    (expected) => `${idPrefixes[expected]}_ and ${HEX_DIGITS} hexadecimal digits (${expected})`,
  );
  throw badUserInput(
    `${quoted(id)} is ${kind ? `the id of a ${kind}` : 'not an id'}. Expected ${shapes.join(', or ')}.`,
  );
}
