/**
 * The rooms of the house, from the top. A room imports only rooms below it; rooms of one row do not know one another.
 * migrations/ belongs to main.ts: it speaks the store's seam and nothing else.
 */
const rows = [
  ['^src/main\\.ts$', '^src/migrate\\.ts$'],
  ['^src/http/', '^src/cli/'],
  ['^resolvers/'],
  ['^schema/'],
  ['^src/services/'],
  ['^src/jobs/', '^src/compute/', '^src/store/', '^migrations/'],
  ['^src/models/', '^src/surrogate/', '^src/statistics/', '^src/design/', '^src/provenance/'],
  ['^src/domain/'],
];
const above = (index) => rows.slice(0, index).flat();
const upward = rows
  .flatMap((rooms, index) =>
    rooms.map((room) => ({
      name: `from ${room} only downwards`,
      comment: 'A room imports only rooms below it: move what is shared down, or pass it in as an argument.',
      severity: 'error',
      from: { path: room },
      to: {
        path: [
          ...above(index),
          ...rooms.filter((other) => other !== room && !(room === '^migrations/' && other === '^src/store/')),
        ],
      },
    })),
  )
  .filter((rule) => rule.to.path.length > 0);

module.exports = {
  forbidden: [
    ...upward,
    { name: 'no circles', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    {
      name: 'domain imports nothing of ours',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: '^(src/(?!domain/)|resolvers/|schema/|migrations/|test/|bench/)' },
    },
    {
      name: 'pure rooms do no I/O',
      severity: 'error',
      from: { path: '^src/(models|surrogate|statistics|design|provenance)/' },
      to: { dependencyTypes: ['core'], path: '^(?!crypto$|node:crypto$)' },
    },
    {
      name: 'the product does not import its tests',
      severity: 'error',
      from: { path: '^(src|resolvers|schema|migrations)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'config is read by main only',
      severity: 'error',
      from: { path: '^src/(services|jobs|compute|store|models|statistics|provenance|domain)/' },
      to: { path: '^src/config\\.ts$' },
    },
    { name: 'no orphans', severity: 'error', from: { orphan: true, pathNot: '^(test|bench)/|\\.d\\.ts$' }, to: {} },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
