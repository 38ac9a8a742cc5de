import { readFileSync } from 'node:fs';

/** What code this is. */
export interface BuildInfo {
  /** `version+commit`, with `-changed` where the build held uncommitted changes; without a checkout just the version. */
  readonly softwareVersion: string;
}

/** Reads what scripts/build.mjs wrote beside the compiled code. */
export function readBuildInfo(): BuildInfo {
  return JSON.parse(readFileSync(new URL('./build-info.json', import.meta.url), 'utf8')) as BuildInfo;
}
