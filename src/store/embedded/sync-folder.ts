import { open } from 'node:fs/promises';

/** Has what a folder names outlive a crash: the names of its files and folders, not what they hold. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // which opens no folders
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
