import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Resvg, initWasm } from '@resvg/resvg-wasm';
import { plotFont } from './svg.js';

/** Pixels of the picture for one of the drawing. */
const ZOOM = 2;

let ready: Promise<Uint8Array> | undefined;

/** Renders a drawing; the same drawing gives the same bytes on every machine, for the font comes with the software. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const font = await (ready ??= prepare());
  const options = {
    font: { fontBuffers: [font], defaultFontFamily: plotFont, sansSerifFamily: plotFont },
    fitTo: { mode: 'zoom', value: ZOOM },
  } as const;
  return new Resvg(svg, options).render().asPng();
}

/** Loads the renderer, and gives the font. */
async function prepare(): Promise<Uint8Array> {
  const { resolve } = createRequire(import.meta.url);
  await initWasm(await readFile(resolve('@resvg/resvg-wasm/index_bg.wasm')));
  return readFile(resolve('@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff2'));
}
