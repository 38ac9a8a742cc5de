import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runConsoles } from './console.js';
import { blocks, documentAt } from './documents.js';

const answers = documentAt('docs/answers.md');

describe('docs/answers.md', () => {
  it('shows what comes out, to the last digit', () =>
    runConsoles(answers, (folder) => {
      writeFileSync(join(folder, 'answer.graphql'), blocks(answers, 'graphql')[0] ?? '');
    }));
});
