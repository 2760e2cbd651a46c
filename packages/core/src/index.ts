export { Fault, isFault, describeError, type FaultCode, type FaultOptions } from './fault.ts';
export { systemClock, type Clock } from './clock.ts';
export { silentLogger, type Logger, type LogFields } from './logger.ts';
export { noopMeter, type Counter, type Gauge, type Histogram, type Labels, type Meter } from './meter.ts';
export type { Address, Id, MessageId, ProcessId, Signer } from './signer.ts';
export type {
  AoMap, AoNetwork, AoValue, Assignment, Delivery, ItemSpec, NodeIdentity, Output, SignedItem, Slot, SlotRange, Tag,
} from './ao-network.ts';
