import type { NumberArray } from '../../../domain/table.js';

/** An array of numbers whose length is not known beforehand: its room doubles when it is full. */
export class GrowingArray<A extends NumberArray> {
  /** The numbers, and behind them the room that is left. */
  room: A;
  length = 0;

  constructor(private readonly make: (length: number) => A) {
    this.room = make(256);
  }

  /** Makes room for `more` numbers behind the last. */
  reserve(more: number): void {
    if (this.length + more <= this.room.length) return;
    const wider = this.make(Math.max(2 * this.room.length, this.length + more));
    wider.set(this.room);
    this.room = wider;
  }

  push(value: number): void {
    this.reserve(1);
    this.room[this.length] = value;
    this.length += 1;
  }

  /** A copy of the numbers alone. */
  numbers(): A {
    const copy = this.make(this.length);
    copy.set(this.room.subarray(0, this.length));
    return copy;
  }
}
