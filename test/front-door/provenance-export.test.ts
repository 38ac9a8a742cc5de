import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { Ajv } from 'ajv';
import { overEachStore } from '../support/each-store.js';
import type { ResponseView, RunPayload } from '../support/questions.js';
import { responseQuery, runMutation, shortProtocol } from '../support/questions.js';
import type { SweepData } from '../support/sweeps.js';
import { sweepQuery } from '../support/sweeps.js';

const schema = JSON.parse(
  readFileSync(new URL('../../../test/reference/prov-json.schema.json', import.meta.url), 'utf8'),
) as object;

/** A PROV-JSON document, as far as these tests look into it. */
type Document = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined>>;

overEachStore('the export of provenance', (door) => {
  const isProvJson = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
  const ids: Record<string, string> = {};

  const exported = async (path: string): Promise<Document> => {
    const reply = await door().agent.get(path);
    assert.equal(reply.status, 200, reply.text);
    assert.match(reply.headers['content-type'] ?? '', /^application\/json/);
    const document = JSON.parse(reply.text) as Document;
    assert.ok(isProvJson(document), JSON.stringify(isProvJson.errors));
    requireEndsThatAreThere(document);
    return document;
  };

  before(async () => {
    const input = {
      parameters: { lgnRateE: 281 },
      protocol: { ...shortProtocol, noiseSeed: 1 },
      recordings: ['cellRates'],
    };
    const { runSimulation } = await door().data<RunPayload>(runMutation, { input, waitMs: 60_000 });
    const { simulationRun, job } = runSimulation;
    const asked = { parameters: input.parameters, protocol: input.protocol };
    const { response } = await door().data<{ response: ResponseView }>(responseQuery, { input: asked });
    const axes = [{ name: 'lgnRateE', min: 280, max: 281, points: 2 }];
    const { sweep } = await door().data<SweepData>(sweepQuery, {
      input: { base: { parameters: {}, protocol: shortProtocol }, axes },
    });
    const { simulationRun: parts } = await door().data<{
      readonly simulationRun: Readonly<Record<'executions' | 'recordings', readonly { readonly id: string }[]>>;
    }>(`query ($id: ID!) { simulationRun(id: $id) { executions { id } recordings { id } } }`, { id: simulationRun.id });
    const { verifyRun } = await door().data<{ readonly verifyRun: { readonly verification: { readonly id: string } } }>(
      `mutation ($id: ID!) { verifyRun(id: $id, waitMs: 60000) { verification { id } } }`,
      { id: simulationRun.id },
    );
    await door().data(`mutation ($id: ID!) { annotate(id: $id, tags: ["t"], note: "n") { node { id } } }`, {
      id: simulationRun.id,
    });
    const { invalidateResult } = await door().data<{
      readonly invalidateResult: { readonly invalidation: { readonly id: string } };
    }>(`mutation ($id: ID!) { invalidateResult(id: $id, reason: "For a test.") { invalidation { id } } }`, {
      id: simulationRun.id,
    });
    const note = await door().collections.annotations.findOne({ tag: 't' });
    Object.assign(ids, {
      ParameterSet: simulationRun.parameterSet.id,
      SimulationRun: simulationRun.id,
      Execution: parts.executions[0]?.id,
      Recording: parts.recordings[0]?.id,
      Response: response.id,
      Sweep: sweep.id,
      Job: job?.id,
      Verification: verifyRun.verification.id,
      Invalidation: invalidateResult.invalidation.id,
      Annotation: note?._id,
    });
  });

  test('is PROV-JSON, whatever it is of, in every direction', async () => {
    assert.equal(Object.keys(ids).length, 10);
    for (const [kind, id] of Object.entries(ids)) {
      for (const direction of ['UPSTREAM', 'DOWNSTREAM', 'BOTH']) {
        const document = await exported(`/provenance/${id}?direction=${direction}`);
        const record = document['entity']?.[`cortigraph:${id}`] ?? document['activity']?.[`cortigraph:${id}`];
        assert.deepEqual(record?.['prov:type'], { $: `cortigraph:${kind}`, type: 'xsd:QName' });
      }
    }
  });

  test('leads from a response to its parameters, code, agents and what became of its run', async () => {
    const { url } = (
      await door().data<{ readonly provenance: { readonly url: string } }>(
        `query ($id: ID!) { provenance(id: $id) { url } }`,
        { id: ids['Response'] },
      )
    ).provenance;
    const document = await exported(new URL(url).pathname + new URL(url).search);
    const sections = Object.keys(document).sort();
    assert.deepEqual(sections, [
      ...['actedOnBehalfOf', 'activity', 'agent', 'entity', 'prefix', 'used', 'wasAssociatedWith', 'wasDerivedFrom'],
      ...['wasGeneratedBy', 'wasInfluencedBy', 'wasInvalidatedBy'],
    ]);
    const execution = document['activity']?.[`cortigraph:${ids['Execution']}`];
    assert.match(String(execution?.['prov:startTime']), /^\d{4}-.*Z$/);
    const [invalidation] = Object.values(document['wasInvalidatedBy'] ?? {});
    assert.deepEqual(invalidation, {
      'prov:entity': `cortigraph:${ids['SimulationRun']}`,
      'prov:activity': `cortigraph:${ids['Invalidation']}`,
    });
  });

  test('refuses what it does not know', async () => {
    const cases: readonly (readonly [string, number, string])[] = [
      ['/provenance/run_00000000000000000000000000000000', 404, 'NOT_FOUND'],
      ['/provenance/', 400, 'BAD_USER_INPUT'],
      ['/provenance/nonsense', 400, 'BAD_USER_INPUT'],
      [`/provenance/${ids['Response']}?direction=SIDEWAYS`, 400, 'BAD_USER_INPUT'],
      [`/provenance/${ids['Response']}?depth=51`, 400, 'BAD_USER_INPUT'],
      [`/provenance/${ids['Response']}?depth=`, 400, 'BAD_USER_INPUT'],
      [`/provenance/${ids['Response']}?deep=1`, 400, 'BAD_USER_INPUT'],
    ];
    for (const [path, status, code] of cases) {
      const reply = await door().agent.get(path);
      const { errors } = reply.body as {
        readonly errors: readonly { readonly extensions: { readonly code: string } }[];
      };
      assert.deepEqual([reply.status, errors[0]?.extensions.code], [status, code], path);
    }
  });
});

/** Each end of each relation is a record of the section that its role says. */
function requireEndsThatAreThere(document: Document): void {
  const sectionOf = (role: string): readonly string[] => {
    if (/activity/i.test(role)) return ['activity'];
    if (/entity/i.test(role)) return ['entity'];
    return /influence/.test(role) ? ['entity', 'activity', 'agent'] : ['agent'];
  };
  for (const [section, records] of Object.entries(document)) {
    if (['prefix', 'entity', 'activity', 'agent'].includes(section)) continue;
    for (const [role, id] of Object.values(records ?? {}).flatMap((record) => Object.entries(record))) {
      assert.ok(
        sectionOf(role).some((name) => document[name]?.[String(id)]),
        `${section} ${role} ${String(id)}`,
      );
    }
  }
}
