// JSON schema of `BackupConfig`; what it cannot say is in `backupProblems`.
const path = { type: 'string', minLength: 1 };
const count = { type: 'integer', minimum: 0, maximum: 100_000 };
const secret = {
  type: 'string',
  pattern: '^(file|env):.+$',
  explain: 'must be a reference, file:<path> or env:<NAME>; secrets do not belong in the config',
};

export const backupSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['stores'],
  properties: {
    stores: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        properties: {
          name: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,31}$', explain: 'must be lower-case letters, digits, hyphens' },
          fs: path,
          s3: {
            type: 'object',
            additionalProperties: false,
            required: ['endpoint', 'bucket', 'accessKey', 'secretKey'],
            properties: {
              endpoint: { type: 'string', format: 'url' },
              bucket: { type: 'string', pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$', explain: 'must be the name of a bucket' },
              prefix: { type: 'string', pattern: '^[A-Za-z0-9._/-]*$', explain: 'must be letters, digits, . _ - and slashes' },
              region: { type: 'string', pattern: '^[a-z0-9-]+$', explain: 'must be the name of a region' },
              accessKey: secret,
              secretKey: secret,
            },
          },
          arweave: {
            type: 'object',
            additionalProperties: false,
            required: ['upload', 'gateway', 'signer', 'scope'],
            properties: {
              upload: { type: 'string', format: 'url' },
              gateway: { type: 'string', format: 'url' },
              signer: secret,
              scope: { type: 'string', pattern: '^[A-Za-z0-9._/-]{1,128}$', explain: 'must be letters, digits, . _ - and slashes' },
              public: { type: 'boolean' },
            },
          },
        },
      },
    },
    write: { oneOf: [{ const: 'all' }, { type: 'integer', minimum: 1 }] },
    encryption: {
      type: 'object',
      additionalProperties: false,
      required: ['key'],
      properties: { key: secret, previous: { type: 'array', items: secret } },
    },
    keep: {
      type: 'object',
      additionalProperties: false,
      properties: { last: count, hourly: count, daily: count, weekly: count, monthly: count },
    },
  },
};
