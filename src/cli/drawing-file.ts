import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { CortigraphError } from '../domain/errors.js';
import { UsageError } from './exit.js';

/**
 * Looks whether a drawing can be written there, before anything is computed for it.
 * @throws UsageError where the name says no format; CortigraphError UNAVAILABLE where the folder cannot be written to
 */
export async function requireDrawable(path: string): Promise<void> {
  if (!['.svg', '.png'].includes(extname(path).toLowerCase())) {
    throw new UsageError(`A drawing is written as .svg or .png, not to ${JSON.stringify(path)}.`);
  }
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    throw notWritable(path, cause);
  });
}

/** Writes a drawing in the format that the name of the file says. */
export async function writeDrawing(path: string, svg: string): Promise<void> {
  const isPng = extname(path).toLowerCase() === '.png';
  const bytes = isPng ? await (await import('./plot/png.js')).pngOf(svg) : svg;
  await writeFile(path, bytes).catch((cause: unknown) => {
    throw notWritable(path, cause);
  });
}

const notWritable = (path: string, cause: unknown): CortigraphError => {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  return new CortigraphError('UNAVAILABLE', `${path} cannot be written (${code}).`, {}, { cause });
};
