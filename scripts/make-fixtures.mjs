/**
 * `npm run fixtures:make [-- FOLDER]`: makes fixtures/local-circuit (or another folder, for tests) through the product:
 * a server on an empty store answers fixtures/local-circuit.graphql, and `cortigraph backup` writes what it stored.
 */
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask, root, withLabServer } from './lab-server.mjs';

const [folder = join(root, 'fixtures', 'local-circuit')] = process.argv.slice(2);
const query = readFileSync(join(root, 'fixtures', 'local-circuit.graphql'), 'utf8');

async function answer(url, operationName) {
  const data = await ask(url, { query, operationName });
  if (JSON.stringify(data).includes('PENDING')) throw new Error(JSON.stringify(data, null, 2));
  return data;
}

await withLabServer(
  async (url) => {
    await answer(url, 'Raster'); // first, for its run counts towards the point that it is of
    for (const [name, { outputs, outcomes }] of Object.entries(await answer(url, 'Points'))) {
      const figures = outputs.map((o) => `${o.name} ${o.value.toFixed(2)} ± ${o.standardError.toFixed(2)} ${o.unit}`);
      console.log(`${name}: ${figures.join(', ') || JSON.stringify(outcomes)}`);
    }
  },
  (command, work) => {
    const backup = join(work, 'backup');
    command('backup', backup);
    rmSync(folder, { recursive: true, force: true });
    cpSync(backup, folder, { recursive: true });
  },
);
