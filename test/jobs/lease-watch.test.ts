import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LeaseWatch } from '../../src/jobs/lease-watch.js';

describe('LeaseWatch', () => {
  let now = 0;
  const watch = (): LeaseWatch => new LeaseWatch(() => now, 20_000);

  it('takes a lease for stale once its heartbeat has stood still on the observer’s own clock', () => {
    const leases = watch();
    assert.equal(leases.isStale('a', '1'), false);
    now += 19_999;
    assert.equal(leases.isStale('a', '1'), false);
    now += 1;
    assert.equal(leases.isStale('a', '1'), true);
  });

  it('begins anew with every beat, and for every lease', () => {
    const leases = watch();
    leases.isStale('a', '1');
    now += 15_000;
    leases.isStale('a', '2');
    leases.isStale('b', '1');
    now += 15_000;
    assert.equal(leases.isStale('a', '2'), false);
    now += 5_000;
    assert.equal(leases.isStale('a', '2'), true);
    assert.equal(leases.isStale('b', '1'), true);
  });

  it('forgets leases that are over, so that it does not grow', () => {
    const leases = watch();
    leases.isStale('a', '1');
    leases.isStale('b', '1');
    now += 20_000;
    leases.keepOnly(new Set(['b']));
    assert.equal(leases.isStale('a', '1'), false);
    assert.equal(leases.isStale('b', '1'), true);
    leases.forget('b');
    assert.equal(leases.isStale('b', '1'), false);
  });
});
