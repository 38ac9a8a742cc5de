import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readAssignments } from '../../src/cli/assignments.js';
import { errorReport } from '../../src/cli/exit.js';
import { commonDecimals, decimalsOf, shownError, shownValue } from '../../src/cli/figures.js';
import { linearAxis } from '../../src/cli/plot/axis.js';
import { element, label } from '../../src/cli/plot/svg.js';
import { withProgress } from '../../src/cli/progress-line.js';
import { SweepAxes, joinRanges, readRange } from '../../src/cli/sweep-axes.js';
import { csvText, rowsOf } from '../../src/cli/table-rows.js';
import { alignedTable } from '../../src/cli/text-table.js';

describe('the ranges of a sweep', () => {
  it('are min:max:points, or one number', () => {
    assert.deepEqual(readRange('80:480:9'), { min: 80, max: 480, points: 9 });
    assert.deepEqual(readRange('-3.5:1e2:2'), { min: -3.5, max: 100, points: 2 });
    assert.deepEqual(readRange('7'), { min: 7, max: 7, points: 1 });
    for (const wrong of ['', '80:480', '1:2:3:4', 'a:2:3', '1:2:', '0x10:2:3', 'Infinity:2:3', '1:2:NaN']) {
      assert.throws(() => readRange(wrong), { name: 'UsageError' }, wrong);
    }
  });

  it('may begin with a minus, and take the inputs that move with them', () => {
    const joined = joinRanges(['sweep', '--input', 'x1', '-3:3:7', '--with', 'x2', '--input', 'x3=1:2:2', '--json']);
    assert.deepEqual(joined, ['sweep', '--input=x1 -3:3:7', '--with', 'x2', '--input=x3=1:2:2', '--json']);
    const axes = new SweepAxes().input('x1 -3:3:7').with('x2').input('x3=1:2:2').axes;
    assert.deepEqual(axes, [
      { name: 'x1', min: -3, max: 3, points: 7, together: ['x2'] },
      { name: 'x3', min: 1, max: 2, points: 2, together: [] },
    ]);
    assert.throws(() => new SweepAxes().with('x2'), { name: 'UsageError' });
  });
});

describe('name=value', () => {
  it('is read strictly, each name once', () => {
    assert.deepEqual(readAssignments(['a=1', 'b = -.5e-1'], '--set'), { a: 1, b: -0.05 });
    for (const wrong of [['a'], ['=1'], ['a='], ['a=1,2'], ['a=1', 'a=2'], ['a=NaN']]) {
      assert.throws(() => readAssignments(wrong, '--set'), { name: 'UsageError' }, String(wrong));
    }
  });
});

describe('figures for people', () => {
  it('have the digits that their error leaves', () => {
    assert.deepEqual([0.0936, 0.104, 12, 1].map(decimalsOf), [3, 2, 0, 1]);
    assert.equal(commonDecimals([null, 0, 0.2, 0.04]), 3);
    assert.equal(commonDecimals([null, 0]), undefined);
    assert.deepEqual(
      [shownValue(14.570833, 3), shownValue(1 / 3), shownError(null)],
      ['14.571', '0.333333', 'unknown'],
    );
  });

  it('stand in aligned columns', () => {
    const table = alignedTable(['a', 'value'], [['±x', '1.5'], ['b', '10.25']], ['left', 'right']); // prettier-ignore
    assert.equal(table, 'a   value\n±x    1.5\nb   10.25\n');
  });

  it('are CSV with every digit, and missing ones empty or null', () => {
    const columns = [
      { name: 'x', unit: null, numbers: Float64Array.of(0.1, NaN) },
      { name: 'why', unit: null, strings: [null, 'a "b", c'] },
    ];
    assert.equal(csvText({ rowCount: 2, columns }), 'x,why\r\n0.1,\r\n,"a ""b"", c"\r\n');
    assert.deepEqual(rowsOf({ rowCount: 2, columns })[1], { x: null, why: 'a "b", c' });
  });
});

describe('the parts of a drawing', () => {
  it('have nice ticks within the axis', () => {
    const axis = linearAxis([80, 480], [0, 400], { ticks: 5, nice: false });
    assert.deepEqual(
      axis.ticks.map(({ at, text }) => ({ at: Math.round(at), text })),
      [
        { at: 20, text: '100' },
        { at: 120, text: '200' },
        { at: 220, text: '300' },
        { at: 320, text: '400' },
      ],
    );
    const nice = linearAxis([0.3, 67.9], [300, 0], { ticks: 6, nice: true });
    assert.deepEqual([nice.ticks.at(0)?.at, nice.ticks.at(-1)?.text], [300, '70']);
    assert.ok(
      Number.isFinite(linearAxis([5, 5], [0, 10], { ticks: 3, nice: false }).at(5)),
      'one value is a place too',
    );
  });

  it('are escaped, and good to a hundredth of a pixel', () => {
    assert.equal(element('g', { d: 'a"<b' }), '<g d="a&quot;&lt;b"/>');
    assert.equal(label(1 / 3, 2, '<&>'), '<text x="0.33" y="2">&lt;&amp;&gt;</text>');
  });
});

describe('errors and progress', () => {
  it('show no stack, and end with a code', () => {
    const { error, exitCode } = errorReport(new TypeError('x is not a function'));
    assert.deepEqual([error.code, exitCode], ['INTERNAL', 1]);
    assert.doesNotMatch(JSON.stringify(error), / at /);
  });

  it('is told on a terminal only, after two seconds, in one line that goes again', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    const progress = { total: 9, done: 3, failed: 1, running: 2, at: '2026-01-01T00:00:06.000Z' };
    const job = { active: true, status: 'RUNNING', createdAt: '2026-01-01T00:00:00.000Z', progress };
    for (const isTTY of [true, false]) {
      const written: string[] = [];
      const output = { isTTY, write: (text: string) => written.push(text) };
      const jobs = { get: () => Promise.resolve(job as never) };
      await withProgress(jobs, output, async ({ begun }) => {
        begun?.('job_1');
        context.mock.timers.tick(1999);
        await Promise.resolve();
        assert.deepEqual(written, []);
        context.mock.timers.tick(1);
        for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      });
      const told = '\r[====      ] 3 of 9 runs done, 2 running, 1 failed, 10 s left, 0.5 runs/s\x1b[K';
      assert.deepEqual(written, isTTY ? [told, '\r\x1b[K'] : []);
    }
  });
});
