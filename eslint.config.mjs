import tseslint from 'typescript-eslint';

/** `!` needs a proof beside it: a comment on the line that says why the value is there. */
export default tseslint.config(
  { ignores: ['build*/', 'dist/', 'data/', 'node_modules/', 'scripts/', '*.mjs', '*.cjs'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TSEnumDeclaration',
          message: 'Use a readonly array of names and a union type; GraphQL enums are registered from those.',
        },
        { selector: 'ExportAllDeclaration', message: 'No barrel files: import from the file that holds the concept.' },
      ],
    },
  },
  {
    files: ['resolvers/**', 'schema/**'],
    // emitDecoratorMetadata needs the class at run time where a decorated member names it.
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['src/models/**', 'src/statistics/**', 'src/provenance/**', 'src/domain/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'setTimeout', 'setInterval', 'fetch', 'console'].map((name) => ({
          name,
          message: 'Pure rooms have no clock, no I/O and no global state.',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Pure rooms have no clock: take the time as an argument.' },
        { object: 'Math', property: 'random', message: 'Pure rooms take seeds as arguments.' },
      ],
    },
  },
  {
    files: ['src/models/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['exp', 'log', 'pow', 'sin', 'cos', 'tan', 'random'].map((property) => ({
          object: 'Math',
          property,
          message: 'Its bits may differ between engines: use src/models/exact-math.ts.',
        })),
      ],
    },
  },
  {
    files: ['test/**'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              name: ['test', 'describe', 'it', 'suite', 'before', 'after', 'beforeEach', 'afterEach'],
              package: 'node:test',
            },
          ],
        },
      ],
    },
  },
  { files: ['bench/**'], rules: { 'no-console': 'off' } },
);
