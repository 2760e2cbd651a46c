/**
 * What `glue-lua-5.3.6.wasm` of lua-wasm-bindings 0.5.3 calls its functions: emscripten shortened every name.
 * The version is pinned and a test compares these tables with the glue code that comes beside the file.
 */
export const EXPORT_NAMES = {
  memory: 'G',
  callConstructors: 'H',
  lua_settop: 'J',
  lua_tolstring: 'Q',
  lua_pushstring: 'R',
  lua_getfield: 'U',
  lua_setfield: 'W',
  lua_pcallk: 'Y',
  luaL_loadstring: '_',
  luaL_newstate: '$',
  luaL_openlibs: 'ga',
  stackSave: 'la',
  stackRestore: 'ma',
  setThrew: 'oa',
  malloc: 'pa',
  table: 'qa',
} as const;

export const IMPORT_NAMES = {
  ___clock_gettime: 'z', ___gmtime_r: 'x', ___localtime_r: 'w', ___sys_dup2: 'C', ___sys_dup3: 'D',
  ___sys_fcntl64: 'd', ___sys_ioctl: 'E', ___sys_lstat64: 'o', ___sys_open: 'j', ___sys_rename: 'q',
  ___sys_rmdir: 'r', ___sys_unlink: 'g', _abort: 'y', _clock: 'h', _difftime: 'u', _emscripten_longjmp: 'f',
  _emscripten_memcpy_big: 'F', _emscripten_resize_heap: 'm', _environ_get: 'A', _environ_sizes_get: 'B', _exit: 's',
  _fd_close: 'b', _fd_read: 'k', _fd_seek: 'n', _fd_write: 'i', _getTempRet0: 'e', invoke_vii: 'l', _mktime: 'p',
  _setTempRet0: 'c', _strftime: 'v', _system: 't', _time: 'a',
} as const;
