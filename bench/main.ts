/** `npm run bench -- NAME`: one JSON line a figure. */
import { benchExperiment } from './experiment.js';
import { benchHttp } from './http.js';
import { benchPeers } from './peers/peers.js';
import { benchSimulator } from './simulator.js';
import { benchStore } from './store.js';

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  simulator: benchSimulator,
  http: benchHttp,
  experiment: benchExperiment,
  store: benchStore,
  peers: benchPeers,
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !benchmarks[name]);
if (names.length === 0 || unknown.length > 0) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benchmarks).join(' | ')}\n`);
  process.exit(2);
}
for (const name of names) await benchmarks[name]?.();
