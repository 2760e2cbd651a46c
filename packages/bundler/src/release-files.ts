// Without the compilers that building needs.
export { mapLuaPosition, type SourcePosition } from './lua-position.ts';
export { processTags, type ProcessFacts } from './process-tags.ts';
export { assertTrusted, signRelease, type ReleaseSignature, type SignatureCheck } from './release-signature.ts';
export { readRelease, writeRelease, type ReadReleaseOptions } from './release-store.ts';
