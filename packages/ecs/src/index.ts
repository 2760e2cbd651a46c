export { array, bool, eid, f64, fixed, i16, i32, i53, i8, maxOf, minOf, str, u16, u32, u8, type Field, type FieldKind, type ValueOf } from './field.ts';
export { columnsOf, component, type Column, type Component, type Fields } from './component.ts';
export { attachTable, createWorld, keyedColumns, now, tickOf, type Entity, type World } from './world.ts';
export { appendRow, getCell, PAGE_ROWS, removeRow, setCell, type Cell, type Table } from './table.ts';
export { findRow } from './finder.ts';
export { addEntity, entityCount, indexOf, isAlive, removeEntity } from './entity.ts';
export { add, get, has, remove, set, type Values } from './access.ts';
export { find, query } from './query.ts';
export { column, entityAt, rows, setAt } from './bulk.ts';
export { runSystems, system, type System } from './system.ts';
export { random, randomInt, seedRandom } from './random.ts';
export { setNow, setTick } from './time.ts';
export { begin, commit, rollback } from './transaction.ts';
export { pageCount, pageDigest, pageRows, tableDigest, textDigest, worldDigest } from './digest.ts';
export { loadPageText, pageText } from './page-text.ts';
export { afterLoad, resizeTable } from './load.ts';
export { imageDigest, pageImageDigest, pageImageText, parsePage, type PageImage, type TableImage } from './page-image.ts';
export { decodePageBytes, pageBytes, rowBytes } from './page-bytes.ts';
export { layoutHash, layoutOf, type Layout, type LayoutComponent, type LayoutField } from './layout.ts';
export {
  lockLayout, type LayoutChange, type LayoutChangeKind, type LayoutLock, type LockVerdict, type LockedComponent, type LockedField,
} from './layout-lock.ts';
export { canonicalJson } from './canonical-json.ts';
export { emptyRecord, forget, idiv, mod, split, u32Add, u32And, u32Mul, u32Or, u32Shl, u32Shr, u32Sub, u32Xor } from '#target';
