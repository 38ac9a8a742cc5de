import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { GridFSBucket, MongoClient } from 'mongodb';
import { sha256 } from '../../src/domain/digest.js';
import { FileBlobs } from '../../src/store/embedded/file-blobs.js';
import { blobBucket } from '../../src/store/gridfs-blobs.js';
import { openMongoDB } from '../../src/store/mongodb.js';
import { blobContract, readBlob, someBytes } from './blob-contract.js';
import { temporaryDatabase, temporaryFolder, testMongoDBUri, testStores } from './stores.js';

for (const { name, open } of testStores) blobContract(name, open);

describe('blobs as files', () => {
  test('what an interrupted writer left is never seen, and does not hinder the next', async () => {
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
  test('what an interrupted upload left is never seen, and does not hinder the next', async () => {
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
    } finally {
      await client.close();
      await store.close();
      await drop();
    }
  });
});
