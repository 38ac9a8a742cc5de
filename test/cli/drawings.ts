import assert from 'node:assert/strict';
import { crc32, inflateSync } from 'node:zlib';

/** Fails unless a text is well-formed XML of elements, attributes and text; gives how often each class occurs. */
export function classesOfXml(xml: string): ReadonlyMap<string, number> {
  const open: string[] = [];
  const classes = new Map<string, number>();
  let end = 0;
  for (const match of xml.matchAll(
    /<(\/?)([a-zA-Z]+)((?: [\w:-]+="[^"<&]*(?:&(?:amp|lt|gt|quot);[^"<&]*)*")*)(\/?)>/g,
  )) {
    const [all, closes, name = '', attributes = '', closed] = match;
    assert.match(xml.slice(end, match.index), /^(?:[^<>&]|&(?:amp|lt|gt|quot);)*$/, 'between two tags is text only');
    end = match.index + all.length;
    if (closes) assert.equal(open.pop(), name);
    else if (!closed) open.push(name);
    const [, kind] = / class="([^"]*)"/.exec(attributes) ?? [];
    if (kind !== undefined) classes.set(kind, (classes.get(kind) ?? 0) + 1);
    assert.doesNotMatch(attributes, /NaN|Infinity|undefined/);
  }
  assert.deepEqual(open, []);
  assert.equal(xml.slice(end).trim(), '');
  return classes;
}

/** Decodes a PNG as far as to see that it is whole: its size in pixels. */
export function sizeOfPng(png: Buffer): { readonly width: number; readonly height: number } {
  assert.equal(png.subarray(0, 8).toString('hex'), '89504e470d0a1a0a');
  const data: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    const isRight = crc32?.(png.subarray(at + 4, at + 8 + length)) ?? png.readUInt32BE(at + 8 + length);
    assert.equal(isRight, png.readUInt32BE(at + 8 + length), `the checksum of ${kind}`);
    if (kind === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  assert.equal(inflateSync(Buffer.concat(data)).length, height * (1 + 4 * width), 'all rows of RGBA are there');
  return { width, height };
}
