import { MongoClient } from 'mongodb';
import { storeContract, type Deviations } from './store-contract.js';
import { testMongoDBUri, testStores } from './stores.js';

/** SecantusDB 0.5.3-beta.196 is a server for tests that says it is MongoDB 8; a mongod has no deviations. */
const secantusDeviations: Deviations = {
  'an update out of a partial unique index frees the key':
    'SecantusDB leaves the entry in the index, and reports the key as taken ever after',
  'an update of a unique key frees the one before, a missing one too':
    'SecantusDB leaves the entry in the index here as well',
};

async function deviationsOf(uri: string): Promise<Deviations> {
  const client = new MongoClient(uri);
  try {
    const build = await client.db('admin').command({ buildInfo: 1 });
    return 'secantusVersion' in build ? secantusDeviations : {};
  } finally {
    await client.close();
  }
}

const uri = testMongoDBUri;
for (const { name, open } of testStores) {
  if (name === 'mongodb' && uri !== undefined) storeContract('MongoDB', open, () => deviationsOf(uri));
}
