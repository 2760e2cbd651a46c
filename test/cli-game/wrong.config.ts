// What a typing error looks like: a test expects it to be refused.
export default {
  game: 'scores',
  version: '1.0.0',
  roles: { board: { entry: 'v1.ts' } },
  environments: { local: { netwrok: { kind: 'local' } } },
};
