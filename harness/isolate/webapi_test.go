package isolate_test

import "testing"

func TestHeaders(t *testing.T) {
	evals(t, [][2]string{
		{`return [...new Headers({ B: "1", a: " 2 ", "x-y": 3 })]`, `[["a","2"],["b","1"],["x-y","3"]]`},
		{`const h = new Headers([["b", "1"], ["a", "2"]]); h.append("B", "3"); return [...h.entries()]`, `[["a","2"],["b","1, 3"]]`},
		{`const h = new Headers(); h.append("Set-Cookie", "a=1"); h.append("set-cookie", "b=2");
		  return [[...h], h.get("set-cookie"), h.getSetCookie(), h.getAll("Set-Cookie")]`,
			`[[["set-cookie","a=1"],["set-cookie","b=2"]],"a=1, b=2",["a=1","b=2"],["a=1","b=2"]]`},
		{`const h = new Headers({ a: "1" }); const copy = new Headers(h); copy.set("A", "2"); copy.delete("none");
		  return [h.get("a"), copy.get("a"), h.has("A"), h.get("none"), [...h.keys()], [...h.values()]]`, `["1","2",true,null,["a"],["1"]]`},
		{`const seen = []; new Headers({ b: "1", a: "2" }).forEach((v, k, h) => seen.push(k + v + (h instanceof Headers))); return seen`, `["a2true","b1true"]`},
		{`new Headers({ "a b": "1" })`, `TypeError: invalid header name: "a b"`},
		{`new Headers().set("a", "x\ny")`, `TypeError: invalid header value: "x\ny"`},
		{`return new Headers(new Map([["k", "v"]])).get("k")`, `v`},
		{`Headers.prototype.get.call({}, "a")`, `TypeError: Illegal invocation`},
		{`return [Object.keys(new Headers({ a: "1" })), Headers.name, Headers.prototype.get.name, String(new Headers())]`, `[[],"Headers","get","[object Headers]"]`},
		{`class Mine extends Headers { first() { return this.get("a") } } return new Mine({ a: "1" }).first()`, `1`},
	})
}

func TestURL(t *testing.T) {
	evals(t, [][2]string{
		{`const u = new URL("../b?x=1#h", "https://user:pw@host:8080/a/c/d");
		  return [u.href, u.origin, u.protocol, u.username, u.password, u.host, u.hostname, u.port, u.pathname, u.search, u.hash]`,
			`["https://user:pw@host:8080/a/b?x=1#h","https://host:8080","https:","user","pw","host:8080","host","8080","/a/b","?x=1","#h"]`},
		{`new URL("not a url")`, `TypeError: Invalid URL string.`},
		{`return [URL.canParse("x"), URL.canParse("x", "http://h"), URL.parse("x"), URL.parse("http://h").href]`, `[false,true,null,"http://h/"]`},
		{`const u = new URL("http://h/p?a=1&b=2"); u.searchParams.append("c", "ü &"); u.searchParams.delete("a"); return [u.href, u.searchParams.size]`,
			`["http://h/p?b=2&c=%C3%BC+%26",2]`},
		{`const u = new URL("http://h/p"); const p = u.searchParams; u.search = "?x=1&x=2"; return [p.getAll("x"), p.get("y"), p.has("x", "2")]`, `[["1","2"],null,true]`},
		{`const u = new URL("http://h:81/p"); u.host = "other"; u.protocol = "https"; u.pathname = "a b"; u.hash = "z"; u.username = "me"; return u.href`, `https://me@other:81/a%20b#z`},
		{`const u = new URL("http://h:81/p"); u.port = "80"; u.hostname = "k"; u.protocol = "custom"; u.port = "nonsense"; return u.href`, `http://k/p`},
		{`const u = new URL("http://h"); u.href = "https://x/y?z#w"; return JSON.stringify({ u })`, `{"u":"https://x/y?z#w"}`},
		{`new URL("http://bücher.example")`, `Error: tracedge harness: an internationalized host name in a URL is not emulated (docs/harness.md)`},
		{`return String(new URLSearchParams({ b: "1", a: "2 3" }))`, `b=1&a=2+3`},
		{`const p = new URLSearchParams([["b", "1"], ["a", "2"], ["b", "3"]]); p.sort(); p.set("b", "4"); return [String(p), [...p.keys()], [...p.values()], [...p]]`,
			`["a=2&b=4",["a","b"],["2","4"],[["a","2"],["b","4"]]]`},
		{`return [...new URLSearchParams("?a=%20&b&=c&d=%zz")]`, `[["a"," "],["b",""],["","c"],["d","%zz"]]`},
	})
}

func TestEncoding(t *testing.T) {
	evals(t, [][2]string{
		{`return [...new TextEncoder().encode("aü€😀")]`, `[97,195,188,226,130,172,240,159,152,128]`},
		{`return new TextEncoder().encodeInto("aü€", new Uint8Array(4))`, `{"read":2,"written":3}`},
		{`const b = new Uint8Array(8); return [new TextEncoder().encodeInto("a😀b", b), [...b], new TextEncoder().encodeInto("a😀", new Uint8Array(4))]`,
			`[{"read":4,"written":6},[97,240,159,152,128,98,0,0],{"read":1,"written":1}]`},
		{`return new TextDecoder().decode(new Uint8Array([0xEF, 0xBB, 0xBF, 97, 0xFF, 0xE2, 0x82]))`, "a\uFFFD\uFFFD"},
		{`return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array([0xEF, 0xBB, 0xBF, 97])).length`, `2`},
		{`new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xFF]))`, `TypeError: The encoded data was not valid for encoding utf-8`},
		{`const d = new TextDecoder(); const o = { stream: true };
		  return [d.decode(new Uint8Array([0xE2, 0x82]), o), d.decode(new Uint8Array([0xAC, 97]), o), d.decode(new Uint8Array([0xF0]), o), d.decode()]`, "[\"\",\"€a\",\"\",\"\uFFFD\"]"},
		{`new TextDecoder("shift_jis")`, `Error: tracedge harness: TextDecoder for shift_jis is not emulated (docs/harness.md)`},
		{`return [atob("aGk="), atob(" a Gk "), btoa("hi"), btoa("\xFF"), atob("/w==").charCodeAt(0)]`, `["hi","hi","aGk=","/w==",255]`},
		{`atob("a")`, `InvalidCharacterError: atob() was called with invalid data.`},
		{`btoa("€")`, `InvalidCharacterError: btoa() was called with invalid data.`},
	})
}

func TestBodies(t *testing.T) {
	evals(t, [][2]string{
		{`const r = new Response("tëxt"); return [r.status, r.ok, r.headers.get("content-type"), r.bodyUsed, await r.text(), r.bodyUsed]`,
			`[200,true,"text/plain;charset=UTF-8",false,"tëxt",true]`},
		{`const r = new Response("x"); await r.text(); await r.text()`, `TypeError: Body has already been used. It can only be used once. Use tee() first if you need to read it twice.`},
		{`return [await Response.json({ a: [1] }).json(), Response.json(1, { status: 201 }).headers.get("content-type")]`, `[{"a":[1]},"application/json"]`},
		{`return [...new Uint8Array(await new Response(new Uint8Array([1, 2, 3]).subarray(1)).arrayBuffer())]`, `[2,3]`},
		{`return (await new Response("ab").bytes()).length`, `2`},
		{`return await new Response(new URLSearchParams({ a: "b c" })).text()`, `a=b+c`},
		{`const a = new Response("x"); const b = a.clone(); return [await a.text(), await b.text()]`, `["x","x"]`},
		{`const a = new Response("x"); a.body; const b = a.clone(); return [await a.text(), await b.text()]`, `["x","x"]`},
		{`const r = new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array([104])); c.enqueue(new Uint8Array([105])); c.close() } })); return await r.text()`, `hi`},
		{`const r = new Response("abc").body.getReader(); const { value } = await r.read(); return [value.length, (await r.read()).done]`, `[3,true]`},
		{`new Response("x", { status: 204 })`, `TypeError: Response with null body status (101, 204, 205, or 304) cannot have a body.`},
		{`return [new Response(null, { status: 304 }).body, new Response().body]`, `[null,null]`},
		{`new Response("x", { status: 99 })`, `RangeError: Responses may only be constructed with status codes in the range 200 to 599, inclusive.`},
		{`new Response(null, { status: 101 })`, `Error: tracedge harness: a Response with status 101 (WebSocket) is not emulated (docs/harness.md)`},
		{`const r = Response.redirect("http://x/y", 301); return [r.status, r.headers.get("location")]`, `[301,"http://x/y"]`},
		{`const r = new Request("http://h/p", { method: "post", body: "x", headers: { a: "b" } }); const s = new Request(r, { headers: { c: "d" } });
		  return [r.method, r.url, s.method, [...s.headers], await s.text(), r.bodyUsed]`, `["POST","http://h/p","POST",[["c","d"]],"x",true]`},
		{`new Request("http://h", { body: "x" })`, `TypeError: Request with a GET or HEAD method cannot have a body.`},
		{`new Request("/relative")`, `TypeError: Invalid URL string.`},
		{`const r = new Request("http://h", { method: "PUT", body: "x" }); const c = r.clone(); return [await r.text(), await c.text()]`, `["x","x"]`},
		{`const r = new Response("x"); r.body.getReader(); await r.text()`, `TypeError: Body has already been used. It can only be used once. Use tee() first if you need to read it twice.`},
		{`await new Response("x").formData()`, `Error: tracedge harness: FormData is not emulated (docs/harness.md)`},
		{`await new Response("{").json()`, `SyntaxError: Unexpected end of JSON input (EOF)`},
		{`return await new Response("").text() + await new Response(null).text()`, ``},
	})
}

func TestStreams(t *testing.T) {
	evals(t, [][2]string{
		{`let n = 0; const s = new ReadableStream({ pull(c) { n < 3 ? c.enqueue(n++) : c.close() } }, { highWaterMark: 0 });
		  const r = s.getReader(); const got = []; for (;;) { const { value, done } = await r.read(); if (done) break; got.push(value) }
		  await r.closed; return [got, s.locked]`, `[[0,1,2],true]`},
		{`const s = new ReadableStream({ start(c) { c.enqueue(1); c.error(new Error("broken")) } }); await s.getReader().read()`, `Error: broken`},
		{`let reason; const s = new ReadableStream({ cancel(r) { reason = r } }); await s.cancel("why"); return [reason, (await s.getReader().read()).done]`, `["why",true]`},
		{`const s = new ReadableStream(); s.getReader(); s.getReader()`, `TypeError: This ReadableStream is currently locked to a reader.`},
		{`const s = new ReadableStream(); const r = s.getReader(); const p = r.read(); r.releaseLock(); s.getReader(); await p`, `TypeError: This ReadableStream reader has been released.`},
		{`const s = new ReadableStream({ pull(c) { throw new RangeError("in pull") } }); await s.getReader().read()`, `RangeError: in pull`},
		{`const s = new ReadableStream({ start(c) { c.enqueue("a"); c.enqueue("b"); c.close() } }); const [x, y] = s.tee();
		  const all = async (s) => { const r = s.getReader(); let t = ""; for (;;) { const { value, done } = await r.read(); if (done) return t; t += value } };
		  return [await all(x), await all(y)]`, `["ab","ab"]`},
		{`const seen = []; const w = new WritableStream({ async write(c) { await null; seen.push(c) }, close() { seen.push("closed") } }).getWriter();
		  w.write(1); w.write(2); await w.close(); await w.closed; return seen`, `[1,2,"closed"]`},
		{`const w = new WritableStream({ write() { throw new Error("full") } }).getWriter(); await w.write(1)`, `Error: full`},
		{`const t = new TransformStream({ transform(c, k) { k.enqueue(c * 2) }, flush(k) { k.enqueue("end") } });
		  const w = t.writable.getWriter(); w.write(1); w.write(2); w.close();
		  const r = t.readable.getReader(); return [(await r.read()).value, (await r.read()).value, (await r.read()).value, (await r.read()).done]`, `[2,4,"end",true]`},
		{`const t = new TransformStream({ transform() { throw new Error("bad chunk") } }); const w = t.writable.getWriter(); w.write(1).catch(() => {});
		  await t.readable.getReader().read()`, `Error: bad chunk`},
		{`const f = new FixedLengthStream(3); const w = f.writable.getWriter(); await w.ready; w.write(new Uint8Array([97, 98, 99])); w.close(); return await new Response(f.readable).text()`, `abc`},
		{`const f = new FixedLengthStream(3); const w = f.writable.getWriter(); w.write(new Uint8Array(2)).catch(() => {}); w.close().catch(() => {}); await new Response(f.readable).text()`,
			`TypeError: FixedLengthStream did not see all expected bytes before close().`},
		{`const got = []; await new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); c.close() } }).pipeTo(new WritableStream({ write(c) { got.push(c) }, close() { got.push("x") } })); return got`, `[1,2,"x"]`},
		{`const s = new Response("tëxt").body.pipeThrough(new TextDecoderStream()).pipeThrough(new TextEncoderStream()); return await new Response(s).text()`, `tëxt`},
		{`const c = new AbortController(); let aborted; const p = new ReadableStream().pipeTo(new WritableStream({ abort(r) { aborted = r } }), { signal: c.signal });
		  c.abort("stop"); try { await p } catch (e) { return [e, aborted] }`, `["stop","stop"]`},
		{`const s = new ReadableStream({ type: "bytes", pull(c) { c.enqueue(new Uint8Array([1, 2, 3])) } }); const r = s.getReader({ mode: "byob" });
		  const a = await r.read(new Uint8Array(2)); const b = await r.read(new Uint8Array(2)); return [[...a.value], [...b.value]]`, `[[1,2],[3]]`},
		{`const s = ReadableStream.from(["a", "b"]); const got = []; const i = s.values(); for (let x = await i.next(); !x.done; x = await i.next()) got.push(x.value); return got`, `["a","b"]`},
	})
}

func TestEventsAndAborts(t *testing.T) {
	evals(t, [][2]string{
		{`const t = new EventTarget(); const seen = []; const f = (e) => seen.push(e.type + (e.target === t)); t.addEventListener("x", f); t.addEventListener("x", f);
		  t.addEventListener("x", { handleEvent(e) { seen.push("object"); e.stopImmediatePropagation() } }, { once: true }); t.dispatchEvent(new Event("x"));
		  t.removeEventListener("x", f); t.dispatchEvent(new Event("x")); return seen`, `["xtrue","object"]`},
		{`const c = new AbortController(); let n = 0; c.signal.addEventListener("abort", () => n++); c.signal.onabort = () => n++; c.abort(); c.abort();
		  return [c.signal.aborted, n, c.signal.reason.name, c.signal.reason instanceof Error]`, `[true,2,"AbortError",true]`},
		{`AbortSignal.abort("x").throwIfAborted()`, `thrown: x`},
		{`const s = AbortSignal.timeout(1); await new Promise((r) => s.addEventListener("abort", r)); return s.reason.name`, `TimeoutError`},
		{`const c = new AbortController(); const any = AbortSignal.any([new AbortController().signal, c.signal]); c.abort("r"); return any.reason`, `r`},
		{`const e = new DOMException("m", "AbortError"); return [e.name, e.message, e.code, e instanceof Error]`, `["AbortError","m",20,true]`},
		{`new AbortSignal()`, `TypeError: Illegal constructor`},
	})
}

func TestLanguageExtras(t *testing.T) {
	evals(t, [][2]string{
		{`const o = { d: new Date(5), m: new Map([[1, { a: [1] }]]), s: new Set([1]), b: new Uint8Array([1, 2]), u: undefined }; o.self = o; const c = structuredClone(o);
		  return [c !== o, c.self === c, c.d.getTime(), c.m.get(1), [...c.s], [...c.b], "u" in c]`, `[true,true,5,{"a":[1]},[1],[1,2],true]`},
		{`const e = structuredClone(new RangeError("r", { cause: 1 })); return [e.name, e.message, e.cause, e instanceof RangeError]`, `["RangeError","r",1,true]`},
		{`structuredClone(() => 1)`, `DataCloneError: A function could not be cloned.`},
		{`structuredClone(new Headers())`, `DataCloneError: [object Headers] could not be cloned.`},
		{`const order = []; queueMicrotask(() => order.push("micro")); setTimeout(() => order.push("late"), 0); order.push("now"); await new Promise((r) => setTimeout(r, 5)); return order`, `["now","micro","late"]`},
		{`const order = []; for (const [d, n] of [[3, "c"], [1, "a"], [2, "b"], [1, "a2"]]) setTimeout((x, y) => order.push(x + y), d, n, "!"); await new Promise((r) => setTimeout(r, 10)); return order`, `["a!","a2!","b!","c!"]`},
		{`let n = 0; await new Promise((r) => { const i = setInterval(() => { if (++n === 3) { clearInterval(i); r() } }, 1) }); await new Promise((r) => setTimeout(r, 5)); return n`, `3`},
		{`const t = setTimeout(() => { throw 1 }, 1); clearTimeout(t); clearTimeout(undefined); return typeof t`, `number`},
		{`const a = crypto.getRandomValues(new Uint32Array(4)); return [a instanceof Uint32Array, a.some((x) => x > 0)]`, `[true,true]`},
		{`return /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())`, `true`},
		{`crypto.getRandomValues(new Uint8Array(65537))`, `Error: getRandomValues() only accepts buffers of size <= 64K`},
		{`const { promise, resolve } = Promise.withResolvers(); resolve(7); return await promise`, `7`},
		{`return [self === globalThis, navigator.userAgent, performance.timeOrigin, Math.abs(performance.now() - Date.now()) < 1]`, `[true,"Cloudflare-Workers",0,true]`},
		{`return Object.keys(globalThis)`, `[]`},
		{`const r = Math.random(); return r >= 0 && r < 1 && r !== Math.random()`, `true`},
	})
}

func TestNotEmulated(t *testing.T) {
	message := func(what string) string {
		return "Error: tracedge harness: " + what + " is not emulated (docs/harness.md)"
	}
	evals(t, [][2]string{
		{`await caches.default.match("x")`, message("caches.default")},
		{`await crypto.subtle.digest("SHA-256", new Uint8Array(1))`, message("crypto.subtle")},
		{`new WebSocketPair()`, message("WebSocketPair")},
		{`new HTMLRewriter().on("a", {})`, message("HTMLRewriter")},
		{`await scheduler.wait(1)`, message("scheduler.wait")},
		{`addEventListener("fetch", () => {})`, message("addEventListener")},
		{`new WebAssembly.Module(new Uint8Array(8))`, message("compiling WebAssembly at run time (new WebAssembly.Module)")},
		{`await WebAssembly.instantiate(new Uint8Array(8))`, message("WebAssembly.instantiate")},
		{`new Blob(["x"])`, message("Blob")},
		{`return [typeof caches, typeof WebSocketPair, "HTMLRewriter" in globalThis]`, `["function","function",true]`},
	})
}
