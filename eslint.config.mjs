import tseslint from 'typescript-eslint';

const noClock = 'Pure rooms have no clock, no I/O and no global state: take it as an argument.';
/** What of Math is exact, by IEEE 754 or by its definition, and so has the same bits in every engine. */
const exactMath = 'fround|imul|floor|ceil|round|trunc|min|max|abs|sign|sqrt|clz32|PI';

const ofPureRooms = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: noClock },
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: noClock },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Take a seed as an argument.' },
];
const everywhere = [
  {
    selector: 'TSEnumDeclaration',
    message: 'Use a readonly array of names and a union type; GraphQL enums are registered from those.',
  },
  { selector: 'ExportAllDeclaration', message: 'No barrel files: import from the file that holds the concept.' },
];

export default tseslint.config(
  {
    ignores: [
      'build*/',
      'dist/',
      'data/',
      'node_modules/',
      '**/kernel/assembly/',
      'scripts/',
      'bin/',
      '*.mjs',
      '*.cjs',
    ],
  },
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
      'no-restricted-syntax': ['error', ...everywhere],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['resolvers/**', 'schema/**'],
    // emitDecoratorMetadata needs the class at run time where a decorated member names it.
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['src/models/**', 'src/statistics/**', 'src/design/**', 'src/provenance/**', 'src/domain/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...[
          'process',
          'globalThis',
          'performance',
          'setTimeout',
          'setInterval',
          'setImmediate',
          'fetch',
          'console',
        ].map((name) => ({ name, message: noClock })),
      ],
      'no-restricted-syntax': ['error', ...everywhere, ...ofPureRooms],
    },
  },
  {
    files: ['src/models/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...everywhere,
        ...ofPureRooms,
        {
          selector: `MemberExpression[object.name='Math'][property.name!=/^(${exactMath})$/]`,
          message: 'Its bits may differ between engines: use src/models/exact-math.ts.',
        },
        {
          selector: "BinaryExpression[operator='**'][left.value!=2]",
          message: 'The bits of ** may differ between engines, except for whole powers of 2: multiply.',
        },
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
