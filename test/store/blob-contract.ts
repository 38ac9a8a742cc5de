import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { sha256 } from '../../src/domain/digest.js';
import type { BlobStore } from '../../src/store/blob-store.js';
import type { Store } from '../../src/store/store.js';

/** Bytes that no other test has. */
export function someBytes(length: number, salt: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + salt * 7 + (i >> 8)) % 256);
}

/** What is stored under a digest. */
export async function readBlob(blobs: BlobStore, digest: string): Promise<Uint8Array | null> {
  const blob = await blobs.open(digest);
  if (blob === null) return null;
  const bytes = await buffer(blob.stream());
  assert.equal(bytes.length, blob.bytes);
  return new Uint8Array(bytes);
}

/** What every store of blobs does, as tests. */
export function blobContract(name: string, openFresh: () => Promise<Store>): void {
  describe(`the contract of a store of blobs, kept by ${name}`, () => {
    let store: Store;
    before(async () => {
      store = await openFresh();
    });
    after(() => store.close());

    for (const length of [0, 1, 1000, 255 * 1024, 3 * 1024 * 1024 + 17]) {
      test(`${length} bytes come back as they were put, under their digest`, async () => {
        const bytes = someBytes(length, 1);
        const digest = sha256(bytes);
        assert.equal(await store.blobs.has(digest), false);
        assert.deepEqual(await store.blobs.put(bytes), { digest, bytes: length });
        assert.equal(await store.blobs.has(digest), true);
        assert.deepEqual(await readBlob(store.blobs, digest), bytes);
      });
    }

    test('what is put twice is there once', async () => {
      const bytes = someBytes(5000, 2);
      const first = await store.blobs.put(bytes);
      assert.deepEqual(await store.blobs.put(bytes, first.digest), first);
      assert.deepEqual(await readBlob(store.blobs, first.digest), bytes);
    });

    test('many who put the same at once all succeed', async () => {
      const bytes = someBytes(700_000, 3);
      const refs = await Promise.all(Array.from({ length: 8 }, () => store.blobs.put(bytes)));
      assert.equal(new Set(refs.map(({ digest }) => digest)).size, 1);
      assert.deepEqual(await readBlob(store.blobs, sha256(bytes)), bytes);
    });

    test('what was never put is not there', async () => {
      const digest = sha256('nobody put this');
      assert.deepEqual([await store.blobs.open(digest), await store.blobs.has(digest)], [null, false]);
    });

    test('nothing is found or stored under a name that is no digest', async () => {
      const digest = sha256('x');
      const names = ['', 'x', '..', `../${digest}`, digest.toUpperCase(), digest.slice(1), `${digest}0`, `${digest}\n`];
      for (const wrong of [...names, `${digest.slice(1)}g`, '\0'.repeat(64), '/'.repeat(64)]) {
        assert.equal(await store.blobs.open(wrong), null, JSON.stringify(wrong));
        assert.equal(await store.blobs.has(wrong), false, JSON.stringify(wrong));
        await assert.rejects(store.blobs.put(someBytes(3, 4), wrong), { code: 'STORE_REFUSED' }, JSON.stringify(wrong));
      }
    });

    test('a reader that leaves in the middle disturbs nobody', async () => {
      const bytes = someBytes(2_000_000, 5);
      const { digest } = await store.blobs.put(bytes);
      const blob = await store.blobs.open(digest);
      for await (const chunk of blob?.stream() ?? []) {
        assert.ok((chunk as Uint8Array).length > 0);
        break;
      }
      assert.deepEqual(await readBlob(store.blobs, digest), bytes);
    });
  });
}
