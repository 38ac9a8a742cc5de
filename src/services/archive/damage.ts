import { CortigraphError, badUserInput } from '../../domain/errors.js';

/** A file of a backup that is not as it was written. Found before anything is inserted. */
export const damaged = (file: string, how: string, cause?: unknown): CortigraphError =>
  new CortigraphError('BAD_USER_INPUT', `This backup is damaged: of ${file}, ${how}.`, { file }, { cause });

/** What to say of an error that the folder of a backup gave: what its file system says becomes a sentence. */
export function asFolderError(folder: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const isFileSystems = error instanceof Error && 'syscall' in error && typeof code === 'string';
  if (!isFileSystems) return error;
  if (code === 'ENOENT' || code === 'ENOTDIR') return badUserInput(`There is no folder ${folder}.`);
  return new CortigraphError('UNAVAILABLE', `${folder} cannot be used (${code}).`, {}, { cause: error });
}
