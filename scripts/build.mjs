/**
 * Builds: tsc to build/ (what tests run), then one bundle of it to dist/ (what `npm start` runs: half the start-up).
 * With --if-stale it does nothing when no source is newer than the last build.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const stamp = 'dist/build-info.json';
const kernelFolder = 'src/models/local-circuit/kernel';
const kernel = `build/${kernelFolder}/circuit-kernel.wasm`;
const kernelFlags = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd'];
const sources = [
  'src',
  'resolvers',
  'schema',
  'migrations',
  'test',
  'bench',
  'scripts/build.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

function newest(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  // A folder is as new as its last addition, removal or renaming.
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function softwareVersion() {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const git = (...args) => {
    try {
      return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      return undefined;
    }
  };
  // Where there is no checkout, as in an image, whoever builds says which commit it is.
  const given = process.env['SOURCE_COMMIT'];
  if (given) return `${version}+${given.slice(0, 12)}`;
  // Only of this folder's own checkout, not of one that it happens to lie in.
  if (git('rev-parse', '--show-prefix') !== '') return version;
  const commit = git('rev-parse', '--short=12', 'HEAD');
  return commit ? `${version}+${commit}${git('status', '--porcelain') ? '-changed' : ''}` : version;
}

/** Removes what was compiled from a source that is gone: tsc leaves it, and a deleted test would go on running. */
function removeOrphans(folder) {
  for (const file of readdirSync(join('build', folder), { recursive: true })) {
    const [, module] = /^(.*)\.js$/.exec(file) ?? [];
    if (module === undefined || existsSync(join(folder, `${module}.ts`))) continue;
    for (const ending of ['.js', '.js.map']) rmSync(join('build', folder, `${module}${ending}`), { force: true });
  }
}

/** Compiles the kernel of the local circuit. Its bits must not hang on flags: test/models/local-circuit/kernel. */
async function compileKernel() {
  const { default: asc } = await import('assemblyscript/asc');
  const compiled = `${kernel}.new`; // named as it is to be when it is whole
  const source = `${kernelFolder}/assembly/circuit-kernel.ts`;
  const { error, stderr } = await asc.main([source, ...kernelFlags, '--outFile', compiled]);
  if (!error) return renameSync(compiled, kernel);
  process.stderr.write(`${stderr.toString()}\n`);
  process.exit(1);
}

async function bundle() {
  const { rolldown } = await import('rolldown'); // only when there is something to build
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  // These bring files of their own (native code, workers, pages) or are only loaded when they are asked for.
  const external = ['libsql', 'mongodb', 'piscina', 'altair-static', '@resvg/resvg-wasm'];
  for (const name of external) if (!dependencies[name]) throw new Error(`${name} is no dependency any more`);
  external.push('class-validator'); // type-graphql's option that is not used and not installed
  const build = await rolldown({
    input: {
      main: 'build/src/main.js',
      'simulation-worker': 'build/src/compute/simulation-worker.js',
      'sqlite-worker': 'build/src/store/embedded/sqlite-worker.js',
    },
    platform: 'node',
    external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
    logLevel: 'warn',
  });
  await build.write({ dir: 'dist', format: 'esm', keepNames: true, sourcemap: true });
  await build.close();
  copyFileSync(kernel, 'dist/circuit-kernel.wasm'); // beside the code that loads it
}

if (process.argv.includes('--if-stale') && newest(stamp) >= Math.max(...sources.map(newest))) process.exit(0);

const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
if (
  !existsSync(kernel) ||
  newest(kernel) <= Math.max(...[kernelFolder, 'scripts/build.mjs', 'package-lock.json'].map(newest))
)
  await compileKernel();
for (const folder of ['src', 'resolvers', 'schema', 'migrations', 'test', 'bench']) removeOrphans(folder);
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
await bundle();
const info = JSON.stringify({ softwareVersion: softwareVersion() });
writeFileSync('build/src/build-info.json', info);
writeFileSync(stamp, info); // the last: what is newer than this is stale
