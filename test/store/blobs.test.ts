import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Binary } from 'mongodb';
import { GridFSBucket, MongoClient } from 'mongodb';
import { sha256 } from '../../src/domain/digest.js';
import { CortigraphError } from '../../src/domain/errors.js';
import { FileBlobs } from '../../src/store/embedded/file-blobs.js';
import { blobBucket } from '../../src/store/gridfs-blobs.js';
import { openMongoDB } from '../../src/store/mongodb.js';
import { blobContract, readBlob, someBytes } from './blob-contract.js';
import { temporaryDatabase, temporaryFolder, testMongoDBUri, testStores } from './stores.js';

for (const { name, open } of testStores) blobContract(name, open);

const past = new Date(Date.now() - 60_000);
const future = new Date(Date.now() + 60_000);

/** Whether reading failed for the bytes are others. */
const isDamage = (error: unknown): boolean =>
  error instanceof CortigraphError && error.code === 'UNAVAILABLE' && error.message.includes('damaged');

describe('blobs as files', () => {
  test('one whose bytes were changed on the disk is not given out, and is made again by the next who puts it', async () => {
    const folder = await temporaryFolder();
    try {
      const blobs = new FileBlobs(folder.path);
      for (const length of [1, 10_000, 300_000]) {
        const bytes = someBytes(length, 4);
        const { digest } = await blobs.put(bytes);
        const changed = bytes.slice();
        changed[length - 1] = (changed[length - 1] ?? 0) ^ 1;
        await writeFile(join(folder.path, digest.slice(0, 2), digest), changed);
        let given = 0;
        const blob = await blobs.open(digest);
        assert.equal(blob?.bytes, length);
        const read = async (): Promise<void> => {
          for await (const chunk of blob?.stream() ?? []) given += (chunk as Uint8Array).length;
        };
        await assert.rejects(read, isDamage);
        assert.ok(given < length, 'it looked whole');
        assert.equal(await blobs.has(digest), false);
        await blobs.put(bytes);
        assert.deepEqual(await readBlob(blobs, digest), bytes);
      }
    } finally {
      await folder.remove();
    }
  });

  test('what an interrupted writer left is never seen, does not hinder the next, and is removed later', async () => {
    const folder = await temporaryFolder();
    try {
      const bytes = someBytes(10_000, 1);
      const digest = sha256(bytes);
      const shelf = join(folder.path, digest.slice(0, 2));
      await mkdir(shelf, { recursive: true });
      await writeFile(join(shelf, `${digest}.left-over.tmp`), bytes.subarray(0, 100));
      const blobs = new FileBlobs(folder.path);
      assert.equal(await blobs.has(digest), false);
      await blobs.put(bytes);
      assert.deepEqual(await readBlob(blobs, digest), bytes);
      assert.equal(await blobs.removeUnfinished(past), 0, 'a writer may be at work');
      assert.equal(await blobs.removeUnfinished(future), 1);
      assert.deepEqual(await readdir(shelf), [digest]);
      assert.equal(await new FileBlobs(join(folder.path, 'none')).removeUnfinished(future), 0);
    } finally {
      await folder.remove();
    }
  });

  test('writers leave nothing but the blob', async () => {
    const folder = await temporaryFolder();
    try {
      const bytes = someBytes(10_000, 2);
      const digest = sha256(bytes);
      const writers = Array.from({ length: 5 }, () => new FileBlobs(folder.path));
      await Promise.all(writers.map((blobs) => blobs.put(bytes)));
      assert.deepEqual(await readdir(join(folder.path, digest.slice(0, 2))), [digest]);
    } finally {
      await folder.remove();
    }
  });

  test('where no folder can be made, nothing is said to be stored', async () => {
    const folder = await temporaryFolder();
    try {
      await writeFile(join(folder.path, 'blobs'), 'a file is in the way');
      await assert.rejects(new FileBlobs(join(folder.path, 'blobs')).put(someBytes(10, 3)));
    } finally {
      await folder.remove();
    }
  });
});

const serverUri = testMongoDBUri;
describe('blobs in GridFS', { skip: serverUri === undefined ? 'there is no MongoDB here' : false }, () => {
  test('one whose chunks were changed is not given out, and is made again by the next who puts it', async () => {
    const { uri, name, drop } = temporaryDatabase(serverUri ?? '');
    const store = await openMongoDB(uri);
    const client = new MongoClient(uri);
    try {
      const bytes = someBytes(600_000, 5);
      const { digest } = await store.blobs.put(bytes);
      const chunks = client.db(name).collection(`${blobBucket}.chunks`);
      const last = await chunks.findOne({ n: 2 });
      const data = Buffer.from((last?.['data'] as Binary).buffer);
      data[0] = (data[0] ?? 0) ^ 1;
      await chunks.updateOne({ n: 2 }, { $set: { data } });
      await assert.rejects(readBlob(store.blobs, digest), isDamage);
      assert.equal(await store.blobs.has(digest), false);
      await store.blobs.put(bytes);
      assert.deepEqual(await readBlob(store.blobs, digest), bytes);
      const files = client.db(name).collection(`${blobBucket}.files`);
      const whole = await files.findOne({ filename: digest });
      await chunks.deleteOne({ files_id: whole?._id, n: 1 });
      await assert.rejects(readBlob(store.blobs, digest), isDamage, 'a chunk is missing');
      assert.equal(await store.blobs.has(digest), false);
    } finally {
      await client.close();
      await store.close();
      await drop();
    }
  });

  test('what an interrupted upload left is never seen, does not hinder the next, and is removed later', async () => {
    const { uri, name, drop } = temporaryDatabase(serverUri ?? '');
    const store = await openMongoDB(uri);
    const client = new MongoClient(uri);
    try {
      const bytes = someBytes(600_000, 1);
      const digest = sha256(bytes);
      const upload = new GridFSBucket(client.db(name), { bucketName: blobBucket }).openUploadStream(digest);
      await new Promise<void>((resolve, reject) => {
        upload.write(bytes.subarray(0, 300_000), (error) => (error ? reject(error) : resolve()));
      });
      await client.close(); // as a process that is gone: chunks are there, and no file
      assert.equal(await store.blobs.has(digest), false);
      await store.blobs.put(bytes);
      assert.deepEqual(await readBlob(store.blobs, digest), bytes);
      assert.equal(await store.blobs.removeUnfinished(past), 0, 'a writer may be at work');
      assert.equal(await store.blobs.removeUnfinished(future), 1);
      assert.equal(await store.blobs.removeUnfinished(future), 0);
      assert.deepEqual(await readBlob(store.blobs, digest), bytes);
    } finally {
      await client.close();
      await store.close();
      await drop();
    }
  });
});
