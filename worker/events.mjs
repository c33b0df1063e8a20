/**
 * @file Events of Go's runtime. Each time that it is resumed it looks whether JavaScript has an event for it, a property of
 * the object that runs it, by the import through which Go gets properties of any value. Hardly ever there is one: what
 * arrives here comes by the port.
 */

const PROPERTY = "_pendingEvent";

// How wasm_exec.js hands values over: the reference of the object that runs the program, and that of null.
const GO = 6;
const NULL = { head: 0x7ff80000, id: 2 };

/**
 * Answers at once that there is no event. A host that brings its own implementation of Go's imports answers by itself.
 * @param {object} go an instance of the class Go of wasm_exec.js, before it runs
 */
export function adoptEvents(go) {
  const imports = go.importObject.gojs;
  const get = imports && imports["syscall/js.valueGet"];
  if (!get) return;
  imports["syscall/js.valueGet"] = (sp) => {
    sp >>>= 0;
    const { mem } = go;
    if (mem.getUint32(sp + 8, true) !== GO || mem.getUint32(sp + 24, true) !== PROPERTY.length || go[PROPERTY] !== null) return get(sp);
    mem.setUint32(sp + 36, NULL.head, true);
    mem.setUint32(sp + 32, NULL.id, true);
  };
}
