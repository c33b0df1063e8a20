package isolate_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tracedge/harness/isolate"
	"tracedge/harness/services"
)

func TestKV(t *testing.T) {
	kv := newKV()
	w := run(t, load(t, `
	  const cases = {
	    text: async (kv) => [await kv.get("text"), await kv.get("text", "text"), await kv.get("missing")],
	    types: async (kv) => [
	      await kv.get("json", "json"), await kv.get("json", { type: "json", cacheTtl: 60 }),
	      [...new Uint8Array(await kv.get("text", "arrayBuffer"))], await new Response(await kv.get("text", "stream")).text()],
	    metadata: async (kv) => [await kv.getWithMetadata("meta"), await kv.getWithMetadata("text"), await kv.getWithMetadata("missing", "json")],
	    many: async (kv) => { const m = await kv.get(["text", "missing", "json"]); return [m instanceof Map, [...m]] },
	    manyJSON: async (kv) => [...await kv.get(["json"], "json")],
	    manyMeta: async (kv) => [...await kv.getWithMetadata(["meta", "missing"], { type: "text" })],
	    list: async (kv) => await kv.list({ prefix: "l", limit: 2 }),
	    next: async (kv) => { const page = await kv.list({ prefix: "l", limit: 2 }); return await kv.list({ prefix: "l", limit: 2, cursor: page.cursor }) },
	    all: async (kv) => { const page = await kv.list(); return [page.keys.map((k) => k.name), page.list_complete, "cursor" in page] },
	    put: async (kv) => {
	      await kv.put("p1", "string"); await kv.put("p2", new Uint8Array([104, 105])); await kv.put("p3", new Response("stream").body);
	      await kv.put("p4", new Uint8Array([104, 105]).buffer, { metadata: { v: 1 }, expirationTtl: 100 });
	      return [await kv.get("p1"), await kv.get("p2"), await kv.get("p3"), (await kv.getWithMetadata("p4")).metadata];
	    },
	    expires: async (kv) => { await kv.put("e", "x", { expiration: 4000000000, metadata: "m" }); return (await kv.list({ prefix: "e" })).keys },
	    delete: async (kv) => { await kv.put("d", "x"); const r = await kv.delete("d"); return [r === undefined, await kv.get("d")] },
	    noKey: async (kv) => kv.get(""),
	    dot: async (kv) => kv.put(".", "x"),
	    longKey: async (kv) => kv.get("k".repeat(513)),
	    badType: async (kv) => kv.get("k", "blob"),
	    tooMany: async (kv) => kv.get(Array(101).fill("k")),
	    shortTtl: async (kv) => kv.put("k", "v", { expirationTtl: 30 }),
	    past: async (kv) => kv.put("k", "v", { expiration: 1000 }),
	    soon: async (kv) => kv.put("k", "v", { expiration: Math.floor(Date.now() / 1000) + 30 }),
	    bigMetadata: async (kv) => kv.put("k", "v", { metadata: "m".repeat(1023) }),
	    badValue: async (kv) => kv.put("k", { a: 1 }),
	    badJSON: async (kv) => kv.get("text", "json"),
	  };
	  export default { async fetch(request, env) {
	    try { return Response.json(await cases[new URL(request.url).pathname.slice(1)](env.STORE)) }
	    catch (e) { return new Response(e.name + ": " + e.message) }
	  } };`), isolate.Options{Bindings: isolate.Bindings{KV: map[string]services.KV{"STORE": kv}}})
	for _, e := range []services.KVEntry{
		{Key: "text", Value: []byte("tëxt")}, {Key: "json", Value: []byte(`{"a":1}`)},
		{Key: "meta", Value: []byte("m"), Metadata: []byte(`{"v":7}`)},
		{Key: "l1"}, {Key: "l2", Metadata: []byte(`[1]`), Expiration: 4_000_000_000}, {Key: "l3"},
	} {
		if err := kv.Put(context.Background(), e); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range [][2]string{
		{"text", `["tëxt","tëxt",null]`},
		{"types", `[{"a":1},{"a":1},[116,195,171,120,116],"tëxt"]`},
		{"metadata", `[{"value":"m","metadata":{"v":7},"cacheStatus":null},{"value":"tëxt","metadata":null,"cacheStatus":null},{"value":null,"metadata":null,"cacheStatus":null}]`},
		{"many", `[true,[["text","tëxt"],["missing",null],["json","{\"a\":1}"]]]`},
		{"manyJSON", `[["json",{"a":1}]]`},
		{"manyMeta", `[["meta",{"value":"m","metadata":{"v":7},"cacheStatus":null}],["missing",{"value":null,"metadata":null,"cacheStatus":null}]]`},
		{"list", `{"keys":[{"name":"l1"},{"name":"l2","expiration":4000000000,"metadata":[1]}],"list_complete":false,"cursor":"l2","cacheStatus":null}`},
		{"next", `{"keys":[{"name":"l3"}],"list_complete":true,"cacheStatus":null}`},
		{"all", `[["json","l1","l2","l3","meta","text"],true,false]`},
		{"put", `["string","hi","stream",{"v":1}]`},
		{"expires", `[{"name":"e","expiration":4000000000,"metadata":"m"}]`},
		{"delete", `[true,null]`},
		{"noKey", `TypeError: Key name cannot be empty.`},
		{"dot", `TypeError: "." is not allowed as a key name.`},
		{"longKey", `Error: KV GET failed: 414 UTF-8 encoded length of 513 exceeds key length limit of 512.`},
		{"badType", `TypeError: Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".`},
		{"tooMany", `Error: KV GET_BULK failed: 400 You can request a maximum of 100 keys`},
		{"shortTtl", `Error: KV PUT failed: 400 Invalid expiration_ttl of 30. Expiration TTL must be at least 60.`},
		{"past", `Error: KV PUT failed: 400 Invalid expiration of 1000. Please specify integer greater than the current number of seconds since the UNIX epoch.`},
		{"bigMetadata", `Error: KV PUT failed: 413 Metadata length of 1025 exceeds limit of 1024.`},
		{"badValue", `TypeError: KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values.`},
	} {
		if got := w.get("/" + c[0]); got != c[1] {
			t.Errorf("%s gives %s\n want %s", c[0], got, c[1])
		}
	}
	for name, want := range map[string]string{"soon": "Expiration times must be at least 60 seconds in the future.", "badJSON": "SyntaxError: "} {
		if got := w.get("/" + name); !strings.Contains(got, want) {
			t.Errorf("%s gives %s\n want %s", name, got, want)
		}
	}
	e, _ := kv.Get(context.Background(), "p4")
	if e == nil || e.Expiration == 0 || string(e.Metadata) != `{"v":1}` || string(e.Value) != "hi" {
		t.Errorf("stored %+v", e)
	}
	kv.err = errors.New("KV GET failed: 500 Internal Server Error")
	if got := w.get("/text"); got != "Error: KV GET failed: 500 Internal Server Error" {
		t.Errorf("a failure: %s", got)
	}
}

// Each isolate can have its own view of a namespace.
func TestBindingsOf(t *testing.T) {
	w := script(t, `return new Response(String(await env.STORE.get("k")))`, isolate.Options{
		Isolates: 2,
		Bindings: isolate.Bindings{KV: map[string]services.KV{"STORE": newKV()}},
		BindingsOf: func(n int, b isolate.Bindings) isolate.Bindings {
			if n == 1 {
				other := newKV()
				_ = other.Put(context.Background(), services.KVEntry{Key: "k", Value: []byte("there")})
				b.KV = map[string]services.KV{"STORE": other}
			}
			return b
		},
	})
	got := map[string]bool{w.get("/"): true, w.get("/"): true} // idle isolates take turns
	if !got["null"] || !got["there"] {
		t.Errorf("answers %v", got)
	}
}
