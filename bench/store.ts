import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { migrations } from '../migrations/all.js';
import { encodeCursor } from '../src/domain/cursor.js';
import { sha256 } from '../src/domain/digest.js';
import type { RunDocument } from '../src/domain/documents.js';
import { documentVersion } from '../src/domain/documents.js';
import { idOf } from '../src/domain/ids.js';
import { parameterSetIdentity, runIdentity } from '../src/domain/identity.js';
import { canonicalValues } from '../src/domain/parameter-values.js';
import { localCircuit } from '../src/models/local-circuit/local-circuit.js';
import { readPage } from '../src/services/pages.js';
import type { Collections } from '../src/store/collections.js';
import { collectionsOf } from '../src/store/collections.js';
import { embeddedFileName, openEmbeddedStore } from '../src/store/embedded/embedded-store.js';
import { fieldSql } from '../src/store/embedded/field-sql.js';
import { migrate } from '../src/store/migrate.js';
import type { StoreFilter } from '../src/store/seam.js';
import { figure, machineLoad, quantile } from './figure.js';

const RUNS = Number(process.env['BENCH_RUNS'] ?? 1_000_000);
const BATCH = 1000;
/** Of each parameter set. */
const REPLICATES = 4;
/** Many and short: a machine whose neighbours come and go is the same within one, and a ratio is of one. */
const ROUNDS = 60;
const WARM_UP = 5;
const CLIENTS = 8;

/**
 * The embedded store with a million stored runs: what the product's own calls cost beside libsql on the same file, in
 * CPU milliseconds of the whole process, the thread of SQLite included.
 */
export async function benchStore(): Promise<void> {
  machineLoad();
  const dataDir = mkdtempSync(join(tmpdir(), 'cortigraph-bench-store-'));
  try {
    const store = await openEmbeddedStore(dataDir);
    await migrate(store.database, migrations, () => new Date());
    const collections = collectionsOf(store.database);
    await benchLoad(collections, dataDir);
    const raw = new Database(join(dataDir, embeddedFileName));
    raw.exec('PRAGMA cache_size = -32768');
    await benchLookup(collections, raw);
    await benchPages(collections, raw);
    await benchCounts(collections);
    raw.close();
    await store.close();
  } finally {
    rmSync(dataDir, { recursive: true });
  }
}

async function benchLoad({ runs }: Collections, dataDir: string): Promise<void> {
  const begin = performance.now();
  let cpu = 0;
  for (let first = 0; first < RUNS; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, RUNS - first) }, (_, i) => runNumber(first + i));
    cpu += await cpuMs(() => runs.insertMany(batch, { ordered: false }));
  }
  figure('store.load.cpu', (1000 * cpu) / RUNS, `µs a run, in batches of ${BATCH}`);
  figure('store.load.wall', (performance.now() - begin) / 1000, `s for ${RUNS} runs, the making of them included`);
  const bytes = readdirSync(dataDir).map((name) => statSync(join(dataDir, name)).size);
  figure('store.bytes', bytes.reduce((total, size) => total + size, 0) / RUNS, 'bytes a run, indexes included');
  const text = JSON.stringify(runNumber(1));
  figure('store.document.bytes', Buffer.byteLength(text), 'bytes of the JSON of one run');
}

async function benchLookup({ runs }: Collections, raw: Database.Database): Promise<void> {
  const statement = raw.prepare('SELECT doc FROM runs WHERE id = ?');
  const direct = (id: string): unknown => JSON.parse((statement.get([id]) as { doc: string }).doc);
  const keysOf = (round: number): readonly string[] =>
    Array.from({ length: 400 }, (_, i) => runNumber((i * 7919 + round * 104_729) % RUNS)._id);
  const find = (id: string): Promise<unknown> => runs.findOne({ _id: id });
  await benchBeside('store.lookup', keysOf, { what: 'SELECT by key and JSON.parse', direct }, { what: 'findOne', read: find, goal: 2 }); // prettier-ignore
}

async function benchPages({ runs }: Collections, raw: Database.Database): Promise<void> {
  for (const [field, value] of [
    ['outcome', 'runaway'],
    ['outcome', 'COMPLETED'],
    ['model', localCircuit.definition.name],
  ] as const) {
    const [key, at] = [fieldSql(field), fieldSql('createdAt')];
    const statement = raw.prepare(
      `SELECT doc FROM runs WHERE ${key} = ? AND ${at} <= ? AND (${at} < ? OR (${at} = ? AND id < ?)) ORDER BY ${at} DESC, id DESC LIMIT 101`,
    );
    const direct = ({ createdAt, _id }: RunDocument): unknown =>
      (statement.raw().all([value, createdAt, createdAt, createdAt, _id]) as [string][]).map(
        ([doc]) => JSON.parse(doc) as unknown,
      );
    const read = ({ createdAt, _id }: RunDocument): Promise<unknown> => {
      const after = encodeCursor({ field: 'createdAt', value: createdAt, id: _id });
      return readPage('SimulationRun', runs, { [field]: value }, 'CREATED_AT_DESC', { first: 100, after });
    };
    const placesOf = (round: number): readonly RunDocument[] =>
      Array.from({ length: 20 }, (_, i) => runNumber((RUNS >> 2) + ((i * 7919 + round * 104_729) % (RUNS >> 1))));
    const what = 'a page of 100 runs of that, newest first, behind a cursor';
    await benchBeside(`store.page.${field}.${value}`, placesOf, { what: 'SELECT of 101 and JSON.parse', direct }, { what, read, goal: 1.5 }); // prettier-ignore
  }
}

/** What the product's reads cost beside the raw database's: medians, as are the ratios of what is measured in one round. */
async function benchBeside<T>(
  name: string,
  itemsOf: (round: number) => readonly T[],
  raw: { readonly what: string; readonly direct: (item: T) => unknown },
  ours: { readonly what: string; readonly read: (item: T) => Promise<unknown>; readonly goal: number },
): Promise<void> {
  const rounds: Readonly<Record<'raw' | 'alone' | 'together', number>>[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const items = itemsOf(round);
    // Each has a cache of SQLite of its own: what both are to read is in it.
    items.forEach(raw.direct);
    await inTurn(items, 1, ours.read);
    const cost = {
      raw: await cpuMs(async () => items.forEach(raw.direct)),
      alone: await cpuMs(() => inTurn(items, 1, ours.read)),
      together: await cpuMs(() => inTurn(items, CLIENTS, ours.read)),
    };
    if (round >= WARM_UP) rounds.push({ raw: cost.raw / items.length, alone: cost.alone / items.length, together: cost.together / items.length }); // prettier-ignore
  }
  const median = (of: (round: (typeof rounds)[number]) => number): number => quantile(rounds.map(of), 0.5);
  const ways = [['together', `${CLIENTS} at a time`], ['alone', 'one that waits each time']] as const; // prettier-ignore
  figure(`${name}.raw`, median(({ raw: ms }) => ms), `ms, ${raw.what}`); // prettier-ignore
  for (const [way, clients] of ways) {
    figure(`${name}.${way}`, median((cost) => cost[way]), `ms, ${ours.what}, ${clients}`); // prettier-ignore
    figure(`${name}.${way}.ratio`, median((cost) => cost[way] / cost.raw), `× raw (goal ${ours.goal})`); // prettier-ignore
  }
}

async function benchCounts({ runs }: Collections): Promise<void> {
  const { name: model } = localCircuit.definition;
  const from = runNumber(RUNS >> 1).createdAt;
  const filters: readonly (readonly [string, StoreFilter<RunDocument>])[] = [
    ['all', {}],
    ['model', { model }],
    ['outcome', { outcome: 'COMPLETED' }],
    ['model+outcome', { model, outcome: 'COMPLETED' }],
    ['parameterSet', { parameterSetId: runNumber(RUNS >> 1).parameterSetId }],
    ['numerics', { numericsDigest: numericsDigest(model) }],
    ['createdAfter', { createdAt: { $gte: from } }],
    ['model+createdAfter', { model, createdAt: { $gte: from } }],
  ];
  for (const [name, filter] of filters) {
    const times = 5;
    let found = 0;
    const cost: number[] = [];
    for (let round = 0; round < times; round += 1) cost.push(await cpuMs(async () => (found = await runs.countDocuments(filter)))); // prettier-ignore
    figure(`store.count.${name}`, Math.min(...cost), `ms, to ${found}`);
  }
}

/** CPU milliseconds of this process, all its threads, that some work takes. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Does something with each, so many at a time. */
async function inTurn<T>(items: readonly T[], clients: number, use: (item: T) => Promise<unknown>): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await use(item);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

const numericsDigest = (model: string): string => sha256(model);

/** The run of a number, as RunLedger stores one of the local circuit of 4 s; always the same. */
function runNumber(n: number): RunDocument {
  const { definition } = localCircuit;
  const point = Math.floor(n / REPLICATES);
  // Low bits of a multiplicative sequence would repeat: fractions of the golden ratio do not.
  const spread = (k: number): number => ((point + 1) * 0.6180339887498949 * k) % 1;
  const values = canonicalValues(definition, { lgnRateE: 30 + 500 * spread(1), lgnRateI: 30 + 500 * spread(2), sEE: 0.016 + 0.013 * spread(3) }); // prettier-ignore
  const protocol = { warmupMs: 500, durationMs: 4000, networkSeed: 1, noiseSeed: (n * 48_271) % 2_147_483_647 };
  const { name: model } = definition;
  const { id, digest, preimage } = runIdentity({ model, numericsDigest: numericsDigest(model), values, protocol });
  const bins = (rate: number): number[] => Array.from({ length: 16 }, (_, bin) => Math.floor(rate * (0.9 + 0.2 * spread(bin + 4)))); // prettier-ignore
  return {
    _id: id,
    schemaVersion: documentVersion,
    createdAt: new Date(Date.UTC(2026, 0, 1) + 30 * n).toISOString(),
    digest,
    preimage,
    model,
    numericsDigest: numericsDigest(model),
    parameterSetId: parameterSetIdentity(model, values).id,
    protocol,
    outcome: n % 28 === 0 ? 'runaway' : 'COMPLETED',
    sums: { batchMs: 250, outputs: { rateE: bins(75 * 15), rateI: bins(25 * 37) } },
    executionId: idOf('Execution', digest.slice(32)),
  };
}
