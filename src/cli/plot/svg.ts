/** The font of plots; where it is not installed, whatever has no serifs. */
export const plotFont = 'DejaVu Sans';

/** Colours that colour-blind people can tell apart (Okabe and Ito). */
export const palette: readonly string[] = ['#0072B2', '#D55E00', '#000000', '#009E73', '#CC79A7', '#E69F00', '#56B4E9'];

/** A colour of the palette; it begins again where there are more. */
export const colourOf = (i: number): string => palette[i % palette.length] ?? '#000000';

/** What an element says of itself. */
export type Attributes = Readonly<Record<string, string | number>>;

/** An element as text. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const told = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(shown(value))}"`);
  const head = `<${name}${told.join('')}`;
  return children.length === 0 ? `${head}/>` : `${head}>${children.join('')}</${name}>`;
}

/** A line of text. */
export const label = (x: number, y: number, text: string, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, escaped(text));

/** A straight line. */
export const line = (x1: number, y1: number, x2: number, y2: number, attributes: Attributes = {}): string =>
  element('line', { x1, y1, x2, y2, ...attributes });

/** A whole drawing on white. */
export function drawing(width: number, height: number, title: string, parts: readonly string[]): string {
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    ...{ width, height, viewBox: `0 0 ${width} ${height}` },
    'font-family': `${plotFont}, Verdana, Arial, sans-serif`,
    'font-size': 12,
    fill: '#222222',
  };
  const paper = element('rect', { width, height, fill: '#ffffff' });
  return `${element('svg', root, element('title', {}, escaped(title)), paper, ...parts)}\n`;
}

/** Coordinates are good to a hundredth of a pixel. */
export const shown = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 100) / 100) : value;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
