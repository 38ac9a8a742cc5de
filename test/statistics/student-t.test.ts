import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { studentHalfWidth, studentTwoSidedTail } from '../../src/statistics/student-t.js';

describe('studentHalfWidth', () => {
  it('agrees with published tables', () => {
    // Abramowitz & Stegun, table 26.10, and closed forms for 1 and 2 degrees of freedom.
    const table: readonly [level: number, degreesOfFreedom: number, t: number][] = [
      [0.95, 1, Math.tan((Math.PI / 2) * 0.95)],
      [0.95, 2, 0.95 * Math.sqrt(2 / (1 - 0.95 ** 2))],
      [0.95, 5, 2.570582],
      [0.95, 15, 2.13145],
      [0.99, 10, 3.169273],
      [0.9, 30, 1.697261],
      [0.999, 120, 3.373454],
      [0.95, 1e7, 1.959964],
    ];
    for (const [level, degreesOfFreedom, t] of table) {
      const found = studentHalfWidth(level, degreesOfFreedom);
      assert.ok(Math.abs(found / t - 1) < 1e-6, `${level}, ${degreesOfFreedom}: ${found} is not ${t}`);
    }
  });

  it('inverts the tail for every degree of freedom and level', () => {
    for (const degreesOfFreedom of [1, 2, 3, 7, 15, 63, 1000, 1e5]) {
      for (const level of [1e-6, 0.1, 0.5, 0.9, 0.95, 0.999, 1 - 1e-9]) {
        const tail = studentTwoSidedTail(studentHalfWidth(level, degreesOfFreedom), degreesOfFreedom);
        assert.ok(Math.abs(tail / (1 - level) - 1) < 1e-6, `${degreesOfFreedom}, ${level}: ${tail}`);
      }
    }
  });
});
