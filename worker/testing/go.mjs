/**
 * @file A program in the place of the Go module: a function, behind a port without a memory.
 */

/** A module that imports workers.ready and exports a function "run" that calls it. */
export const module = new WebAssembly.Module(new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic, version
  0x01, 0x04, 0x01, 0x60, 0x00, 0x00, // type: () -> ()
  0x02, 0x11, 0x01, 0x07, 0x77, 0x6f, 0x72, 0x6b, 0x65, 0x72, 0x73, 0x05, 0x72, 0x65, 0x61, 0x64, 0x79, 0x00, 0x00, // import
  0x03, 0x02, 0x01, 0x00, // function 1 of that type
  0x07, 0x07, 0x01, 0x03, 0x72, 0x75, 0x6e, 0x00, 0x01, // export "run"
  0x0a, 0x06, 0x01, 0x04, 0x00, 0x10, 0x00, 0x0b, // code: call 0
]));

/** The port of such a program: it hands texts over as they are. */
export class Port {
  constructor(host) {
    const binding = {};
    this.context = { config: host.config, host, binding };
    this.imports = { ready: () => host.ready(binding.version || "") };
  }
  connect(go) {
    go.context = this.context;
  }
  serve(head, body) {
    this.context.binding.serve(head, body);
  }
  sweep() {
    this.context.binding.sweep();
  }
  reply(text) {
    this.context.binding.reply(text);
  }
}

/**
 * A class Go that runs a function.
 * @param {function(object, {ready: function(): void, exit: function(number): void}): void} main called with the context
 *   (config, host, and binding: what the program sets as its version, serve(head, body), sweep() and reply(text)) and what
 *   the program can do
 * @returns {{Go: function, module: WebAssembly.Module, Port: function}} a program
 */
export function programOf(main) {
  class Go {
    importObject = {};
    async run(instance) {
      const exited = new Promise((resolve) => {
        main(this.context, {
          ready: () => instance.exports.run(),
          exit: (code) => {
            this.exit(code);
            resolve();
          },
        });
      });
      await exited;
    }
  }
  return { Go, module, Port };
}

/**
 * A program that serves with a handler.
 * @param {function(object, object): Promise<Response>} handler called with the parsed head, and with tools: body, call
 *   (kind, target, payload -> text), exit, binding, host; settled() is called after it unless it sets tools.keep
 * @returns {{Go: function, module: WebAssembly.Module}} a program
 */
export function serving(handler) {
  return programOf((context, { ready, exit }) => {
    let next = 0;
    const pending = new Map();
    context.binding.version = "test";
    context.binding.reply = (reply) => {
      const [id, kind] = reply.split("\n", 2);
      const text = reply.slice(id.length + kind.length + 2);
      const call = pending.get(id);
      if (!call) return;
      pending.delete(id);
      if (kind) call.reject(Object.assign(new Error(text), { kind }));
      else call.resolve(text);
    };
    const call = (kind, target, payload, limit = 0) =>
      new Promise((resolve, reject) => {
        pending.set(String(++next), { resolve, reject });
        context.host.call([next, limit, kind, payload, target].join("\n"));
      });
    const fail = () => exit(2); // as Go ends where nothing recovers
    const turn = async (head, body) => {
      const tools = { body, call, exit, pending, binding: context.binding, host: context.host, keep: false };
      try {
        return await handler(head, tools);
      } finally {
        if (!tools.keep) context.host.settled();
      }
    };
    context.binding.serve = (head, body) => void turn(parsed(head), body).then((response) => handOver(response, context.host), fail);
    context.binding.sweep = () => void turn({}, null).catch(fail);
    ready();
  });
}

/** What a program reads in the head of a request. */
function parsed(text) {
  const [method, url, address, , marks, refused, ...rest] = text.split("\n");
  const headers = [];
  for (let i = 0; i < rest.length; i += 2) headers.push([rest[i], rest[i + 1]]);
  const head = { method, url, address, headers, cold: marks.includes("cold"), oversize: marks.includes("oversize") };
  if (refused) head.refused = JSON.parse(refused);
  return head;
}

/** A response as a program hands it over. */
async function handOver(response, host) {
  let head = String(response.status);
  for (const [name, value] of response.headers) head += "\n" + name + "\n" + value;
  const body = new Uint8Array(await response.arrayBuffer());
  host.respond(head, body.length > 0 ? body : null);
}
