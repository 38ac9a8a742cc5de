/**
 * The rooms of the house, from the top. A room imports only rooms below it; rooms of one row do not know one another.
 * migrations/ belongs to main.ts: it speaks the store's seam and nothing else.
 */
const rows = [
  ['^src/[^/]+\\.ts$'],
  ['^src/http/', '^src/cli/'],
  ['^resolvers/'],
  ['^schema/'],
  ['^src/services/'],
  ['^src/jobs/', '^src/compute/', '^src/store/', '^migrations/'],
  ['^src/models/', '^src/surrogate/', '^src/statistics/', '^src/design/', '^src/provenance/'],
  ['^src/domain/'],
];
const pureRooms = '^src/(domain|models|surrogate|statistics|design|provenance)/';
const above = (index) => rows.slice(0, index).flat();
const beside = (rooms, room) =>
  rooms.filter((other) => other !== room && !(room === '^migrations/' && other === '^src/store/'));
const upward = rows.flatMap((rooms, index) =>
  rooms
    .map((room) => ({
      name: `from ${room} only downwards`,
      comment: 'A room imports only rooms below it: move what is shared down, or pass it in as an argument.',
      severity: 'error',
      from: { path: room },
      to: { path: [...above(index), ...beside(rooms, room)] },
    }))
    .filter((rule) => rule.to.path.length > 0),
);
const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    ...upward,
    forbid('no circles', {}, { circular: true }),
    forbid('pure rooms do no I/O', { path: pureRooms }, { dependencyTypes: ['core'], path: '^(?!(node:)?crypto$)' }),
    forbid(
      'pure rooms use few libraries: none but those named here',
      { path: pureRooms },
      { path: '^node_modules/(?!fastest-levenshtein/)' },
    ),
    forbid(
      'only the doors and their nouns know GraphQL and HTTP',
      { path: '^src/(services|jobs|compute|store|models|statistics|provenance|domain)/' },
      { path: '^node_modules/(@apollo|graphql|graphql-scalars|type-graphql|cors)/' },
    ),
    forbid(
      'resolvers and the schema ask services, and nothing behind them',
      { path: '^(resolvers|schema)/' },
      { path: '^src/(jobs|compute|store|models|statistics)/' },
    ),
    forbid(
      'settings are read by the wiring alone',
      { path: '^(src/[^/]+/|resolvers/|schema/|migrations/)' },
      { path: '^src/config\\.ts$' },
    ),
    forbid(
      'the product does not import its tests',
      { path: '^(src|resolvers|schema|migrations)/' },
      { path: '^(test|bench)/' },
    ),
    forbid('no orphans', { orphan: true, pathNot: '^(test|bench)/|/kernel/assembly/|\\.d\\.ts$' }, {}),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
