import { cosine, sine } from '../../exact-math.js';

/**
 * The discrete Fourier transform of a power of 2 of points, Xₖ = Σ xₙ·e^(−2πikn/N), by Cooley and Tukey's radix-2
 * decimation in time. Every operation is exact IEEE arithmetic, so its bits are the same on every machine.
 */
export class FourierTransform {
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;
  private readonly reversed: Uint32Array;

  /** @param points a power of 2 */
  constructor(readonly points: number) {
    const bits = 31 - Math.clz32(points);
    if (points !== 2 ** bits) throw new RangeError(`${points} is not a power of 2`);
    const angle = (k: number): number => (2 * Math.PI * k) / points; // exact but for the one rounding of π·k
    this.cosines = Float64Array.from({ length: points / 2 }, (_, k) => cosine(angle(k)));
    this.sines = Float64Array.from({ length: points / 2 }, (_, k) => sine(angle(k)));
    this.reversed = Uint32Array.from({ length: points }, (_, place) => {
      let turned = 0;
      for (let bit = 0; bit < bits; bit += 1) turned |= ((place >>> bit) & 1) << (bits - 1 - bit);
      return turned;
    });
  }

  /** Transforms in place; both arrays have `points` numbers. */
  transform(real: Float64Array, imaginary: Float64Array): void {
    const { points, reversed } = this;
    for (let place = 0; place < points; place += 1) {
      const other = reversed[place] as number; // in range, as every index in this file
      if (other <= place) continue;
      swap(real, place, other);
      swap(imaginary, place, other);
    }
    for (let half = 1; half < points; half *= 2) this.joinHalves(real, imaginary, half);
  }

  /** Joins each two neighbouring transforms of `half` points to one. */
  private joinHalves(real: Float64Array, imaginary: Float64Array, half: number): void {
    const { points, cosines, sines } = this;
    const stride = points / (2 * half);
    for (let begin = 0; begin < points; begin += 2 * half) {
      for (let k = 0; k < half; k += 1) {
        const c = cosines[k * stride] as number;
        const s = sines[k * stride] as number;
        const even = begin + k;
        const odd = even + half;
        const x = real[odd] as number;
        const y = imaginary[odd] as number;
        const turnedX = x * c + y * s;
        const turnedY = y * c - x * s;
        const evenX = real[even] as number;
        const evenY = imaginary[even] as number;
        real[even] = evenX + turnedX;
        imaginary[even] = evenY + turnedY;
        real[odd] = evenX - turnedX;
        imaginary[odd] = evenY - turnedY;
      }
    }
  }
}

function swap(numbers: Float64Array, one: number, other: number): void {
  const kept = numbers[one] as number;
  numbers[one] = numbers[other] as number;
  numbers[other] = kept;
}
