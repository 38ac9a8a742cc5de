import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLogger } from '../../src/http/logger.js';
import { keepLog, tinySchema, tinyServer, type LogLine } from './tiny-server.js';

describe('the access log', async () => {
  const { agent, log } = await tinyServer();

  it('has method, path, status and duration of each request', async () => {
    await agent.post('/graphql').set('x-request-id', 'one').send({ query: '{ __typename }' });
    const line = await log.find((entry) => entry['requestId'] === 'one');
    const { time, durationMs, ...rest } = line;
    assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.ok(typeof durationMs === 'number' && durationMs >= 0);
    assert.deepEqual(rest, {
      level: 'info',
      requestId: 'one',
      method: 'POST',
      path: '/graphql',
      status: 200,
      operation: '__typename',
      msg: 'request',
    });
  });

  it('says what was asked and with which codes it failed', async () => {
    await agent.post('/graphql').set('x-request-id', 'named').send({ query: 'query Ask { missing }' });
    const line = await log.find((entry) => entry['requestId'] === 'named' && entry['msg'] === 'request');
    assert.deepEqual([line['operation'], line['errors']], ['Ask', ['NOT_FOUND']]);
  });

  it('says so of each of two requests that end at once, though their clients chose one id', async () => {
    let finish: (value: string) => void = () => undefined;
    const bothWait = new Promise<string>((resolve) => (finish = resolve));
    const schema = tinySchema();
    const wait = schema.getQueryType()?.getFields()['wait'];
    assert.ok(wait);
    let waiting = 0;
    wait.resolve = () => {
      waiting += 1;
      if (waiting === 2) finish('done');
      return bothWait;
    };
    const twins = await tinyServer({ schema });
    const send = (query: string): Promise<unknown> =>
      Promise.resolve(twins.agent.post('/graphql').set('x-request-id', 'twin').send({ query }));
    await Promise.all([send('query First { wait }'), send('query Second { wait }')]);
    const requests = (): readonly LogLine[] => twins.log.lines.filter(({ msg }) => msg === 'request');
    await twins.log.find(() => requests().length === 2);
    const operations = requests().map(({ operation }) => operation);
    assert.deepEqual(operations.sort(), ['First', 'Second']);
  });

  it('has no query string and no header', async () => {
    await agent.get('/nowhere?token=swordfish').set('x-request-id', 'two').set('authorization', 'Bearer swordfish');
    const line = await log.find((entry) => entry['requestId'] === 'two');
    assert.equal(line['path'], '/nowhere');
    assert.doesNotMatch(JSON.stringify(log.lines), /swordfish/);
  });

  it('keeps questions about health at debug', async () => {
    await agent.get('/healthz').set('x-request-id', 'three');
    assert.equal((await log.find((entry) => entry['requestId'] === 'three'))['level'], 'debug');
  });
});

it('the logger hides authorization and cookies wherever headers are logged', () => {
  const log = keepLog();
  const headers = { authorization: 'Bearer swordfish', cookie: 'session=swordfish', accept: '*/*' };
  const logger = createLogger('info', log);
  logger.info(headers);
  logger.info({ headers });
  logger.info({ req: { headers } });
  assert.equal(log.lines.length, 3);
  assert.doesNotMatch(JSON.stringify(log.lines), /swordfish/);
});
