import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSyntheticProject, type SyntheticProject } from '../../packages/bundler/bench/synthetic-project.ts';

const outputs = join(import.meta.dirname, '../../packages/bundler/dist/bench');

/** Of the files that the figures are about. */
export const filesOf = (quick: boolean): number => (quick ? 63 : 303);

/** A synthetic project below the repository, where imports of Beamline's packages lead to their sources; removed after. */
export async function withSynthetic<T>(files: number, work: (project: SyntheticProject & { root: string }) => Promise<T>): Promise<T> {
  await mkdir(outputs, { recursive: true });
  const root = await mkdtemp(join(outputs, 'synthetic-'));
  try {
    return await work({ ...(await writeSyntheticProject(root, files)), root });
  } finally {
    await rm(root, { recursive: true });
  }
}
