import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@beamline/core';
import type { DeploymentRequests, OperatorRequest } from '../requests.ts';
import { placeFile } from './durable-file.ts';

export interface FsRequestsOptions {
  /** Folder of `<deployment>/<n>.json`. Created on first write. */
  root: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const ASKS = ['pause', 'continue', 'promote', 'accept', 'abort'];

/** One small file for each request: several programs may post at once, and one that is being written is not there yet. */
export function createFsRequests({ root }: FsRequestsOptions): DeploymentRequests {
  const folderOf = (deployment: string): string => {
    if (NAME.test(deployment)) return join(root, deployment);
    throw new Fault('deployer/bad-id', `${JSON.stringify(deployment)} cannot be the id of a deployment`, { hint: 'beamline deployments list shows the ids.' });
  };
  const numbered = async (folder: string): Promise<string[]> => {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return names.filter((name) => /^\d{6}\.json$/.test(name)).sort();
  };

  return {
    kind: 'fs',
    async post(deployment, request) {
      const folder = folderOf(deployment);
      for (let number = (await numbered(folder)).length + 1; ; number += 1) {
        if (await placeFile(join(folder, `${String(number).padStart(6, '0')}.json`), JSON.stringify(request))) return;
      }
    },
    async read(deployment) {
      const folder = folderOf(deployment);
      const names = await numbered(folder);
      return Promise.all(names.map(async (name) => parsed(await readFile(join(folder, name), 'utf8'), join(folder, name))));
    },
  };
}

function parsed(text: string, file: string): OperatorRequest {
  try {
    const request = JSON.parse(text) as OperatorRequest;
    if (ASKS.includes(request.ask)) return request;
  } catch { /* reported below */ }
  throw new Fault('deployer/bad-state', `${file} is no request that this program understands`, { hint: 'Delete the file, and ask again with beamline deployments.' });
}
