/**
 * `npm run fixtures:experiment [-- FILE]`: makes fixtures/local-circuit-sobol-8192.arrow.br (or another file) through the
 * product: a server on an empty store runs the experiment, and `cortigraph experiment export` writes it. Says how long that
 * took and what came out, as docs/designs.md has it. Minutes.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const name = 'local-circuit-sobol-8192';
const size = 8192;
const [file = join(root, 'fixtures', `${name}.arrow.br`)] = process.argv.slice(2);
const bundle = join(root, 'dist', 'main.js');
const work = mkdtempSync(join(tmpdir(), 'cortigraph-experiment-'));
const env = { PATH: process.env.PATH, PORT: '0', DATA_DIR: join(work, 'data'), CORTIGRAPH_LOG_LEVEL: 'warn' };

async function ask(url, query, variables = {}) {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await reply.json();
  if (errors) throw new Error(JSON.stringify(errors, null, 2));
  return data;
}

const create = `mutation ($input: CreateExperimentInput!) { createExperiment(input: $input) { experiment { id } } }`;
const progress = `query ($id: ID!) { experiment(id: $id) { status progress { done failed } outcomes { outcome count } } }`;
const table = `query ($id: ID!, $from: Int!, $points: Int!) {
  experiment(id: $id) { table(from: $from, points: $points) { columns { name numbers } } } }`;
const domain = '{ model(name: "local-circuit") { inputs { name domain { min max } } } }';

/** Quantiles of the points that went to their end. */
async function quantiles(graphql, id, column) {
  const numbers = [];
  for (let from = 0; from < size; from += 2048) {
    const { experiment } = await ask(graphql, table, { id, from, points: 2048 });
    const { numbers: base64 } = experiment.table.columns.find((each) => each.name === column);
    const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
    numbers.push(...new Float64Array(bytes.buffer).filter((value) => !Number.isNaN(value)));
  }
  numbers.sort((a, b) => a - b);
  const at = (q) => numbers[Math.round(q * (numbers.length - 1))];
  return [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1].map((q) => `${q}: ${at(q).toFixed(2)}`).join(', ');
}

const server = spawn(process.execPath, [bundle, 'serve', '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const ended = once(server, 'exit');
  let printed = '';
  for await (const text of server.stdout.setEncoding('utf8')) {
    printed += text;
    if (printed.trimEnd().endsWith('}')) break;
  }
  const { graphql } = JSON.parse(printed);
  const { model } = await ask(graphql, domain);
  const inputs = model.inputs.map(({ name: input, domain: { min, max } }) => ({ name: input, min, max }));
  const input = { name, model: 'local-circuit', space: { inputs }, design: 'SOBOL', size, seed: 1, protocol: { durationMs: 4000 } }; // prettier-ignore
  const start = performance.now();
  const { createExperiment } = await ask(graphql, create, { input });
  const { id } = createExperiment.experiment;
  for (;;) {
    const { experiment } = await ask(graphql, progress, { id });
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
  for (const output of ['rateE', 'rateI'])
    console.log(`quantiles of ${output}: ${await quantiles(graphql, id, output)}`);
  server.kill('SIGTERM');
  await ended;
  const made = join(work, 'made');
  execFileSync(process.execPath, [bundle, 'experiment', 'export', name, made], { env, stdio: 'inherit' });
  copyFileSync(made, file);
} finally {
  server.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
}
