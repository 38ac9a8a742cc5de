import type { StoreDatabase } from './seam.js';

interface Probe {
  readonly _id: string;
  readonly at: string;
}

/** A small write, to see that a store takes one: a full disk answers every read. Those who ask at once share it. */
export function writeProbe(database: StoreDatabase): () => Promise<void> {
  let probing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    const at = new Date().toISOString();
    await database.collection<Probe>('meta').updateOne({ _id: 'probe' }, { $set: { at } }, { upsert: true });
  };
  return () => (probing ??= write().finally(() => (probing = undefined)));
}
