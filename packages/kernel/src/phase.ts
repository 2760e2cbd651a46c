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
  | 'Retire' | 'Link' | 'Replay' | 'Upgrade-Begin' | 'Upgrade-Chunk' | 'Upgrade-Commit';
