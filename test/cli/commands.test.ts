import assert from 'node:assert/strict';
import { readFile, readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { temporaryFolder } from '../store/stores.js';
import { runCommand } from './command.js';
import { classesOfXml, sizeOfPng } from './drawings.js';

interface RunJson {
  readonly id: string;
  readonly created: boolean;
  readonly cached: boolean;
  readonly outputs: readonly { readonly name: string; readonly value: number }[];
}

interface SweepJson {
  readonly cached: boolean;
  readonly rows: readonly Readonly<Record<string, number | string | null>>[];
}

describe('the commands of a shell', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());

  const succeed = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand(folder.path, ...args);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    return stdout;
  };
  const json = async <T>(...args: readonly string[]): Promise<T> => JSON.parse(await succeed(...args, '--json')) as T;
  const short = ['--duration', '500'];

  it('simulates once; the same comes from the store the second time, to the last bit', async () => {
    const first = await json<RunJson>('simulate', '--set', 'lgnRateE=240', ...short);
    assert.deepEqual([first.created, first.cached], [true, false]);
    const second = await json<RunJson>('simulate', '--set', 'lgnRateE=2.4e2', ...short);
    assert.deepEqual(second, { ...first, created: false, cached: true });
    const text = await succeed('simulate', '--set', 'lgnRateE=240', ...short, '--record', 'isiCv');
    assert.match(text, new RegExp(`^${first.id}  COMPLETED, from the store, run again to record it\n`));
    assert.match(text, /^figure +value +± standard error +unit\nrateE +\d+\.\d+ +± +\d+\.\d+ +Hz\n/m);
    assert.match(text, /^isiCvE +0\.\d+ +± 0\.\d+ +1\n/m);
  });

  it('records anew what was lost or cut short among the blobs', async () => {
    const args = ['simulate', '--set', 'lgnRateE=250', ...short, '--record', 'isiCv'];
    const blobs = join(folder.path, 'blobs');
    const files = async (): Promise<readonly string[]> =>
      (await readdir(blobs, { recursive: true })).filter((name) => /[0-9a-f]{64}$/.test(name));
    const before = await files();
    await succeed(...args);
    const [file, ...others] = (await files()).filter((name) => !before.includes(name));
    assert.ok(file);
    assert.deepEqual(others, []);
    const whole = await readFile(join(blobs, file));
    assert.match(await succeed(...args), /from the store\n/);
    await truncate(join(blobs, file), 100);
    assert.match(await succeed(...args), /from the store, run again to record it\n/);
    assert.deepEqual(await readFile(join(blobs, file)), whole);
    await rm(blobs, { recursive: true });
    assert.match(await succeed(...args), /run again to record it\n/);
    assert.deepEqual(await readFile(join(blobs, file)), whole);
  });

  it('sweeps: one line a point for people, all digits for programs, and a bar a figure in the drawing', async () => {
    const plot = join(folder.path, 'curve.svg');
    const args = ['sweep', '--input', 'lgnRateE', '80:480:3', '--with', 'lgnRateI', ...short];
    const text = await succeed(...args, '--plot', plot);
    assert.equal(text.match(/± .* ± .* COMPLETED +READY$/gm)?.length, 3, text);
    const drawn = classesOfXml(await readFile(plot, 'utf8'));
    assert.deepEqual([drawn.get('curve'), drawn.get('error-bar'), drawn.get('no-figures')], [2, 6, undefined]);
    const { rows, cached } = await json<SweepJson>(...args, '--plot', plot);
    assert.equal(cached, true);
    assert.equal((await readFile(plot, 'utf8')).match(/class="error-bar"/g)?.length, 6, 'the same drawing again');
    const lines = (await succeed(...args, '--csv')).split('\r\n');
    assert.match(lines[0] ?? '', /^lgnRateE,lgnRateI,rateE,rateE.standardError,/);
    assert.deepEqual(lines[2]?.split(',').slice(0, 3).map(Number), [280, 280, rows[1]?.['rateE']]);
    assert.deepEqual(
      rows.map((row) => row['lgnRateI']),
      [80, 280, 480],
    );
  });

  it('draws a point without figures as such, and shows it as null', async () => {
    const plot = join(folder.path, 'missing.svg');
    const args = ['sweep', '--input', 'sEE', '0.02:0.3:3', ...short, '--plot', plot];
    const { rows } = await json<SweepJson>(...args);
    const missing = rows.filter((row) => row['rateE'] === null);
    assert.equal(missing.length, 2);
    assert.deepEqual([...new Set(missing.map((row) => row['outcome']))], ['runaway']);
    const drawn = classesOfXml(await readFile(plot, 'utf8'));
    assert.deepEqual([drawn.get('error-bar'), drawn.get('point'), drawn.get('no-figures')], [2, 4, 2]);
  });

  it('draws a grid as curves or, where these are many, as a map', async () => {
    const plot = join(folder.path, 'grid.svg');
    const args = ['sweep', '--model', 'ishigami-noisy', '--plot', plot, '--input', 'x1', '-3:3:8', '--input', 'x2'];
    await succeed(...args, '0:1:2');
    const curves = classesOfXml(await readFile(plot, 'utf8'));
    assert.equal(curves.get('curve'), 2);
    await succeed(...args, '0:1:7');
    const map = classesOfXml(await readFile(plot, 'utf8'));
    assert.equal(map.get('cell'), 56);
  });

  it('draws the raster of a run, which is run again for it, as SVG and as PNG', async () => {
    const { id } = await json<RunJson>('simulate', '--set', 'lgnRateE=200', ...short);
    const [svg, png] = [join(folder.path, 'raster.svg'), join(folder.path, 'raster.png')];
    interface RasterJson {
      readonly cached: boolean;
      readonly events: number;
      readonly groups: readonly { readonly name: string; readonly events: number }[];
    }
    const first = await json<RasterJson>('raster', id, '--out', svg, '--from', '100', '--to', '300');
    assert.equal(first.cached, false);
    assert.deepEqual(
      first.groups.map(({ name }) => name),
      ['E', 'I'],
    );
    const drawing = await readFile(svg, 'utf8');
    const paths = [...drawing.matchAll(/class="events" d="([^"]*)"/g)].map(([, d = '']) => d.match(/M/g)?.length ?? 0);
    assert.deepEqual(
      paths,
      first.groups.map(({ events }) => events),
      'a dot an event, by group',
    );
    assert.equal(classesOfXml(drawing).get('rate'), 2);
    assert.match(await succeed('raster', id, '--out', png), / from 0 to 500 ms of run_/);
    assert.deepEqual(sizeOfPng(await readFile(png)), { width: 2000, height: 1440 });
    const again = await json<RasterJson>('raster', id, '--out', svg, '--from', '100', '--to', '300');
    assert.deepEqual(again, { ...first, cached: true });
    assert.equal(await readFile(svg, 'utf8'), drawing);
  });

  for (const [args, exit, code, message] of [
    [['simulate', '--set', 'lgnRatE=3'], 1, 'BAD_USER_INPUT', /Did you mean "lgnRateE"/],
    [['simulate', '--record', 'rastr'], 1, 'BAD_USER_INPUT', /Did you mean "raster"/],
    [['simulate', '--set', 'lgnRateE=3x'], 2, 'BAD_USER_INPUT', /lgnRateE must be a number, not "3x"/],
    [['simulate', '--frob'], 2, 'BAD_USER_INPUT', /option '--frob'/],
    [['sweep'], 2, 'BAD_USER_INPUT', /--input/],
    [['sweep', '--input', 'lgnRateE', '80:480'], 2, 'BAD_USER_INPUT', /80:480:9/],
    [['sweep', '--input', 'lgnRateE', '1:2:2', '--plot', '/nowhere/x.svg'], 1, 'UNAVAILABLE', /cannot be written/],
    [['raster', `run_${'0'.repeat(32)}`, '--out', '/tmp/none.svg'], 1, 'NOT_FOUND', /run_0/],
    [['sevre'], 2, 'BAD_USER_INPUT', /Did you mean "serve"/],
  ] as const) {
    it(`says what is wrong with ${args.join(' ')}: a sentence, or one JSON document, and exit code ${exit}`, async () => {
      const plain = await runCommand(folder.path, ...args);
      assert.deepEqual([plain.code, plain.stdout], [exit, '']);
      assert.match(plain.stderr, message);
      assert.match(plain.stderr, new RegExp(`^${code}: [^\n]*\n$`));
      const told = await runCommand(folder.path, ...args, '--json');
      assert.deepEqual([told.code, told.stderr], [exit, '']);
      const { error } = JSON.parse(told.stdout) as { error: { code: string; message: string } };
      assert.equal(error.code, code);
      assert.match(error.message, message);
    });
  }

  it('prints settings and migrations as JSON too', async () => {
    const { settings } = await json<{ settings: readonly { name: string; value: string | null }[] }>('config');
    assert.equal(settings.find(({ name }) => name === 'CORTIGRAPH_WORKERS')?.value, '1');
    assert.deepEqual((await json<{ applied: unknown }>('migrate')).applied, []);
  });
});
