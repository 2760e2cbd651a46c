import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createHyperbeam, loadSigner } from '@beamline/ao';
import { startLocalNetwork } from '@beamline/ao/local';
import { systemClock as clock } from '@beamline/core';
import { createOperator } from '@beamline/kernel/operator';
import { auditLedger, createCrowd, createSigners, createSmokeTest, readSenders } from '../apps/arena/src/index.ts';
import { builtRole } from './built.ts';

const entries = { world: 'src/v2/world.ts', battle: 'src/v2/battle.ts', market: 'src/shared/market/market.lua' };
const instances = [
  { role: 'world', name: 'world', alias: 'arena-world-0-test' },
  { role: 'battle', name: 'battle-0', alias: 'arena-battle-0-test' },
  { role: 'battle', name: 'battle-1', alias: 'arena-battle-1-test' },
  { role: 'market', name: 'market', alias: 'arena-market-0-test' },
] as const;

it('signs, plays and balances its books on a local AO network', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'arena-crowd-'));
  const local = await startLocalNetwork({ dir, clock });
  const owner = await loadSigner(`file:${join(dir, 'operator.json')}`);
  const network = createHyperbeam({ url: local.url, clock });
  const operator = createOperator({ network, signer: owner, clock });
  const processes: Record<string, string> = {};
  const modules: Record<string, string> = {};
  for (const [role, entry] of Object.entries(entries)) {
    const { code } = await builtRole({ role, entry, target: 'lua', root: 'apps/arena' });
    modules[role] = await network.spawn(await network.signModule(owner, code));
  }
  for (const { role, alias } of instances) {
    processes[alias] = await network.spawn(await network.signProcess(owner, { module: modules[role]!, tags: [], data: '' }));
    await network.setAlias(alias, processes[alias], owner);
  }
  const [world, ...others] = instances;
  for (const { name, alias } of others) {
    await operator.link(processes[alias]!, { name: 'world', process: processes[world.alias]! });
    await operator.link(processes[world.alias]!, { name, process: processes[alias]! });
  }

  const signers = await createSigners({ count: 20, folder: join(dir, 'players'), wallets: 1 });
  const aliases = { world: instances[0].alias, battle: [instances[1].alias, instances[2].alias], market: instances[3].alias };
  const enough = Promise.withResolvers<void>();
  const crowd = createCrowd({ network, aliases, signers, clock, perSecond: 100, onMessage: () => crowd.ledger.sent >= 220 && enough.resolve() });
  await crowd.join();
  crowd.start();
  await enough.promise;
  const ledger = await crowd.stop();

  const senders: Record<string, Awaited<ReturnType<typeof readSenders>>> = {};
  for (const [alias, process] of Object.entries(processes)) senders[alias] = await readSenders(operator, process);
  expect(auditLedger(ledger, senders)).toMatchObject({ delivered: ledger.sent, applied: ledger.sent, lost: 0, duplicated: 0, differences: [] });
  expect(ledger).toMatchObject({ failed: 0, rejected: 0, pending: 0, undelivered: 0 });
  expect(ledger.accepted).toBeGreaterThan(ledger.sent / 2);
  const live = instances.map(({ role, alias }) => ({ role, process: processes[alias]! }));
  expect(await createSmokeTest(owner)({ phase: 'live', network, clock, instances: live })).toEqual([]);
  for (const { alias } of instances) expect(await operator.health(processes[alias]!)).toMatchObject({ phase: 'active', errors: 0 });
  await local.close();
  rmSync(dir, { recursive: true });
}, 120_000);
