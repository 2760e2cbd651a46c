/** A name of another module. `*` is the whole module. */
export interface NameRef {
  path: string;
  name: string;
}

/** A top-level declaration or statement of a module. Lines from 1, columns from 0; `end` is exclusive. */
export interface Declaration {
  /** `line 12` for a statement without a name. */
  name: string;
  start: readonly [line: number, column: number];
  end: readonly [line: number, column: number];
  /** Names that it takes from around itself. */
  mentions: readonly string[];
  /** Members that it mentions (`filter` of `list.filter`); `class` and `instanceof` stand for themselves. */
  members: readonly string[];
  /** A variable whose initializer calls something: it may have effects. */
  calls?: boolean;
  /** What the system or component that it defines is called. */
  defines?: string;
  /** Runs when the module does, so that nobody needs to name it for it to stay. */
  effect: boolean;
}

/** What one source says about its imports and declarations, as its syntax shows. Plain data. */
export interface ModuleFacts {
  path: string;
  /** Modules that it imports or re-exports from, types excluded, in order. */
  imports: readonly string[];
  /** Imported names by local name. */
  names: ReadonlyMap<string, NameRef>;
  /** Exported names by what they stand for: a local name, or another module's. */
  exports: ReadonlyMap<string, string | NameRef>;
  /** `export * from`. */
  stars: readonly string[];
  declarations: readonly Declaration[];
  /** Of JSON: its value. */
  json?: unknown;
}

/** A part that a role lists, where it is defined. */
export interface RolePart {
  kind: 'system' | 'component' | 'action';
  name: string;
  /** A declaration by its name, or a stretch of the role's own module. */
  at: NameRef | { path: string; start: Declaration['start']; end: Declaration['end'] };
}

/** Everything that a role's entry leads to. */
export interface SourceGraph {
  entry: string;
  /** The kernel's entry, which every bundle calls. */
  kernel: string | undefined;
  modules: ReadonlyMap<string, ModuleFacts>;
  parts: readonly RolePart[];
}
