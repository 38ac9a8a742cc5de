/**
 * Tells when a lease is stale: when its heartbeat has stood still for a time on the observer's own monotonic clock. No
 * two machines' clocks are ever compared.
 */
export class LeaseWatch {
  private readonly seen = new Map<string, { readonly beat: string; readonly sinceMs: number }>();

  constructor(
    private readonly monotonicMs: () => number,
    private readonly staleMs: number,
  ) {}

  /** Takes note of a lease's heartbeat; true when it has stood still for too long. */
  isStale(id: string, beat: string): boolean {
    const known = this.seen.get(id);
    if (known?.beat === beat) return this.monotonicMs() - known.sinceMs >= this.staleMs;
    this.seen.set(id, { beat, sinceMs: this.monotonicMs() });
    return false;
  }

  /** Forgets every lease but these. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.seen.keys()) if (!ids.has(id)) this.seen.delete(id);
  }

  /** Forgets one lease. */
  forget(id: string): void {
    this.seen.delete(id);
  }
}
