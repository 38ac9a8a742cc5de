import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { sha256 } from '../../src/domain/digest.js';
import { startsWith } from '../../src/store/seam.js';
import { overEachStore } from '../support/each-store.js';
import { eventually, onlyError } from '../support/front-door.js';
import type { RecordingView, RecordPayload } from '../support/questions.js';
import { cancelMutation, longProtocol, recordMutation, runMutation, shortProtocol } from '../support/questions.js';

type Payload = RecordPayload['runSimulation'];

const kindsOf = ({ simulationRun }: Payload): readonly string[] => simulationRun.recordings.map(({ kind }) => kind);

overEachStore(
  'recordings of a run',
  (door) => {
    const input = (sEE: number, recordings?: readonly string[], durationMs = 500): object => ({
      parameters: { sEE },
      protocol: { ...shortProtocol, durationMs },
      ...(recordings ? { recordings } : {}),
    });
    const run = async (given: object, waitMs?: number): Promise<Payload> =>
      (await door().data<RecordPayload>(recordMutation, { input: given, waitMs })).runSimulation;
    const spikesOf = async (id: string): Promise<number> => {
      const stored = await door().collections.runs.findOne({ _id: id });
      return Object.values(stored?.sums.outputs ?? {})
        .flat()
        .reduce((sum, count) => sum + count, 0);
    };

    /** Gives the workers many seconds of work. */
    const keepBusy = (seed: number): Promise<RecordPayload['runSimulation'][]> =>
      Promise.all(Array.from({ length: 12 }, (_, i) => run(long(seed + i), 0)));

    test('are made with the run when they are asked for at first, by its own execution', async () => {
      const { created, job, simulationRun } = await run(input(0.0241, ['raster']));
      assert.deepEqual([created, job?.status, simulationRun.executions.length], [true, 'COMPLETED', 1]);
      const [raster, ...others] = simulationRun.recordings;
      assert.ok(raster);
      assert.deepEqual(others, []);
      assert.deepEqual([raster.kind, raster.execution.id], ['raster', simulationRun.executions[0]?.id]);
      assert.match(raster.digest, /^[0-9a-f]{64}$/);
      assert.match(raster.id, /^rec_[0-9a-f]{32}$/);
      assert.equal(raster.mediaType, 'application/vnd.apache.arrow.stream');
    });

    test('that are asked for later are made by running it again: same key, same figures, another execution', async () => {
      const first = await run(input(0.0242));
      assert.deepEqual(first.simulationRun.recordings, []);
      const stored = await door().collections.runs.findOne({ _id: first.simulationRun.id });
      const again = await run(input(0.0242, ['isiCv', 'raster', 'raster']));
      assert.deepEqual([again.created, again.job?.status], [false, 'COMPLETED']);
      const { id, digest, outputs, executions } = again.simulationRun;
      assert.deepEqual({ id, digest, outputs }, pick(first.simulationRun));
      assert.deepEqual(
        executions.map(({ attempt, error }) => [attempt, error]),
        [
          [1, null],
          [2, null],
        ],
      );
      assert.deepEqual([...kindsOf(again)].sort(), ['isiCv', 'raster']);
      assert.ok(again.simulationRun.recordings.every(({ execution }) => execution.id === executions[1]?.id));
      assert.deepEqual(await door().collections.runs.findOne({ _id: id }), stored);
      assert.equal((await door().counts()).claims, 0);
    });

    test('that are there are not made again, and only what is missing is', async () => {
      const first = await run(input(0.0243, ['raster']));
      const before = await door().counts();
      const same = await run(input(0.0243, ['raster', 'raster']));
      assert.deepEqual([same.created, same.job], [false, null]);
      assert.deepEqual(atNoAddress(same), atNoAddress(first));
      assert.deepEqual(await door().counts(), before);
      const more = await run(input(0.0243, ['raster', 'populationRates']));
      const raster = atNoAddress(more).recordings.find(({ kind }) => kind === 'raster');
      assert.deepEqual(raster, atNoAddress(first).recordings[0]);
      assert.equal(more.simulationRun.executions.length, 2);
    });

    test('are made of an aborted run up to where it was', async () => {
      const runaway = { parameters: { sEE: 0.5, sEI: 0 }, protocol: shortProtocol, recordings: ['raster'] };
      const { simulationRun } = await run(runaway);
      assert.deepEqual([simulationRun.outcome, simulationRun.recordings.length], ['runaway', 1]);
    });

    test('join a run that waits for a worker: it is simulated once, with all that was asked for', async () => {
      const busy = await keepBusy(1000);
      await eventually(door().counts, ({ claims }) => claims === 2);
      const waiting = [undefined, ['raster'], ['isiCv']].map((kinds) => run(input(0.0244, kinds)));
      await eventually(
        () => door().collections.jobs.countDocuments({ active: true }),
        (count) => count === 12 + 3,
      );
      for (const { job } of busy) await door().data(cancelMutation, { id: job?.id });
      const [plain, raster, isiCv] = await Promise.all(waiting);
      assert.ok(plain && raster && isiCv);
      assert.ok(kindsOf(raster).includes('raster') && kindsOf(isiCv).includes('isiCv'));
      assert.equal((await look(raster.simulationRun.id)).executions.length, 1);
    });

    test('that come too late for a run under way are made after it', async () => {
      const first = run(input(0.0245, undefined, 300_000));
      await eventually(door().counts, ({ claims }) => claims === 1);
      const second = await run(input(0.0245, ['isiCv'], 300_000));
      assert.deepEqual(kindsOf(second), ['isiCv']);
      const { executions } = await look(second.simulationRun.id);
      assert.deepEqual(
        executions.map(({ error }) => error),
        [null, null],
      );
      assert.equal((await first).simulationRun.id, second.simulationRun.id);
    });

    test('of one run that many ask for at once are all made, and no more than once each', async () => {
      await run(input(0.0246));
      const asked = [['raster'], ['isiCv'], ['populationRates', 'raster'], ['raster'], []];
      const payloads = await Promise.all(asked.map((kinds) => run(input(0.0246, kinds))));
      for (const [i, payload] of payloads.entries()) {
        for (const kind of asked[i] ?? []) assert.ok(kindsOf(payload).includes(kind), kind);
      }
      const { recordings } = await look(payloads[0]?.simulationRun.id ?? '');
      assert.deepEqual(recordings.map(({ kind }) => kind).sort(), ['isiCv', 'populationRates', 'raster']);
    });

    test('on their way leave the stored run as it is, with the job that makes them', async () => {
      const { simulationRun } = await run(input(0.0247));
      const { job, created, ...pending } = await run(input(0.0247, ['raster']), 0);
      assert.deepEqual([created, pending.simulationRun.status], [false, 'COMPLETED']);
      await eventually(
        () => look(simulationRun.id),
        ({ recordings }) => recordings.length === 1,
      );
      assert.equal(job?.kind, 'simulation');
    });

    test('whose job was cancelled are a CONFLICT for those who waited for them', async () => {
      const { simulationRun } = await run(input(0.0254));
      const busy = await keepBusy(2000);
      const waiting = door().ask<RecordPayload>(recordMutation, { input: input(0.0254, ['raster']) });
      const job = await eventually(
        () => door().collections.jobs.findOne({ active: true, key: startsWith(simulationRun.id) }),
        (found) => found !== null,
      );
      await door().data(cancelMutation, { id: job?._id });
      assert.equal(onlyError(await waiting).extensions.code, 'CONFLICT');
      for (const each of busy) await door().data(cancelMutation, { id: each.job?.id });
      await eventually(door().counts, ({ claims }) => claims === 0);
    });

    test('are refused, and nothing stored, when a run comes out otherwise than is stored', async () => {
      const { simulationRun } = await run(input(0.0248));
      const { runs, recordings } = door().collections;
      const stored = await runs.findOne({ _id: simulationRun.id });
      const rateE = [...(stored?.sums.outputs['rateE'] ?? [])];
      const outputs = { ...stored?.sums.outputs, rateE: rateE.with(1, (rateE[1] ?? 0) + 1) };
      await runs.updateOne({ _id: simulationRun.id }, { $set: { sums: { batchMs: 250, outputs } } });
      const reply = await door().ask<RecordPayload>(recordMutation, { input: input(0.0248, ['raster']) });
      const { extensions, message } = onlyError(reply);
      assert.equal(extensions.code, 'INTERNAL');
      assert.match(message, /rateE, batch 1: \d+ is stored, now it is \d+/);
      const { executions } = await look(simulationRun.id);
      assert.deepEqual(
        executions.map(({ error }) => error === null),
        [true, false],
      );
      assert.equal(await recordings.countDocuments({ runId: simulationRun.id }), 0);
      assert.equal((await door().counts()).claims, 0);
      assert.deepEqual((await runs.findOne({ _id: simulationRun.id }))?.sums.outputs, outputs);
    });

    test('of a kind that the model does not make are refused, and the nearest is offered', async () => {
      const { extensions, message } = await door().refusal(runMutation, { input: input(0.0241, ['raster', 'rastr']) });
      assert.equal(extensions.code, 'BAD_USER_INPUT');
      assert.equal(extensions['nearest'], 'raster');
      assert.ok((extensions['allowed'] as string[]).includes('raster'));
      assert.match(message, /Did you mean "raster"\?/);
      const none = { model: 'ishigami', parameters: {}, recordings: ['raster'] };
      assert.match((await door().refusal(runMutation, { input: none })).message, /records nothing/);
    });

    test('are refused many times over in one answer: their tables count in the cost of a query', async () => {
      const { simulationRun } = await run(input(0.0243, ['raster']));
      const aliases = Array.from({ length: 60 }, (_, i) => `a${i}: numbers`).join(' ');
      const query = `query ($id: ID!) { node(id: $id) { ... on Recording { table { columns { ${aliases} } } } } }`;
      const { message } = await door().refusal(query, { id: simulationRun.recordings[0]?.id });
      assert.match(message, /The answer could hold \d+ fields; at most 50000/);
    });

    test('are told by the model', async () => {
      const { model } = await door().data<{ model: { recordings: readonly { kind: string }[] } }>(
        '{ model(name: "local-circuit") { recordings { kind version meaning maxDurationMs } } }',
      );
      assert.ok(model.recordings.some(({ kind }) => kind === 'raster'));
    });

    test('are downloaded whole from their url, and hold every spike that the run counted', async () => {
      const { url } = await door().server.http.start(0, '127.0.0.1');
      const post = await fetch(new URL('graphql', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: recordMutation, variables: { input: input(0.0249, ['raster']) } }),
      });
      const { data } = (await post.json()) as { data: RecordPayload };
      const { id, recordings } = data.runSimulation.simulationRun;
      const raster = recordings[0];
      assert.ok(raster);
      assert.equal(raster.url, `${url}blobs/${raster.digest}`);
      const download = await fetch(raster.url);
      assert.deepEqual(
        ['content-type', 'content-length', 'etag'].map((name) => download.headers.get(name)),
        [raster.mediaType, String(raster.bytes), `"${raster.digest}"`],
      );
      const bytes = new Uint8Array(await download.arrayBuffer());
      assert.deepEqual([bytes.length, sha256(bytes)], [raster.bytes, raster.digest]);
      assert.equal(tableFromIPC(bytes).numRows, await spikesOf(id));
    });

    test('are read as a table in the answer, each column as little-endian floats', async () => {
      const { simulationRun } = await run(input(0.0251, ['raster']));
      const query = `query ($id: ID!) { node(id: $id) { ... on Recording {
        id kind runId table { rowCount url columns { name unit numbers strings } }
      } } }`;
      const { node } = await door().data<{ node: TableView }>(query, { id: simulationRun.recordings[0]?.id });
      assert.deepEqual([node.kind, node.runId], ['raster', simulationRun.id]);
      assert.equal(node.table.rowCount, await spikesOf(simulationRun.id));
      assert.ok(node.table.url.endsWith(`/blobs/${simulationRun.recordings[0]?.digest}`));
      for (const { numbers } of node.table.columns) {
        assert.equal(Buffer.from(numbers, 'base64').length, 8 * node.table.rowCount);
      }
    });

    test('larger than a megabyte have no table in the answer, and the url all the same', async () => {
      const { simulationRun } = await run(input(0.0252, ['raster']));
      const { recordings } = door().collections;
      const known = await recordings.findOne({ _id: simulationRun.recordings[0]?.id ?? '' });
      assert.ok(known);
      const blob = await door().server.store.blobs.put(new Uint8Array(1_000_001));
      await recordings.updateOne({ _id: known._id }, { $set: { blob: { ...known.blob, ...blob } } });
      const query = `query ($id: ID!) { node(id: $id) { ... on Recording { url table { rowCount } } } }`;
      const { node } = await door().data<{ node: { url: string; table: null } }>(query, { id: known._id });
      assert.deepEqual([node.table, node.url.endsWith(blob.digest)], [null, true]);
    });

    test('are traced to the run and the execution that made them, and from these', async () => {
      await run(input(0.0253));
      const { simulationRun } = await run(input(0.0253, ['raster']));
      const [own, second] = simulationRun.executions;
      const id = simulationRun.recordings[0]?.id ?? '';
      const query = `query ($id: ID!, $direction: ProvenanceDirection!) { provenance(id: $id, direction: $direction) {
        nodes { id kind type label } edges { from relation to }
      } }`;
      const trace = async (of: string, direction: string): Promise<Graph> =>
        (await door().data<{ provenance: Graph }>(query, { id: of, direction })).provenance;
      const has = ({ edges }: Graph, from: string, relation: string, to: string): boolean =>
        edges.some((edge) => edge.from === from && edge.relation === relation && edge.to === to);
      const up = await trace(id, 'UPSTREAM');
      assert.ok(has(up, id, 'wasGeneratedBy', second?.id ?? ''));
      assert.ok(has(up, id, 'wasDerivedFrom', simulationRun.id));
      assert.ok(has(up, simulationRun.id, 'wasGeneratedBy', own?.id ?? ''));
      assert.equal(up.nodes.find((node) => node.id === id)?.label, `raster of ${simulationRun.id}`);
      for (const kind of ['ParameterSet', 'Code', 'Agent']) assert.ok(up.nodes.some((node) => node.kind === kind));
      for (const start of [simulationRun.id, second?.id ?? '']) {
        assert.ok((await trace(start, 'DOWNSTREAM')).nodes.some((node) => node.id === id));
      }
      assert.ok((await trace(own?.id ?? '', 'DOWNSTREAM')).nodes.some((node) => node.id === id));
    });

    async function look(id: string): Promise<RunLook> {
      const query = `query ($id: ID!) { simulationRun(id: $id) { executions { error } recordings { kind } } }`;
      return (await door().data<{ simulationRun: RunLook }>(query, { id })).simulationRun;
    }
  },
  { env: { CORTIGRAPH_MAX_RESPONSE_SECONDS: '1000' } },
);

interface RunLook {
  readonly executions: readonly { readonly error: string | null }[];
  readonly recordings: readonly Pick<RecordingView, 'kind'>[];
}

interface TableView {
  readonly kind: string;
  readonly runId: string;
  readonly table: {
    readonly rowCount: number;
    readonly url: string;
    readonly columns: readonly { readonly name: string; readonly numbers: string }[];
  };
}

interface Graph {
  readonly nodes: readonly { readonly id: string; readonly kind: string; readonly label: string }[];
  readonly edges: readonly { readonly from: string; readonly relation: string; readonly to: string }[];
}

/** Without what depends on the port, which is another for each request of these tests. */
const atNoAddress = ({ simulationRun }: Payload): Payload['simulationRun'] => ({
  ...simulationRun,
  recordings: simulationRun.recordings.map((recording) => ({ ...recording, url: '' })),
});

const pick = ({ id, digest, outputs }: Payload['simulationRun']): object => ({ id, digest, outputs });

const long = (noiseSeed: number): object => ({ parameters: {}, protocol: { ...longProtocol, noiseSeed } });
