/**
 * What decides the scrambling of one dimension. Of one seed, no two dimensions share a key.
 * @param seed 31-bit
 * @param dimension from 0
 * @returns a 32-bit whole number
 */
export function scrambleKey(seed: number, dimension: number): number {
  return mixed((mixed(seed) + dimension) >>> 0);
}

/**
 * Nested uniform scrambling of a coordinate: A. B. Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences", in Monte
 * Carlo and Quasi-Monte Carlo Methods in Scientific Computing, Springer, 299-317 (1995). The unit interval is halved and
 * its halves are exchanged or not, then each half's halves, down to the last bit: whether to exchange is one random bit for
 * each node of a binary tree. The tree is not stored but hashed, as in B. Burley, "Practical hash-based Owen scrambling",
 * J. Comput. Graph. Tech. 9(4), 1-20 (2020); here with one hash a node, so that each node has its own bit.
 * @param coordinate a whole number from 0 to 2³² − 1, read as a fraction of 2³²
 * @param key of {@link scrambleKey}
 * @returns another, likewise; coordinates that share their first bits, and only they, still share as many
 */
export function owenScrambled(coordinate: number, key: number): number {
  // A 1 and the bits before the last: its beginnings are the numbers of the nodes from the root, which is 1, downwards.
  const path = 0x80000000 | (coordinate >>> 1);
  let exchanges = 0;
  for (let depth = 0; depth < 32; depth += 1) {
    exchanges = (exchanges << 1) | (mixed((path >>> (31 - depth)) ^ key) >>> 31);
  }
  return (coordinate ^ exchanges) >>> 0;
}

/**
 * A bijection of 32-bit numbers that flips each bit of its result with a probability of nearly ½ for any bit of its
 * argument: `triple32` of C. Wellons, https://github.com/skeeto/hash-prospector (public domain).
 */
function mixed(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 17), 0xed5ad4bb);
  x = Math.imul(x ^ (x >>> 11), 0xac4c1b51);
  x = Math.imul(x ^ (x >>> 15), 0x31848bab);
  return (x ^ (x >>> 14)) >>> 0;
}
