/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/packages', '<rootDir>/apps', '<rootDir>/test'],
  testMatch: ['**/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/', '/.beamline/'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@beamline/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '\\.tsx?$': ['@swc/jest', {
      jsc: { target: 'es2024', parser: { syntax: 'typescript', tsx: false }, experimental: { keepImportAttributes: true } },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    }],
  },
  maxWorkers: 2,
  // Modules of finished test files stay in memory (https://github.com/jestjs/jest/issues/14605): a worker that holds much is
  // replaced before it does little but collect garbage.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
};
