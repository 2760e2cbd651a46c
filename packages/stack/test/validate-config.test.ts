import { expect, it } from '@jest/globals';
import type { Fault } from '@beamline/core';
import { defineConfig } from '../src/config.ts';
import { validateConfig } from '../src/validate-config.ts';

const good = defineConfig({
  game: 'arena',
  version: '1.0.0',
  roles: { world: { entry: './world.ts' }, market: { entry: './market.lua', shards: 2, dependsOn: ['world'] } },
  environments: {
    local: { network: { kind: 'local' } },
    live: { network: { kind: 'hyperbeam', url: 'https://node.example' }, signer: 'env:WALLET', serve: { token: 'file:./token' } },
  },
});

const s3 = { endpoint: 'http://127.0.0.1:9000', bucket: 'backups', accessKey: 'env:S3_ACCESS', secretKey: 'env:S3_SECRET' };
const refusal = (value: unknown): Fault => {
  try {
    validateConfig(value, 'beamline.config.ts');
  } catch (error) {
    return error as Fault;
  }
  throw new Error('was accepted');
};
const live = (change: object) => ({ ...good, environments: { live: { ...good.environments.live, ...change } } });

it('accepts a complete config and returns it unchanged', () => {
  expect(validateConfig(good)).toBe(good);
  const measure = async () => 0;
  const rollout = { by: 'in-place', batch: '25%', maxUnavailable: 2, canary: ['world-0'], bakeMs: 5, approve: true };
  expect(() => validateConfig({ ...live({ strategy: 'canary', rollout }), analysis: [{ metric: 'rate', minOfBlue: 0.5, role: 'world' }, { metric: { name: 'queue', measure }, max: 3 }] })).not.toThrow();
  expect(() => validateConfig(live({ rehearsal: { messages: 100, chaos: 0, maxCostRatio: 2, smoke: false, allow: [{ kind: 'state', at: 'Player.x', role: 'world' }] } }))).not.toThrow();
});

it('refuses an address that is not a URL, naming its path', () => {
  const fault = refusal(live({ network: { kind: 'hyperbeam', url: 'node.example' } }));
  expect(fault.code).toBe('stack/bad-config');
  expect(fault.message).toBe('environments.live.network.url: must be a URL');
  expect(fault.hint).toContain('beamline.config.ts');
});

it.each([
  ['an unknown key', { ...good, rolls: {} }, 'rolls: unknown key, did you mean roles?'],
  ['an unknown key far from any other', { ...good, colour: 1 }, 'colour: unknown key; known: game, version'],
  ['an anchor elsewhere without a gateway', live({ anchor: { upload: 'https://up.example' } }), 'environments.live.anchor.gateway: is missing'],
  ['a bundler that is no URL', live({ anchor: { upload: 'up', gateway: 'https://g.example' } }), 'environments.live.anchor.upload: must be a URL'],
  ['an owner that is no address', live({ anchor: { upload: 'https://u.example', gateway: 'https://g.example', owners: ['me'] } }), 'environments.live.anchor.owners[0]: must be the address of a wallet'],
  ['a wallet in the config', live({ anchor: { upload: 'https://u.example', gateway: 'https://g.example', signer: '{"kty":"RSA"}' } }), 'environments.live.anchor.signer: must be a reference'],
  ['a kind of difference that there is not', live({ rehearsal: { allow: [{ kind: 'sate', at: 'Player' }] } }), 'environments.live.rehearsal.allow[0].kind: must be one of state, reply, outbox, error, cost'],
  ['a misspelt key of an allowed difference', live({ rehearsal: { allow: [{ kind: 'state', field: 'x' }] } }), 'environments.live.rehearsal.allow[0].field: unknown key'],
  ['an allowed difference of a role that there is not', live({ rehearsal: { allow: [{ kind: 'state' }, { kind: 'state', role: 'wrld' }] } }), 'environments.live.rehearsal.allow[1].role: there is no role wrld'],
  ['an unknown nested key', live({ netwrok: {} }), 'environments.live.netwrok: unknown key, did you mean network?'],
  ['an unknown key of a network', live({ network: { kind: 'local', url: 'http://a' } }), 'environments.live.network.url: unknown key'],
  ['an aos module without its path', live({ network: { kind: 'local', aos: {} } }), 'environments.live.network.aos.path: is missing'],
  ['legacynet without a unit', live({ network: { kind: 'legacynet', muUrl: 'http://a', cuUrl: 'http://a', aosModule: 'a'.repeat(43) } }), 'environments.live.network.suUrl: is missing'],
  ['an aos module that is no id', live({ network: { kind: 'legacynet', muUrl: 'http://a', cuUrl: 'http://a', suUrl: 'http://a', aosModule: 'aos' } }), 'environments.live.network.aosModule: must be the id of a module'],
  ['an aos hash that is none', live({ network: { kind: 'local', aos: { path: 'a.wasm', sha256: 'A' } } }), 'environments.live.network.aos.sha256: must be a SHA-256 in hex'],
  ['a recovery time without a unit', live({ recovery: { within: '10' } }), 'environments.live.recovery.within: must be a time, such as 500ms'],
  ['a recovery without a time', live({ recovery: {} }), 'environments.live.recovery.within: is missing'],
  ['a batch of nobody', live({ rollout: { batch: 0 } }), 'environments.live.rollout.batch: must be >= 1'],
  ['a share without its sign', live({ rollout: { maxUnavailable: '25' } }), "environments.live.rollout.maxUnavailable: must be a share, such as '25%'"],
  ['a canary that is a role', live({ rollout: { canary: ['world'] } }), 'environments.live.rollout.canary[0]: must be an instance, such as world-0'],
  ['a condition without a bound', { ...good, analysis: [{ metric: 'errors' }] }, 'analysis[0]: needs one of max, min, maxOfBlue, minOfBlue'],
  ['an unknown metric', { ...good, analysis: [{ metric: 'mood', max: 1 }] }, 'analysis[0].metric: must be one of errors, refusals, rate, growth, lag'],
  ['an unknown kind of network', live({ network: { kind: 'lokal' } }), 'environments.live.network.kind: must be one of local, hyperbeam, legacynet'],
  ['a missing address', live({ network: { kind: 'hyperbeam' } }), 'environments.live.network.url: is missing'],
  ['a missing game', { ...good, game: undefined }, 'game: '],
  ['no environments', { ...good, environments: {} }, 'environments: must have at least one entry'],
  ['a name that cannot be an alias', { ...good, game: 'My Game' }, 'game: must be lower-case letters'],
  ['a role name that cannot be an alias', { ...good, roles: { 'a/b': { entry: 'a.ts' } } }, 'roles.a/b: must be lower-case letters'],
  ['an entry of another language', { ...good, roles: { world: { entry: 'world.py' } } }, 'roles.world.entry: must name a .ts or .lua file'],
  ['no shards', { ...good, roles: { world: { entry: 'a.ts', shards: 0 } } }, 'roles.world.shards: must be >= 1'],
  ['an unknown dependency', { ...good, roles: { world: { entry: 'a.ts', dependsOn: ['sun'] } } }, 'roles.world.dependsOn[0]: there is no role sun'],
  ['an unknown target', { ...good, roles: { world: { entry: 'a.ts', targets: ['wasm'] } } }, 'roles.world.targets[0]: must be one of lua, aos, js'],
  ['roles that wait for each other', {
    ...good, roles: { a: { entry: 'a.ts', dependsOn: ['b'] }, b: { entry: 'b.ts', dependsOn: ['a'] } },
  }, 'roles.a.dependsOn: a → b → a is a circle'],
  ['a migration without a number', { ...good, migrations: [{ name: 'a', from: { role: 'world' }, steps: [] }] }, 'migrations[0].id: is missing'],
  ['a probe that is no function', { ...good, smoke: ['curl'] }, 'smoke[0]: must be a function'],
  ['a budget of a role that is not there', { ...good, budgets: { roles: { wrold: { maxBytes: 1 } } } }, 'budgets.roles.wrold: there is no role wrold, did you mean world?'],
  ['a misspelt budget', { ...good, budgets: { systems: { decay: { maxByte: 1 } } } }, 'budgets.systems.decay.maxByte: unknown key, did you mean maxBytes?'],
  ['a budget of less than nothing', { ...good, budgets: { modules: { 'src/a.ts': { maxGrowthPercent: -1 } } } }, 'budgets.modules.src/a.ts.maxGrowthPercent: must be >= 0'],
  ['a backup without stores', live({ backup: { stores: [] } }), 'environments.live.backup.stores: must NOT have fewer than 1 items'],
  ['a backup store that is nowhere', live({ backup: { stores: [{ fs: './a' }, { name: 'x' }] } }), 'environments.live.backup.stores[1]: must have exactly one of fs, s3, arweave'],
  ['a backup store in two places', live({ backup: { stores: [{ fs: './a', s3 }] } }), 'environments.live.backup.stores[0]: must have exactly one of fs, s3, arweave'],
  ['a backup that everybody could read', live({ backup: { stores: [{ arweave: { upload: 'https://u.example', gateway: 'https://g.example', signer: 'env:W', scope: 'arena/live' } }] } }), 'environments.live.backup.stores[0].arweave: everybody can read what lies on Arweave: set encryption, or public: true'],
  ['a bucket without a key', live({ backup: { stores: [{ s3: { ...s3, secretKey: undefined } }] } }), 'environments.live.backup.stores[0].s3.secretKey: is missing'],
  ['a misspelt part of a bucket', live({ backup: { stores: [{ s3: { ...s3, prefixx: '' } }] } }), 'environments.live.backup.stores[0].s3.prefixx: unknown key, did you mean prefix?'],
  ['a bucket at no address', live({ backup: { stores: [{ s3: { ...s3, endpoint: 'minio' } }] } }), 'environments.live.backup.stores[0].s3.endpoint: must be a URL'],
  ['two backup stores of one name', live({ backup: { stores: [{ name: 'fs', fs: './a' }, { fs: './b' }] } }), 'environments.live.backup.stores[1].name: fs names another store already'],
  ['a backup store with the name of the environment\'s own', live({ backup: { stores: [{ name: 'local', fs: './a' }] } }), 'environments.live.backup.stores[0].name: local is the environment\'s own store'],
  ['more copies than stores', live({ backup: { stores: [{ fs: './a' }], write: 2 } }), 'environments.live.backup.write: there are only 1 stores'],
  ['a rule of retention that is none', live({ backup: { stores: [{ fs: './a' }], keep: { dayly: 7 } } }), 'environments.live.backup.keep.dayly: unknown key, did you mean daily?'],
  ['a pasted encryption key', live({ backup: { stores: [{ fs: './a' }], encryption: { key: 'ab'.repeat(32) } } }), 'environments.live.backup.encryption.key: must be a reference'],
  ['something else entirely', 'arena', 'config: must be object'],
])('refuses %s', (_what, value, message) => {
  expect(refusal(value).message).toContain(message);
});

it('refuses a pasted secret without repeating it', () => {
  const fault = refusal(live({ signer: '{"kty":"RSA","d":"very-secret"}' }));
  expect(fault.message).toBe('environments.live.signer: must be a reference, file:<path> or env:<NAME>; secrets do not belong in the config');
  expect(JSON.stringify({ ...fault, message: fault.message })).not.toContain('very-secret');
});

it('accepts a complete backup', () => {
  const backup = {
    stores: [{ fs: './backups' }, { name: 'cloud', s3: { ...s3, prefix: 'games/arena', region: 'eu-central-1' } }], write: 1,
    encryption: { key: 'file:./backup.key', previous: ['env:OLD_KEY'] }, keep: { last: 5, hourly: 24, daily: 7, weekly: 4, monthly: 12 },
  };
  expect(() => validateConfig(live({ backup }))).not.toThrow();
});

it('never repeats a secret pasted into a backup', () => {
  const fault = refusal(live({ backup: { stores: [{ s3: { ...s3, secretKey: 'very-secret' } }] } }));
  expect(fault.message).toContain('environments.live.backup.stores[0].s3.secretKey: must be a reference');
  expect(`${fault.message}${fault.stack ?? ''}${JSON.stringify(fault)}`).not.toContain('very-secret');
});

it('names every wrong place at once', () => {
  expect(refusal({ ...good, game: 'A', version: 1 }).message.split('\n')).toHaveLength(2);
});
