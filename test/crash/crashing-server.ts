/**
 * The real server, as a process that is told by its parent in which write to die. Settings come from the environment,
 * and short leases, so that the next one need not wait.
 */
import { readConfig } from '../../src/config.js';
import { createLogger } from '../../src/http/logger.js';
import { openCortigraph } from '../../src/main.js';
import { openStore } from '../../src/store/open-store.js';
import { crashing } from './crashing-store.js';
import type { CrashPlan } from './transitions.js';

const config = readConfig(process.env);
const { store, arm } = crashing(await openStore(config), config.dataDir);
const leases = { heartbeatMs: 100, staleLeaseMs: 500 };
const settings = JSON.parse(process.env['CORTIGRAPH_TEST_LEASES'] ?? JSON.stringify(leases)) as typeof leases;
const server = await openCortigraph(config, store, createLogger(config.logLevel), settings);
process.on('message', (plan: CrashPlan) => {
  arm(plan);
  process.send?.('armed');
});
process.once('SIGTERM', () => void server.close().finally(() => process.disconnect()));
process.once('disconnect', () => process.exit()); // its parent is gone
const { url } = await server.http.start(0, '127.0.0.1');
process.send?.(url);
