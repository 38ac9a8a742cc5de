import { storeContract } from './store-contract.js';
import { testStores } from './stores.js';

for (const { name, open } of testStores) if (name === 'embedded') storeContract('the embedded store', open);
