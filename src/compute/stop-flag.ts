/**
 * A word of shared memory that a simulation reads in each bin: the way to stop it without killing its thread, which
 * would lose what that thread has warm.
 */
export class StopFlag {
  readonly word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  /** Asks whoever reads the flag to stop. */
  raise(): void {
    Atomics.store(this.word, 0, 1);
  }

  get raised(): boolean {
    return Atomics.load(this.word, 0) !== 0;
  }
}
