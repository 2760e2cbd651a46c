import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser } from 'playwright-core';

const PACKED = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', '..', 'bin');
const ARGS = ['--no-sandbox', '--disable-setuid-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'];

/** The Chromium of the npm package; on a machine without the system libraries it needs, also the ones it carries. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  const launch = (libraries?: string): Promise<Browser> => playwright.launch({
    executablePath,
    args: ARGS,
    env: {
      ...process.env,
      FONTCONFIG_PATH: join(tmpdir(), 'fonts'), // the same letters on every machine
      ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }),
    },
  });
  try {
    return await launch();
  } catch (error) {
    if (!/shared librar/.test(String(error))) throw error;
    return launch(join(await unpack('al2023'), 'al2023', 'lib'));
  }
}

/** Unpacks once, into a folder that appears whole. */
async function unpack(name: string): Promise<string> {
  const target = join(tmpdir(), `beamline-${name}`);
  if (existsSync(target)) return target;
  const draft = await mkdtemp(`${target}-`);
  const archive = join(draft, 'archive.tar');
  const folder = join(draft, name);
  await mkdir(folder);
  await writeFile(archive, await promisify(brotliDecompress)(await readFile(join(PACKED, `${name}.tar.br`))));
  await promisify(execFile)('tar', ['-xf', archive, '-C', folder]);
  await rm(archive);
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  return target;
}
