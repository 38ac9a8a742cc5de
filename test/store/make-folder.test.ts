import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeFolder } from '../../src/store/embedded/make-folder.js';
import { temporaryFolder } from './stores.js';

describe('a folder that is made where it is missing', () => {
  let root: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    root = await temporaryFolder();
  });
  after(() => root.remove());

  it('is made with those above it; the topmost that is new is told', async () => {
    const folder = join(root.path, 'a', 'b', 'c');
    assert.equal(await makeFolder(folder), join(root.path, 'a'));
    assert.ok((await stat(folder)).isDirectory());
    assert.equal(await makeFolder(folder), undefined);
    assert.equal(await makeFolder(join(folder, 'd')), join(folder, 'd'));
  });

  it('is made by one of many at once, and all find it', async () => {
    const folder = join(root.path, 'many', 'x');
    await Promise.all(Array.from({ length: 20 }, () => makeFolder(folder)));
    assert.ok((await stat(folder)).isDirectory());
  });

  it('is refused at once where there is a file, and below what takes no folders', async () => {
    const file = join(root.path, 'file');
    await writeFile(file, '');
    await assert.rejects(makeFolder(file), { code: 'EEXIST' });
    await assert.rejects(makeFolder(join(file, 'x', 'y')), { code: 'ENOTDIR' });
    if (process.platform === 'linux') await assert.rejects(makeFolder('/proc/x/y'), { code: 'ENOENT' });
  });
});
