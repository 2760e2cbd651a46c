import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBundler, type ReleaseSource } from '@beamline/bundler';
import { buildApart } from './child.ts';
import { filesOf, withSynthetic } from './with-synthetic.ts';

/**
 * A build from nothing in a new process, against TypeScriptToLua's of the same entry; and builds of the role `world` in
 * one that stays: the median after edits in the bodies of functions of two features, and when nothing has changed.
 */
export function measureTimes(quick: boolean): Promise<Record<string, number>> {
  return withSynthetic(filesOf(quick), async ({ entry, root }) => {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < (quick ? 1 : 3); round += 1) {
      ours.push(buildApart('ours', entry, root).ms);
      theirs.push(buildApart('tstl', entry, root).ms);
    }
    return { coldMs: median(ours), coldVsTstl: median(ours) / median(theirs), ...(await measureWarm(root, quick)) };
  });
}

async function measureWarm(root: string, quick: boolean): Promise<Record<string, number>> {
  const cacheDir = join(root, 'cache');
  const source: ReleaseSource = { game: 'synthetic', version: '1', root, roles: { world: { entry: 'roles/world.ts', targets: ['lua'] } } };
  const bundler = createBundler({ cacheDir });
  const build = async () => {
    const start = performance.now();
    const { release } = await bundler.buildRelease(source);
    return { ms: performance.now() - start, id: release.id };
  };
  try {
    let { id } = await build();
    const changed: number[] = [];
    for (let round = 0; round < (quick ? 8 : 20); round += 1) {
      await edit(join(root, `features/f${round % 2}/systems.ts`), round);
      const next = await build();
      if (next.id === id) throw new Error('an edit changed nothing');
      id = next.id;
      changed.push(next.ms);
    }
    const same: number[] = [];
    for (let round = 0; round < 9; round += 1) same.push((await build()).ms);
    const again = createBundler({ cacheDir });
    const start = performance.now();
    await again.buildRelease(source);
    const cachedMs = performance.now() - start;
    await again.close();
    // The first edits also wait for the compilers' own code to be compiled.
    return { changedMs: median(changed), firstChangedMs: changed[0] ?? 0, unchangedMs: median(same), unchangedInNewBundlerMs: cachedMs };
  } finally {
    await bundler.close();
  }
}

/** Another step of movement: a number in a body that nothing else sees. */
async function edit(file: string, round: number): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/roll(\d+)\(0, \d+\)\) % WIDTH/, `roll$1(0, ${round + 3})) % WIDTH`));
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
