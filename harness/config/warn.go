package config

import (
	"maps"
	"slices"
)

// heeded are the keys of wrangler.toml that parse reads.
var heeded = []string{
	"name", "main", "compatibility_date", "compatibility_flags", "vars", "secrets", "kv_namespaces",
	"durable_objects", "migrations", "triggers", "rules",
}

// notEmulated are the keys that give a worker something that the harness has
// not.
var notEmulated = []string{
	"ai", "analytics_engine_datasets", "assets", "browser", "containers", "d1_databases", "data_blobs",
	"dispatch_namespaces", "hyperdrive", "images", "mtls_certificates", "pipelines", "queues", "r2_buckets",
	"ratelimits", "secrets_store_secrets", "send_email", "services", "site", "tail_consumers", "text_blobs",
	"unsafe", "vectorize", "version_metadata", "wasm_modules", "workflows",
}

// irrelevant are the keys that only building and deploying look at. The tables
// of env belong to deployments of their own.
var irrelevant = []string{
	"$schema", "account_id", "alias", "base_dir", "build", "define", "dev", "env", "find_additional_modules",
	"first_party_worker", "jsx_factory", "jsx_fragment", "keep_names", "keep_vars", "legacy_env", "limits",
	"logpush", "minify", "no_bundle", "node_compat", "observability", "placement", "preserve_file_names",
	"preview_urls", "route", "routes", "send_metrics", "tsconfig", "upload_source_maps", "workers_dev",
}

// warn notes the parts of the file that do nothing here.
func (c *Config) warn(root node) {
	for _, key := range slices.Sorted(maps.Keys(root.m)) {
		w := Warning{File: root.doc.path, Line: root.doc.line(key)}
		switch {
		case slices.Contains(heeded, key), slices.Contains(irrelevant, key):
			continue
		case slices.Contains(notEmulated, key):
			w.Message = key + " is not emulated"
			for _, name := range bindingNames(key, root.m[key]) {
				c.Unsupported[name] = key
			}
		default:
			w.Message = key + " is not a key of wrangler.toml"
		}
		c.Warnings = append(c.Warnings, w)
	}
	slices.SortStableFunc(c.Warnings, func(a, b Warning) int { return a.Line - b.Line })
}

// bindingNames returns the names in env that v, the value of a key that is not
// emulated, stands for. Most kinds of bindings call it binding, some name.
func bindingNames(key string, v any) (names []string) {
	field := "binding"
	if key == "ratelimits" || key == "send_email" || key == "unsafe" {
		field = "name"
	}
	switch v := v.(type) {
	case map[string]any:
		if name, ok := v[field].(string); ok {
			names = append(names, name)
		}
		for _, inner := range v {
			names = append(names, bindingNames(key, inner)...)
		}
	case []map[string]any:
		for _, inner := range v {
			names = append(names, bindingNames(key, inner)...)
		}
	case []any:
		for _, inner := range v {
			names = append(names, bindingNames(key, inner)...)
		}
	}
	return names
}
