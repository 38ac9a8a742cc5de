/** Networks kept between runs: one depends on its seed alone, and is asked for again and again. */
const NETWORKS_KEPT = 32;

/** The networks of recent seeds, of whatever form; the one that was used longest ago makes room. */
export class NetworkCache<N> {
  private readonly kept = new Map<number, N>();

  constructor(private readonly build: (seed: number) => N) {}

  get(seed: number): N {
    const network = this.kept.get(seed) ?? this.build(seed);
    this.kept.delete(seed);
    this.kept.set(seed, network); // the newest is last
    const [oldest] = this.kept.keys();
    if (oldest !== undefined && this.kept.size > NETWORKS_KEPT) this.kept.delete(oldest);
    return network;
  }
}
