import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDocuments, writeDocuments } from '../../src/services/archive/document-file.js';
import { temporaryFolder } from '../store/stores.js';

test('documents come out of a file of a backup as they went in, to the bit', async () => {
  const folder = await temporaryFolder();
  try {
    const path = join(folder.path, 'x.ndjson.gz');
    const odd = {
      _id: '',
      zero: -0,
      least: 5e-324,
      great: 1.7976931348623157e308,
      text: '\u2028\u2029\n\r\0\u{1f600}"\\',
    };
    const long = { _id: 'long', text: '\u{1f600}é'.repeat(300_000), list: [null, [], {}, -0] };
    const pages = async function* () { yield [odd]; yield []; yield [long, { _id: 'last' }]; }; // prettier-ignore
    const file = await writeDocuments(path, pages());
    const found: unknown[] = [];
    for await (const document of readDocuments(path, 'x', file)) found.push(document);
    assert.deepStrictEqual(found, [odd, long, { _id: 'last' }]); // which tells -0 from 0
    assert.equal(file.documents, 3);
  } finally {
    await folder.remove();
  }
});
