/** Says what is wrong with a value, and where: `plan.changes[0].role: must be text`; nothing when it is as it should be. */
export type Shape = (value: unknown, at: string) => string | undefined;

/** A longer text is no name, sentence or hash of ours. */
const MAX_TEXT = 100_000;
/** Deeper values would overflow whoever walks them. */
const MAX_DEPTH = 32;
/** What terminals obey instead of showing it. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

export const text: Shape = (value, at) =>
  (typeof value !== 'string' || value.length > MAX_TEXT || CONTROLS.test(value) ? `${at}: must be text` : undefined);

export const matching = (pattern: RegExp, what: string): Shape => (value, at) =>
  (typeof value === 'string' && pattern.test(value) ? undefined : `${at}: must be ${what}`);

/** An integer from 0 on. */
export const count: Shape = (value, at) =>
  (Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0) ? undefined : `${at}: must be a whole number`);

export const flag: Shape = (value, at) => (typeof value === 'boolean' ? undefined : `${at}: must be true or false`);

export const oneOf = (...known: readonly (string | number)[]): Shape => (value, at) =>
  (known.includes(value as string) ? undefined : `${at}: must be ${known.join(' or ')}`);

/** May be absent, but is never `undefined` in JSON. */
export interface Optional { optional: Shape }
export const optional = (shape: Shape): Optional => ({ optional: shape });

/** Any JSON, not too deep. */
export const json: Shape = (value, at) => (isShallow(value, MAX_DEPTH) ? undefined : `${at}: must not be nested so deeply`);

function isShallow(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return left > 0 && Object.values(value).every((item) => isShallow(item, left - 1));
}

export const list = (item: Shape): Shape => (value, at) => {
  if (!Array.isArray(value)) return `${at}: must be a list`;
  return first(value.map((each, n) => () => item(each, `${at}[${n}]`)));
};

/** Values by name. */
export const byName = (item: Shape): Shape => (value, at) => {
  if (!isObject(value)) return `${at}: must be an object`;
  return first(Object.entries(value).map(([name, each]) => () => text(name, `${at} name`) ?? item(each, `${at}.${name}`)));
};

type Fields<T> = { readonly [K in keyof T]-?: undefined extends T[K] ? Optional : Shape };

/** Exactly these fields. Naming the type makes the compiler ask for every field that the type has. */
export const object = <T>(fields: Fields<T>): Shape => (value, at) => {
  if (!isObject(value)) return `${at}: must be an object`;
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
  if (unknown !== undefined) return `${at}: has an unknown key ${JSON.stringify(unknown.slice(0, 40))}`;
  return first(Object.entries<Shape | Optional>(fields).map(([key, shape]) => () => {
    const there = Object.hasOwn(value, key);
    if (typeof shape === 'function') return there ? shape(value[key], `${at}.${key}`) : `${at}.${key}: is missing`;
    return there ? shape.optional(value[key], `${at}.${key}`) : undefined;
  }));
};

/** Whichever of the shapes fits; says what the one that a test chooses finds. */
export const either = (choose: (value: Record<string, unknown>) => Shape): Shape => (value, at) =>
  (isObject(value) ? choose(value)(value, at) : `${at}: must be an object`);

/** Both. */
export const both = (one: Shape, other: Shape): Shape => (value, at) => one(value, at) ?? other(value, at);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function first(looks: readonly (() => string | undefined)[]): string | undefined {
  for (const look of looks) {
    const problem = look();
    if (problem !== undefined) return problem;
  }
  return undefined;
}
