export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Structured log sink. Packages call the one they were given and never print. Fields never hold secrets. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const ignore = () => undefined;

/** Drops everything. The default wherever a logger is optional. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
