import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

// Imports point down, never sideways or up. `ecs` lies one step below `kernel` and `vm`.
const layers = ['core', 'ecs', 'world', 'engine', 'operation', 'stack', 'app'];
const depConstraints = layers.map((layer, depth) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: [
    ...layers.slice(0, depth).map((below) => `layer:${below}`),
    ...(layer === 'app' ? ['package:orchestrator', 'package:dashboard'] : []),
  ],
}));

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '**/.beamline/**', '**/fixtures/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.{ts,tsx}'],
    plugins: { '@nx': nx },
    rules: { '@nx/enforce-module-boundaries': ['error', { allow: ['#target'], checkDynamicDependenciesExceptions: ['@beamline/bundler'], depConstraints }] },
  },
  {
    files: ['packages/{ecs,kernel}/src/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '^node:', message: 'ecs and kernel are pure: no host APIs.' }] }],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'setTimeout', 'fetch', 'Date'],
    },
  },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
);
