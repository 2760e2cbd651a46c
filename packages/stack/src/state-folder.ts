import { join, resolve } from 'node:path';

/** Where an environment keeps what it must not forget. Everything is created when first written. */
export interface StateFolder {
  /** Holds `<environment>/environment.json` and `<environment>/lock`. */
  root: string;
  /** Releases by id, shared by all environments. */
  releases: string;
  /** Built roles, to be found again. May be deleted at any time. */
  cache: string;
  /** `<deployment>.journal` */
  journal: string;
  /** `<deployment>/<n>.json`: what people ask of deployments. */
  requests: string;
  snapshots: string;
  /** What restore drills found out. */
  drills: string;
  /** The newest anchor of each instance. */
  anchors: string;
  /** The timeline, one event a line. */
  events: string;
  /** Log and wallet of the local network. */
  network: string;
}

export interface StateFolderOptions {
  /** The config's folder. */
  root: string;
  environment: string;
  /** @default '.beamline' */
  state?: string | undefined;
  /** @default `<state>/<environment>/snapshots` */
  snapshots?: string | undefined;
}

export function stateFolder({ root, environment, state = '.beamline', snapshots }: StateFolderOptions): StateFolder {
  const base = resolve(root, state);
  const own = join(base, environment);
  return {
    root: base,
    releases: join(base, 'releases'),
    cache: join(base, 'cache'),
    journal: join(own, 'journal'),
    requests: join(own, 'requests'),
    snapshots: snapshots === undefined ? join(own, 'snapshots') : resolve(root, snapshots),
    drills: join(own, 'drills'),
    anchors: join(own, 'anchors'),
    events: join(own, 'events.jsonl'),
    network: join(own, 'network'),
  };
}
