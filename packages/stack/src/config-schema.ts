import { backupSchema } from './backup/backup-schema.ts';

import { strategies } from './config.ts';
import { DURATION } from './duration.ts';
import { rehearsalSchema } from './rehearsal/rehearsal-config.ts';

// JSON schema of `BeamlineConfig`. `explain` is what a person reads when the keyword beside it fails.
const name = { type: 'string', pattern: '^[a-z][a-z0-9-]{0,31}$', explain: 'must be lower-case letters, digits, hyphens' };
const path = { type: 'string', minLength: 1 };
const port = { type: 'integer', minimum: 0, maximum: 65_535 };
const url = { type: 'string', format: 'url' };
const milliseconds = { type: 'integer', minimum: 0, maximum: 86_400_000 };
const secret = {
  type: 'string',
  pattern: '^(file|env):.+$',
  explain: 'must be a reference, file:<path> or env:<NAME>; secrets do not belong in the config',
};

const percent = { type: 'string', pattern: '^\\d+(\\.\\d+)?%$', explain: "must be a share, such as '25%'" };
const duration = { type: 'string', pattern: DURATION, explain: 'must be a time, such as 500ms, 10s, 5m, 6h, 1d' };

const addresses = {
  type: 'array', minItems: 1, uniqueItems: true,
  items: { type: 'string', pattern: '^([A-Za-z0-9_-]{43}|0x[0-9a-fA-F]{40})$', explain: 'must be the address of a wallet' },
};

const hook = { callable: true };
const probes = { type: 'array', items: { callable: true } };

const role = {
  type: 'object',
  additionalProperties: false,
  required: ['entry'],
  properties: {
    entry: { type: 'string', pattern: '\\.(ts|lua)$', explain: 'must name a .ts or .lua file' },
    shards: { type: 'integer', minimum: 1, maximum: 10_000 },
    dependsOn: { type: 'array', items: { type: 'string' }, uniqueItems: true },
    reads: { type: 'array', items: { type: 'string' }, uniqueItems: true },
    targets: { type: 'array', items: { enum: ['lua', 'aos', 'js'] }, minItems: 1, uniqueItems: true },
  },
};

const aos = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  properties: { path, sha256: { type: 'string', pattern: '^[0-9a-f]{64}$', explain: 'must be a SHA-256 in hex' } },
};

const network = {
  type: 'object',
  required: ['kind'],
  discriminator: { propertyName: 'kind' },
  oneOf: [
    { additionalProperties: false, properties: { kind: { const: 'local' }, port, aos } },
    { additionalProperties: false, required: ['url'], properties: { kind: { const: 'hyperbeam' }, url: { type: 'string', format: 'url' } } },
    {
      additionalProperties: false, required: ['muUrl', 'cuUrl', 'suUrl', 'aosModule'],
      properties: {
        kind: { const: 'legacynet' }, muUrl: { type: 'string', format: 'url' }, cuUrl: { type: 'string', format: 'url' }, suUrl: { type: 'string', format: 'url' },
        aosModule: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$', explain: 'must be the id of a module' },
      },
    },
  ],
};

const share = { oneOf: [{ type: 'integer', minimum: 1 }, percent] };
const rollout = {
  type: 'object',
  additionalProperties: false,
  properties: {
    by: { enum: ['blue-green', 'in-place'] }, batch: share, maxUnavailable: share, bakeMs: milliseconds, approve: { type: 'boolean' },
    canary: { oneOf: [percent, { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', pattern: '^[a-z][a-z0-9-]*-\\d+$', explain: 'must be an instance, such as world-0' } }] },
  },
};

const bound = { type: 'number' };
const condition = {
  type: 'object',
  additionalProperties: false,
  required: ['metric'],
  anyOf: [{ required: ['max'] }, { required: ['min'] }, { required: ['maxOfBlue'] }, { required: ['minOfBlue'] }],
  properties: {
    metric: { oneOf: [
      { enum: ['errors', 'refusals', 'rate', 'growth', 'lag'] },
      { type: 'object', additionalProperties: false, required: ['name', 'measure'], properties: { name: path, measure: { callable: true } } },
    ] },
    role: name, max: bound, min: bound, maxOfBlue: bound, minOfBlue: bound, atLeast: { type: 'integer', minimum: 1 }, before: { type: 'boolean' },
  },
};

const environment = {
  type: 'object',
  additionalProperties: false,
  required: ['network'],
  properties: {
    network,
    signer: secret,
    operator: secret,
    snapshots: path,
    strategy: { enum: strategies },
    rollout,
    bakeMs: milliseconds,
    sampleMs: { ...milliseconds, minimum: 100 },
    rehearsal: rehearsalSchema,
    serve: {
      type: 'object',
      additionalProperties: false,
      properties: { port, host: path, token: secret },
    },
    recovery: {
      type: 'object',
      additionalProperties: false,
      required: ['within'],
      properties: { within: duration, drillEvery: duration },
    },
    probation: {
      type: 'object',
      additionalProperties: false,
      required: ['for'],
      properties: { for: duration, every: duration, rollBack: { type: 'boolean' } },
    },
    backup: backupSchema,
    webhook: { type: 'object', additionalProperties: false, required: ['url'], properties: { url, secret } },
    anchor: {
      type: 'object',
      additionalProperties: false,
      properties: {
        upload: url, gateway: url, signer: secret, confirmations: { type: 'integer', minimum: 1, maximum: 10_000 },
        owners: addresses,
      },
    },
  },
};

const sizeBudget = {
  type: 'object',
  additionalProperties: false,
  properties: { maxBytes: { type: 'integer', minimum: 1 }, maxGrowthPercent: { type: 'number', minimum: 0 } },
};
const sizeBudgets = { type: 'object', additionalProperties: sizeBudget };

export const configSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['game', 'version', 'roles', 'environments'],
  properties: {
    game: name,
    version: { type: 'string', minLength: 1, maxLength: 64 },
    roles: { type: 'object', minProperties: 1, propertyNames: name, additionalProperties: role },
    environments: { type: 'object', minProperties: 1, propertyNames: name, additionalProperties: environment },
    budgets: {
      type: 'object',
      additionalProperties: false,
      properties: {
        bundleBytes: { type: 'integer', minimum: 1, maximum: 500_000 }, warnBytes: { type: 'integer', minimum: 1 },
        roles: sizeBudgets, systems: sizeBudgets, modules: sizeBudgets, baseline: path,
      },
    },
    plugins: {
      type: 'array',
      items: {
        type: 'object', additionalProperties: false, required: ['name'],
        properties: { name, key: { type: 'string' }, resolve: hook, load: hook, transform: hook, renderLua: hook },
      },
    },
    migrations: {
      type: 'array',
      items: { type: 'object', required: ['id', 'name', 'from', 'steps'], properties: { id: { type: 'integer', minimum: 1 }, name: path, from: { type: 'object' }, steps: { type: 'array' } } },
    },
    checks: probes,
    smoke: probes,
    analysis: { type: 'array', items: condition },
    lock: path,
    messages: path,
    signing: { type: 'object', additionalProperties: false, properties: { signer: secret, signers: addresses } },
    state: path,
  },
};
