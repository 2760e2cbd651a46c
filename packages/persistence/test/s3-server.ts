import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface S3Server {
  endpoint: string;
  bucket: string;
  /** Its files: `<folder>/<bucket>/<key>._S3rver_object`. */
  folder: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  stop(): Promise<void>;
}

// The child ends by itself when its parent is gone: then its stdin closes.
const PROGRAM = `
  const S3rver = require(process.argv[1]);
  const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: process.argv[2], configureBuckets: [{ name: 'snapshots', configs: [] }] });
  server.run().then(({ port }) => console.log(port));
  process.stdin.on('end', () => process.exit(0)).resume();
`;

/** A real S3 server (its continuation tokens are DES, hence the legacy provider) in a process and a folder of its own. */
export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 's3-'));
  const library = createRequire(import.meta.url).resolve('s3rver');
  const child = spawn(process.execPath, ['--no-deprecation', '--openssl-legacy-provider', '-e', PROGRAM, library, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the S3 server ended with ${code}`)));
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket: 'snapshots',
    folder,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
