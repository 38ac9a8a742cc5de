import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ModelRecording } from '../../src/domain/model-definition.js';
import { requestedRecordings } from '../../src/domain/requested-recordings.js';

const recording = (kind: string, maxDurationMs: number | null): ModelRecording => ({
  kind,
  version: '1',
  meaning: kind,
  maxDurationMs,
});
const model = { name: 'm', recordings: [recording('raster', 60_000), recording('rates', null)] };

describe('the recordings that are asked for', () => {
  it('are each there once, in the order of the model', () => {
    assert.deepEqual(requestedRecordings(model, ['rates', 'raster', 'rates'], 1000), ['raster', 'rates']);
    assert.deepEqual(requestedRecordings(model, [], 1000), []);
  });

  it('may be of a run as long as the limit, and no longer', () => {
    assert.deepEqual(requestedRecordings(model, ['raster'], 60_000), ['raster']);
    assert.deepEqual(requestedRecordings(model, ['rates'], 600_000), ['rates']);
    assert.deepEqual(requestedRecordings(model, ['raster'], null), ['raster']);
    assert.throws(() => requestedRecordings(model, ['raster'], 60_001), {
      code: 'BAD_USER_INPUT',
      message: /at most 60000 ms/,
      details: { recording: 'raster', allowed: { maxDurationMs: 60_000 } },
    });
  });

  it('must be kinds that the model records; the nearest is offered', () => {
    assert.throws(() => requestedRecordings(model, ['rastre'], 1000), {
      code: 'BAD_USER_INPUT',
      message: /Did you mean "raster"/,
      details: { allowed: ['raster', 'rates'], nearest: 'raster' },
    });
    assert.throws(() => requestedRecordings({ ...model, recordings: [] }, ['raster'], 1000), {
      code: 'BAD_USER_INPUT',
      message: /records nothing/,
    });
  });
});
