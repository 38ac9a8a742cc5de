/**
 * Elementary functions from +, −, × and ÷ alone. IEEE 754 fixes the bits of those four, and of the square root, but
 * not of Math.exp, Math.log or Math.sin, which differ between engines; what enters a run's bits is computed here.
 */

/**
 * e^x for |x| ≤ 1, by the Taylor series in Horner's form.
 * @returns within 2^−52 absolute for x ≤ 0, within 2 units in the last place for x > 0.
 */
export function exponential(x: number): number {
  let sum = 1;
  for (let n = 22; n >= 1; n -= 1) sum = 1 + (x / n) * sum;
  return sum;
}

const LN_2 = 0.6931471805599453;

/**
 * ln x for a finite x > 0: the binary exponent apart, then the series 2 artanh((m − 1)/(m + 1)) for m in [2/3, 4/3).
 * @returns within 4 units in the last place of the greater of the two parts.
 */
export function logarithm(x: number): number {
  let mantissa = x;
  let exponent = 0;
  for (; mantissa >= 4 / 3; exponent += 1) mantissa /= 2;
  for (; mantissa < 2 / 3; exponent -= 1) mantissa *= 2;
  const z = (mantissa - 1) / (mantissa + 1);
  let sum = 0;
  for (let n = 25; n >= 1; n -= 2) sum = 1 / n + z * z * sum;
  return exponent * LN_2 + 2 * z * sum;
}

/** π as the sum of two doubles (Cody and Waite's way to reduce an argument without losing its last bits). */
const PI_HIGH = 3.141592653589793;
const PI_LOW = 1.2246467991473532e-16;

/**
 * sin x for |x| ≤ π, by the Taylor series after reflection into [−π/2, π/2].
 * @returns within 2^−52 absolute.
 */
export function sine(x: number): number {
  const magnitude = x < 0 ? -x : x;
  const reflected = magnitude > PI_HIGH / 2 ? PI_HIGH - magnitude + PI_LOW : magnitude;
  const square = reflected * reflected;
  let sum = 1;
  for (let n = 13; n >= 1; n -= 1) sum = 1 - (square / (2 * n * (2 * n + 1))) * sum;
  return x < 0 ? -reflected * sum : reflected * sum;
}

/**
 * cos x for |x| ≤ π, by the Taylor series after reflection into [0, π/2].
 * @returns within 2^−52 absolute; exact at 0 and at the double nearest to ±π.
 */
export function cosine(x: number): number {
  const magnitude = x < 0 ? -x : x;
  const isReflected = magnitude > PI_HIGH / 2;
  const reflected = isReflected ? PI_HIGH - magnitude + PI_LOW : magnitude;
  const square = reflected * reflected;
  let sum = 1;
  for (let n = 13; n >= 1; n -= 1) sum = 1 - (square / (2 * n * (2 * n - 1))) * sum;
  return isReflected ? -sum : sum;
}
