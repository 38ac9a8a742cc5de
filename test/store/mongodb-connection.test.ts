import assert from 'node:assert/strict';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { CortigraphError } from '../../src/domain/errors.js';
import { databaseName } from '../../src/store/mongodb.js';
import { openStore } from '../../src/store/open-store.js';
import type { StoreCollection, StoreFilter } from '../../src/store/seam.js';
import type { Store } from '../../src/store/store.js';
import { StoreRefusalError } from '../../src/store/store-errors.js';
import { temporaryDatabase, testMongoDBUri } from './stores.js';

const secret = 'do-not-tell';
const isUnavailable = (error: unknown): error is CortigraphError =>
  error instanceof CortigraphError && error.code === 'UNAVAILABLE';

describe('opening MongoDB', () => {
  test('a server that is not there is UNAVAILABLE, in words without the password', async () => {
    const uri = `mongodb://user:${secret}@127.0.0.1:9/lab?serverSelectionTimeoutMS=100`;
    const error: unknown = await openStore({ mongodbUri: uri, dataDir: '' }).catch((reason: unknown) => reason);
    assert.ok(isUnavailable(error));
    assert.match(error.message, /127\.0\.0\.1:9/);
    assert.ok(!error.message.includes(secret));
  });

  test('a URI that is none is UNAVAILABLE, and is not repeated', async () => {
    const uris = [`mongodb://user:${secret}@`, `http://user:${secret}@host`, secret, `mongodb://u:${secret}@h:x/`];
    for (const mongodbUri of uris) {
      const error: unknown = await openStore({ mongodbUri, dataDir: '' }).catch((reason: unknown) => reason);
      assert.ok(isUnavailable(error), mongodbUri);
      assert.ok(!JSON.stringify([error.message, error.details, String(error.cause)]).includes(secret));
    }
  });

  test('the database is the one of the URI, else cortigraph', () => {
    assert.equal(databaseName('mongodb://host'), 'cortigraph');
    assert.equal(databaseName('mongodb://host:1,other:2/?replicaSet=x'), 'cortigraph');
    assert.equal(databaseName('mongodb://user:p%2Fq@host:1/lab?w=1'), 'lab');
    assert.equal(databaseName('mongodb+srv://host.example/a%20b'), 'a b');
    assert.equal(databaseName('mongodb://%2Ftmp%2Fmongodb.sock/lab'), 'lab');
  });
});

/** A way to the server that breaks at will: the next `breaks` messages that hold `text` end their connections. */
async function breakableProxy(host: string, port: number, text: string) {
  const state = { breaks: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect(port, host);
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    outer.pipe(inner);
    inner.on('data', (chunk) => {
      if (state.breaks > 0 && chunk.includes(text)) {
        state.breaks -= 1;
        inner.destroy();
        outer.destroy();
      } else outer.write(chunk);
    });
    inner.on('end', () => outer.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { state, port: (server.address() as AddressInfo).port, close };
}

interface Entry {
  readonly _id: string;
  readonly n: number;
}

if (testMongoDBUri !== undefined) {
  const server = new URL(testMongoDBUri);
  const port = Number(server.port === '' ? 27017 : server.port);
  const temporary = temporaryDatabase(testMongoDBUri);

  describe(
    'a connection to MongoDB that breaks',
    { skip: server.hostname.includes(',') && 'needs a single host' },
    () => {
      let proxy: Awaited<ReturnType<typeof breakableProxy>>;
      let store: Store;
      let entries: StoreCollection<Entry>;
      before(async () => {
        proxy = await breakableProxy(server.hostname, port, 'breakable_entries');
        const uri = new URL(temporary.uri);
        uri.port = String(proxy.port);
        uri.hostname = '127.0.0.1';
        // Else the driver asks the server where it is, and goes there past the proxy.
        uri.searchParams.set('directConnection', 'true');
        store = await openStore({ mongodbUri: uri.href, dataDir: '' });
        entries = store.database.collection<Entry>('breakable_entries');
        await entries.insertOne({ _id: '1', n: 1 });
      });
      after(async () => {
        await store.close();
        await proxy.close();
        await temporary.drop();
      });

      test('is described without credentials', () => {
        assert.equal(store.description, `MongoDB at 127.0.0.1:${proxy.port}, database ${temporary.name}`);
      });

      const repeatable: Readonly<Record<string, () => Promise<unknown>>> = {
        findOne: () => entries.findOne({ _id: '1' }),
        find: () => entries.find({}).toArray(),
        countDocuments: () => entries.countDocuments({}),
        createIndex: () => entries.createIndex({ n: 1 }),
        'an update that sets one document': () => entries.updateOne({ _id: '1' }, { $set: { n: 2 } }),
        deleteMany: () => entries.deleteMany({ n: 77 }),
      };
      for (const [name, run] of Object.entries(repeatable)) {
        test(`does not show in ${name}`, async () => {
          proxy.state.breaks = 3;
          assert.ok(await run());
          assert.equal(proxy.state.breaks, 0);
        });
      }

      test('makes UNAVAILABLE of a write that may not be repeated', async () => {
        for (const write of [
          () => entries.insertOne({ _id: '2', n: 2 }),
          () => entries.insertMany([{ _id: '2', n: 2 }], { ordered: false }),
          () => entries.updateOne({ _id: '1', n: 2 }, { $set: { n: 3 } }),
          () => entries.updateOne({ _id: '1' }, { $inc: { n: 1 } }),
        ]) {
          // More than the driver's own retry takes.
          proxy.state.breaks = 3;
          await assert.rejects(write(), isUnavailable);
          proxy.state.breaks = 0;
        }
        assert.deepEqual(await entries.find({}).toArray(), [{ _id: '1', n: 2 }]);
      });

      test('a filter with an undefined value is refused: the driver would drop it, and match everything', async () => {
        const nothing: StoreFilter<Entry> = { _id: undefined };
        for (const call of [
          () => entries.deleteMany(nothing),
          () => entries.find({ $or: [nothing] }).toArray(),
          () => entries.updateOne(nothing, { $set: { n: 9 } }),
        ]) {
          await assert.rejects(call(), StoreRefusalError);
        }
        assert.equal(await entries.countDocuments({}), 1);
      });
    },
  );
}
