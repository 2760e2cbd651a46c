import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { isGlobal, isReference } from '../syntax.ts';

const HOST = new Set('process Buffer fetch console window document localStorage sessionStorage navigator crypto globalThis WebSocket XMLHttpRequest structuredClone collectgarbage os io debug coroutine'.split(' '));
const LIBRARY = new Set('Proxy Reflect Symbol WeakMap WeakSet WeakRef BigInt Intl Atomics SharedArrayBuffer ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array TextEncoder TextDecoder JSON encodeURIComponent decodeURIComponent atob btoa URL URLSearchParams'.split(' '));

/** What is there on one host only. */
export const hostApi: LintRule = {
  name: 'host-api', summary: 'process, console, JSON, typed arrays, os, io …', level: 'warning', kinds: [ts.SyntaxKind.Identifier, ts.SyntaxKind.ImportKeyword, ts.SyntaxKind.MetaProperty],
  check(node, { checker, report }) {
    if (!ts.isIdentifier(node)) {
      if (ts.isMetaProperty(node) || ts.isCallExpression(node.parent)) report(node, { message: 'modules are linked when they are built; nothing can be loaded later', hint: 'Import it at the top.' });
      return;
    }
    const isHost = HOST.has(node.text);
    if (!isHost && !LIBRARY.has(node.text) || !isReference(node) || !isGlobal(node, checker)) return;
    report(node, isHost
      ? { message: `${node.text} is the host's: other nodes have another, or none`, hint: 'What the simulation needs comes with the message; what it has to say goes out with the reply.' }
      : { message: `${node.text} does not exist in Lua`, hint: 'Use plain lists and tables; columns of components are lists already; text is best split at a character.' });
  },
};
