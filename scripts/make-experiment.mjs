/**
 * `npm run fixtures:experiment [-- FILE]`: makes fixtures/local-circuit-sobol-8192.arrow.br (or another file) through the
 * product: a server on an empty store runs the experiment, and `cortigraph experiment export` writes it. Says how long that
 * took and what came out, as docs/designs.md has it. Minutes.
 */
import { copyFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, root, withLabServer } from './lab-server.mjs';

const name = 'local-circuit-sobol-8192';
const size = 8192;
const [file = join(root, 'fixtures', `${name}.arrow.br`)] = process.argv.slice(2);

const create = `mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) { experiment { id } } }`;
const progress = `query ($id: ID!) { experiment(id: $id) { status progress { done failed } outcomes { outcome count } } }`;
const table = `query ($id: ID!, $from: Int!, $points: Int!) {
  experiment(id: $id) { table(from: $from, points: $points) { columns { name numbers } } } }`;
const domain = '{ model(name: "local-circuit") { inputs { name domain { min max } } } }';

/** Quantiles of the points that went to their end. */
async function quantiles(url, id, column) {
  const numbers = [];
  for (let from = 0; from < size; from += 2048) {
    const { experiment } = await ask(url, { query: table, variables: { id, from, points: 2048 } });
    const { numbers: base64 } = experiment.table.columns.find((each) => each.name === column);
    const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
    numbers.push(...new Float64Array(bytes.buffer).filter((value) => !Number.isNaN(value)));
  }
  numbers.sort((a, b) => a - b);
  const at = (q) => numbers[Math.round(q * (numbers.length - 1))];
  return [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1].map((q) => `${q}: ${at(q).toFixed(2)}`).join(', ');
}

await withLabServer(
  async (url) => {
    const { model } = await ask(url, { query: domain });
    const inputs = model.inputs.map(({ name: input, domain: { min, max } }) => ({ name: input, min, max }));
    const input = { name, model: 'local-circuit', space: { inputs }, design: 'SOBOL', size, seed: 1, protocol: { durationMs: 4000 } }; // prettier-ignore
    const start = performance.now();
    const { createExperiment } = await ask(url, { query: create, variables: { input } });
    const { id } = createExperiment.experiment;
    for (;;) {
      const { experiment } = await ask(url, { query: progress, variables: { id } });
      const seconds = Math.round((performance.now() - start) / 1000);
      if (process.stderr.isTTY) process.stderr.write(`\r${experiment.progress.done} of ${size} runs in ${seconds} s `);
      if (experiment.status === 'COMPLETED') {
        console.log(`${size} runs in ${seconds} s with ${availableParallelism()} × ${cpus()[0]?.model}, Node ${process.version}`); // prettier-ignore
        console.log(experiment.outcomes.map(({ outcome, count }) => `${outcome}: ${count}`).join(', '));
        break;
      }
      if (!['QUEUED', 'RUNNING'].includes(experiment.status)) throw new Error(JSON.stringify(experiment));
      await delay(1000);
    }
    for (const output of ['rateE', 'rateI']) console.log(`quantiles of ${output}: ${await quantiles(url, id, output)}`);
  },
  (command, work) => {
    const made = join(work, 'made');
    command('experiment', 'export', name, made);
    copyFileSync(made, file);
  },
);
