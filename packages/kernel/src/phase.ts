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

type Phases = Readonly<Record<Phase, boolean>>;

const ANY: Phases = { 'active': true, 'standby': true, 'frozen': true, 'handed-over': true, 'retired': true };
const STANDBY: Phases = { 'active': false, 'standby': true, 'frozen': false, 'handed-over': false, 'retired': false };

/**
 * Where each operation may run. Repeating one that already did its work is allowed where its answer stays true: `Freeze`
 * when frozen, `Thaw` and `Activate` when active, `Retire` when retired.
 */
export const ALLOWED: Readonly<Record<OperationName, Phases>> = {
  'Snapshot': ANY,
  'Restore-Begin': STANDBY,
  'Restore-Pages': STANDBY,
  'Restore-Commit': STANDBY,
  'Freeze': { 'active': true, 'standby': false, 'frozen': true, 'handed-over': true, 'retired': false },
  'Thaw': { 'active': true, 'standby': false, 'frozen': true, 'handed-over': false, 'retired': false },
  'Activate': { 'active': true, 'standby': true, 'frozen': false, 'handed-over': false, 'retired': false },
  'Hand-Over': { 'active': false, 'standby': false, 'frozen': true, 'handed-over': true, 'retired': false },
  'Retire': { 'active': false, 'standby': true, 'frozen': true, 'handed-over': true, 'retired': true },
  'Link': ANY,
  'Replay': { 'active': true, 'standby': true, 'frozen': true, 'handed-over': false, 'retired': false },
};
