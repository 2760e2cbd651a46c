/*
 *             Activate                Freeze                 Hand-Over
 *   standby ───────────► active ─────────────────► frozen ─────────────────► handed-over
 *      │                    ▲                       │  ▲                      │   │
 *      │                    └────── Thaw ───────────┘  └────── Freeze ────────┘   │
 *      └───────────────────────────► retired ◄──(nothing held)────────────────────┘
 */
export type Phase = 'active' | 'standby' | 'frozen' | 'handed-over' | 'retired';

export type OperationName =
  | 'Snapshot' | 'Restore-Begin' | 'Restore-Pages' | 'Restore-Commit' | 'Freeze' | 'Thaw' | 'Activate' | 'Hand-Over'
  | 'Retire' | 'Link' | 'Replay';

/**
 * Where each operation may run. Repeating one that already did its work is allowed where its answer stays true: `Freeze`
 * when frozen, `Thaw` and `Activate` when active, `Retire` when retired. Texts, because they are small in Lua.
 */
export const ALLOWED: Readonly<Record<OperationName, string>> = {
  'Snapshot': 'active standby frozen handed-over retired',
  'Restore-Begin': 'standby',
  'Restore-Pages': 'standby',
  'Restore-Commit': 'standby',
  'Freeze': 'active frozen handed-over',
  'Thaw': 'active frozen',
  'Activate': 'active standby',
  'Hand-Over': 'frozen handed-over',
  'Retire': 'standby frozen handed-over retired',
  'Link': 'active standby frozen handed-over retired',
  'Replay': 'active standby frozen',
};
