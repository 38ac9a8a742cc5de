import { isDuplicateKey } from './store-errors.js';

/** A write that is still to be made: begins with one call of a collection, made at once when this is called. */
export type Write = () => Promise<unknown>;

/**
 * Makes writes of which each rests on those before it, in their order: a crash leaves the first few, or all. What is
 * there already stays as it is, and the next write follows, for whoever was first wrote the same. After any other error
 * nothing more is written. A read among them sees what those before it wrote.
 */
export type InOrder = (...writes: readonly Write[]) => Promise<void>;

/** Makes each write when the one before it is acknowledged. */
export const oneAfterTheOther: InOrder = async (...writes) => {
  for (const write of writes) await unlessThere(write);
};

/** Makes a write; a key that a unique index had already is no error. Rejects, and never throws, when it fails. */
export async function unlessThere(write: Write): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}
