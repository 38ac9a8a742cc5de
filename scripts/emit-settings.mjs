/** Writes docs/settings.md from the table in src/config.ts; with --check it only says whether that file is current. */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { settings } from '../build/src/config.js';

const file = new URL('../docs/settings.md', import.meta.url);
/** Defaults that differ from machine to machine, in words. */
const defaultInWords = { CORTIGRAPH_WORKERS: 'the number of cores' };

const cell = (text) => text.replaceAll('|', '\\|');
const defaultOf = (setting) => {
  if (defaultInWords[setting.name]) return defaultInWords[setting.name];
  const shown = setting.default === undefined ? '' : setting.show(setting.default);
  return shown === '' ? 'none' : `\`${shown}\``;
};
const rows = Object.values(settings).map(
  (setting) => `| \`${setting.name}\` | ${defaultOf(setting)} | ${cell(setting.allowed)} | ${cell(setting.meaning)} |`,
);
const text = `# Settings

<!-- Made from src/config.ts by \`npm run docs:settings\`: change it there. -->

Environment variables. One that is empty counts as not set. An unknown one whose name begins with \`CORTIGRAPH_\` is an error
that names the nearest; names that begin with \`CORTIGRAPH_TEST_\` are left to the tests. Everything wrong is told at once, and
nothing starts. \`npx cortigraph config\` prints the values, with secrets masked; \`npx cortigraph config --explain\` also where
each comes from and what may be given.

| setting | default | must be | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}

While there is no sign-in, a \`HOST\` other than loopback is refused unless \`CORTIGRAPH_ALLOW_REMOTE\` is true.
`;

const options = await resolveConfig(file);
const wanted = await format(text, { ...options, parser: 'markdown' });
if (!process.argv.includes('--check')) writeFileSync(file, wanted);
else if (readFileSync(file, 'utf8') !== wanted) {
  console.error('docs/settings.md is not what src/config.ts says: run npm run docs:settings.');
  process.exit(1);
}
