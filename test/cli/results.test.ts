import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { temporaryFolder } from '../store/stores.js';
import type { Ended } from './command.js';
import { runCommand } from './command.js';

/** What `ask` prints of {@link question}. */
interface Answer {
  readonly data: {
    readonly response: {
      readonly id: string;
      readonly cached: boolean;
      readonly runs: readonly { readonly id: string }[];
    };
  };
}

const question = `query Ask($input: ResponseInput!) { response(input: $input, waitMs: 60000) { id cached runs { id } } }
query Look($id: ID!) { node(id: $id) { id } }`;

describe('the shell, about results', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let file: string;
  let runId: string;
  const run = (...args: readonly string[]): Promise<Ended> => runCommand(folder.path, ...args);
  const ask = (...args: readonly string[]): Promise<Ended> =>
    run('ask', file, '--operation', 'Ask', '--set', 'input.protocol.durationMs=500', ...args);

  before(async () => {
    folder = await temporaryFolder();
    file = join(folder.path, 'question.graphql');
    await writeFile(file, question);
    const { code, stdout, stderr } = await ask('--set', 'input.parameters.lgnRateE=240');
    assert.equal(code, 0, stderr);
    const { response } = (JSON.parse(stdout) as Answer).data;
    assert.equal(response.cached, false);
    runId = response.runs[0]?.id ?? '';
  });
  after(() => folder.remove());

  test('asks what a GraphQL document asks, with variables, and again from the store', async () => {
    const { code, stdout } = await ask('--set', 'input.parameters={"lgnRateE":240}', '--json');
    const { response } = (JSON.parse(stdout) as Answer).data;
    assert.deepEqual([code, response.cached, response.runs[0]?.id], [0, true, runId]);
    const node = await run('ask', file, '--operation', 'Look', '--set', `id=${runId}`);
    assert.deepEqual(JSON.parse(node.stdout), { data: { node: { id: runId } } });
  });

  test('prints the errors of a document as over HTTP, and ends with 1', async () => {
    const { code, stdout } = await ask('--set', 'input.parameters.lgnRateF=1');
    const { errors, data } = JSON.parse(stdout) as {
      data: unknown;
      errors: readonly { extensions: { code: string } }[];
    };
    assert.deepEqual([code, data, errors[0]?.extensions.code], [1, { response: null }, 'BAD_USER_INPUT']);
  });

  test('says where a document does not fit the schema, by line and column', async () => {
    const strange = join(folder.path, 'strange.graphql');
    await writeFile(strange, '{\n  models { name }\n  models { nam }\n  neurons\n}');
    for (const args of [[], ['--json']]) {
      const { code, stdout } = await run('ask', strange, ...args);
      const { errors } = JSON.parse(stdout) as { errors: readonly { message: string; locations: unknown }[] };
      assert.equal(code, 1);
      assert.deepEqual(
        errors.map(({ locations }) => locations),
        [[{ line: 3, column: 12 }], [{ line: 4, column: 3 }]],
      );
    }
    await writeFile(strange, '{\n  models {');
    const { error } = JSON.parse((await run('ask', strange, '--json')).stdout) as { error: { locations: unknown } };
    assert.deepEqual(error.locations, [{ line: 2, column: 11 }]);
  });

  test('says that the work of what is PENDING was given back, and goes on with it when it is asked again', async () => {
    const pending = join(folder.path, 'pending.graphql');
    await writeFile(
      pending,
      `query ($waitMs: Int) { response(input: { parameters: { lgnRateE: 241 }, protocol: { durationMs: 20000 } }, waitMs: $waitMs) {
        status job { id } } }`,
    );
    interface Pending {
      readonly data: { readonly response: { readonly status: string; readonly job: { readonly id: string } } };
    }
    const first = await run('ask', pending, '--set', 'waitMs=0', '--json');
    const { response } = (JSON.parse(first.stdout) as Pending).data;
    assert.deepEqual([first.code, response.status], [4, 'PENDING']);
    assert.match(
      first.stderr,
      new RegExp(`^PENDING: ${response.job.id} is not at an end; .*given back\\. Ask again .*\n$`),
    );
    const again = await run('ask', pending, '--set', 'waitMs=60000');
    assert.deepEqual([again.code, again.stderr], [0, '']);
    assert.deepEqual((JSON.parse(again.stdout) as Pending).data.response, { ...response, status: 'READY' });
  });

  test('says what is wrong with a document or its variables before anything is opened', async () => {
    const broken = join(folder.path, 'broken.graphql');
    await writeFile(broken, '{ response(');
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['ask', join(folder.path, 'none.graphql')], /cannot be read \(ENOENT\)/],
      [['ask', broken], /is no GraphQL: .*\(line 1, column 12\)/],
      [['ask', file], /Give --operation, one of: Ask, Look\./],
      [['ask', file, '--operation', 'Other'], /There is no operation Other; there are: Ask, Look\./],
      [['ask', file, '--operation', 'Look', '--set', 'name=1'], /has no variable \$name; it has \$id\./],
      [['ask', file, '--operation', 'Look', '--set', 'id'], /--set takes variable=value/],
    ];
    for (const [args, message] of cases) {
      const { code, stderr } = await run(...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
    }
  });

  test('runs a stored run again', async () => {
    const { code, stdout, stderr } = await run('verify', runId);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${runId} comes out the same, bit for bit (figures)\n`);
    const json = JSON.parse((await run('verify', runId, '--json')).stdout) as { readonly identical: boolean };
    assert.equal(json.identical, true);
    assert.equal((await run('verify', 'run_00000000000000000000000000000000')).code, 1);
  });

  test('annotates, invalidates, and shows both in the provenance', async () => {
    const annotated = await run('annotate', runId, '--tag', 'fig-1', '--note', 'Odd.', '--json');
    assert.deepEqual(JSON.parse(annotated.stdout), { id: runId, tags: ['fig-1'], notes: ['Odd.'] });
    const invalidated = await run('invalidate', runId, '--reason', 'Only a test.');
    assert.match(invalidated.stdout, new RegExp(`^${runId} is invalid since .*: Only a test\\.\n$`));
    const { code, stdout } = await run('provenance', runId, '--direction', 'BOTH');
    const document = JSON.parse(stdout) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    assert.equal(code, 0);
    assert.ok(document['entity']?.[`cortigraph:${runId}`]);
    assert.equal(Object.keys(document['wasInvalidatedBy'] ?? {}).length, 1);
    const again = await ask('--set', 'input.parameters.lgnRateE=240');
    assert.notEqual((JSON.parse(again.stdout) as Answer).data.response.runs[0]?.id, runId);
  });

  test('explains every setting: its value, where it comes from, what may be given', async () => {
    const { stdout } = await run('config', '--explain');
    assert.match(stdout, /PORT = 0 \(from the environment; default: 4000\)\n {4}TCP port .* Must be a whole number/);
    assert.match(stdout, /HOST = 127\.0\.0\.1 \(the default\)/);
  });
});
