#!/usr/bin/env node
/**
 * The command `cortigraph`. In a checkout it builds first where a source is newer than the build, as `npm start` does;
 * what that says goes to stderr, for stdout is the command's own.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const build = fileURLToPath(new URL('../scripts/build.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [build, '--if-stale'], { stdio: ['ignore', 2, 2] });
if (status !== 0) process.exit(status ?? 1);

process.setSourceMapsEnabled(true);
const { runCommand } = await import('../dist/main.js');
await runCommand(process.argv.slice(2));
