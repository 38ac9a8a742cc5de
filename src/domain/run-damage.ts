import { sha256 } from './digest.js';
import type { RunDocument } from './documents.js';
import type { ParameterValues } from './identity.js';
import { idOf } from './ids.js';
import type { Json } from './json.js';

/**
 * The fields in which a stored run, or its parameter set, is not what its id was made of, in words; empty where all
 * agree. The id is the hash of the preimage: so a preimage that hashes to it is the one that was written.
 * @param values those of the parameter set that the run names
 */
export function damageOf(run: RunDocument, values: ParameterValues): readonly string[] {
  const { _id, digest, preimage, model, numericsDigest, protocol } = run;
  const hash = sha256(preimage);
  const id = idOf('SimulationRun', hash);
  if (id !== _id)
    return hash === digest ? [`_id: digest and preimage are of ${id}`] : [`preimage: it hashes to ${hash}`];
  const written = fieldsOf(JSON.parse(preimage) as WrittenKey); // the hash says that runIdentity wrote it
  const stored = fieldsOf({ model, numericsDigest, values, protocol: { ...protocol } });
  return [
    ...(hash === digest ? [] : [`digest: ${shown(digest)} is stored, the preimage hashes to ${hash}`]),
    ...[...new Set([...written.keys(), ...stored.keys()])]
      .filter((name) => stored.get(name) !== written.get(name))
      .map((name) => `${name}: ${shown(stored.get(name))} is stored, the preimage has ${shown(written.get(name))}`),
  ];
}

interface WrittenKey {
  readonly model: string;
  readonly numericsDigest: string;
  readonly values: Readonly<Record<string, Json>>;
  readonly protocol: Readonly<Record<string, Json>>;
}

const fieldsOf = ({ model, numericsDigest, values, protocol }: WrittenKey): ReadonlyMap<string, Json> =>
  new Map<string, Json>([
    ['model', model],
    ['numericsDigest', numericsDigest],
    ...Object.entries(values).map(([name, value]) => [`values.${name}`, value] as const),
    ...Object.entries(protocol).map(([name, value]) => [`protocol.${name}`, value] as const),
  ]);

function shown(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
