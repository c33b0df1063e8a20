package locals

import (
	"fmt"
	"strings"

	"tracedge/core/storage"
	"tracedge/core/web"
)

// Partition is the partition of a local item, by its local id.
func Partition(lid string) storage.Partition { return storage.In("local", lid) }

const prefix = "LID-"

// DFID is what a local item is called where items have a DFID.
func DFID(lid string) string { return prefix + lid }

// LID is the local id in the DFID of a local item. It reports false for any other text.
func LID(dfid string) (string, bool) {
	rest, ok := strings.CutPrefix(dfid, prefix)
	if !ok {
		return "", false
	}
	lid, ok := web.ParseUUID(rest)
	return rest, ok && lid == rest
}

func itemKey(p storage.Partition) storage.Key { return p.Key("item") }

func layerPrefix(p storage.Partition) storage.Key { return p.Prefix("layer") }

// layerKey is where the n-th layer is kept, the base being layer 0.
func layerKey(p storage.Partition, n int) storage.Key { return p.Key("layer", fmt.Sprintf("%06d", n)) }
