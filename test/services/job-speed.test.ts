import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobDocument } from '../../src/domain/documents.js';
import { speedOf } from '../../src/services/job-speed.js';

describe('the speed of a job', () => {
  const at = (second: number): string => new Date(second * 1000).toISOString();
  const job = (progress: object): JobDocument =>
    ({ active: true, status: 'RUNNING', createdAt: at(0), progress }) as unknown as JobDocument; // it reads no more

  it('counts from when the job was made', () => {
    const progress = { total: 100, done: 20, failed: 0, running: 1, at: at(10) };
    assert.deepEqual(speedOf(job(progress)), { runsPerSecond: 2, secondsLeft: 40 });
  });

  it('leaves out what was done, and the time that went by, before who works on it now began', () => {
    const progress = { total: 100, done: 70, failed: 0, running: 1, at: at(1010), since: { done: 50, at: at(1000) } };
    assert.deepEqual(speedOf(job(progress)), { runsPerSecond: 2, secondsLeft: 15 });
    assert.equal(speedOf(job({ ...progress, done: 50 })).runsPerSecond, null);
  });
});
