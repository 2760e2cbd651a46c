export type Program = 'world' | 'battle' | 'market';

/** Configuration, the barrel over all features, and two modules for each program. */
export const GAME_FILES = 8;

/** Everything above the features. World uses a third of them, battle and market a few, two of which world has too. */
export function gameFiles(features: number): Record<string, string> {
  const third = Math.ceil(features / 3);
  const tenth = Math.max(1, Math.floor(features / 10));
  const used: Record<Program, number[]> = {
    world: range(0, third),
    battle: range(Math.max(0, third - 2), third + tenth),
    market: range(features - tenth, features),
  };
  const files: Record<string, string> = {
    'config.ts': `export const DEBUG = false;\nexport const STEPS = 3;\nexport const REGION = 'north';\n`,
    'features/index.ts': range(0, features).map((index) => `export * from './f${index}/index.ts';\n`).join(''),
  };
  for (const program of ['world', 'battle', 'market'] as const) {
    files[`${program}.ts`] = programText(used[program]);
    files[`roles/${program}.ts`] = roleText(program);
  }
  return files;
}

function programText(features: readonly number[]): string {
  const names = features.flatMap((index) => [`spawn${index}`, `step${index}`, `act${index}`, `score${index}`]);
  return `import { DEBUG, STEPS } from './config.ts';
import { mix } from './engine/numbers.ts';
import {
${names.map((name) => `  ${name},`).join('\n')}
} from './features/index.ts';
${features.map((index) => `import { dump${index} } from './features/index.ts';`).join('\n')}

/** Plays from nothing and gives what came of it. */
export function run(): string {
${features.map((index) => `  for (let i = 0; i < 8; i++) spawn${index}(i);`).join('\n')}
  for (let turn = 0; turn < STEPS; turn++) {
${features.map((index) => `    step${index}(turn);\n    act${index}('strike ' + turn, turn);`).join('\n')}
  }
  let total = 0;
${features.map((index) => `  total = mix(total, score${index}());`).join('\n')}
  if (DEBUG) {
${features.map((index) => `    total = mix(total, dump${index}().length);`).join('\n')}
  }
  return \`\${total}\`;
}
`;
}

function roleText(program: Program): string {
  return `import { component, i32 } from '@beamline/ecs';
import { defineRole } from '@beamline/kernel';
import { run } from '../${program}.ts';

const Played = /*#__PURE__*/ component('Played', { times: i32 });

export default defineRole({ name: '${program}', components: [Played], actions: { Run: () => run() } });
`;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
