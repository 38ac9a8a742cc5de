/** `npm run check`: everything that can be held without running the product. Each part runs, whatever the others say. */
import { spawnSync } from 'node:child_process';

const parts = [
  ['types', 'tsc', ['-p', 'tsconfig.json', '--noEmit', '--incremental', 'false']],
  ['lint', 'eslint', ['.']],
  ['formatting', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['import rules', 'depcruise', ['src', 'resolvers', 'schema', 'migrations', 'test', 'bench']],
  ['SDL', 'node', ['scripts/emit-schema.mjs', '--check']],
  ['settings', 'node', ['scripts/emit-settings.mjs', '--check']],
];

let failed = false;
for (const [name, command, args] of parts) {
  const { status, error } = spawnSync(command, args, {
    stdio: 'inherit',
    env: { ...process.env, PATH: `node_modules/.bin:${process.env.PATH}` },
  });
  if (error) console.error(error.message);
  console.log(`${status === 0 ? 'ok' : 'FAILED'}  ${name}`);
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
