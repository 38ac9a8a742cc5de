import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chiSquare, chiSquareTail, kolmogorovTail, logGamma, normalTail } from './tail-probabilities.js';
import { twoSidedChiSquareTail, twoSidedNormalTail } from './tail-probabilities.js';

const close = (actual: number, expected: number, relative = 1e-6): void =>
  assert.ok(Math.abs(actual / expected - 1) < relative, `${actual} is not ${expected}`);

describe('tail probabilities that the statistical tests rest on', () => {
  test('logGamma is ln (n − 1)! of whole numbers and ln √π of a half', () => {
    close(logGamma(6), Math.log(120), 1e-14);
    close(logGamma(0.5), Math.log(Math.PI) / 2, 1e-13);
    close(logGamma(171), 706.5730622457874, 1e-14);
  });

  test('normalTail has the published quantiles, far out too', () => {
    close(normalTail(1.959963984540054), 0.025);
    close(normalTail(-1.2815515655446004), 0.9);
    close(normalTail(6), 9.865876450376981e-10);
    close(twoSidedNormalTail(-3.2905267314919255), 1e-3);
    assert.equal(normalTail(0), 0.5);
  });

  test('chiSquareTail has the published quantiles for odd, even and many degrees of freedom', () => {
    close(chiSquareTail(3.841458820694124, 1), 0.05);
    close(chiSquareTail(26.216967305535853, 12), 0.01);
    close(chiSquareTail(149.4492527790389, 100), 0.001);
    close(chiSquareTail(2 * Math.log(1e9), 2), 1e-9);
    assert.equal(chiSquareTail(0, 3), 1);
    close(twoSidedChiSquareTail(0.2157952826238981, 3), 0.05); // the lower 2.5 % point
  });

  test('kolmogorovTail rejects a wrong distribution and accepts an exact one', () => {
    const grid = Array.from({ length: 100 }, (_, i) => (i + 0.5) / 100);
    assert.equal(
      kolmogorovTail(grid, (x) => x),
      1,
    );
    assert.ok(kolmogorovTail(grid, (x) => x * x) < 1e-4);
    // D = .136 at n = 100: the asymptotic 5 % point, 1.358/(√n + .12 + .11/√n).
    const shifted = grid.map((x) => x + 0.1341 - 0.005);
    close(
      kolmogorovTail(shifted, (x) => Math.min(Math.max(x, 0), 1)),
      0.05,
      0.02,
    );
  });

  test('chiSquare sums squared deviations over the expectation', () => {
    assert.equal(chiSquare([8, 12, 10], 10), 0.8);
  });
});
