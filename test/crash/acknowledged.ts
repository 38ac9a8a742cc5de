/** What a server told its clients, as text: it must say the same for ever after. */
export class Acknowledged {
  /** Figures by the ids of parameter sets, runs and responses. */
  readonly figures = new Map<string, string>();
  /** The ids of questions whose answer was PENDING, and of their jobs. */
  readonly pending = new Map<string, string>();
  /** The digests of recordings, by their ids. */
  readonly recordings = new Map<string, string>();
  readonly cancelledJobs = new Set<string>();
  /** What clients were told that they should not have been. */
  readonly problems: string[] = [];

  /** Takes note of what an id stands for; it never stands for anything else. */
  told(id: string, figures: unknown): void {
    const text = JSON.stringify(figures);
    const known = this.figures.get(id);
    if (known !== undefined && known !== text) this.problems.push(`${id} was ${known} and became ${text}`);
    this.figures.set(id, text);
  }

  get count(): number {
    return this.figures.size + this.pending.size + this.recordings.size + this.cancelledJobs.size;
  }
}
