import { Fault } from '@beamline/core';
import { Ajv, type ErrorObject } from 'ajv';
import { backupProblems } from './backup/backup-problems.ts';
import type { BeamlineConfig } from './config.ts';
import { configSchema } from './config-schema.ts';
import { nearest } from './nearest.ts';

const validate = new Ajv({ allErrors: true, discriminator: true, verbose: true, strictTypes: false, formats: { url: isHttpUrl } })
  .addKeyword('explain')
  .addKeyword({ keyword: 'callable', validate: (_: boolean, value: unknown) => typeof value === 'function' })
  .compile<BeamlineConfig>(configSchema);

/**
 * Refuses anything that is not exactly a `BeamlineConfig`, naming every wrong place by its path.
 * Never repeats a value: a secret pasted where a reference belongs stays out of logs.
 * @throws Fault `stack/bad-config`
 */
export function validateConfig(value: unknown, file = 'the config'): BeamlineConfig {
  const problems = validate(value) ? [...roleProblems(value), ...budgetProblems(value), ...backupsProblems(value), ...anchorProblems(value), ...rehearsalProblems(value)] : (validate.errors ?? []).flatMap(explain);
  if (problems.length === 0) return value as BeamlineConfig;
  throw new Fault('stack/bad-config', problems.join('\n'), {
    hint: `Correct ${file}; nothing has been started.`,
    details: { problems: problems.length },
  });
}

function explain(error: ErrorObject): string[] {
  const at = dotted(error.instancePath);
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
      const meant = nearest(key, known);
      return [`${join(at, key)}: unknown key${meant ? `, did you mean ${meant}?` : `; known: ${known.join(', ')}`}`];
    }
    case 'required': return [`${join(at, String(params['missingProperty']))}: is missing`];
    case 'propertyNames': return []; // its pattern reports the same place
    case 'oneOf': return [];
    case 'anyOf': return [`${at}: needs one of max, min, maxOfBlue, minOfBlue`];
    case 'callable': return [`${at}: must be a function`];
    case 'format': return [`${at}: must be a URL`];
    case 'enum': return [`${at}: must be one of ${(params['allowedValues'] as string[]).join(', ')}`];
    case 'discriminator': return [`${join(at, 'kind')}: must be one of local, hyperbeam, legacynet`];
    case 'minProperties': return [`${at}: must have at least one entry`];
    case 'pattern': {
      const place = error.propertyName === undefined ? at : join(at, error.propertyName);
      return [`${place}: ${String(error.parentSchema?.['explain'] ?? error.message)}`];
    }
    default: return [`${at || 'config'}: ${error.message ?? error.keyword}`];
  }
}

/** What a schema cannot say: roles depend on roles that exist, and never in a circle. */
function roleProblems({ roles }: BeamlineConfig): string[] {
  const problems: string[] = [];
  for (const [role, { dependsOn = [] }] of Object.entries(roles)) {
    dependsOn.forEach((other, index) => {
      if (roles[other] === undefined) problems.push(`roles.${role}.dependsOn[${index}]: there is no role ${other}`);
    });
  }
  const done = new Set<string>();
  const visit = (role: string, path: readonly string[]): void => {
    if (path.includes(role)) {
      problems.push(`roles.${role}.dependsOn: ${[...path.slice(path.indexOf(role)), role].join(' → ')} is a circle`);
      return;
    }
    if (done.has(role)) return;
    for (const other of roles[role]?.dependsOn ?? []) visit(other, [...path, role]);
    done.add(role);
  };
  for (const role of Object.keys(roles)) visit(role, []);
  return problems;
}

/** A budget of a role that does not exist limits nothing. */
function budgetProblems({ roles, budgets }: BeamlineConfig): string[] {
  return Object.keys(budgets?.roles ?? {}).filter((role) => roles[role] === undefined).map((role) => {
    const meant = nearest(role, Object.keys(roles));
    return `budgets.roles.${role}: there is no role ${role}${meant ? `, did you mean ${meant}?` : ''}`;
  });
}

function backupsProblems({ environments }: BeamlineConfig): string[] {
  return Object.entries(environments).flatMap(([name, { backup }]) => (backup === undefined ? [] : backupProblems(backup, `environments.${name}.backup`)));
}

/** A network elsewhere keeps no archive of its own. */
function anchorProblems({ environments }: BeamlineConfig): string[] {
  return Object.entries(environments).flatMap(([name, { network, anchor }]) => {
    if (anchor === undefined || network.kind === 'local') return [];
    return (['upload', 'gateway'] as const).filter((key) => anchor[key] === undefined).map((key) => `environments.${name}.anchor.${key}: is missing`);
  });
}

/** An entry for a role that does not exist allows nothing, and looks as if it did. */
function rehearsalProblems({ roles, environments }: BeamlineConfig): string[] {
  return Object.entries(environments).flatMap(([name, { rehearsal }]) => (rehearsal?.allow ?? []).flatMap(({ role }, at) =>
    (role === undefined || roles[role] !== undefined ? [] : [`environments.${name}.rehearsal.allow[${at}].role: there is no role ${role}`])));
}

const join = (at: string, key: string): string => (at === '' ? key : `${at}.${key}`);

const dotted = (pointer: string): string =>
  pointer.split('/').slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((at, part) => (/^\d+$/.test(part) ? `${at}[${part}]` : join(at, part)), '');

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
